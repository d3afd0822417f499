import { randomUUID } from 'node:crypto';
import { withProfile } from '../../auth/profiles.ts';
import type { StoredDevice } from '../../auth/stored-schemas.ts';
import type { Context } from '../../context.ts';
import { openTenant } from '../../delivery/tenant.ts';
import { formatFields } from '../../report/fields.ts';
import { type ConnectionOptions, readSettings } from '../../settings/settings.ts';
import { enrollIosDevice, enrollOtp } from '../../tenant/devices.ts';
import type { Style } from '../../terminal/style.ts';
import { onOneLine } from '../../text/printable.ts';
import type { CommandModule } from '../command.ts';
import { phoneAt } from './phone.ts';

export interface EnrollOptions extends ConnectionOptions {
  readonly udid?: string;
  readonly name?: string;
  readonly osVersion?: string;
}

export interface EnrollReport {
  readonly tenant: string;
  /** Null where the session names nobody. */
  readonly user: string | null;
  readonly udid: string;
  readonly name: string;
  readonly osVersion: string;
  readonly enrolled: true;
}

export async function enroll(options: EnrollOptions, context: Context): Promise<EnrollReport> {
  const settings = await readSettings(options, context);
  const { tenant, session, client } = await openTenant(settings, context);
  const { user } = session;
  const before = phoneAt(tenant, settings);
  const known = before?.user === user ? before : null;
  const device = {
    udid: options.udid ?? known?.udid ?? randomUUID().toUpperCase(),
    name: options.name ?? known?.name ?? 'mfa-cli',
    osVersion: options.osVersion ?? known?.osVersion ?? '18.0',
  };
  const secrets = session.secrets();
  await enrollIosDevice(client, device, secrets);
  const { key, keyVersion, ...otp } = await enrollOtp(client, device.udid, secrets);
  const phone: StoredDevice = {
    tenant,
    user,
    ...device,
    deviceToken: known?.udid === device.udid ? known.deviceToken : null,
    otp: { ...otp, key: key.reveal(), keyVersion: String(keyVersion) },
    challenge: null,
  };
  await settings.store.update((profiles) => withProfile(profiles, settings.profileName, { device: phone }));
  return { tenant, user, ...device, enrolled: true };
}

function format({ tenant, user, udid, name, osVersion }: EnrollReport, style: Style): string {
  const fields = formatFields(
    [
      ['Tenant', tenant],
      ['User', onOneLine(user ?? 'unknown')],
      ['Device', `${onOneLine(name)}, iOS ${onOneLine(osVersion)}`],
      ['UDID', onOneLine(udid)],
    ],
    style,
  );
  return `${style.green('✓ Enrolled the virtual phone')}\n\n${fields}`;
}

export const command: CommandModule<EnrollOptions, EnrollReport> = { work: enroll, format };
