import { isObject } from './json-object.ts';

/** A person or a program of the tenant. */
export interface User {
  /** With the suffix, `name@example.com`. */
  readonly user: string;
  readonly password: string;
  readonly uuid: string;
  readonly displayName: string;
  readonly mail: string;
  readonly mobileNumber: string;
  /** No person: signs in to no page. */
  readonly isServiceUser: boolean;
  /** May ask for tokens with its name and password as a confidential client. */
  readonly isOauthClient: boolean;
  readonly inEverybodyRole: boolean;
}

/** Whether a value of a state file is a user. */
export function isUser(value: unknown): value is User {
  if (!isObject(value)) return false;
  const { user, password, uuid, displayName, mail, mobileNumber } = value;
  const { isServiceUser, isOauthClient, inEverybodyRole } = value;
  return (
    [user, password, uuid, displayName, mail, mobileNumber].every((text) => typeof text === 'string') &&
    [isServiceUser, isOauthClient, inEverybodyRole].every((flag) => typeof flag === 'boolean')
  );
}
