import type { Alert, Due } from '../change/expiry-alerts.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import type { ExitCode } from '../errors/entry.ts';
import { runProgram } from '../programs/run-program.ts';
import type { OptionsOf } from '../settings/define.ts';
import { hookOptions } from '../settings/options.ts';
import { inJson } from '../text/printable.ts';

/** The options of a command's hook. */
export interface HookOptions extends OptionsOf<typeof hookOptions> {
  /**
   * The option of a command that reports when certificates expire; undefined in another.
   */
  readonly notifyAt: string | undefined;
  /** Whether the run changes nothing, which no hook needs to hear of. */
  readonly isRehearsal: boolean;
}

type Deed = 'set' | 'deleted' | 'renewed' | 'proved';

/** How to read a command's report for a hook. */
export interface EndOfRun<Report, Options = never> {
  /** The change that a successful run made; null: nothing was changed or asked. */
  did(report: Report): Deed | null;
  /** Whether the worst result of a failed run is a missing answer. */
  isUnknown?(report: Report): boolean;
  /** The certificates in the report, one entry for each tenant that has it. */
  dues?(report: Report): readonly Due[];
  /** The ledger in use, which notes what was alerted; null: the machine's. */
  ledger?(report: Report, options: Options): string | null;
}

/** The facts of a report for a hook. */
export interface HookFacts {
  readonly did: Deed | null;
  readonly isUnknown: boolean;
  /** Null: of no certificate's end. */
  readonly dues: readonly Due[] | null;
  /** The ledger that notes what was alerted; null: the machine's. */
  readonly ledger: string | null;
}

/** The end of a run: with a report, or with an error. */
export type Ended = { readonly exitCode: ExitCode } & (
  | { readonly report: object; readonly facts: HookFacts | null }
  | { readonly error: CliError; readonly document: object }
);

export interface Hook {
  /**
   * Calls the program with a document on stdin. Returns whether it ended with 0; any
   * failure is a warning.
   */
  call(
    event: Deed | 'failed' | 'unknown' | 'due',
    document: object,
    context: Context,
  ): Promise<boolean>;
  readonly mustSucceed: boolean;
  readonly stages: readonly number[] | null;
  readonly isRehearsal: boolean;
}

/** The hook of a command line; null without one. @throws {CliError} usage */
export function openHook(options: HookOptions): Hook | null {
  const { hook: program, hookArg = [], hookTimeout, hookMustSucceed = false } = options;
  const { notifyAt, isRehearsal } = options;
  if (program === undefined) {
    if (
      hookArg.length > 0 ||
      hookTimeout !== undefined ||
      hookMustSucceed ||
      notifyAt !== undefined
    )
      throw new CliError(
        'usage',
        '--hook-arg, --hook-timeout, --hook-must-succeed and --notify-at need --hook',
        {
          facts: { option: '--hook PROGRAM' },
        },
      );
    return null;
  }
  const milliseconds = (hookTimeout ?? hookOptions.hookTimeout.default) * 1000;
  return {
    mustSucceed: hookMustSucceed,
    stages: notifyAt === undefined ? null : parseStages(notifyAt),
    isRehearsal,
    async call(event, document, context) {
      const command = [program, ...hookArg] as const;
      const input = `${inJson(document, 0)}\n`;
      const variables = { MFA_CLI_EVENT: event };
      const run = { command, input, variables, limit: null, milliseconds };
      // The hook is also called after an interrupt.
      const signal = context.signal.aborted ? new AbortController().signal : context.signal;
      const { how } = await runProgram(run, { ...context, signal });
      if (how !== null) context.terminal.warn(`The hook ${how}`);
      return how === null;
    },
  };
}

function parseStages(text: string): readonly number[] {
  const stages = text.split(',').map((word) => word.trim());
  if (!stages.every((word) => /^\d{1,4}$/.test(word)))
    throw new CliError('usage', `--notify-at must be a list of days, not "${text}"`, {
      facts: { option: '--notify-at 45,30,14,7,1,0' },
    });
  return [...new Set(stages.map(Number))].sort((one, other) => one - other);
}

/**
 * Calls the hook if the end of the run requires it, and returns the exit code of the
 * program.
 */
export async function endWithHook(hook: Hook, ended: Ended, context: Context): Promise<ExitCode> {
  const { exitCode } = ended;
  try {
    const went = await callAsAsked(hook, ended, context);
    return !went && hook.mustSucceed && exitCode === 0 ? 8 : exitCode;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const isInterrupted = error.code === 'interrupted';
    context.terminal.warn(isInterrupted ? 'The interrupt stopped the hook' : error.message);
    if (exitCode !== 0) return exitCode;
    const reason = context.signal.reason instanceof CliError ? context.signal.reason : error;
    if (isInterrupted) return reason.exitCode;
    return hook.mustSucceed ? 8 : 0;
  }
}

async function callAsAsked(hook: Hook, ended: Ended, context: Context): Promise<boolean> {
  if (hook.isRehearsal) return true;
  if ('error' in ended)
    return isAskedFor(ended.error, context) ? hook.call('failed', ended.document, context) : true;
  const { report, facts, exitCode } = ended;
  if (facts === null) return true;
  const { dues, ledger } = facts;
  if (hook.stages !== null && dues !== null) {
    const { sendAlerts } = await import('../change/expiry-alerts.ts');
    const call = (alert: Alert): Promise<boolean> =>
      hook.call('due', { ...report, alert }, context);
    return sendAlerts({ dues, ledger }, hook.stages, call, context);
  }
  const failure = facts.isUnknown ? 'unknown' : 'failed';
  const event = exitCode === 0 ? facts.did : failure;
  return event === null ? true : hook.call(event, report, context);
}

/** A wrong command line or a declined question changed and asked nothing. */
function isAskedFor(error: CliError, { signal }: Context): boolean {
  return error.code === 'interrupted' ? signal.aborted : error.exitCode !== 2;
}
