import { formTakenBy, latestRecord } from '../../auth/profiles.ts';
import { requestsTo, unansweredFor } from '../../auth/requests.ts';
import { changeCertificate, type MissingAnswer, nounOf } from '../../change/change-certificate.ts';
import type { OpenTenant } from '../../change/open.ts';
import { openOrSignIn } from '../../change/open-or-sign-in.ts';
import { formsToTry } from '../../change/send-certificate.ts';
import { type KeyUse, keysInUse, oddityOf } from '../../checks/key-in-use.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { formatFields, wordsForPhones } from '../../report/fields.ts';
import { lacking, lacksToConnect, warnOfQuery } from '../../settings/require-value.ts';
import { noOwnOptions, readSettings } from '../../settings/resolve.ts';
import { orThrow, type Settings } from '../../settings/settings.ts';
import type { SentAs } from '../../tenant/client.ts';
import type { PhoneCount } from '../../tenant/enrolled-devices.ts';
import { deleteCertificate as deleteFromTenant } from '../../tenant/mobile.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';
import type { DeleteOptions } from './options.ts';

export interface DeleteReport extends Partial<MissingAnswer> {
  readonly tenant: string;
  readonly clientAppKey: string;
  /** Null if the tenant did not answer, so the outcome is unknown: see `error`. */
  readonly deleted: true | null;
  /** The form in which the tenant accepted the parameter. */
  readonly sentAs: SentAs | null;
  /** The enrolled iPhones, for all apps; null if the tenant does not say. */
  readonly phones: PhoneCount | null;
}

export async function deleteCertificate(
  options: DeleteOptions,
  context: Context,
): Promise<DeleteReport> {
  const { key, clientAppKey: option = key, yes = false } = options;
  if (key !== undefined && key !== option)
    throw new CliError('usage', 'Two client app keys were given', {
      facts: { command: ['mfa-cli', 'apns', 'delete'] },
    });
  const { sendAs = null } = options;
  const own = { ...noOwnOptions, clientAppKey: option };
  const settings = await readSettings(options, context, own);
  if (!context.terminal.interactive) {
    const lacks = lacksToConnect(settings);
    if (settings.clientAppKey === null) lacks.push('key');
    if (!yes) lacks.push('yes');
    if (lacks.length > 1) throw lacking(lacks);
  }
  const clientAppKey = settings.clientAppKey ?? (await askRecordedKey(settings, context));
  if (!context.terminal.interactive) requireSure(clientAppKey, settings, options);
  warnOfQuery(sendAs, 'the client app key', context);
  const open = await openOrSignIn(settings, context);
  const { tenant, client } = open;
  const target = await lookAt(clientAppKey, open, settings, context);
  for (const sentence of target.oddities) context.terminal.warn(sentence);
  const phones = await open.askPhones();
  if (!yes) {
    const fields = [['Phones', wordsForPhones(phones)]] as const;
    await context.terminal.present(fields, (shown, style) => formatFields(shown, style).trimEnd());
    await confirm(target, context);
  }
  const last = latestRecord(settings.profiles, tenant, clientAppKey);
  const { topic, fingerprint, notAfter } = last ?? {
    topic: null,
    fingerprint: null,
    notAfter: null,
  };
  const record = {
    tenant,
    clientAppKey,
    topic,
    fingerprint,
    notAfter,
    at: context.now().toISOString(),
  };
  const forms = formsToTry(sendAs, formTakenBy(settings.profile, tenant));
  const send = () => deleteFromTenant(client, clientAppKey, forms);
  const outcome = await changeCertificate(
    { asked: 'delete', ...record },
    send,
    open,
    settings,
    context,
  );
  const { sentAs, missing } = outcome;
  return {
    tenant,
    clientAppKey,
    deleted: missing === null ? true : null,
    sentAs,
    phones,
    ...missing,
  };
}

const keyFacts = { option: '--client-app-key KEY', variable: 'MFA_CLI_CLIENT_APP_KEY' };

/**
 * Asks for one of the keys that this machine set a certificate for, at the given tenant if there is one.
 * @throws {CliError} usage if it knows none; interrupted
 */
async function askRecordedKey(
  { profiles, tenant }: Settings,
  { terminal, prompt }: Context,
): Promise<string> {
  const at = orThrow(tenant);
  const records = Object.values(profiles.profiles).flatMap(({ certificates }) => certificates);
  const here = records.filter((record) => at === null || record.tenant === at);
  const keys = [...new Set(here.map((record) => record.clientAppKey))];
  if (keys.length === 0 || !terminal.interactive)
    throw new CliError('usage', 'No client app key was given', { facts: keyFacts });
  return prompt.select({
    message: 'Which client app key?',
    choices: keys.map((key) => ({ name: key, value: key })),
    unavailable: 'The client app key is missing, and there is no terminal',
    facts: keyFacts,
  });
}

const unavailable = 'The deletion must be confirmed in a terminal';
const facts = { option: '--yes' };

