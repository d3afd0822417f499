import type { Profile } from '../../auth/profile.ts';
import { emptyProfile, profileNamed } from '../../auth/profiles.ts';
import type { LedgerLine } from '../../change/ledger-line.ts';
import { openProof, type Proof, requireExpected, verdictOf } from '../../change/prove-by-push.ts';
import { noteProof, provenTarget } from '../../change/push-proofs.ts';
import { reportError } from '../../change/run-and-await-outcome.ts';
import type { Context } from '../../context.ts';
import { CliError, unlessInterrupted } from '../../errors/cli-error.ts';
import { mfaCli } from '../../errors/hint.ts';
import { networkOf } from '../../settings/resolve.ts';
import { isOwnedBy } from '../../tenant/enrolled-devices.ts';
import { carryOut, type Run } from './carry-out.ts';
import { targetOf } from './jobs.ts';
import { type ApplyOptions, applyOptions } from './options.ts';
import type { PlannedTenant } from './plan-fleet.ts';
import type { Outcome, Outcomes } from './plan-report.ts';
import { recordPlace } from './read-record.ts';
import type { FleetReport } from './report.ts';
import { TenantAccess } from './tenant-access.ts';

/** The proof that the canary of an apply needs before the other tenants follow. */
export interface ProofGate {
  readonly canary: PlannedTenant;
  /** Whose phone rings; null: nobody's, without a terminal or as it is proven. */
  readonly person: ProvingPerson | null;
}

interface ProvingPerson {
  readonly user: string;
  /** Whether it is who is signed in. */
  readonly isOwn: boolean;
  /** The time limit of the sign-in. */
  readonly seconds: number;
}

/**
 * The gate of an apply with `--prove`; null without it. Says before anything is set what
 * a proof cannot do, and that a user has no phone where the tenant tells.
 * @throws {CliError} usage; interrupted
 */
export async function openGate(
  planned: readonly PlannedTenant[],
  options: ApplyOptions,
  context: Context,
): Promise<ProofGate | null> {
  if (options.prove !== true) return null;
  const canary = planned.find(({ tenant }) => tenant.name === options.canary);
  if (canary === undefined) throw new Error('a canary that is not planned');
  if (canary.tenant.certificate === null)
    throw new CliError(
      'usage',
      `The canary ${canary.tenant.name} must have a certificate to prove`,
    );
  const { proof } = canary;
  if (isProven(proof)) {
    context.terminal.note(
      `A push of ${nameOf(canary)}'s certificate was confirmed on ${proof.at.slice(0, 10)}.`,
    );
    return { canary, person: null };
  }
  context.terminal.note(
    `mfa-cli cannot bring back an earlier certificate: to go back, its .p12 must be set again.`,
  );
  const person = await personOf(canary, options, context);
  const user = person?.user ?? options.proveUser ?? null;
  if (user !== null && !(await hasPhone(canary, user, options, context)))
    context.terminal.warn(
      `${user} has no phone at ${canary.tenant.url}, by the tenant's list of devices`,
    );
  if (person !== null && !person.isOwn) await requireExpected(person.user, context);
  return { canary, person };
}

function nameOf({ tenant }: PlannedTenant): string {
  return tenant.name;
}

/** Whether a push was approved, and its app confirmed. */
function isProven(proof: Pick<LedgerLine, 'outcome' | 'appConfirmed'> | null): proof is LedgerLine {
  return proof?.outcome === 'approved' && proof.appConfirmed === true;
}

/** The user of a proof in a terminal. @throws {CliError} usage: none is known */
async function personOf(
  { tenant }: PlannedTenant,
  { proveUser, proveTimeout }: ApplyOptions,
  context: Context,
): Promise<ProvingPerson | null> {
  if (!context.terminal.interactive) return null;
  const { session } = await profileOf(tenant, context);
  const own = session?.user?.includes('@') === true ? session.user : null;
  const user = proveUser?.trim() ?? own;
  const seconds = proveTimeout ?? applyOptions.proveTimeout.default;
  if (user === null || user === '')
    throw new CliError('usage', `A proof at ${tenant.name} needs a user whose phone rings`, {
      facts: { option: '--prove-user NAME' },
    });
  return { user, isOwn: user.toLowerCase() === own?.toLowerCase(), seconds };
}

