import type { Directory } from '../directory.ts';

/** What the tenant says about a user in an ID token and at the userinfo endpoint. */
export function personClaims(name: string, directory: Directory) {
  const { uuid = name, displayName = name, mail = name } = directory.findUser(name) ?? {};
  const [given = '', family = ''] = displayName.split(/ (.*)/s);
  return {
    sub: uuid,
    unique_name: name,
    preferred_username: name,
    name: displayName,
    given_name: given,
    family_name: family,
    email: mail,
    email_verified: true,
  };
}
