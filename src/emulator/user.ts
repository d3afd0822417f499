import * as v from 'valibot';
import { members } from '../text/json.ts';

/** A person or a program in the tenant. */
export interface User {
  /** With the suffix, `name@example.com`. */
  readonly user: string;
  readonly password: string;
  readonly uuid: string;
  readonly displayName: string;
  readonly mail: string;
  readonly mobileNumber: string;
  /** Not a person: cannot sign in on a page. */
  readonly isServiceUser: boolean;
  /** May request tokens with its name and password as a confidential client. */
  readonly isOauthClient: boolean;
  readonly inEverybodyRole: boolean;
}

/** A user of a state file. */
export const storedUser = members({
  user: v.string(),
  password: v.string(),
  uuid: v.string(),
  displayName: v.string(),
  mail: v.string(),
  mobileNumber: v.string(),
  isServiceUser: v.boolean(),
  isOauthClient: v.boolean(),
  inEverybodyRole: v.boolean(),
});
