import type { Profile } from '../auth/profile.ts';
import type { Context } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import { type CommandNode, placesOf } from '../reference/command-tree.ts';
import { bashCompletion, zshCompletion } from '../reference/completion/bash-and-zsh.ts';
import { fishCompletion, pwshCompletion } from '../reference/completion/fish-and-powershell.ts';
import type { CommandModule } from './command.ts';

export interface CompletionOptions {
  readonly shell?: 'bash' | 'zsh' | 'fish' | 'pwsh' | 'powershell';
  /** For the scripts: print the names of the profiles. */
  readonly profiles?: boolean;
  /** For the scripts: print the client app keys on record. */
  readonly clientAppKeys?: boolean;
}

export type CompletionReport =
  | { readonly shell: string; readonly script: string }
  | { readonly profiles: readonly string[] }
  | { readonly clientAppKeys: readonly string[] };

const scripts = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  pwsh: pwshCompletion,
  powershell: pwshCompletion,
};

/** The script for a shell, or the names for the script. @throws {CliError} usage */
export async function completion(
  { shell, profiles, clientAppKeys }: CompletionOptions,
  context: Context,
  describe: () => Promise<CommandNode>,
): Promise<CompletionReport> {
  if (profiles === true)
    return { profiles: (await stored(context)).map(([name]) => name).filter(isHarmless) };
  if (clientAppKeys === true) return { clientAppKeys: await keysOnRecord(context) };
  if (shell === undefined) {
    throw new CliError('usage', 'No shell was given: bash, zsh, fish, pwsh or powershell', {
      facts: { command: 'mfa-cli completion' },
    });
  }
  return { shell, script: scripts[shell](placesOf(await describe())) };
}

async function stored(context: Context): Promise<readonly (readonly [name: string, profile: Profile])[]> {
  return Object.entries((await (await context.profiles()).read()).profiles);
}

async function keysOnRecord(context: Context): Promise<readonly string[]> {
  const records = (await stored(context)).flatMap(([, { certificates }]) => certificates);
  return [...new Set(records.map(({ clientAppKey }) => clientAppKey))].filter(isHarmless);
}

/** A shell puts the name into a command line as it is: no line break, and no quote of any shell. */
function isHarmless(name: string): boolean {
  return !/[\p{Cc}'"`\u2018-\u201e]/u.test(name);
}

function format(report: CompletionReport): Uint8Array {
  if ('script' in report) return Buffer.from(report.script);
  const names = 'profiles' in report ? report.profiles : report.clientAppKeys;
  return Buffer.from(names.map((name) => `${name}\n`).join(''));
}

export const command: CommandModule<CompletionOptions, CompletionReport> = { work: completion, format };
