import type { Verifying } from '../../certificate/ask-apns.ts';
import { type OpenedP12, openP12 } from '../../certificate/open-p12.ts';
import { confirmSet } from '../../change/confirm-set.ts';
import { judgeSet, knownProof } from '../../change/judge-set-before-opening.ts';
import { jobOfSet, openSet, ownershipIn } from '../../change/open-tenant-for-judged-set.ts';
import { noteProof, provenTarget } from '../../change/push-proofs.ts';
import { namedLedger, openLedgerInUse } from '../../change/read-memory.ts';
import { askAfterwards } from '../../change/refresh/ask-tenant-afterwards.ts';
import { reportSet } from '../../change/report-set.ts';
import { runAndAwaitOutcome } from '../../change/run-and-await-outcome.ts';
import { checkPushIdentity } from '../../checks/check-push-identity.ts';
import { stopsAt } from '../../checks/finding.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { PushIdentity } from '../../pkcs12/model.ts';
import { type GivenP12, givenApns, givenP12, judgingOf } from '../../settings/certificate.ts';
import { givenNote } from '../../settings/given-texts.ts';
import { requireGiven } from '../../settings/missing-settings.ts';
import { warnOfOverrides } from '../../settings/overrides.ts';
import { noOwnOptions, readSettings } from '../../settings/resolve.ts';
import type { CommandModule } from '../command.ts';
import { formatSet, type ProvedSetReport } from './format-set.ts';
import type { SetOptions } from './options.ts';
import { beginProof, proveAfterSet, proveSeconds } from './proof.ts';
import { warnOfQuery } from './warn-of-query.ts';

async function set(options: SetOptions, context: Context): Promise<ProvedSetReport> {
  const verify = givenVerifying(options, context);
  requireProvable(options);
  const { dryRun = false, yes = false, refresh = false, sendAs = null } = options;
  const ownOptions = { ...noOwnOptions, clientAppKey: options.clientAppKey };
  const settings = await readSettings(options, context, ownOptions);
  warnOfOverrides(settings, ['client-app-key'], context);
  const proofSeconds = proveSeconds(options);
  const p12 = givenP12(options, context.env);
  requireGiven(p12, settings, { sends: !dryRun }, context);
  warnOfQuery(sendAs, 'the .p12 and its password', context);

  const opened = await openPushP12(p12, options, context);
  const terms = {
    now: context.now(),
    to: context.destination,
    apns: givenApns(options, context.env),
    judging: judgingOf(options),
    verify,
    dryRun,
    yes,
    refresh,
    sendAs,
    owner: givenNote(options.owner, '--owner'),
    ticket: givenNote(options.ticket, '--ticket'),
    keyFrom: 'given' as const,
    ledgerPlace: namedLedger(options.record, context.env),
  };
  const judged = await judgeSet({ opened, settings, terms }, context);
  const { verification, latest } = judged;
  const facts = {
    dryRun,
    verification,
    latest,
    now: terms.now,
    proof: knownProof(judged),
    ownership: ownershipIn(judged),
  };
  if (!judged.isToSend) {
    // Opening the tenant would have failed on such a variable.
    if (judged.open === null) warnOfOverrides(settings, ['tenant'], context);
    return reportSet(judged.plan, facts);
  }

  const ready = await openSet(judged, context);
  const { plan, open, phones } = ready;
  const isToProve = options.prove === true;
  const pendingProof = isToProve ? await beginProof(open, proofSeconds, settings, context) : null;
  await confirmSet(ready, context);
  const job = jobOfSet(ready);
  const ledger = openLedgerInUse(ready.memory, terms.ledgerPlace, context);
  const outcome = await runAndAwaitOutcome(job, ledger, context);
  const isConfirmed = outcome.missing === null;
  const held = refresh && isConfirmed ? await askAfterwards(job.target, open, context) : undefined;
  const factsAfterSet = { ...facts, phones, outcome, held };
  if (pendingProof === null || !isConfirmed) return reportSet(plan, factsAfterSet);

  const proved = await proveAfterSet(pendingProof, plan.topic, context);
  const noted = { memory: ready.memory, ledgerPlace: terms.ledgerPlace };
  if (proved.proof !== null)
    await noteProof(provenTarget(job.target), proved.proof, noted, context);
  // A proof without a result replaces the known one.
  const factsAfterProof = { ...factsAfterSet, proof: proved.proof };
  return { ...reportSet(plan, factsAfterProof), ...proved };
}

/** In a terminal, APNs is also asked without an option, if it is reached. */
function givenVerifying({ verify, apnsHost }: SetOptions, { terminal }: Context): Verifying {
  const verifying = verifyingBy(verify, terminal.interactive);
  if (apnsHost !== undefined && verifying === 'no')
    throw new CliError('usage', '--apns-host needs --verify', { facts: { option: '--verify' } });
  return verifying;
}

function verifyingBy(verify: boolean | undefined, isAtTerminal: boolean): Verifying {
  if (verify === true) return 'required';
  return verify === undefined && isAtTerminal ? 'if-reachable' : 'no';
}

/** Opens the .p12. A person who chose a file of the wrong kind chooses again. */
function openPushP12(p12: GivenP12, { force }: SetOptions, context: Context): Promise<OpenedP12> {
  const now = context.now();
  const unfit = (identity: PushIdentity) =>
    checkPushIdentity(identity, { now }).find(({ code }) => wrongKinds.has(code))?.message;
  return openP12(p12, context, force === true ? undefined : unfit);
}

const wrongKinds: ReadonlySet<string> = new Set([
  'not-a-push-certificate',
  'push-kind-unsupported',
]);

function requireProvable({ prove, proveTimeout, dryRun }: SetOptions): void {
  if (prove === true && dryRun === true)
    throw new CliError('usage', '--prove and --dry-run cannot be used together', {
      facts: { fix: 'Remove --dry-run.' },
    });
  if (prove !== true && proveTimeout !== undefined)
    throw new CliError('usage', '--prove-timeout needs --prove', { facts: { option: '--prove' } });
}

export const command: CommandModule<SetOptions, ProvedSetReport> = {
  work: set,
  format: formatSet,
  exitCode: ({ findings, sent, verification, error, reach }, options) => {
    if (error !== undefined) return error.exitCode;
    if (verification?.accepted === false) return 6;
    if (sent !== true && stopsAt(findings, judgingOf(options))) return 4;
    return reach === 'against' ? 8 : 0;
  },
  atEnd: {
    did: ({ sent }) => (sent === true ? 'set' : null),
    isUnknown: ({ sent }) => sent === null,
  },
};
