import type { Context } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import type { Settings } from '../settings/settings.ts';
import { createTenantClient } from '../tenant/client.ts';
import {
  countPhones,
  type EnrolledDevices,
  type PhoneCount,
  readEnrolledDevices,
} from '../tenant/enrolled-devices.ts';
import type { OpenTenant } from './connection.ts';

/** Milliseconds, but never more than a quarter of the bound on the whole wait: what is good to know is not worth more. */
const patience = 5000;

/** Reads the enrolled devices with a session as it is: a 401 renews and ends nothing. @throws {CliError} as TenantClient.send */
export async function askDevices(
  { tenant, session }: Pick<OpenTenant, 'tenant' | 'session'>,
  { network }: Pick<Settings, 'network'>,
  context: Context,
): Promise<EnrolledDevices> {
  const http = await context.http({ ...network, timeout: Math.min(network.timeout / 4, patience) });
  const bearer = {
    accessToken: session.accessToken,
    secrets: session.secrets,
    async renew() {
      throw new CliError(
        'tenant-forbidden',
        `${tenant} does not let this session read the table of devices (HTTP 401)`,
      );
    },
  };
  return readEnrolledDevices(createTenantClient(tenant, http, bearer));
}

/** How many iPhones are enrolled at a tenant; null where it does not tell, which is no failure. @throws {CliError} interrupted */
export async function askPhones(...asked: Parameters<typeof askDevices>): Promise<PhoneCount | null> {
  try {
    return countPhones(await askDevices(...asked), asked[2].now());
  } catch (error) {
    if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
    return null;
  }
}
