import type { Context } from '../../context.ts';
import type { ApnsOptions } from '../../emulator/phones.ts';
import { CliError } from '../../errors/cli-error.ts';
import { readWhole } from '../../files/read.ts';
import { parsePort } from '../../settings/settings.ts';
import type { EmulatorCommandOptions } from './options.ts';

const mostTenants = 10_000;

/** @throws {CliError} usage */
export function parseTenants({ tenants = '1', fleetFile }: EmulatorCommandOptions): number {
  const count = Number(tenants);
  if (!/^[1-9]\d{0,5}$/.test(tenants) || count > mostTenants)
    throw new CliError('usage', `"${tenants}" is not a number of tenants: 1 to ${mostTenants}`);
  if (fleetFile !== undefined && count === 1)
    throw new CliError('usage', 'A fleet file is for several tenants', { facts: { option: '--tenants N' } });
  return count;
}

/** Bytes of a file in PEM. */
export const pemLimit = 1024 * 1024;

/** @throws {CliError} usage, and what reading the files throws */
export async function readApnsOptions(
  { apnsPort, apnsEnvironment, apnsClientCa, apnsCrl }: EmulatorCommandOptions,
  tenantPort: number,
  context: Context,
): Promise<ApnsOptions> {
  if (apnsCrl !== undefined && apnsClientCa === undefined)
    throw new CliError('usage', 'A revocation list is no use without its CA', {
      facts: { option: '--apns-client-ca FILE' },
    });
  const read = async (path: string | undefined): Promise<string | null> =>
    path === undefined ? null : Buffer.from(await readWhole(path, pemLimit, context)).toString('utf8');
  return {
    // With a free port for the tenant, a free one for APNs as well.
    port: apnsPort !== undefined ? parsePort(apnsPort) : tenantPort === 0 ? 0 : tenantPort + 1,
    orNext: apnsPort === undefined,
    environment: apnsEnvironment ?? 'production',
    clientCa: await read(apnsClientCa),
    crl: await read(apnsCrl),
  };
}

/** @throws {CliError} usage */
export function parseLifetime(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text)) throw new CliError('usage', `"${text}" is not a lifetime in seconds`);
  return Number(text);
}
