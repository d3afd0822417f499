import { randomBytes, randomUUID } from 'node:crypto';
import { withProfile } from '../../auth/profiles.ts';
import type { StoredDevice } from '../../auth/stored-schemas.ts';
import { latestCertificate } from '../../change/history.ts';
import { openTenant } from '../../change/open-tenant.ts';
import { historyAt, readMemory } from '../../change/read-memory.ts';
import type { Context } from '../../context.ts';
import { formatFields } from '../../report/fields.ts';
import { judgeBundleId } from '../../settings/given-texts.ts';
import type { ConnectionOptions } from '../../settings/options.ts';
import { requireValid } from '../../settings/require-value.ts';
import { readSettings } from '../../settings/resolve.ts';
import { enrollIosDevice, enrollOtp, registerDeviceToken } from '../../tenant/devices.ts';
import type { Style } from '../../terminal/style.ts';
import { onOneLine } from '../../text/printable.ts';
import type { CommandModule } from '../command.ts';
import type { RegisterTokenOptions } from './options.ts';
import { changePhone, openPhone, phoneAt } from './phone.ts';

interface EnrollReport extends Pick<StoredDevice, 'tenant' | 'udid' | 'name' | 'osVersion'> {
  /** Null: the session names no user. */
  readonly user: string | null;
  readonly enrolled: true;
}

async function enroll(options: ConnectionOptions, context: Context): Promise<EnrollReport> {
  const settings = await readSettings(options, context);
  const { tenant, session, client } = await openTenant(settings, context);
  const { user } = session;
  const before = phoneAt(tenant, settings);
  const known = before?.user === user ? before : null;
  const udid = known?.udid ?? randomUUID().toUpperCase();
  const device = { udid, name: 'mfa-cli iPhone', osVersion: '18.0' };
  await enrollIosDevice(client, device);
  const { key, keyVersion, ...otp } = await enrollOtp(client, udid);
  const phone: StoredDevice = {
    tenant,
    user,
    ...device,
    deviceToken: known?.deviceToken ?? null,
    otp: { ...otp, key: key.reveal(), keyVersion: String(keyVersion) },
    challenge: null,
  };
  await settings.store.update((profiles) =>
    withProfile(profiles, settings.profileName, { device: phone }),
  );
  return { tenant, user, ...device, enrolled: true };
}

function formatEnrolled(
  { tenant, user, udid, name, osVersion }: EnrollReport,
  style: Style,
): string {
  const fields = formatFields(
    [
      ['Tenant', tenant],
      ['User', onOneLine(user ?? 'unknown')],
      ['Device', `${onOneLine(name)}, iOS ${onOneLine(osVersion)}`],
      ['UDID', onOneLine(udid)],
    ],
    style,
  );
  return `${style.verdict('ok', 'Enrolled the virtual phone')}\n\n${fields}`;
}

export const enrollCommand: CommandModule<ConnectionOptions, EnrollReport> = {
  work: enroll,
  format: formatEnrolled,
};

interface RegisterTokenReport {
  readonly tenant: string;
  readonly udid: string;
  readonly deviceToken: string;
  /** The app that is registered with the token. */
  readonly bundleId: string;
}

/** Apple documents no token length; tokens have 32 bytes today. */
const tokenLength = 32;

const exampleBundleId = 'com.example.app';

async function registerToken(
  options: RegisterTokenOptions,
  context: Context,
): Promise<RegisterTokenReport> {
  const deviceToken = randomBytes(tokenLength).toString('hex');
  const { bundleId: given } = options;
  if (given !== undefined) requireValid(given, judgeBundleId, { option: '--bundle-id ID' });
  const opened = await openPhone(await readSettings(options, context), context);
  const { tenant, client, phone } = opened;
  const bundleId = given ?? (await latestTopic(tenant, context)) ?? exampleBundleId;
  await registerDeviceToken(client, phone, { deviceToken, bundleId });
  await changePhone(opened, (latest) => ({ ...latest, deviceToken }));
  return { tenant, udid: phone.udid, deviceToken, bundleId };
}

/** The topic that this machine set last there; null: none. */
async function latestTopic(tenant: string, context: Context): Promise<string | null> {
  const memory = await readMemory({ tenants: [tenant] }, context);
  return latestCertificate(historyAt(memory, tenant))?.line.topic ?? null;
}

function formatRegistered(
  { tenant, udid, deviceToken, bundleId }: RegisterTokenReport,
  style: Style,
): string {
  const fields = formatFields(
    [
      ['Tenant', tenant],
      ['UDID', onOneLine(udid)],
      ['Device token', deviceToken],
      ['Bundle ID', onOneLine(bundleId)],
    ],
    style,
  );
  return `${style.verdict('ok', 'Registered the device token')}\n\n${fields}`;
}

export const registerTokenCommand: CommandModule<RegisterTokenOptions, RegisterTokenReport> = {
  work: registerToken,
  format: formatRegistered,
};
