import type { StoredDevice } from '../auth/profile.ts';
import { profileNamed, withDevice } from '../auth/profile-changes.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import type { ConnectionOptions } from '../inputs/settings.ts';
import { otpAlgorithms } from '../one-time-password.ts';
import { Secret } from '../secret.ts';
import type { OtpProfile } from '../tenant/otp-profile.ts';
import { type OpenTenant, openTenant, readStored, requireTenant, type Stored } from './tenant.ts';

/** The profile's virtual phone, and the tenant that it is enrolled at. */
export interface OpenPhone extends OpenTenant {
  readonly stored: Stored;
  readonly phone: StoredDevice;
}

/** The profile's phone at this tenant, or null: one of another tenant is never used. */
export function phoneAt(tenant: string, { sources }: Stored): StoredDevice | null {
  const { device } = sources.profile;
  return device?.tenant === tenant ? device : null;
}

/**
 * Opens the tenant as the user who holds the phone.
 * @throws {CliError} usage where none is enrolled there, and as openTenant
 */
export async function openPhone(options: ConnectionOptions, context: Context): Promise<OpenPhone> {
  const stored = await readStored(options, context);
  const tenant = requireTenant(options, stored);
  const phone = phoneAt(tenant, stored);
  if (phone === null) {
    throw new CliError(
      'usage',
      `No virtual phone is enrolled at ${tenant} with the profile "${stored.sources.profileName}"`,
      { facts: { command: 'mfa-cli device enroll' } },
    );
  }
  return { ...(await openTenant(options, stored, context)), stored, phone };
}

/** The phone's device token. @throws {CliError} usage: none is registered */
export function requireDeviceToken({ deviceToken, tenant }: StoredDevice): string {
  if (deviceToken !== null) return deviceToken;
  throw new CliError('usage', `The virtual phone has no device token at ${tenant}`, {
    facts: { command: 'mfa-cli device register-token' },
  });
}

/** What the phone makes its one-time passwords of. @throws {CliError} usage: another version of this program enrolled it */
export function requireOtp({ otp, tenant }: StoredDevice): OtpProfile {
  const algorithm = otpAlgorithms.find((known) => known === otp.algorithm);
  if (algorithm !== undefined)
    return { ...otp, algorithm, key: new Secret(otp.key), keyVersion: Number(otp.keyVersion) };
  throw new CliError(
    'usage',
    `The virtual phone at ${tenant} was enrolled by another version of mfa-cli and has to be enrolled again`,
    { facts: { command: 'mfa-cli device enroll' } },
  );
}

/**
 * Changes the phone in its profile, as it is there by now: another process may have used it meanwhile.
 * @throws {CliError} file-unreadable, file-unwritable, interrupted
 */
export async function changePhone(
  { stored: { store, sources }, phone }: OpenPhone,
  change: (phone: StoredDevice) => StoredDevice,
): Promise<void> {
  await store.update((profiles) => {
    const { device } = profileNamed(profiles, sources.profileName);
    if (device?.tenant !== phone.tenant || device.udid !== phone.udid) return profiles;
    return withDevice(profiles, sources.profileName, change(device));
  });
}
