import { openSession } from '../../auth/session.ts';
import type { SignInTerms } from '../../auth/sign-in-terms.ts';
import { readConnection } from '../../change/open-connection.ts';
import { historyAt, readMemory } from '../../change/read-memory.ts';
import type { Context } from '../../context.ts';
import { type AssumptionName, assumptions } from '../../emulator/assumptions.ts';
import { CliError, type ErrorCode } from '../../errors/cli-error.ts';
import type { Http } from '../../network/http.ts';
import { orThrow, type Settings } from '../../settings/settings.ts';
import type { Secret } from '../../text/secret.ts';
import { createLook, Inconclusive, type Look } from './look.ts';
import { probes } from './probes.ts';

/** The tenant's behavior for one assumption, which the vendor does not document. */
export interface ProbeRow {
  readonly assumption: AssumptionName;
  /** One of the assumption's values; null: unknown. */
  readonly found: string | null;
  /** The evidence, or why none was found. It names neither the tenant nor a user. */
  readonly evidence: string;
}

/**
 * Tests a tenant with requests that change nothing, one after another. Uses the session
 * of this command line as it is and does not renew it.
 * @throws {CliError} usage, interrupted, file-not-found, file-unreadable
 */
export async function probeAssumptions(
  tenant: string,
  settings: Settings,
  context: Context,
): Promise<readonly ProbeRow[]> {
  const http = await context.http(settings.network);
  const connection = await readConnection(tenant, settings, context);
  const look = createLook(http, {
    connection,
    redirectUri: `http://127.0.0.1:${orThrow(settings.port)}/callback`,
    token: await findToken(connection, http, settings, context),
    sentAs: await formOfLastSet(tenant, settings, context),
  });
  const rows: ProbeRow[] = [];
  for (const name of names) rows.push(await probe(name, look));
  return rows;
}

/**
 * The form that the tenant took last from whoever is signed in, by the ledger; null: they
 * set nothing, and may lack the right.
 */
async function formOfLastSet(
  tenant: string,
  { profile, clientId }: Settings,
  context: Context,
): Promise<string | null> {
  const { requests } = historyAt(await readMemory({ tenants: [tenant] }, context), tenant);
  const own = requests.findLast(({ line: { by }, outcome }) => {
    const isOwn = by === (profile.session?.user ?? clientId);
    return outcome === 'done' && isOwn;
  });
  return own?.line.sentAs ?? null;
}

export function nothingFound(why: string): readonly ProbeRow[] {
  return names.map((assumption) => ({ assumption, found: null, evidence: why }));
}

const names = Object.keys(assumptions) as AssumptionName[];

async function probe(assumption: AssumptionName, look: Look): Promise<ProbeRow> {
  try {
    return { assumption, ...(await probes[assumption](look)) };
  } catch (error) {
    return { assumption, found: null, evidence: reason(error) };
  }
}

const reasons: Partial<Record<ErrorCode, string>> = {
  'rate-limited': 'the tenant received too many requests (HTTP 429)',
  'tenant-timeout': 'the tenant did not answer in time',
  'tenant-unreachable': 'the tenant could not be reached',
  'tenant-tls': 'the TLS connection failed',
  'tenant-not-json': 'the answer is not that of a tenant',
};

function reason(error: unknown): string {
  if (error instanceof Inconclusive) return error.message;
  const words = error instanceof CliError ? reasons[error.code] : undefined;
  if (words === undefined) throw error;
  return words;
}

/** A session that expires within this many milliseconds would be renewed on opening. */
const margin = 60_000;

async function findToken(
  connection: SignInTerms,
  http: Http,
  { store, profile }: Settings,
  context: Context,
): Promise<Secret | string> {
  const { session } = profile;
  if (connection.accessToken === null && connection.clientSecret === null) {
    if (session === null) return 'you are not signed in';
    if (
      session.expiresAt !== null &&
      Date.parse(session.expiresAt) <= context.now().getTime() + margin
    )
      return 'the session has expired';
  }
  try {
    const { now, signal } = context;
    const opened = await openSession(connection, { http, store, stored: session, now, signal });
    return opened.accessToken();
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    if (error.code === 'not-signed-in') return 'you are not signed in to this tenant';
    if (error.code === 'sign-in-failed') return 'the service user could not sign in';
    return reason(error);
  }
}
