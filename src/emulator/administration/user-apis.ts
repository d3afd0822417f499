import { randomUUID } from 'node:crypto';
import { type Api, api, type Call, missing, requireRight } from '../api.ts';
import type { Locks } from '../authentication/sessions.ts';
import { type Directory, directoryServiceUuid } from '../directory.ts';
import { queryResult, Refusal } from '../envelope.ts';
import { defaultPeople } from '../people.ts';
import { systemAdministrators } from '../rights.ts';
import type { User } from '../users.ts';

/** The suffix of all user names. */
export const suffix = 'example.com';

/** `/CDirectoryService` and `/UserMgmt`: users, service users, and who is locked out. */
export function userApis(directory: Directory, locks: Locks): readonly Api[] {
  const created = (key: string): User => requireCreated(directory, key);
  const requireFreeName = (name: string): void => {
    if (directory.findUser(name) !== null)
      throw new Refusal('System.InvalidOperationException', `The user name ${name} is already in use.`);
  };
  const makeAdministrator = (user: User): void => {
    const role = directory.findRole(systemAdministrators);
    if (role !== null) directory.keepRole({ ...role, users: [...new Set([...role.users, user.uuid])] });
  };
  const reads = { takes: ['json', 'query'], right: 'read-users' } as const;
  return [
    api('/CDirectoryService/CreateUser', 'manage-users', (call) => {
      const name = requireUserName(call.text('Name'));
      requireFreeName(name);
      const isServiceUser = call.flag('ServiceUser') ?? false;
      const user: User = {
        user: name,
        password: call.text('Password'),
        uuid: randomUUID(),
        displayName: call.optionalText('DisplayName') ?? name,
        mail: call.text('Mail'),
        mobileNumber: call.optionalText('MobileNumber') ?? '',
        isServiceUser,
        isOauthClient: call.flag('OauthClient') ?? false,
        inEverybodyRole: call.flag('InEverybodyRole') ?? !isServiceUser,
      };
      const isAdministrator = readIsAdministrator(call);
      directory.keepUser(user);
      if (isAdministrator) makeAdministrator(user);
      return user.uuid;
    }),
    api('/CDirectoryService/ChangeUser', 'manage-users', (call) => {
      const user = created(call.text('ID'));
      const name = call.optionalText('Name') === null ? user.user : requireUserName(call.text('Name'));
      if (name !== user.user) requireFreeName(name);
      const isAdministrator = readIsAdministrator(call);
      directory.keepUser({
        ...user,
        user: name,
        displayName: call.optionalText('DisplayName') ?? user.displayName,
        mail: call.optionalText('Mail') ?? user.mail,
        mobileNumber: call.optionalText('MobileNumber') ?? user.mobileNumber,
        isServiceUser: call.flag('ServiceUser') ?? user.isServiceUser,
        isOauthClient: call.flag('OauthClient') ?? user.isOauthClient,
        inEverybodyRole: call.flag('InEverybodyRole') ?? user.inEverybodyRole,
      });
      if (isAdministrator) makeAdministrator(user);
    }),
    api('/UserMgmt/ResetUserPassword', 'manage-users', ({ text }) =>
      directory.keepUser({ ...created(text('ID')), password: text('newPassword') }),
    ),
    api('/CDirectoryService/DeleteUser', 'manage-users', ({ text }) =>
      directory.removeUser(created(text('ID'))),
    ),
    api('/UserMgmt/RemoveUsers', 'manage-users', ({ texts }) => {
      for (const user of texts('Users').map(created)) directory.removeUser(user);
    }),
    api('/CDirectoryService/GetUser', 'read-users', ({ text }) =>
      describeUser(directory.requireUser(text('ID'))),
    ),
    api('/CDirectoryService/GetUserByName', 'read-users', ({ text }) =>
      describeUser(directory.requireUser(text('username'))),
    ),
    api('/CDirectoryService/GetUsers', 'read-users', () => queryResult(directory.users().map(describeUser))),
    api('/UserMgmt/GetUserAttributes', { ...reads, right: null }, ({ optionalText, caller }) => {
      const user = directory.requireUser(optionalText('ID') ?? caller.uuid);
      if (user.uuid !== caller.uuid) requireRight(caller, 'read-users');
      return describeUser(user);
    }),
    api('/UserMgmt/IsUserCloudLocked', reads, ({ text }) =>
      locks.isLocked(directory.requireUser(text('user'))),
    ),
    api('/UserMgmt/SetCloudLock', { ...reads, right: 'manage-users' }, ({ text, flag }) => {
      const user = directory.requireUser(text('user'));
      const isLocked = flag('lockuser');
      if (isLocked === null) throw missing('lockuser');
      if (isLocked) locks.lock(user);
      else locks.unlock(user);
      return true;
    }),
  ];
}

/** Whether the user is to be an administrator who may do everything; only administrators can decide that. @throws {Refusal} */
function readIsAdministrator({ flag, caller }: Call): boolean {
  const isAdministrator = flag('InSysAdminRole') ?? false;
  if (isAdministrator) requireRight(caller, 'manage-tenant');
  return isAdministrator;
}

/** A user that somebody created: the passwords of the others are the ones that the emulator prints. @throws {Refusal} */
function requireCreated(directory: Directory, key: string): User {
  const user = directory.requireUser(key);
  if (defaultPeople.some(({ uuid }) => uuid === user.uuid))
    throw new Refusal('System.InvalidOperationException', `${user.user} is one of the emulator's own users.`);
  return user;
}

/** @throws {Refusal} not a name of the tenant's directory */
function requireUserName(name: string): string {
  if (/^[^@\s]+@[^@\s]+$/.test(name) && name.toLowerCase().endsWith(`@${suffix}`)) return name;
  throw new Refusal('System.ArgumentException', `The user name must end with @${suffix}.`);
}

/** The members of a user, with the vendor's names. */
function describeUser(user: User): Readonly<Record<string, unknown>> {
  return {
    Uuid: user.uuid,
    ID: user.uuid,
    Name: user.user,
    DisplayName: user.displayName,
    Mail: user.mail,
    MobileNumber: user.mobileNumber,
    State: 'None',
    ServiceUser: user.isServiceUser,
    OauthClient: user.isOauthClient,
    InEverybodyRole: user.inEverybodyRole,
    PasswordNeverExpire: true,
    ForcePasswordChangeNext: false,
    DirectoryServiceUuid: directoryServiceUuid,
  };
}
