import { randomBytes } from 'node:crypto';
import { judgeDeviceToken, plainDeviceToken } from '../../apple/apns.ts';
import { latestRecord } from '../../auth/profiles.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { formatFields } from '../../report/fields.ts';
import { judgeBundleId } from '../../settings/require-value.ts';
import { type ConnectionOptions, readSettings } from '../../settings/settings.ts';
import { registerDeviceToken } from '../../tenant/devices.ts';
import type { Style } from '../../terminal/style.ts';
import { onOneLine } from '../../text/printable.ts';
import type { CommandModule } from '../command.ts';
import { changePhone, openPhone } from './phone.ts';

export interface RegisterTokenOptions extends ConnectionOptions {
  readonly deviceToken?: string;
  readonly bundleId?: string;
}

export interface RegisterTokenReport {
  readonly tenant: string;
  readonly udid: string;
  readonly deviceToken: string;
  /** Of the app that the token is said to be for. */
  readonly bundleId: string;
}

/** Apple says nothing of a token's length, and promises none; today's have 32 bytes. */
const tokenLength = 32;

const exampleBundleId = 'com.example.app';

async function registerToken(options: RegisterTokenOptions, context: Context): Promise<RegisterTokenReport> {
  const deviceToken = parseToken(options.deviceToken ?? randomBytes(tokenLength).toString('hex'));
  const given = options.bundleId === undefined ? null : parseBundleId(options.bundleId);
  const opened = await openPhone(await readSettings(options, context), context);
  const { tenant, session, client, phone, settings } = opened;
  const bundleId = given ?? latestRecord(settings.profiles, tenant)?.topic ?? exampleBundleId;
  await registerDeviceToken(client, phone, { deviceToken, bundleId }, session.secrets());
  await changePhone(opened, (latest) => ({ ...latest, deviceToken }));
  return { tenant, udid: phone.udid, deviceToken, bundleId };
}

/** @throws {CliError} usage */
function parseBundleId(text: string): string {
  const verdict = judgeBundleId(text);
  if (verdict === true) return text;
  throw new CliError('usage', verdict, { facts: { option: '--bundle-id ID' } });
}

/** @throws {CliError} usage */
function parseToken(text: string): string {
  const verdict = judgeDeviceToken(text);
  if (verdict === true) return plainDeviceToken(text);
  throw new CliError('usage', verdict, { facts: { option: '--device-token HEX' } });
}

function format({ tenant, udid, deviceToken, bundleId }: RegisterTokenReport, style: Style): string {
  const fields = formatFields(
    [
      ['Tenant', tenant],
      ['UDID', onOneLine(udid)],
      ['Device token', deviceToken],
      ['Bundle ID', onOneLine(bundleId)],
    ],
    style,
  );
  return `${style.green('✓ Registered the device token')}\n\n${fields}`;
}

export const command: CommandModule<RegisterTokenOptions, RegisterTokenReport> = {
  work: registerToken,
  format,
};
