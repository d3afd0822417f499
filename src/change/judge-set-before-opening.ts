import { requireFitHost } from '../certificate/apns-host.ts';
import type { Verification, Verifying } from '../certificate/ask-apns.ts';
import type { OpenedP12 } from '../certificate/open-p12.ts';
import { oddityOf } from '../checks/client-app-key-in-use.ts';
import { hasErrors } from '../checks/finding.ts';
import type { Context } from '../context.ts';
import { unlessInterrupted } from '../errors/cli-error.ts';
import { monotonicTime } from '../files/monotonic-time.ts';
import { orThrow, type Settings } from '../settings/settings.ts';
import type { SentAs } from '../tenant/client.ts';
import type { LatestKey, ReadBack } from '../tenant/read-back.ts';
import { askForKey } from './ask-for-client-app-key.ts';
import type { KeySource } from './client-app-key.ts';
import { latestProof, noHistory } from './history.ts';
import type { LedgerPlace } from './ledger-file.ts';
import type { LedgerLine } from './ledger-line.ts';
import type { OpenTenant } from './open-connection.ts';
import { openOrSignIn } from './open-or-sign-in.ts';
import { openTenant } from './open-tenant.ts';
import { type JudgingTerms, planSet, type SetPlace, type SetPlan } from './plan-set-from-ledger.ts';
import { historyAt, type Memory, readMemory } from './read-memory.ts';
import { requireWanted } from './target.ts';

/** The terms of a set besides the settings. */
interface SetTerms extends JudgingTerms {
  readonly sendAs: SentAs | null;
  /** Whose it is; null: as before. */
  readonly owner: string | null;
  readonly ticket: string | null;
  /** Where the key of the settings comes from, if they have one. */
  readonly keyFrom: Extract<KeySource, 'given' | 'ledger'>;
  readonly dryRun: boolean;
  /** Asks nobody. Without a terminal nobody is asked anyway; only checks stop a set. */
  readonly yes: boolean;
  readonly refresh: boolean;
  readonly verify: Verifying;
  /** The ledger in use; null: the machine's. */
  readonly ledgerPlace: LedgerPlace | null;
}

/** The certificate to set, and its terms. */
export interface SetInput {
  readonly opened: Pick<OpenedP12, 'identity' | 'password'>;
  readonly settings: Settings;
  readonly terms: SetTerms;
}

/** A judged set. Nothing was sent. */
export interface JudgedSet {
  /** With the terms that a person agreed to. */
  readonly input: SetInput;
  readonly plan: SetPlan;
  readonly memory: Memory;
  /** Null: not opened yet. */
  readonly open: OpenTenant | null;
  /** Null: the tenant was not asked. */
  readonly latest: LatestKey | null;
  /** Null: APNs was not asked. */
  readonly verification: Verification | null;
  /** Milliseconds that APNs took, which count toward the timeout. */
  readonly waited: number;
  /** Whether it goes on to the tenant. */
  readonly isToSend: boolean;
}

/**
 * Judges a set with all that is known: the ledger and, in a terminal or with `refresh`,
 * the tenant's word. Asks a person for a missing key, then APNs.
 * @throws {CliError} those of exit 2, 5, 6 and 7, interrupted
 */
