import { directoryServiceUuid } from '../directory.ts';
import type { User } from '../user.ts';

/** The suffix of all user names. */
export const suffix = 'example.com';

/** The members of a user, with the vendor's names. */
export function describeUser(user: User): Readonly<Record<string, unknown>> {
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
