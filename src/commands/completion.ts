import { dirname } from 'node:path';
import type { Context } from '../context.ts';
import { CliError, unlessInterrupted } from '../errors/cli-error.ts';
import { readWhole } from '../files/read.ts';
import type { CommandNode } from '../reference/command-tree.ts';
import { type Completion, complete, formatCompletion, scripts } from '../reference/completion.ts';
import type { CommandModule } from './command.ts';
import type { CompletionOptions } from './options.ts';

export type CompletionReport = { readonly shell: string; readonly script: string } | Completion;

/** The most bytes of a line to complete. */
const limit = 64 * 1024;

/** The script for a shell, or the completions for the script. @throws {CliError} usage */
export async function completion(
  { shell, words }: CompletionOptions,
  context: Context,
  describe: () => Promise<CommandNode>,
): Promise<CompletionReport> {
  if (words === true) {
    const text = Buffer.from(await readWhole('-', limit, context)).toString('utf8');
    const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
    return complete(await describe(), lines, (kind) => storedNames(kind, context));
  }
  if (shell !== undefined) return { shell, script: scripts[shell] };
  throw new CliError('usage', 'No shell was given: bash, zsh, fish, pwsh or powershell', {
    facts: { command: ['mfa-cli', 'completion'] },
  });
}

/**
 * Names without a line break and without a quote of any shell, which puts them into a
 * command line as they are.
 */
async function storedNames(
  kind: 'profile' | 'client-app-key',
  context: Context,
): Promise<readonly string[]> {
  const names = kind === 'profile' ? await profileNames(context) : await knownKeys(context);
  return [...new Set(names)].filter((name) => !/[\p{Cc}'"`\u2018-\u201e]/u.test(name));
}

async function profileNames(context: Context): Promise<readonly string[]> {
  return Object.keys((await (await context.profiles()).read()).profiles);
}

/** The keys that the ledger has, of all tenants; none if it cannot be read. */
async function knownKeys(context: Context): Promise<readonly string[]> {
  const { certificatesAt, historyOf } = await import('../change/history.ts');
  const { readMachine } = await import('../change/ledger.ts');
  const directory = dirname((await context.profiles()).path);
  const known = await readMachine(directory, { tenants: null }).catch(
    unlessInterrupted(() => null),
  );
  const tenants = [...historyOf(known?.lines ?? []).tenants.values()];
  return tenants.flatMap(certificatesAt).map(({ line }) => line.clientAppKey);
}

function format(report: CompletionReport): Uint8Array {
  return Buffer.from('script' in report ? report.script : formatCompletion(report));
}

export const command: CommandModule<CompletionOptions, CompletionReport, string | Uint8Array> = {
  work: completion,
  format,
};