export async function judgeSet(before: SetInput, context: Context): Promise<JudgedSet> {
  const { terminal } = context;
  const bySettings = await planBySettings(before, context);
  const { input } = bySettings;
  const { terms } = input;
  const isStopped = terms.dryRun || bySettings.plan.stops;
  const open = await openEarly(isStopped, input, context);
  const atTenant = await planAtOpenTenant(bySettings, open, context);
  if (terminal.interactive && !isStopped && atTenant.plan.before.kind === 'same')
    terminal.note(
      `This certificate for ${atTenant.plan.clientAppKey} was set last; it is sent again.`,
    );
  const { plan, memory, place, reported } = await planWithAnswers(atTenant, open, context);
  if (terms.refresh && reported?.latest.outcome === 'unknown')
    terminal.note(`${place.tenant} does not report which client app key was set last.`);
  const judged = { input, plan, memory, open, latest: latestOf(terms, reported) };
  if (plan.stops) return { ...judged, verification: null, waited: 0, isToSend: false };
  requireSendable(plan, input);
  const odd = oddityOf(plan.clientAppKey ?? '');
  if (odd !== null) terminal.warn(odd);
  const { verification, waited } = await verifyWithApns(plan, input, context);
  const isToSend = !terms.dryRun && verification?.accepted !== false;
  return { ...judged, verification, waited, isToSend };
}

/** A plan, and what it was made from. */
interface PlannedSet {
  readonly input: SetInput;
  readonly place: SetPlace;
  /** The past of the tenant, by the ledgers. */
  readonly memory: Memory;
  /** The tenant's word about the key; null: it was not asked. */
  readonly reported: ReadBack | null;
  readonly plan: SetPlan;
}

function planFrom(
  input: SetInput,
  place: SetPlace,
  memory: Memory,
  reported: ReadBack | null = null,
): PlannedSet {
  const { opened, terms } = input;
  const history = place.tenant === null ? noHistory : historyAt(memory, place.tenant);
  const plan = planSet(opened.identity, place, { history, reported }, terms);
  return { input, place, memory, reported, plan };
}

/**
 * The first step: the set that the settings name. A person may mean the sandbox.
 * @throws {CliError} usage, interrupted, and as readMemory
 */
async function planBySettings(input: SetInput, context: Context): Promise<PlannedSet> {
  const place = placeOf(input);
  const memory = await memoryOf(place.tenant, input.terms, context);
  const { plan } = planFrom(input, place, memory);
  const meant = await withSandboxMeant(input, plan, context);
  requireFitApns(place.tenant, meant.terms);
  return planFrom(meant, place, memory);
}

/**
 * The second step: at the tenant that was opened. A person may have signed in to another.
 * @throws {CliError} usage, and as readMemory
 */
async function planAtOpenTenant(
  before: PlannedSet,
  open: OpenTenant | null,
  context: Context,
): Promise<PlannedSet> {
  const { input, place } = before;
  if (open === null || open.tenant === place.tenant) return before;
  const { tenant } = open;
  requireFitApns(tenant, input.terms);
  const memory = await memoryOf(tenant, input.terms, context);
  return planFrom(input, { ...place, tenant }, memory);
}

/**
 * The last step: with the tenant's word about the key, and the key that a person chooses.
 * @throws {CliError} interrupted
 */
async function planWithAnswers(
  { input, place, memory, plan }: PlannedSet,
  open: OpenTenant | null,
  context: Context,
): Promise<PlannedSet> {
  const reported = await askReported(plan, open);
  const byTenant = planFrom(input, place, memory, reported);
  const isSettled = place.clientAppKey !== null || plan.before.kind === 'same';
  if (isSettled || input.terms.yes) return byTenant;
  const chosen = await askForKey(byTenant.plan, context);
  const isSameKey = chosen.clientAppKey === plan.clientAppKey;
  const reportedOfChosen = isSameKey ? reported : await askReported(chosen, open);
  return planFrom(input, { ...place, ...chosen }, memory, reportedOfChosen);
}

/** The place that the settings name. @throws {CliError} usage */
function placeOf({ settings, terms }: SetInput): SetPlace {
  const tenant = orThrow(settings.tenant);
  const { clientAppKey } = settings;
  const keyFrom = clientAppKey === null ? 'topic' : terms.keyFrom;
  return { tenant, clientAppKey, keyFrom };
}

/** The tenant's word about a key; null: it is not open, or there is no key. */
async function askReported(
  { clientAppKey }: Pick<SetPlace, 'clientAppKey'>,
  open: OpenTenant | null,
): Promise<ReadBack | null> {
  return open === null || clientAppKey === null ? null : open.askHeld(clientAppKey);
}

