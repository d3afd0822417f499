import type { Command } from 'commander';
import { addExamples } from '../inputs/options.ts';

export interface CompletionOptions {
  readonly shell?: 'bash' | 'zsh' | 'fish' | 'pwsh';
  /** What the scripts themselves ask for: the names of the profiles. */
  readonly profiles?: boolean;
}

export function register(command: Command): void {
  command
    .addArgument(
      command.createArgument('[shell]', 'shell to complete in').choices(['bash', 'zsh', 'fish', 'pwsh']),
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
}
