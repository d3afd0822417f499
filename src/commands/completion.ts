import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import { addExamples } from '../inputs/options.ts';
import type { CommandNode } from '../reference/command-tree.ts';
import { bashCompletion } from '../reference/completion/bash.ts';
import { fishCompletion } from '../reference/completion/fish.ts';
import { pwshCompletion } from '../reference/completion/pwsh.ts';
import { zshCompletion } from '../reference/completion/zsh.ts';
import type { CommandModule, Declaration } from './command.ts';

export interface CompletionOptions {
  readonly shell?: 'bash' | 'zsh' | 'fish' | 'pwsh' | 'powershell';
  /** What the scripts themselves ask for: the names of the profiles. */
  readonly profiles?: boolean;
}

export const declaration: Declaration = {
  words: ['completion'],
  summary: 'print the script that completes in a shell',
  options(command) {
    command
      .addArgument(
        command
          .createArgument('[shell]', 'shell to complete in')
          .choices(['bash', 'zsh', 'fish', 'pwsh', 'powershell']),
      )
      .usage('<shell> [options]')
      .addOption(command.createOption('--profiles', 'print the names of the profiles').hideHelp());
    addExamples(
      command,
      'eval "$(mfa-cli completion bash)"   # in ~/.bashrc',
      'eval "$(mfa-cli completion zsh)"    # in ~/.zshrc, after compinit',
      'mfa-cli completion fish > ~/.config/fish/completions/mfa-cli.fish',
      'mfa-cli completion pwsh | Out-String | Invoke-Expression',
    );
  },
};

export type CompletionReport =
  | { readonly shell: string; readonly script: string }
  | { readonly profiles: readonly string[] };

const scripts = {
  bash: bashCompletion,
  zsh: zshCompletion,
  fish: fishCompletion,
  pwsh: pwshCompletion,
  powershell: pwshCompletion,
};

/** The script for a shell, or the names of the profiles that it asks for. @throws {CliError} usage */
export async function completion(
  { shell, profiles }: CompletionOptions,
  context: Context,
  describe: () => Promise<CommandNode>,
): Promise<CompletionReport> {
  if (profiles === true) return { profiles: await profileNames(context) };
  if (shell === undefined) {
    throw new CliError('usage', 'No shell was given: it is bash, zsh, fish, pwsh or powershell', {
      facts: { command: 'mfa-cli completion' },
    });
  }
  return { shell, script: scripts[shell](await describe()) };
}

/** Those that stand on a line of their own; a name with a line break in it cannot be completed. */
async function profileNames(context: Context): Promise<readonly string[]> {
  const { profiles } = await (await context.profiles()).read();
  return Object.keys(profiles).filter((name) => !/\p{Cc}/u.test(name));
}

function format(report: CompletionReport): Uint8Array {
  return Buffer.from(
    'script' in report ? report.script : report.profiles.map((name) => `${name}\n`).join(''),
  );
}

export const command: CommandModule<CompletionOptions, CompletionReport> = { work: completion, format };
