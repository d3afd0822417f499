import { requireFitHost } from '../certificate/apns-host.ts';
import type { Verification, Verifying } from '../certificate/ask-apns.ts';
import type { OpenedP12 } from '../certificate/open-p12.ts';
import { oddityOf } from '../checks/client-app-key-in-use.ts';
import { hasErrors } from '../checks/finding.ts';
import type { Context } from '../context.ts';
import { CliError, unlessInterrupted } from '../errors/cli-error.ts';
import { isLoopback } from '../network/proxy.ts';
import type { Ownership } from '../report/ownership.ts';
import { orThrow, type Settings } from '../settings/settings.ts';
import type { SentAs } from '../tenant/client.ts';
import type { PhoneCount } from '../tenant/enrolled-devices.ts';
import type { LatestKey, ReadBack } from '../tenant/read-back.ts';
import { askForKey } from './ask-for-client-app-key.ts';
import type { KeySource } from './client-app-key.ts';
import { latestProof, noHistory } from './history.ts';
import { recordedCodes } from './judge-reach.ts';
import type { LedgerPlace } from './ledger-file.ts';
import type { LedgerLine } from './ledger-line.ts';
import type { OpenTenant } from './open-connection.ts';
import { openOrSignIn } from './open-or-sign-in.ts';
import { openTenant } from './open-tenant.ts';
import {
  type JudgingTerms,
  planSet,
  type SetPlace,
  type SetPlan,
  sidesOf,
} from './plan-set-from-ledger.ts';
import { historyAt, type Memory, readMemory } from './read-memory.ts';
import { atOpenTenant, type Job } from './run/run-job.ts';
import { wantedCertificate } from './target.ts';

/** The terms of a set besides the settings. */
interface SetTerms extends JudgingTerms {
  readonly sendAs: SentAs | null;
  /** Whose it is; null: as before. */
  readonly owner: string | null;
  readonly ticket: string | null;
  /** Where the key of the settings comes from. */
  readonly keyFrom: Extract<KeySource, 'given' | 'ledger'>;
  readonly dryRun: boolean;
  readonly yes: boolean;
  readonly refresh: boolean;
  readonly verify: Verifying;
  /** The ledger in use; null: the machine's. */
  readonly ledgerPlace: LedgerPlace | null;
}

/** The certificate to set, and its terms. */
export interface GivenSet {
  readonly opened: Pick<OpenedP12, 'identity' | 'password'>;
  readonly settings: Settings;
  readonly terms: SetTerms;
}

