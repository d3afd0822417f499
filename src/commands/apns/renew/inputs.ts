import type { Context } from '../../../context.ts';
import { CliError } from '../../../errors/cli-error.ts';
import type { Pkcs12Encryption } from '../../../pkcs12/encode.ts';
import type { ApnsOptions, ConnectionOptions } from '../../../settings/settings.ts';
import { variable } from '../../../settings/variable.ts';
import type { GivingOptions } from '../give-certificate.ts';

export interface RenewOptions extends ConnectionOptions, GivingOptions, Omit<ApnsOptions, 'topic'> {
  readonly bundleId?: string;
  readonly teamId?: string;
  readonly dir?: string;
  readonly ifDaysLeft?: string;
  readonly cert?: string;
  readonly email?: string;
  readonly encrypt: boolean;
  readonly encryption?: Pkcs12Encryption;
  readonly keyPasswordFile?: string;
  readonly newPasswordFile?: string;
  readonly clientAppKey?: string;
  readonly verify: boolean;
}

/** Null where nothing says it. @throws {CliError} usage */
export function ifDaysLeftOf({ ifDaysLeft }: RenewOptions): number | null {
  if (ifDaysLeft === undefined) return null;
  if (!/^\d{1,5}$/.test(ifDaysLeft))
    throw new CliError('usage', `"${ifDaysLeft}" is not a number of days`, {
      facts: { option: '--if-days-left N' },
    });
  return Number(ifDaysLeft);
}

/** The file with the key's password: its own, else the one that the .p12 has too, unless the variable holds it. */
export function keyPasswordFile(
  { keyPasswordFile: own, newPasswordFile }: RenewOptions,
  { env }: Context,
): string | undefined {
  return own ?? (variable(env, 'MFA_CLI_KEY_PASSWORD') === undefined ? newPasswordFile : undefined);
}
