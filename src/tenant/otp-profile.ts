import { CliError } from '../errors/cli-error.ts';
import { type OtpParameters, otpAlgorithms } from '../text/one-time-password.ts';
import { Secret } from '../text/secret.ts';

/** What a device needs for its one-time passwords. */
export interface OtpProfile extends OtpParameters {
  /** The vendor's `SecretKey`: its UTF-8 bytes are the key. */
  readonly key: Secret;
  readonly keyVersion: number;
  readonly oathProfileUuid: string;
}

/** Plausible values: RFC 4226 §5.3 requires 6 digits or more, and the vendor's Android library stops at 8. */
const digits = [6, 8] as const;
const longestInterval = 3600;

/** Reads the `Result` of `OtpEnroll`; these are the six members that the iOS library uses. @throws {CliError} tenant-refused */
export function readOtpProfile(result: Readonly<Record<string, unknown>>, tenant: string): OtpProfile {
  const text = (name: string): string => {
    const value = result[name];
    if (typeof value === 'string' && value !== '') return value;
    throw new CliError('tenant-refused', `${tenant} gave the phone no ${name} for its one-time passwords`);
  };
  const integer = (name: string, least: number, most: number): number => {
    const value = result[name];
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    throw new CliError(
      'tenant-refused',
      `${tenant} gave the phone no usable ${name} for its one-time passwords: ${shown(value)}`,
    );
  };
  return {
    key: new Secret(text('SecretKey')),
    keyVersion: integer('SecretVersion', 0, Number.MAX_SAFE_INTEGER),
    oathProfileUuid: text('OathProfileUuid'),
    algorithm: otpAlgorithms[integer('HmacAlgorithm', 0, otpAlgorithms.length - 1)] ?? 'sha1',
    digits: integer('Digits', ...digits),
    interval: integer('Period', 1, longestInterval),
  };
}

/** Only numbers are shown: a text may be anything, even the key. */
function shown(value: unknown): string {
  if (value === undefined || value === null) return 'none';
  return typeof value === 'number' ? String(value) : `a ${typeof value} instead of a number`;
}
