import { runConcurrently, type Slot } from '../../change/run/host-queue.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { GlobalOptions } from '../../settings/global-options.ts';
import { type ReadBack, readBack, unknownKey } from '../../tenant/read-back.ts';
import type { Wait } from '../../text/waiting.ts';
import type { Answers, KeyedTenant } from './key-history.ts';
import type { FleetStatusReport } from './report.ts';
import { say } from './say.ts';
import { reasonFor } from './status/status-words.ts';
import { TenantAccess } from './tenant-access.ts';

/** Tenants asked at a time, one per host. */
const concurrency = 8;

/**
 * Asks each tenant what it holds, with its own session, and notes why one did not say. A
 * failure does not fail the command.
 * @throws {CliError} interrupted
 */
export async function askTenants(
  keyed: readonly KeyedTenant[],
  options: GlobalOptions,
  context: Context,
): Promise<Answers> {
  const { signal, terminal } = context;
  const access = new TenantAccess(options, signal, context);
  const answers = new Map<string, ReadBack>();
  const text = (): Wait => `Asking the tenants what they hold: ${answers.size} of ${keyed.length}`;
  const progress = terminal.progress(text());
  const limits = { concurrency, mayStart: () => !signal.aborted };
  try {
    await runConcurrently(keyed, hostOf, limits, async (asked, slot) => {
      answers.set(asked.tenant.name, await askOne(asked, slot, access));
      progress.say(text());
    });
  } finally {
    progress.stop();
  }
  if (signal.aborted) throw signal.reason;
  const silent = [...answers].flatMap(([name, answer]) =>
    answer.outcome === 'unknown' ? `The topic of ${name} is unknown: ${answer.why}.` : [],
  );
  say(silent, terminal.note);
  return answers;
}

async function askOne(
  { tenant, clientAppKey }: KeyedTenant,
  { pause }: Slot,
  access: TenantAccess,
): Promise<ReadBack> {
  if (clientAppKey === null)
    return {
      outcome: 'unknown',
      latest: unknownKey,
      why: 'its client app key comes from the certificate, and none is on record',
    };
  try {
    return await access.open(tenant, pause, ({ client }) => readBack(client, clientAppKey));
  } catch (error) {
    if (error instanceof CliError)
      return { outcome: 'unknown', latest: unknownKey, why: error.message };
    throw error;
  }
}

/** One request at a time goes to a host, whatever its tenants are called. */
function hostOf({ tenant }: KeyedTenant): string {
  return new URL(tenant.url).host;
}

export function warnOfDifferences({ tenants }: FleetStatusReport, { terminal }: Context): void {
  const differing = tenants.filter(
    ({ state, held, inUseFrom }) =>
      state === 'differs' && (held?.outcome === 'differs' || inUseFrom === 'tenant'),
  );
  say(
    differing.map((tenant) => `${tenant.name}: ${reasonFor(tenant)}`),
    terminal.warn,
  );
}
