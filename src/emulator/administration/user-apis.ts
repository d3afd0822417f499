import { randomUUID } from 'node:crypto';
import {
  type Api,
  type JsonObject,
  optionalFlag,
  optionalText,
  optionalTexts,
  requireRight,
  requireText,
} from '../api.ts';
import type { Locks } from '../authentication/sessions.ts';
import { type Caller, type Directory, directoryServiceUuid } from '../directory.ts';
import { queryResult, Refusal } from '../envelope.ts';
import { defaultPeople } from '../people.ts';
import { systemAdministrators } from '../rights.ts';
import type { User } from '../users.ts';

/** `/CDirectoryService` and `/UserMgmt`: users and service users. */
export function userApis(directory: Directory): readonly Api[] {
  const requireCreated = (key: string): User => {
    const user = directory.requireUser(key);
    // Their passwords are the ones that the emulator prints.
    if (defaultPeople.some(({ uuid }) => uuid === user.uuid))
      throw new Refusal(
        'System.InvalidOperationException',
        `${user.user} is one of the emulator's own users.`,
      );
    return user;
  };
  const requireFreeName = (name: string): void => {
    if (directory.findUser(name) !== null)
      throw new Refusal('System.InvalidOperationException', `The user name ${name} is already in use.`);
  };
  const makeAdministrator = (user: User): void => {
    const role = directory.findRole(systemAdministrators);
    if (role !== null) directory.keepRole({ ...role, users: [...new Set([...role.users, user.uuid])] });
  };
  return [
    {
      path: '/CDirectoryService/CreateUser',
      right: 'manage-users',
      call({ parameters, caller }) {
        const name = requireUserName(parameters);
        requireFreeName(name);
        const isServiceUser = optionalFlag(parameters, 'ServiceUser') ?? false;
        const user: User = {
          user: name,
          password: requireText(parameters, 'Password'),
          uuid: randomUUID(),
          displayName: optionalText(parameters, 'DisplayName') ?? name,
          mail: requireText(parameters, 'Mail'),
          mobileNumber: optionalText(parameters, 'MobileNumber') ?? '',
          isServiceUser,
          isOauthClient: optionalFlag(parameters, 'OauthClient') ?? false,
          inEverybodyRole: optionalFlag(parameters, 'InEverybodyRole') ?? !isServiceUser,
        };
        const isAdministrator = readIsAdministrator(parameters, caller);
        directory.keepUser(user);
        if (isAdministrator) makeAdministrator(user);
        return user.uuid;
      },
    },
    {
      path: '/CDirectoryService/ChangeUser',
      right: 'manage-users',
      call({ parameters, caller }) {
        const user = requireCreated(requireText(parameters, 'ID'));
        const name = optionalText(parameters, 'Name') === null ? user.user : requireUserName(parameters);
        if (name !== user.user) requireFreeName(name);
        const isAdministrator = readIsAdministrator(parameters, caller);
        directory.keepUser({
          ...user,
          user: name,
          displayName: optionalText(parameters, 'DisplayName') ?? user.displayName,
          mail: optionalText(parameters, 'Mail') ?? user.mail,
          mobileNumber: optionalText(parameters, 'MobileNumber') ?? user.mobileNumber,
          isServiceUser: optionalFlag(parameters, 'ServiceUser') ?? user.isServiceUser,
          isOauthClient: optionalFlag(parameters, 'OauthClient') ?? user.isOauthClient,
          inEverybodyRole: optionalFlag(parameters, 'InEverybodyRole') ?? user.inEverybodyRole,
        });
        if (isAdministrator) makeAdministrator(user);
        return null;
      },
    },
    {
      path: '/UserMgmt/ResetUserPassword',
      right: 'manage-users',
      call({ parameters }) {
        const user = requireCreated(requireText(parameters, 'ID'));
        directory.keepUser({ ...user, password: requireText(parameters, 'newPassword') });
        return null;
      },
    },
    {
      path: '/CDirectoryService/DeleteUser',
      right: 'manage-users',
      call({ parameters }) {
        directory.removeUser(requireCreated(requireText(parameters, 'ID')));
        return null;
      },
    },
    {
      path: '/UserMgmt/RemoveUsers',
      right: 'manage-users',
      call({ parameters }) {
        const users = optionalTexts(parameters, 'Users').map(requireCreated);
        for (const user of users) directory.removeUser(user);
        return null;
      },
    },
    {
      path: '/CDirectoryService/GetUser',
      right: 'read-users',
      call: ({ parameters }) => describeUser(directory.requireUser(requireText(parameters, 'ID'))),
    },
    {
      path: '/CDirectoryService/GetUserByName',
      right: 'read-users',
      call: ({ parameters }) => describeUser(directory.requireUser(requireText(parameters, 'username'))),
    },
    {
      path: '/CDirectoryService/GetUsers',
      right: 'read-users',
      call: () => queryResult(directory.users().map(describeUser)),
    },
    {
      path: '/UserMgmt/GetUserAttributes',
      takes: ['json', 'query'],
      right: null,
      call({ parameters, caller }) {
        const user = directory.requireUser(optionalText(parameters, 'ID') ?? caller.uuid);
        if (user.uuid !== caller.uuid) requireRight(caller, 'read-users');
        return describeUser(user);
      },
    },
  ];
}

/** Whether the user is to be an administrator who may do everything; only administrators can decide that. @throws {Refusal} */
function readIsAdministrator(parameters: JsonObject, caller: Caller): boolean {
  const isAdministrator = optionalFlag(parameters, 'InSysAdminRole') ?? false;
  if (isAdministrator) requireRight(caller, 'manage-tenant');
  return isAdministrator;
}

/** @throws {Refusal} not a name of the tenant's directory */
function requireUserName(parameters: JsonObject): string {
  const name = requireText(parameters, 'Name');
  if (/^[^@\s]+@[^@\s]+$/.test(name) && name.toLowerCase().endsWith(`@${suffix}`)) return name;
  throw new Refusal('System.ArgumentException', `The user name must end with @${suffix}.`);
}

/** `/UserMgmt`: who is locked out. */
export function lockApis(directory: Directory, locks: Locks): readonly Api[] {
  return [
    {
      path: '/UserMgmt/IsUserCloudLocked',
      takes: ['json', 'query'],
      right: 'read-users',
      call: ({ parameters }) => locks.isLocked(directory.requireUser(requireText(parameters, 'user'))),
    },
    {
      path: '/UserMgmt/SetCloudLock',
      takes: ['json', 'query'],
      right: 'manage-users',
      call({ parameters }) {
        const user = directory.requireUser(requireText(parameters, 'user'));
        const isLocked = optionalFlag(parameters, 'lockuser');
        if (isLocked === null)
          throw new Refusal('RequiredParameter', 'The required parameter lockuser is missing.');
        if (isLocked) locks.lock(user);
        else locks.unlock(user);
        return true;
      },
    },
  ];
}

/** The suffix of all user names. */
export const suffix = 'example.com';

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
