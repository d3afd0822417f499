import type { Application } from '../applications.ts';
import { sameName } from '../same-name.ts';
import type { TenantParts } from './tenant-parts.ts';

/** A client of an application. */
export interface Client {
  /** In the application's spelling. */
  readonly id: string;
  /** Null: a public client. */
  readonly secret: string | null;
}

/** The client with that ID: one on the application's list, else a service user if it accepts them. */
export function findClient(
  application: Application,
  id: string,
  { directory, assumptions }: Pick<TenantParts, 'directory' | 'assumptions'>,
): Client | null {
  const isMeant = (name: string): boolean => sameName(name, id, assumptions['client-id-case']);
  const listed = application.publicClients.find(isMeant);
  if (listed !== undefined) return { id: listed, secret: null };
  const user = application.confidentialClients ? directory.findUser(id) : null;
  return user?.isOauthClient === true && isMeant(user.user) ? { id: user.user, secret: user.password } : null;
}
