import { certificatesAt, type Settlement, type TenantHistory } from '../../change/history.ts';
import { type OpenTenant, openConnection, readConnection } from '../../change/open-connection.ts';
import { sayHeld } from '../../change/refresh/ask-tenant-afterwards.ts';
import { settledByWord } from '../../change/refresh/settle-past-requests.ts';
import type { Context } from '../../context.ts';
import { orNull, unlessInterrupted } from '../../errors/cli-error.ts';
import { destination, formatHint, mfaCli, nowhere } from '../../errors/hint.ts';
import type { GlobalOptions } from '../../settings/global-options.ts';
import { noConnection } from '../../settings/options.ts';
import { settingsFrom } from '../../settings/resolve.ts';
import { orThrow, type Settings } from '../../settings/settings.ts';
import type { PhoneCount } from '../../tenant/enrolled-devices.ts';
import { type LatestKey, type ReadBack, unknownKey } from '../../tenant/read-back.ts';

/** A tenant to ask, and the profile that signs in there; null: none does. */
export interface AskedTenant {
  readonly history: TenantHistory;
  readonly profile: string | null;
}

/** The answers of a tenant. */
export interface TenantAnswers {
  readonly latest: LatestKey;
  /** By client app key. */
  readonly answers: ReadonlyMap<string, ReadBack>;
  /** Null: it does not say. */
  readonly phones: PhoneCount | null;
  /** The requests that its word settles. */
  readonly settled: readonly Settlement[];
}

/**
 * Asks tenants in parallel, each with its profile's session, what they hold for the keys
 * that this machine knows, and for the key that was set last. Notes once for each why
 * something is unknown, and warns of what differs.
 * @returns by the tenant's URL
 * @throws {CliError} interrupted
 */
export async function askTenants(
  tenants: readonly AskedTenant[],
  settings: Settings,
  options: GlobalOptions,
  context: Context,
): Promise<ReadonlyMap<string, TenantAnswers>> {
  const reported = await Promise.all(
    tenants.map(async (asked) => {
      const open = await openAsked(asked, settings, options, context);
      const answer = typeof open === 'string' ? silent(asked, open) : await ask(asked, open);
      return [asked.history.tenant, answer] as const;
    }),
  );
  for (const [index, asked] of tenants.entries()) say(asked, reported[index]?.[1] ?? null, context);
  return new Map(reported);
}

/** The keys whose topic is asked: those that were set, or may have been. */
function keysOf(history: TenantHistory): readonly string[] {
  const asked = [...certificatesAt(history), ...history.unanswered];
  return [...new Set(asked.map(({ line }) => line.clientAppKey))];
}

async function ask({ history }: AskedTenant, open: OpenTenant): Promise<TenantAnswers> {
  const counting = open.askPhones();
  const answers = new Map<string, ReadBack>();
  for (const key of keysOf(history)) answers.set(key, await open.askHeld(key));
  const [first] = answers.values();
  const latest = first?.latest ?? (await open.askLatest());
  const settled = [...answers].flatMap(([key, answer]) =>
    answer.outcome === 'told' ? settledByWord(history, key, answer) : [],
  );
  return { latest, answers, phones: await counting, settled };
}

/** The answers of a tenant that cannot be asked. */
function silent({ history }: AskedTenant, why: string): TenantAnswers {
  const answer = { outcome: 'unknown', why, latest: unknownKey } as const;
  const answers = new Map<string, ReadBack>(keysOf(history).map((key) => [key, answer]));
  return { latest: unknownKey, answers, phones: null, settled: [] };
}

/** Opens a tenant, or gives the reason why it cannot. @throws {CliError} interrupted */
async function openAsked(
  { history, profile }: AskedTenant,
  settings: Settings,
  options: GlobalOptions,
  context: Context,
): Promise<OpenTenant | string> {
  const { tenant } = history;
  if (profile === null) return `no profile signs in at ${tenant}`;
  try {
    const { store, profiles, profileName } = settings;
    const given = { ...noConnection, ...options, profile };
    const own = settingsFrom(given, { store, profiles }, context);
    const connection = await readConnection(tenant, own, context);
    // Credentials in the environment are for the current profile and its tenant only.
    const isOwn = profile === profileName && orNull(() => orThrow(settings.tenant)) === tenant;
    const allowed = isOwn ? connection : { ...connection, clientSecret: null, accessToken: null };
    return await openConnection(allowed, own, context);
  } catch (error) {
    return unlessInterrupted(({ code, message }) => {
      const isSignedOut = code === 'not-signed-in' || code === 'session-expired';
      if (!isSignedOut) return message;
      const signIn = {
        text: '{message}. Run {command}',
        values: { message },
        command: mfaCli('login', ...destination),
      };
      return formatHint(signIn, { ...nowhere, tenant, profile });
    })(error);
  }
}

/** One reason for each tenant: each refusal has its own ID, so no two texts are equal. */
function say(
  { history }: AskedTenant,
  reported: TenantAnswers | null,
  { terminal }: Context,
): void {
  if (reported === null) return;
  const { tenant } = history;
  const { latest, answers } = reported;
  const why = [...answers.values()].flatMap((each) =>
    each.outcome === 'unknown' ? [each.why] : [],
  );
  if (why.length > 0) terminal.note(`The topic is unknown: ${why[0]}.`);
  else if (answers.size === 0 && latest.outcome === 'unknown')
    terminal.note(`${tenant} does not report which client app key was set last.`);
  for (const [key, answer] of answers) warnOfDifference(history, key, answer, { terminal });
  const { clientAppKey } = latest;
  const isOwn = history.requests.some(({ line }) => line.clientAppKey === clientAppKey);
  if (clientAppKey !== null && !isOwn)
    terminal.warn(
      `${tenant} pushes with the client app key "${clientAppKey}", which is not on this machine's record`,
    );
}

function warnOfDifference(
  { tenant, lastDone }: TenantHistory,
  clientAppKey: string,
  answer: ReadBack,
  { terminal }: Pick<Context, 'terminal'>,
): void {
  const line = lastDone.get(clientAppKey)?.line;
  if (line?.asked !== 'set') return;
  sayHeld({ tenant, clientAppKey, topic: line.topic }, answer, { terminal });
}
