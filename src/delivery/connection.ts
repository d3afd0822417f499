import type { Connection } from '../auth/connection.ts';
import { openSession, type Session } from '../auth/session.ts';
import type { Context } from '../context.ts';
import { CliError, unlessInterrupted } from '../errors/cli-error.ts';
import type { Http } from '../network/http.ts';
import { lacking } from '../settings/require-value.ts';
import { noTenant, type Settings } from '../settings/settings.ts';
import { type ReadBack, readBack } from '../tenant/certificates.ts';
import { createTenantClient, type TenantClient } from '../tenant/client.ts';
import {
  countPhones,
  type EnrolledDevices,
  type PhoneCount,
  readEnrolledDevices,
} from '../tenant/enrolled-devices.ts';

export interface OpenTenant {
  readonly tenant: string;
  readonly session: Session;
  readonly client: TenantClient;
}

/** The tenant of the settings. @throws {CliError} usage; in a terminal not-signed-in if nothing is known */
export function requireTenant(settings: Settings, { terminal }: Context): string {
  const tenant = settings.tenant();
  if (tenant !== null) return tenant;
  if (settings.credentials !== null) throw noTenant();
  settings.requireProfile();
  if (terminal.interactive)
    throw new CliError('not-signed-in', `The profile "${settings.profileName}" is not signed in`);
  throw lacking(['tenant', 'credentials']);
}

/** The connection that opens a session at this tenant. @throws {CliError} usage, and those of reading a file */
export async function connectionTo(tenant: string, settings: Settings): Promise<Connection> {
  const { profileName: profile, appId, clientId, scope, platformToken, loginHint } = settings;
  const clientSecret = await settings.clientSecret();
  const accessToken = settings.accessToken();
  return { profile, tenant, appId, clientId, clientSecret, scope, platformToken, accessToken, loginHint };
}

/** Opens the session of a connection, starting from the one in the profile. @throws {CliError} as openTenant */
export async function openConnection(
  connection: Connection,
  { store, network, profile }: Settings,
  { http: openHttp, now, signal }: Context,
): Promise<OpenTenant> {
  const { tenant } = connection;
  const http = await openHttp(network);
  const session = await openSession(connection, { http, store, stored: profile.session, now, signal });
  return { tenant, session, client: createTenantClient(tenant, http, session) };
}

/** A client for optional questions: a 401 neither renews nor ends the session. */
export function createOptionalClient(
  tenant: string,
  http: Http,
  { accessToken, secrets }: Session,
  refused = new CliError('session-expired', `${tenant} does not allow this request with this session`),
): TenantClient {
  return createTenantClient(tenant, http, { accessToken, secrets, renew: () => Promise.reject(refused) });
}

/** The tenant to ask an optional question, and how. */
type Asking = readonly [
  open: Pick<OpenTenant, 'tenant' | 'session'>,
  settings: Pick<Settings, 'network'>,
  context: Context,
];

/** Milliseconds for an optional question, and at most a quarter of the whole timeout. */
const patience = 5000;

/** Sends an optional question, which neither renews the session nor uses up the timeout. */
async function openOptional(
  [{ tenant, session }, { network }, context]: Asking,
  refused?: CliError,
): Promise<TenantClient> {
  const http = await context.http({ ...network, timeout: Math.min(network.timeout / 4, patience) });
  return createOptionalClient(tenant, http, session, refused);
}

/** The tenant's certificate for a client app key, as an optional question. @throws {CliError} as readBack */
export async function askHeld(clientAppKey: string, ...asking: Asking): Promise<ReadBack> {
  return readBack(await openOptional(asking), clientAppKey);
}

/** Reads the enrolled devices as an optional question. @throws {CliError} as TenantClient.send */
export async function askDevices(...asking: Asking): Promise<EnrolledDevices> {
  const message = `${asking[0].tenant} does not let this session read the table of devices (HTTP 401)`;
  return readEnrolledDevices(await openOptional(asking, new CliError('tenant-forbidden', message)));
}

/** The number of iPhones enrolled at a tenant; null if the tenant does not tell. @throws {CliError} interrupted */
export function askPhones(...asking: Asking): Promise<PhoneCount | null> {
  const count = (devices: EnrolledDevices): PhoneCount | null => countPhones(devices, asking[2].now());
  return askDevices(...asking).then(
    count,
    unlessInterrupted(() => null),
  );
}