/**
 * Requires `--yes` without a terminal, and `--force` as well if this machine knows only other keys.
 * @throws {CliError} usage, prompt-unavailable, before any request to the tenant
 */
function requireSure(
  clientAppKey: string,
  settings: Settings,
  { yes = false, force = false }: DeleteOptions,
): void {
  if (!yes) throw new CliError('prompt-unavailable', unavailable, { facts });
  const tenant = orThrow(settings.tenant);
  const known = keysSet(requestsTo(settings.profiles, tenant));
  if (force || known.length === 0 || known.includes(clientAppKey)) return;
  const message = `${withoutRecord(clientAppKey, tenant)}${insteadOf(known)}`;
  throw new CliError('usage', message, { facts: { fix: 'To delete it anyway, add --force.' } });
}

/** The keys that a certificate was set for and not deleted since. */
function keysSet(requests: ReturnType<typeof requestsTo>): readonly string[] {
  return requests.filter(({ asked }) => asked === 'set').map(({ clientAppKey }) => clientAppKey);
}

function withoutRecord(clientAppKey: string, tenant: string | null): string {
  return `This machine has no record of a certificate for ${clientAppKey} at ${tenant}`;
}

function insteadOf(known: readonly string[]): string {
  return `; it set ${[...new Set(known)].join(', ')}`;
}

interface Target {
  readonly tenant: string;
  readonly clientAppKey: string;
  readonly keysUsed: ReadonlyMap<string, KeyUse>;
  /** Whether nothing is known to be there: neither the tenant nor this machine knows the key. */
  readonly isUnknown: boolean;
  readonly oddities: readonly string[];
}

/** Asks the tenant about a key that this machine does not know, if there is a terminal. @throws {CliError} interrupted */
async function lookAt(
  clientAppKey: string,
  open: OpenTenant,
  settings: Settings,
  context: Context,
): Promise<Target> {
  const { tenant } = open;
  const { profiles } = settings;
  const requests = requestsTo(profiles, tenant);
  const known = keysSet(requests);
  const isAsked = context.terminal.interactive && !known.includes(clientAppKey);
  const told = isAsked ? await open.askHeld(clientAppKey) : null;
  const keysUsed = keysInUse(requests, told?.latestKey ?? null);
  const odd = oddityOf(clientAppKey);
  const oddities = unansweredFor(profiles, { tenant, clientAppKey })
    .map(({ asked, at }) => `the ${nounOf(asked)} of ${at.slice(0, 10)}`)
    .map((what) => `The outcome of ${what} is unknown: the tenant did not answer.`);
  if (odd !== null) oddities.unshift(`${odd}.`);
  const unrecorded = withoutRecord(clientAppKey, tenant);
  const isTheirs =
    told?.latestKey === clientAppKey || (told?.outcome === 'told' && told.topic !== null);
  if (isTheirs) oddities.push(`${unrecorded}; the tenant has one.`);
  else if (known.length === 0)
    oddities.push(`This machine has no record of what was set at ${tenant}.`);
  else if (!known.includes(clientAppKey)) oddities.push(`${unrecorded}${insteadOf(known)}.`);
  const isUnknown = told?.outcome === 'told' && told.topic === null;
  if (isUnknown)
    oddities.push(
      `${tenant} reports topics for other client app keys, but none for ${clientAppKey}.`,
    );
  const others = [...keysUsed].filter(([key, use]) => key !== clientAppKey && isThere(use));
  const inUse = others.filter(([, use]) => use.inUse === true);
  const names = (inUse.length > 0 ? inUse : others).map(([key]) => key).join(', ');
  if (names !== '')
    oddities.push(
      `Deleting a key may change which key ${tenant} pushes with: set the key to use again afterwards (${names}).`,
    );
  return { tenant, clientAppKey, keysUsed, isUnknown, oddities };
}

/** An ignored key still exists; a deleted one does not. */
function isThere({ inUse, ignoredSince }: KeyUse): boolean {
  return inUse !== false || ignoredSince !== null;
}

/** Has the user type the key, twice at most, to notice a wrong one. @throws {CliError} interrupted */
async function confirm(
  { clientAppKey, tenant, keysUsed, isUnknown }: Target,
  { terminal, prompt }: Context,
): Promise<void> {
  const isIgnored = keysUsed.get(clientAppKey)?.inUse === false;
  const effect = `Once "${clientAppKey}" is deleted, its app can no longer approve sign-ins at ${new URL(tenant).host}.`;
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

function format({ tenant, clientAppKey, error }: DeleteReport, style: Style): string {
  return error === undefined
    ? `${style.verdict('ok', `Deleted the push certificate for ${clientAppKey} at ${tenant}`)}\n`
    : style.yellow(`! ${error.message}: ${clientAppKey} at ${tenant}\n`);
}

export const command: CommandModule<DeleteOptions, DeleteReport> = {
  work: deleteCertificate,
  format,
  exitCode: ({ error }) => error?.exitCode ?? 0,
  atEnd: { did: () => 'deleted', isUnknown: ({ deleted }) => deleted === null },
};
