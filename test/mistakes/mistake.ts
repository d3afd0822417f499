import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { createMachine, RunOptions } from '../support/context.ts';
import { p12Path, secretPassword } from '../support/fixtures.ts';
import { startTenant, visit } from '../support/tenant.ts';

type Machine = ReturnType<typeof createMachine>;

/** What somebody gets wrong, and what they are told. */
export interface Mistake {
  readonly name: string;
  readonly argv: readonly string[];
  readonly options?: RunOptions;
  /** What was done on the machine before; gives the tenant that it is signed in to. */
  readonly before?: (machine: Machine) => Promise<string>;
  /** What the tenant of the environment answers to every request. */
  readonly answer?: readonly [status: number, body: object];
  readonly exitCode: number;
  /** The first line, without `mfa-cli: `: of stderr, or where nothing is there of the report. The tenant is `TENANT`. */
  readonly says: string;
  /** What stands below, in this order; null where nothing does. */
  readonly hint: readonly string[] | null;
}

export const good = p12Path('01-default-aes256');
export const key = 'com.example.lab';

/** A machine that is signed in. */
export async function signedIn(machine: Machine): Promise<string> {
  const { emulator, login } = await startTenant();
  await machine.run(login, { browser: visit });
  return emulator.url;
}

/** One that has also set the certificate for both environments. */
export async function withCertificate(machine: Machine): Promise<string> {
  const tenant = await signedIn(machine);
  await machine.run(['apns', 'set', good, '--client-app-key', key], { env: secretPassword });
  return tenant;
}

/** One whose session an administrator has ended at the tenant. */
export async function withDeadSession(machine: Machine): Promise<string> {
  const tenant = await signedIn(machine);
  const { profiles } = JSON.parse(readFileSync(join(machine.directory, 'config.json'), 'utf8'));
  for (const token of [profiles.default.session.accessToken, profiles.default.session.refreshToken])
    await fetch(`${tenant}/OAuth2/Revoke/mfa-cli`, {
      method: 'POST',
      body: new URLSearchParams({ token, client_id: 'mfa-cli' }),
    });
  return tenant;
}
