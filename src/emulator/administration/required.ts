import type { Directory } from '../directory.ts';
import { Refusal } from '../envelope.ts';
import type { Role } from '../role.ts';
import type { User } from '../user.ts';

/** The answer to a call that names something missing. */
export function notFound(): Refusal {
  return new Refusal(null, 'The requested data or its dependent data was not found in the service.');
}

/** By name or UUID. @throws {Refusal} */
export function requireUser(directory: Directory, key: string): User {
  const user = directory.findUser(key);
  if (user === null) throw notFound();
  return user;
}

/** By ID or name. @throws {Refusal} */
export function requireRole(directory: Directory, key: string): Role {
  const role = directory.findRole(key);
  if (role === null) throw notFound();
  return role;
}