/** The profile that signs in there; an empty one if none does. */
async function profileOf({ signIn }: PlannedTenant['tenant'], context: Context): Promise<Profile> {
  if (!('profile' in signIn)) return emptyProfile;
  const store = await context.profiles();
  return profileNamed(await store.read(), signIn.profile);
}

/**
 * False only where the tenant tells all devices, and none is theirs.
 * @throws {CliError} interrupted
 */
async function hasPhone(
  { tenant }: PlannedTenant,
  user: string,
  options: ApplyOptions,
  context: Context,
): Promise<boolean> {
  const access = new TenantAccess(options, context.signal, context);
  const asked = access.open(
    tenant,
    (wait) => wait(),
    (open) => open.askDevices(),
  );
  const answer = await asked.catch(unlessInterrupted(() => null));
  if (answer === null || !answer.whole) return true;
  return answer.devices.some((device) => device.owner === null || isOwnedBy(device, user));
}

/** The result of a gated run. */
export interface GatedRun {
  readonly outcomes: Outcomes;
  /** The sign-in by push, if there was one. */
  readonly proof?: Proof;
  /** Why the other tenants were not begun. */
  readonly error?: NonNullable<FleetReport['error']>;
}

/**
 * Does what is due at the canary's host, and the rest only once a push of its certificate
 * was approved and its app confirmed.
 * @throws {CliError} what no tenant is to blame for
 */
export async function carryOutGated(
  due: readonly PlannedTenant[],
  gate: ProofGate,
  run: Run,
  context: Context,
): Promise<GatedRun> {
  const host = hostOf(gate.canary);
  const first = due.filter((item) => hostOf(item) === host);
  const rest = due.filter((item) => hostOf(item) !== host);
  const started = await carryOut(first, run, context);
  const isDone = first.every((item) => isWell(started.get(item)));
  if (!isDone || context.signal.aborted) return { outcomes: started };
  const passed = await passGate(gate, rest.length > 0, run, context);
  if (passed.error !== undefined || rest.length === 0) return { outcomes: started, ...passed };
  const others = await carryOut(rest, run, context);
  return { outcomes: new Map([...started, ...others]), ...passed };
}

function hostOf({ tenant }: PlannedTenant): string {
  return new URL(tenant.url).host;
}

function isWell(outcome: Outcome | undefined): boolean {
  return outcome?.sent === true && outcome.error === null;
}

/** The outcome of a proof; an error: the others do not follow. */
type Passed = Omit<GatedRun, 'outcomes'>;

/** @param isAwaited whether other tenants wait for it */
async function passGate(
  { canary, person }: ProofGate,
  isAwaited: boolean,
  run: Run,
  context: Context,
): Promise<Passed> {
  if (isProven(canary.proof)) return {};
  if (person !== null) return prove(canary, person, run, context);
  return isAwaited ? { error: await reportError(missingProof(canary, run), context) } : {};
}

function missingProof({ tenant }: PlannedTenant, { opened, options }: Run): CliError {
  const { proveUser = 'NAME' } = options;
  const place = ['--tenant', tenant.url, '--record', opened.recordPath];
  return new CliError(
    'proof-missing',
    `The other tenants wait: no push of the certificate of ${tenant.name} was confirmed`,
    { facts: { prove: mfaCli('apns', 'prove', '--user', proveUser, ...place) } },
  );
}

async function prove(
  canary: PlannedTenant,
  { user, isOwn, seconds }: ProvingPerson,
  { opened, record, options }: Run,
  context: Context,
): Promise<Passed> {
  const { tenant, judged } = canary;
  try {
    const network = networkOf(options, (await profileOf(tenant, context)).settings, context);
    const called = { tenant: tenant.url, user, isOwn };
    const proof = await openProof(called, seconds, network, context).prove(judged?.topic ?? null);
    const place = recordPlace(opened.recordPath, opened.trust);
    await noteProof(
      provenTarget(targetOf(canary)),
      proof,
      { memory: record.memory, ledgerPlace: place },
      context,
    );
    if (isProven(proof)) return { proof };
    return { proof, error: await reportError(notProven(canary, proof), context) };
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return { error: await reportError(error, context) };
  }
}

function notProven({ tenant }: PlannedTenant, proof: Proof): CliError {
  const why =
    proof.outcome === 'approved' ? `nobody confirmed the app that showed it` : verdictOf(proof);
  return new CliError(
    'proof-failed',
    `${tenant.name} has its certificate, but the others do not get theirs: ${why}`,
  );
}
