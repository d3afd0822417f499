import { randomUUID } from 'node:crypto';
import { type Api, api } from '../api.ts';
import type { Directory } from '../directory.ts';
import { badArgument, badOperation } from '../envelope.ts';
import type { Parameters } from '../parameters.ts';
import { defaultPeople, type User } from '../people.ts';
import type { World } from '../world.ts';

const suffix = 'example.com';

/** `/CDirectoryService`: users and service users. */
export function userApis({ directory }: World): readonly Api[] {
  return [
    api('/CDirectoryService/CreateUser', 'manage-users', ({ parameters }) =>
      createUser(parameters, directory),
    ),
    api('/CDirectoryService/DeleteUser', 'manage-users', ({ parameters }) =>
      deleteUser(parameters, directory),
    ),
  ];
}

/** @returns the user's UUID */
function createUser(parameters: Parameters, directory: Directory): string {
  const name = parameters.text('Name');
  if (!/^[^@\s]+@[^@\s]+$/.test(name) || !name.toLowerCase().endsWith(`@${suffix}`))
    throw badArgument(`The user name must end with @${suffix}.`);
  if (directory.findUser(name) !== null)
    throw badOperation(`The user name ${name} is already in use.`);
  const isServiceUser = parameters.flag('ServiceUser') ?? false;
  const user: User = {
    user: name,
    password: parameters.text('Password'),
    uuid: randomUUID(),
    displayName: parameters.optionalText('DisplayName') ?? name,
    mail: parameters.text('Mail'),
    mobileNumber: parameters.optionalText('MobileNumber') ?? '',
    isServiceUser,
    isOauthClient: parameters.flag('OauthClient') ?? false,
    inEverybodyRole: parameters.flag('InEverybodyRole') ?? !isServiceUser,
  };
  directory.addUser(user);
  return user.uuid;
}

function deleteUser(parameters: Parameters, directory: Directory): void {
  const user = directory.requireUser(parameters.text('ID'));
  if (defaultPeople.some(({ uuid }) => uuid === user.uuid))
    throw badOperation(`${user.user} is one of the emulator's own users.`);
  directory.removeUser(user);
}
