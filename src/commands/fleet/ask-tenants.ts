import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { GlobalOptions } from '../../settings/settings.ts';
import { type ReadBack, readBack } from '../../tenant/certificates.ts';
import type { FleetTenant } from './file/fleet.ts';
import { type FleetAccess, openFleetAccess } from './fleet-tenant.ts';
import { type Place, workThrough } from './pool.ts';
import type { FleetStatusReport } from './report.ts';
import { reasonFor } from './report.ts';

/** Tenants that are asked at once, of one host never two. */
const concurrency = 8;

/** More sentences than this are no help. */
const longestList = 20;

/** A tenant, and the client app key that it is asked about; null: only its certificate knows it. */
export interface KeyedTenant {
  readonly tenant: FleetTenant;
  readonly clientAppKey: string | null;
}

/**
 * Asks each tenant what it holds, with a session of its own, and notes of each that does not say why. One that fails is no
 * failure of the command. By the tenant's name. @throws {CliError} interrupted
 */
export async function askTenants(
  asked: readonly KeyedTenant[],
  options: GlobalOptions,
  context: Context,
): Promise<ReadonlyMap<string, ReadBack>> {
  const { signal, terminal } = context;
  const access = openFleetAccess(options, signal, context);
  const answers = new Map<string, ReadBack>();
  const text = (): string => `Asking the tenants what they hold: ${answers.size} of ${asked.length}`;
  const progress = terminal.progress(text());
  try {
    await workThrough(
      asked,
      ({ tenant }) => new URL(tenant.tenant).host,
      { concurrency, mayBegin: () => !signal.aborted },
      async (item, place) => {
        answers.set(item.tenant.name, await ask(item, place, access));
        progress.say(text());
      },
    );
  } finally {
    progress.stop();
  }
  if (signal.aborted) throw signal.reason;
  noteSilent(answers, context);
  return answers;
}

/** Never throws: who does not answer is not known. */
async function ask(
  { tenant, clientAppKey }: KeyedTenant,
  place: Place,
  access: FleetAccess,
): Promise<ReadBack> {
  if (clientAppKey === null)
    return { outcome: 'unknown', why: 'only its certificate tells the client app key, and none was set yet' };
  try {
    return await access.with(tenant, place.aside, ({ client }) => readBack(client, clientAppKey));
  } catch (error) {
    if (error instanceof CliError) return { outcome: 'unknown', why: error.message };
    throw error;
  }
}

/** In the order of the answers, which is that of no file. */
function noteSilent(answers: ReadonlyMap<string, ReadBack>, { terminal }: Context): void {
  const sentences = [...answers].flatMap(([name, answer]) =>
    answer.outcome === 'unknown' ? `It is not known what ${name} holds: ${answer.why}` : [],
  );
  say(sentences, terminal.note);
}

/** Warns of what the tenants hold, where it is not what the file declares. */
export function warnOfDifferences({ tenants }: FleetStatusReport, { terminal }: Context): void {
  const differing = tenants.filter(({ state, held }) => state === 'differs' && held?.outcome === 'differs');
  say(
    differing.map((tenant) => `${tenant.name}: ${reasonFor(tenant)}`),
    terminal.warn,
  );
}

function say(sentences: readonly string[], line: (text: string) => void): void {
  for (const sentence of sentences.slice(0, longestList)) line(sentence);
  const more = sentences.length - longestList;
  if (more > 0) line(`The same of ${more} more`);
}
