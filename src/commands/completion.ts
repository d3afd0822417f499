import type { Command } from 'commander';
import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import type { CommandModule } from './command.ts';
import { bashCompletion } from '../reference/completion/bash.ts';
import { fishCompletion } from '../reference/completion/fish.ts';
import { pwshCompletion } from '../reference/completion/pwsh.ts';
import { zshCompletion } from '../reference/completion/zsh.ts';
import type { CompletionOptions } from './completion.options.ts';
import { readCommandTree } from '../reference/command-tree.ts';

export type CompletionReport =
  | { readonly shell: string; readonly script: string }
  | { readonly profiles: readonly string[] };

const scripts = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion, pwsh: pwshCompletion };

/** The script for a shell, or the names of the profiles that it asks for. @throws {CliError} usage */
export async function completion(
  { shell, profiles }: CompletionOptions,
  context: Context,
  program: () => Command,
): Promise<CompletionReport> {
  if (profiles === true) return { profiles: await profileNames(context) };
  if (shell === undefined) {
    throw new CliError('usage', 'No shell was given: it is bash, zsh, fish or pwsh', {
      facts: { command: 'mfa-cli completion' },
    });
  }
  return { shell, script: scripts[shell](readCommandTree(program())) };
}

/** Those that stand on a line of their own; a name with a line break in it cannot be completed. */
async function profileNames(context: Context): Promise<readonly string[]> {
  const { profiles } = await (await context.profiles()).read();
  return Object.keys(profiles).filter((name) => !/\p{Cc}/u.test(name));
}

function format(report: CompletionReport): string {
  return 'script' in report ? report.script : report.profiles.map((name) => `${name}\n`).join('');
}

export const command: CommandModule<CompletionOptions, CompletionReport> = { work: completion, format };