/** A judged set. Nothing was sent. */
export interface JudgedSet {
  /** With the terms that a person agreed to. */
  readonly given: GivenSet;
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
export async function judgeSet(before: GivenSet, context: Context): Promise<JudgedSet> {
  const { terminal } = context;
  let place = placeOf(before);
  let memory = await memoryOf(place.tenant, before.terms, context);
  const given = await withSandboxMeant(before, planAt(before, place, memory), context);
  const { terms } = given;
  if (terms.verify !== false) requireFitHost(place.tenant, terms.apns);
  let plan = planAt(given, place, memory);
  const isStopped = terms.dryRun || plan.stops;
  const open = await openEarly(isStopped, given, context);
  if (open !== null && open.tenant !== place.tenant) {
    if (terms.verify !== false) requireFitHost(open.tenant, terms.apns);
    memory = await memoryOf(open.tenant, terms, context);
    place = { ...place, tenant: open.tenant };
    plan = planAt(given, place, memory);
  }
  if (terminal.interactive && !isStopped && plan.unchanged)
    terminal.note(`This certificate for ${plan.clientAppKey} was set last; it is sent again.`);
  let reported = await askReported(plan, open);
  if (place.clientAppKey === null && !terms.yes && !plan.unchanged) {
    place = { ...place, ...(await askForKey(planAt(given, place, memory, reported), context)) };
    if (place.clientAppKey !== plan.clientAppKey) reported = await askReported(place, open);
  }
  if (terms.refresh && reported?.latest.outcome === 'unknown')
    terminal.note(`${place.tenant} does not report which client app key was set last.`);
  plan = planAt(given, place, memory, reported);
  const judged = {
    given,
    plan,
    memory,
    open,
    latest: latestOf(terms, reported),
    verification: null,
    waited: 0,
    isToSend: false,
  };
  if (plan.stops) return judged;
  requireSendable(plan, given);
  const odd = oddityOf(plan.clientAppKey ?? '');
  if (odd !== null) terminal.warn(odd);
  const { verification, waited } = await askApns(plan, given, context);
  const isToSend = !terms.dryRun && verification?.accepted !== false;
  return { ...judged, verification, waited, isToSend };
}

/** The place that the settings name. @throws {CliError} usage */
function placeOf({ settings, terms }: GivenSet): SetPlace {
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

function planAt(
  { opened, terms }: GivenSet,
  place: SetPlace,
  memory: Memory,
  reported: ReadBack | null = null,
): SetPlan {
  const { tenant } = place;
  const history = tenant === null ? noHistory : historyAt(memory, tenant);
  return planSet(opened.identity, place, { history, reported }, terms);
}

/**
 * Asks a person whether a certificate for the sandbox alone is meant, where that is all
 * that stops it.
 * @throws {CliError} interrupted
 */
async function withSandboxMeant(
  given: GivenSet,
  { findings }: SetPlan,
  { terminal, prompt }: Context,
): Promise<GivenSet> {
  const { terms } = given;
  const errors = findings.filter(({ level }) => level === 'error');
  const isAll = errors.length === 1 && errors[0]?.code === 'sandbox-only';
  if (!isAll || !terminal.interactive || terms.yes || terms.judging.force) return given;
  const message = `${errors[0]?.message} Set it for the sandbox?`;
  const isMeant = await prompt.confirm({ message, initial: false, unavailable: message });
  if (!isMeant) return given;
  return { ...given, terms: { ...terms, apns: { ...terms.apns, environment: 'sandbox' } } };
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
  { settings, terms }: GivenSet,
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

/** Without `--force`, the checks have stopped such a file. @throws {CliError} usage */
function requireSendable({ topic }: SetPlan, { opened, terms }: GivenSet): void {
  const { environment } = terms.apns;
  const { certificate } = opened.identity;
  wantedCertificate(certificate, { topic, environment, owner: null, ticket: null, against: [] });
}

async function askApns(
  { topic, findings }: SetPlan,
  { opened, settings, terms }: GivenSet,
  context: Context,
): Promise<{ readonly verification: Verification | null; readonly waited: number }> {
  const { verify } = terms;
  const isAsked = verify === true || (verify !== false && !hasErrors(findings));
  if (!isAsked) return { verification: null, waited: 0 };
  const started = performance.now();
  const { verifyBefore } = await import('../certificate/ask-apns.ts');
  const { identity } = opened;
  const asked = { verify, apns: { ...terms.apns, topic }, network: settings.network };
  const verification = await verifyBefore(identity, asked, context);
  return { verification, waited: verification === null ? 0 : performance.now() - started };
}

/** The last proof of the certificate for its key, or null. */
export function knownProof({ plan, memory }: JudgedSet): LedgerLine | null {
  const { tenant, clientAppKey, fingerprint } = plan;
  if (tenant === null || clientAppKey === null) return null;
  return latestProof(historyAt(memory, tenant), { clientAppKey, fingerprint });
}

/** A set that is ready: the tenant is open, and nothing stops it. */
export interface ReadySet {
  readonly plan: SetPlan;
  readonly open: OpenTenant;
  /** Undefined: nothing is replaced. */
  readonly phones: PhoneCount | null | undefined;
  /** Null: APNs was not asked. */
  readonly verification: Verification | null;
  readonly memory: Memory;
  readonly given: GivenSet;
}

/**
 * Opens the tenant of a judged set.
 * @throws {CliError} as openOrSignIn
 */
export async function openSet(judged: JudgedSet, context: Context): Promise<ReadySet> {
  const { given, plan, memory, verification, waited } = judged;
  const open = judged.open ?? (await openOrSignIn(given.settings, context, waited));
  const phones = plan.affectsPhones ? await open.askPhones() : undefined;
  return { plan, open, phones, verification, memory, given };
}

/**
 * Whose a certificate is once it is set. An owner stays until another is given; a ticket
 * is that of one change.
 */
export function ownershipIn({ plan, given }: Pick<JudgedSet, 'plan' | 'given'>): Ownership {
  const { owner, ticket } = given.terms;
  const { certificate } = given.opened.identity;
  return {
    owner: owner ?? plan.previous?.line.owner ?? null,
    ticket,
    team: sidesOf(certificate)?.team ?? null,
  };
}

/** The job of a set that is ready. @throws {CliError} usage */
export function jobOf({ plan, open, memory, given }: ReadySet): Job {
  const { opened, terms } = given;
  const { clientAppKey, topic, findings } = plan;
  if (clientAppKey === null)
    throw new CliError('usage', 'No client app key was given', {
      facts: { option: '--client-app-key KEY' },
    });
  const { identity, password } = opened;
  const { tenant } = open;
  const isLocal = isLoopback(new URL(tenant).hostname);
  const against = recordedCodes({ findings, isLocal });
  const { environment } = terms.apns;
  const { owner, ticket } = ownershipIn({ plan, given });
  const facts = { topic, environment, owner, ticket, against };
  return {
    target: {
      tenant,
      clientAppKey,
      wanted: wantedCertificate(identity.certificate, facts),
    },
    file: { identity, password, findings },
    sendAs: terms.sendAs,
    history: historyAt(memory, tenant),
    withOpenTenant: atOpenTenant(open),
  };
}
