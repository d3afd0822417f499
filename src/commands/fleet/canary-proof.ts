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
import { type ApplyRun, carryOut } from './carry-out.ts';
import { targetOf } from './jobs.ts';
import { type ApplyOptions, applyOptions } from './options.ts';
import type { PlannedTenant } from './plan-fleet.ts';
import type { TenantOutcome, TenantOutcomes } from './plan-report.ts';
import { recordToWrite } from './record-place.ts';
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
  /** Whether they are who is signed in. */
  readonly isSignedIn: boolean;
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
  if (proof !== null && isProven(proof)) {
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
  if (person !== null && !person.isSignedIn) await requireExpected(person.user, context);
  return { canary, person };
}

function nameOf({ tenant }: PlannedTenant): string {
  return tenant.name;
}

/** Whether a push was approved, and its app confirmed. */
function isProven(proof: Pick<LedgerLine, 'outcome' | 'appConfirmed'> | null): boolean {
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
  const signedIn = session?.user?.includes('@') === true ? session.user : null;
  const user = proveUser?.trim() ?? signedIn;
  const seconds = proveTimeout ?? applyOptions.proveTimeout.default;
  if (user === null || user === '')
    throw new CliError('usage', `A proof at ${tenant.name} needs a user whose phone rings`, {
      facts: { option: '--prove-user NAME' },
    });
  return { user, isSignedIn: user.toLowerCase() === signedIn?.toLowerCase(), seconds };
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
    ({ askDevices }) => askDevices(),
  );
  const answer = await asked.catch(unlessInterrupted(() => null));
  if (answer === null || !answer.whole) return true;
  return answer.devices.some((device) => device.owner === null || isOwnedBy(device, user));
}

/** The result of a gated run. */
export interface GatedRun {
  readonly outcomes: TenantOutcomes;
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
  run: ApplyRun,
  context: Context,
): Promise<GatedRun> {
  // `carryOut` puts the canary's host first as well: in each of these two runs in vain.
  const host = hostOf(gate.canary);
  const first = due.filter((item) => hostOf(item) === host);
  const rest = due.filter((item) => hostOf(item) !== host);
  const outcomes = await carryOut(first, run, context);
  const isAllDone = first.every((item) => isDone(outcomes.get(item)));
  if (!isAllDone || context.signal.aborted) return { outcomes };
  const passed = await passGate(gate, rest.length > 0, run, context);
  if (passed.error !== undefined || rest.length === 0) return { outcomes, ...passed };
  const others = await carryOut(rest, run, context);
  return { outcomes: new Map([...outcomes, ...others]), ...passed };
}

function hostOf({ tenant }: PlannedTenant): string {
  return new URL(tenant.url).host;
}

function isDone(outcome: TenantOutcome | undefined): boolean {
  return outcome?.sent === true && outcome.error === null;
}

/** The outcome of a proof; an error: the others do not follow. */
type Passed = Omit<GatedRun, 'outcomes'>;

/** @param isAwaited whether other tenants wait for it */
async function passGate(
  { canary, person }: ProofGate,
  isAwaited: boolean,
  run: ApplyRun,
  context: Context,
): Promise<Passed> {
  if (isProven(canary.proof)) return {};
  if (person !== null) return prove(canary, person, run, context);
  return isAwaited ? { error: await reportError(missingProof(canary, run), context) } : {};
}

function missingProof({ tenant }: PlannedTenant, { opened, options }: ApplyRun): CliError {
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
  { user, isSignedIn, seconds }: ProvingPerson,
  { opened, memory, options }: ApplyRun,
  context: Context,
): Promise<Passed> {
  const { tenant, judged } = canary;
  try {
    const network = networkOf(options, (await profileOf(tenant, context)).settings, context);
    const called = { tenant: tenant.url, user, isOwn: isSignedIn };
    const proof = await openProof(called, seconds, network, context).prove(judged?.topic ?? null);
    const ledgerPlace = recordToWrite(opened.recordPath, opened.trust);
    await noteProof(provenTarget(targetOf(canary)), proof, { memory, ledgerPlace }, context);
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
