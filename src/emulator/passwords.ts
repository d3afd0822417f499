import { randomBytes } from 'node:crypto';

/** Of every emulator's default people; those who rehearse sign-ins have the administrator's. */
export interface Passwords {
  readonly administrator: string;
  readonly user: string;
  readonly serviceUser: string;
}

/** For tests and demonstrations: anybody who knows this program knows them. */
export const fixedPasswords: Passwords = {
  administrator: 'admin-password',
  user: 'user-password',
  serviceUser: 'ci-client-secret',
};

/** For this start only, 128 random bits each: others on the machine can reach the port, too. */
export function makePasswords(): Passwords {
  const password = (): string => randomBytes(16).toString('base64url');
  return { administrator: password(), user: password(), serviceUser: password() };
}

/** The same of the tenant with that number, where there are several. */
export function fixedPasswordsOf(number: number): Passwords {
  const { administrator, user, serviceUser } = fixedPasswords;
  return {
    administrator: `${administrator}-${number}`,
    user: `${user}-${number}`,
    serviceUser: `${serviceUser}-${number}`,
  };
}
