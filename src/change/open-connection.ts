import { openSession, type Session } from '../auth/session.ts';
import type { SignInTerms } from '../auth/sign-in-terms.ts';
import type { Context } from '../context.ts';
import { CliError, unlessInterrupted } from '../errors/cli-error.ts';
import { readClientSecret } from '../settings/credentials.ts';
import { lacking } from '../settings/missing-settings.ts';
import { requireOwnProfile } from '../settings/require-profile.ts';
import { noTenant, orThrow, type Settings } from '../settings/settings.ts';
import { createOptionalClient, createTenantClient, type TenantClient } from '../tenant/client.ts';
import {
  countPhones,
  type EnrolledDevices,
  type PhoneCount,
  readEnrolledDevices,
} from '../tenant/enrolled-devices.ts';
import { type LatestKey, type ReadBack, readBack, readLatestKey } from '../tenant/read-back.ts';
import { atHost, hasHistory } from './host-answered-before.ts';

/**
 * A tenant with an open session. What `ask…` requests is optional: it neither renews the
 * session nor uses up the timeout.
 */
export interface OpenTenant {
  readonly tenant: string;
  readonly session: Session;
  readonly client: TenantClient;
  /** Asks for the certificate of a client app key. @throws {CliError} as readBack */
  askHeld(clientAppKey: string): Promise<ReadBack>;
  /** Asks for the key that was set last. @throws {CliError} interrupted */
  askLatest(): Promise<LatestKey>;
  /** Asks for the enrolled devices. @throws {CliError} as TenantClient.send */
  askDevices(): Promise<EnrolledDevices>;
  /**
   * Asks for the number of enrolled iPhones; null if the tenant does not tell.
   * @throws {CliError} interrupted
   */
  askPhones(): Promise<PhoneCount | null>;
}

/**
 * The tenant of the settings.
 * @throws {CliError} usage; in a terminal not-signed-in if nothing is known
 */
export function requireTenant(settings: Settings, { terminal }: Context): string {
  const tenant = orThrow(settings.tenant);
  if (tenant !== null) return tenant;
  if (settings.credentials !== null) throw noTenant();
  requireOwnProfile(settings);
  if (terminal.interactive)
    throw new CliError('not-signed-in', `The profile "${settings.profileName}" is not signed in`);
  throw lacking(['tenant', 'credentials']);
}

/**
 * Reads what opens a session at this tenant, also the client secret. Nothing connects.
 * @throws {CliError} usage, and those of reading a file
 */
export async function readConnection(
  tenant: string,
  settings: Settings,
  context: Context,
): Promise<SignInTerms> {
  const { profileName: profile, appId, clientId, scope, platformToken, loginHint } = settings;
  const clientSecret = await readClientSecret(context);
  const accessToken = orThrow(settings.accessToken);
  return {
    profile,
    tenant,
    appId,
    clientId,
    clientSecret,
    scope,
    platformToken,
    accessToken,
    loginHint,
  };
}

/**
 * Opens the session of a connection, starting from the one in the profile.
 * @throws {CliError} as openTenant
 */
export async function openConnection(
  connection: SignInTerms,
  { store, network, profile }: Settings,
  context: Context,
): Promise<OpenTenant> {
  const { tenant } = connection;
  const { http: openHttp, now, signal } = context;
  const http = await openHttp(network);
  const opening = { http, store, stored: profile.session, now, signal };
  const session = await atHost(tenant, context, () => openSession(connection, opening));
  const openOptionalClient = async (refused?: CliError): Promise<TenantClient> => {
    const shortHttp = await openHttp({
      ...network,
      timeout: Math.min(network.timeout / 4, optionalTimeout),
    });
    return createOptionalClient(tenant, shortHttp, session, refused);
  };
  const askDevices = async (): Promise<EnrolledDevices> => {
    const words = `${tenant} does not let this session read the table of devices (HTTP 401)`;
    const client = await openOptionalClient(new CliError('tenant-forbidden', words));
    return atHost(tenant, context, () => readEnrolledDevices(client));
  };
  return {
    tenant,
    session,
    client: createTenantClient(tenant, http, session, () => hasHistory(tenant, context)),
    askHeld: async (clientAppKey) => readBack(await openOptionalClient(), clientAppKey),
    askLatest: async () => readLatestKey(await openOptionalClient()),
    askDevices,
    askPhones: () =>
      askDevices().then(
        (devices) => countPhones(devices, now()),
        unlessInterrupted(() => null),
      ),
  };
}

/**
 * The time limit of an optional question in milliseconds, unless a quarter of the timeout
 * is less.
 */
const optionalTimeout = 5000;
