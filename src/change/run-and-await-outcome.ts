import type { Context } from '../context.ts';
import type { ErrorDocument } from '../errors/advice.ts';
import { type CliError, hasCode } from '../errors/cli-error.ts';
import type { SentAs } from '../tenant/client.ts';
import { nounOf } from './answer-table.ts';
import type { PastRequest } from './history.ts';
import type { OpenLedger } from './ledger.ts';
import { closeLedger } from './read-memory.ts';
import { forOne, runAllJobs } from './run/run-all-jobs.ts';
import type { ChangeEvent, Job } from './run/run-job.ts';
import type { Target } from './target.ts';

/** Why the outcome of a request is unknown, as reports show it. */
export interface MissingAnswer {
  /** How many times it was sent. */
  readonly tries: number;
  readonly error: ErrorDocument['error'];
}

/** The outcome of one job. */
export interface OneOutcome {
  /** How the tenant took the parameters; null: no answer says so. */
  readonly sentAs: SentAs | null;
  /** Null: the tenant did it. */
  readonly missing: MissingAnswer | null;
  /** Whether the ledger has the outcome. */
  readonly recorded: boolean;
}

/**
 * Changes one tenant, and tells a person what becomes of it.
 * @throws {CliError} what ended the job, if the tenant did not do it
 */
export async function runAndAwaitOutcome(
  job: Job,
  ledger: OpenLedger,
  context: Context,
): Promise<OneOutcome> {
  const { terminal, signal } = context;
  let outcome: OneOutcome | null = null;
  try {
    for await (const event of runAllJobs([job], { ...forOne, ledger, signal })) {
      if (event.kind === 'settled') terminal.note(settledSentence(event.target, event.request));
      if (event.kind === 'settled' || event.kind === 'sending') continue;
      const { unrecorded } = event;
      const isWarned = event.kind !== 'failed' || event.error.code !== 'interrupted';
      if (unrecorded !== null && isWarned) warnUnrecorded(event, unrecorded, context);
      if (event.kind === 'failed') {
        if (event.error.code !== 'interrupted') terminal.note(unchangedSentence(event.target));
        throw event.error;
      }
      outcome = {
        sentAs: event.kind === 'sent' ? event.sentAs : null,
        missing: event.kind === 'sent' ? null : await missingAnswer(event.error, context),
        recorded: unrecorded === null,
      };
    }
  } finally {
    await closeLedger(ledger, context);
  }
  // The interrupt came before the job could start.
  if (outcome === null) throw signal.reason;
  return outcome;
}

async function missingAnswer(error: CliError, context: Context): Promise<MissingAnswer> {
  return { tries: triesOf(error) ?? 1, error: await reportError(error, context) };
}

/** How often a request was sent whose outcome is unknown; null for another error. */
export function triesOf(error: CliError | null): number | null {
  return hasCode(error, 'outcome-unknown') ? (error.facts.tries ?? 1) : null;
}

function warnUnrecorded(
  { kind, target }: ChangeEvent,
  { message, code }: CliError,
  { terminal }: Context,
): void {
  // The line that an interrupt leaves says the same.
  if (code === 'interrupted') return;
  const done = target.wanted === null ? 'deleted' : 'set';
  const what = {
    sent: `The certificate is ${done}`,
    unknown: 'The tenant may have done it',
    failed: 'It was not done',
    sending: '',
    settled: '',
  }[kind];
  terminal.warn(`${what}, but mfa-cli could not record it: ${message}`);
}

/** Of a request that was not sent, or that the tenant refused. */
function unchangedSentence({ tenant, clientAppKey, wanted }: Target): string {
  const done = wanted === null ? 'deleted' : 'set';
  return `Nothing was ${done} for ${clientAppKey}: what ${tenant} had before is unchanged.`;
}

function settledSentence({ wanted }: Target, { line, at }: PastRequest): string {
  const now = nounOf(wanted === null ? 'delete' : 'set');
  const day = at.slice(0, 10);
  return `This ${now} settles the ${nounOf(line.asked)} of ${day}, whose outcome was unknown.`;
}

/** Shows an error that accompanies a report, and returns it for the report. */
export async function reportError(
  error: CliError,
  { terminal, destination }: Context,
): Promise<ErrorDocument['error']> {
  const { errorDocument } = await import('../errors/advice.ts');
  const document = errorDocument(error, destination);
  await terminal.error(error.lines, document.error.hints);
  return document.error;
}
