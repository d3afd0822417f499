import { outcomes } from '../../change/answer-table.ts';
import { unansweredRequest } from '../../change/judge-reach.ts';
import { openOrSignIn } from '../../change/open-or-sign-in.ts';
import { throwIfOverridden } from '../../change/open-tenant.ts';
import { wordsAgainst } from '../../change/reach-words.ts';
import { historyAt, namedLedger, openLedgerInUse, readMemory } from '../../change/read-memory.ts';
import { atOpenTenant } from '../../change/run/run-job.ts';
import { type MissingAnswer, runAndAwaitOutcome } from '../../change/run-and-await-outcome.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { formatFields, wordsForPhones } from '../../report/fields.ts';
import { lacking, lacksToConnect } from '../../settings/missing-settings.ts';
import { warnOfOverrides } from '../../settings/overrides.ts';
import { noOwnOptions, readSettings } from '../../settings/resolve.ts';
import { orThrow, type Settings } from '../../settings/settings.ts';
import type { SentAs } from '../../tenant/client.ts';
import type { PhoneCount } from '../../tenant/enrolled-devices.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';
import {
  askKnownKey,
  type KeyToDelete,
  lookAtKey,
  noKeyGiven,
  requireKnown,
} from './key-to-delete.ts';
import type { DeleteOptions } from './options.ts';
import { warnOfQuery } from './warn-of-query.ts';

/** The report of a deletion. Keys are a promise. */
export interface DeleteReport extends Partial<MissingAnswer> {
  readonly tenant: string;
  readonly clientAppKey: string;
  /** Whether the tenant accepted the deletion; null if that is unknown: see `error`. */
  readonly deleted: boolean | null;
  /** Whether this machine or the tenant knew the key before. */
  readonly known: boolean;
  /** The form in which the tenant accepted the parameter; null if nothing was sent. */
  readonly sentAs: SentAs | null;
  readonly dryRun: boolean;
  /** The enrolled iPhones, for all apps; null if the tenant does not say. */
  readonly phones: PhoneCount | null;
  /** Whether the ledger has the outcome; only if something was sent. */
  readonly recorded?: boolean;
}

async function deleteCertificate(options: DeleteOptions, context: Context): Promise<DeleteReport> {
  const { yes = false, force = false, dryRun = false, sendAs = null } = options;
  const { terminal } = context;
  const own = { ...noOwnOptions, clientAppKey: givenKey(options) };
  const settings = await readSettings(options, context, own);
  warnOfOverrides(settings, ['client-app-key'], context);
  if (!terminal.interactive) {
    throwIfOverridden(settings);
    requireAll(settings, yes || dryRun);
  }
  const ledgerPlace = namedLedger(options.record, context.env);
  const also = ledgerPlace === null ? [] : [ledgerPlace];
  const given = orThrow(settings.tenant);
  if (!terminal.interactive && settings.clientAppKey !== null && !force) {
    const known = await readMemory({ tenants: given === null ? [] : [given], also }, context);
    if (given !== null) requireKnown(settings.clientAppKey, given, historyAt(known, given));
  }
  warnOfQuery(sendAs, 'the client app key', context);

  const open = await openOrSignIn(settings, context);
  const { tenant } = open;
  const memory = await readMemory({ tenants: [tenant], also }, context);
  const history = historyAt(memory, tenant);
  const clientAppKey = settings.clientAppKey ?? (await askKnownKey(open, history, context));
  const key = await lookAtKey(clientAppKey, open, history);
  for (const sentence of key.oddities) terminal.warn(sentence);
  if (sendAs === null && history.sentAs === null) terminal.warn(untriedForm(tenant));
  const phones = await open.askPhones();
  const known = key.isKnown;
  if (dryRun) return { tenant, clientAppKey, deleted: false, known, sentAs: null, dryRun, phones };
  if (!yes) {
    const fields = [['Phones', wordsForPhones(phones)]] as const;
    await terminal.present(fields, (shown, style) => formatFields(shown, style).trimEnd());
    await confirm(key, context);
  }
  const target = { tenant, clientAppKey, wanted: null };
  const job = { target, file: null, sendAs, history, withOpenTenant: atOpenTenant(open) };
  const ledger = openLedgerInUse(memory, ledgerPlace, context);
  const outcome = await runAndAwaitOutcome(job, ledger, context);
  const { sentAs, missing, recorded } = outcome;
  const { reported: deleted } = outcomes[missing === null ? 'done' : 'unknown'];
  return {
    tenant,
    clientAppKey,
    deleted,
    known,
    sentAs,
    dryRun,
    phones,
    ...missing,
    recorded,
  };
}

