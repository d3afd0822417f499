import { randomBytes } from 'node:crypto';

/** Of the people whom every emulator knows; those who rehearse sign-ins have the administrator's. */
export interface Passwords {
  readonly administrator: string;
  readonly user: string;
  readonly serviceUser: string;
}

/** For tests and demonstrations: whoever knows this program knows them. */
export const fixedPasswords: Passwords = {
  administrator: 'admin-password',
  user: 'user-password',
  serviceUser: 'ci-client-secret',
};

/** For this start alone, 128 random bits each: others on the machine reach the port, too. */
export function makePasswords(): Passwords {
  const password = (): string => randomBytes(16).toString('base64url');
  return { administrator: password(), user: password(), serviceUser: password() };
}
