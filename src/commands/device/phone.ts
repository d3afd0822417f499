import { profileNamed, withProfile } from '../../auth/profiles.ts';
import type { StoredDevice } from '../../auth/stored-schemas.ts';
import { type OpenTenant, requireTenant } from '../../change/open-connection.ts';
import { openTenant } from '../../change/open-tenant.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { destination, mfaCli } from '../../errors/hint.ts';
import { requireOwnProfile } from '../../settings/require-profile.ts';
import type { Settings } from '../../settings/settings.ts';
import type { OtpProfile } from '../../tenant/devices.ts';
import { otpAlgorithms } from '../../text/one-time-password.ts';
import { Secret } from '../../text/secret.ts';

/** The profile's virtual phone and its tenant. */
export interface OpenPhone extends OpenTenant {
  readonly settings: Settings;
  readonly phone: StoredDevice;
}

/**
 * The profile's phone at this tenant, or null; a phone of another tenant is never used.
 */
export function phoneAt(tenant: string, { profile }: Settings): StoredDevice | null {
  const { device } = profile;
  return device?.tenant === tenant ? device : null;
}

/**
 * Opens the tenant as the owner of the phone.
 * @throws {CliError} usage, if no phone is enrolled there, and as openTenant
 */
export async function openPhone(settings: Settings, context: Context): Promise<OpenPhone> {
  const tenant = requireTenant(settings, context);
  const phone = phoneAt(tenant, settings);
  if (phone === null) {
    requireOwnProfile(settings);
    throw new CliError(
      'usage',
      `No virtual phone is enrolled at ${tenant} with the profile "${settings.profileName}"`,
      {
        facts: {
          fix: { text: 'Run {command}.', command: mfaCli('device', 'enroll', ...destination) },
        },
      },
    );
  }
  return { ...(await openTenant(settings, context)), settings, phone };
}

/** The phone's device token. @throws {CliError} usage, if none is registered */
export function requireDeviceToken({ deviceToken, tenant }: StoredDevice): string {
  if (deviceToken !== null) return deviceToken;
  throw new CliError('usage', `The virtual phone has no device token at ${tenant}`, {
    facts: { command: ['mfa-cli', 'device', 'register-token'] },
  });
}

/**
 * The key and parameters of the phone's one-time passwords.
 * @throws {CliError} usage: a newer version of this program enrolled it
 */
export function requireOtp({ otp, tenant }: StoredDevice): OtpProfile {
  const algorithm = otpAlgorithms.find((known) => known === otp.algorithm);
  if (algorithm !== undefined)
    return { ...otp, algorithm, key: new Secret(otp.key), keyVersion: Number(otp.keyVersion) };
  throw new CliError(
    'usage',
    `The virtual phone at ${tenant} was enrolled by a newer version of mfa-cli: enroll it again`,
    { facts: { command: ['mfa-cli', 'device', 'enroll'] } },
  );
}

/**
 * Updates the latest stored phone: another process may have changed it.
 * @throws {CliError} file-unreadable, file-unwritable, interrupted
 */
export async function changePhone(
  { settings: { store, profileName }, phone }: OpenPhone,
  change: (phone: StoredDevice) => StoredDevice,
): Promise<void> {
  await store.update((profiles) => {
    const { device } = profileNamed(profiles, profileName);
    if (device?.tenant !== phone.tenant || device.udid !== phone.udid) return profiles;
    return withProfile(profiles, profileName, { device: change(device) });
  });
}