/** A tenant that does not find the key may use the default of the vendor's guide. */
function untriedForm(tenant: string): string {
  return (
    `If ${tenant} does not find the key in the request, ` +
    'it may delete its latest certificate instead. ' +
    `The vendor's guide says of a missing key: "By default, this is the latest certificate". ` +
    'No earlier request shows in which form this tenant takes the key.'
  );
}

/** The key of the argument or the option. @throws {CliError} usage: two keys */
function givenKey({ key, clientAppKey }: DeleteOptions): string | undefined {
  if (key !== undefined && clientAppKey !== undefined && key !== clientAppKey)
    throw new CliError('usage', 'Two client app keys were given', {
      facts: { command: ['mfa-cli', 'apns', 'delete'] },
    });
  return clientAppKey ?? key;
}

const unavailable = 'The deletion must be confirmed in a terminal';
const facts = { option: '--yes' };

/**
 * Requires all that a pipeline must give.
 * @throws {CliError} usage, prompt-unavailable
 */
function requireAll(settings: Settings, yes: boolean): void {
  const lacks = lacksToConnect(settings);
  if (settings.clientAppKey === null) lacks.push('key');
  if (!yes) lacks.push('yes');
  if (lacks.length > 1) throw lacking(lacks);
  if (settings.clientAppKey === null) throw noKeyGiven();
  if (!yes) throw new CliError('prompt-unavailable', unavailable, { facts });
}

/**
 * Has the user type the key, twice at most, to notice a wrong one.
 * @throws {CliError} interrupted
 */
async function confirm(
  { clientAppKey, tenant, isIgnored, isUnknown }: KeyToDelete,
  { terminal, prompt }: Context,
): Promise<void> {
  const effect =
    `Once "${clientAppKey}" is deleted, ` +
    `its app gets no push notifications from ${new URL(tenant).host}.`;
  if (!isIgnored && !isUnknown) terminal.show(effect);
  const question = { message: `Type "${clientAppKey}" to confirm:`, unavailable, facts };
  const isTyped = async (): Promise<boolean> => {
    const answer = await prompt.input(question);
    return [answer, answer.trim()].includes(clientAppKey);
  };
  if (await isTyped()) return;
  terminal.show('The key does not match. Type it once more.', 'error');
  if (!(await isTyped()))
    throw new CliError('interrupted', 'The key does not match: nothing was deleted');
}

function format(report: DeleteReport, style: Style): string {
  const { tenant, clientAppKey, error } = report;
  if (error === undefined) {
    const now = report.sentAs === null ? '' : keyNow;
    return `${style.verdict('ok', verdict(report))}\n${now}`;
  }
  const subject = `Pushes for ${clientAppKey} at ${tenant}`;
  const words = wordsAgainst([unansweredRequest], { subject }) ?? '';
  return `${style.verdict('warning', words)}\n`;
}

const keyNow =
  'Which key the tenant pushes with now is unknown: `mfa-cli apns status --refresh` asks it.\n';

function verdict({ tenant, clientAppKey, known, dryRun, sentAs }: DeleteReport): string {
  const place = `${clientAppKey} at ${tenant}`;
  if (dryRun)
    return `Nothing was sent (dry run). It would delete the push certificate for ${place}`;
  if (sentAs === null) return `Nothing was sent: the tenant reports nothing for ${place}`;
  if (known)
    return `Deleted the push certificate for ${place}: pushes with this key no longer reach phones`;
  return `The tenant accepted the deletion of ${place} (it does not say whether it was there): pushes with this key no longer reach phones, if they did`;
}

export const command: CommandModule<DeleteOptions, DeleteReport> = {
  work: deleteCertificate,
  format,
  exitCode: ({ error }) => error?.exitCode ?? 0,
  atEnd: {
    did: ({ deleted }) => (deleted === true ? 'deleted' : null),
    isUnknown: ({ deleted }) => deleted === null,
  },
};