/** @throws {CliError} usage: a stand-in for APNs would judge for a tenant elsewhere */
function requireFitApns(tenant: string | null, { verify, apns }: SetTerms): void {
  if (verify !== 'no') requireFitHost(tenant, apns);
}

/**
 * Asks a person whether a certificate for the sandbox alone is meant, where that is all
 * that stops it.
 * @throws {CliError} interrupted
 */
async function withSandboxMeant(
  input: SetInput,
  { findings }: SetPlan,
  { terminal, prompt }: Context,
): Promise<SetInput> {
  const { terms } = input;
  const errors = findings.filter(({ level }) => level === 'error');
  const isAll = errors.length === 1 && errors[0]?.code === 'sandbox-only';
  if (!isAll || !terminal.interactive || terms.yes || terms.judging.force) return input;
  const message = `${errors[0]?.message} Set it for the sandbox?`;
  const isMeant = await prompt.confirm({ message, initial: false, unavailable: message });
  if (!isMeant) return input;
  return { ...input, terms: { ...terms, apns: { ...terms.apns, environment: 'sandbox' } } };
}

function memoryOf(
  tenant: string | null,
  { ledgerPlace }: SetTerms,
  context: Context,
): Promise<Memory> {
  const also = ledgerPlace === null ? [] : [ledgerPlace];
  return readMemory({ tenants: tenant === null ? [] : [tenant], also }, context);
}

/** With `refresh` the report says even that the tenant was not there to be asked. */
function latestOf({ refresh }: SetTerms, reported: ReadBack | null): LatestKey | null {
  if (reported !== null) return reported.latest;
  return refresh ? { outcome: 'unknown', clientAppKey: null, topic: null } : null;
}

/**
 * A person learns first whether the tenant answers, before the questions about the
 * certificate. Where nothing is sent anyway, a tenant that cannot be asked is a note.
 * @throws {CliError} as openOrSignIn
 */
async function openEarly(
  isStopped: boolean,
  { settings, terms }: SetInput,
  context: Context,
): Promise<OpenTenant | null> {
  const { terminal } = context;
  if (!terms.refresh && (isStopped || !terminal.interactive)) return null;
  if (!isStopped) return openOrSignIn(settings, context);
  return openTenant(settings, context).catch(
    unlessInterrupted(({ message }) => {
      terminal.note(`The tenant was not asked: ${message}.`);
      return null;
    }),
  );
}

/**
 * Only `--force` brings a file without a certificate or a topic here: the checks stop it.
 * @throws {CliError} usage
 */
function requireSendable({ topic }: SetPlan, { opened }: SetInput): void {
  requireWanted(opened.identity.certificate, topic);
}

async function verifyWithApns(
  { topic, findings }: SetPlan,
  { opened, settings, terms }: SetInput,
  context: Context,
): Promise<{ readonly verification: Verification | null; readonly waited: number }> {
  const { verify } = terms;
  const isAsked = verify === 'required' || (verify === 'if-reachable' && !hasErrors(findings));
  if (!isAsked) return { verification: null, waited: 0 };
  const started = monotonicTime();
  const { verifyBefore } = await import('../certificate/ask-apns.ts');
  const { identity } = opened;
  const asked = { verify, apns: { ...terms.apns, topic }, network: settings.network };
  const verification = await verifyBefore(identity, asked, context);
  return { verification, waited: verification === null ? 0 : monotonicTime() - started };
}

/** The last proof of the certificate for its key, or null. */
export function knownProof({ plan, memory }: JudgedSet): LedgerLine | null {
  const { tenant, clientAppKey, fingerprint } = plan;
  if (tenant === null || clientAppKey === null) return null;
  return latestProof(historyAt(memory, tenant), { clientAppKey, fingerprint });
}
