import { addConnectionOptions, addExamples, addOptions } from '../settings/options.ts';
import { addSettings } from '../settings/table.ts';
import { apns } from './apns/commands.ts';
import { app } from './app/commands.ts';
import { bootstrap } from './bootstrap/commands.ts';
import type { Declaration, Family } from './command.ts';
import { device } from './device/commands.ts';
import { doctor } from './doctor/commands.ts';
import { emulator } from './emulator/commands.ts';
import { fleet } from './fleet/commands.ts';
import { profile } from './profile/commands.ts';
import { push } from './push/commands.ts';

/** The commands of two words, in the order of the help. */
export const families: readonly Family[] = [apns, fleet, push, app, device, profile];

/** The commands of one word, which follow in the help. */
export const singles: readonly Declaration[] = [
  {
    word: 'login',
    summary: 'sign in through the browser and save the session',
    options(command) {
      addOptions(addSettings(addConnectionOptions(command), 'port', 'user'), {
        '--no-browser': 'print the address and open no browser',
        '--store <place>': [
          'where to store the session; default: file [MFA_CLI_STORE]',
          'file',
          'keychain',
        ],
      });
      addExamples(
        command,
        'mfa-cli login --tenant abc1234.id.cyberark.cloud',
        'mfa-cli login --tenant sso.example.com --app-id push-admin --profile example --no-browser',
      );
    },
    load: () => import('./login.ts'),
  },
  bootstrap,
  {
    word: 'logout',
    summary: 'sign out: revoke and delete the session',
    options(command) {
      command.option('--all', 'sign out of all profiles');
      addExamples(command, 'mfa-cli logout', 'mfa-cli logout --all');
    },
    load: () => import('./logout.ts'),
  },
  {
    word: 'whoami',
    summary: 'show the signed-in user, the tenant and when the session expires',
    options(command) {
      command.option('--min-ttl <duration>', 'exit 5 if the session expires sooner: 90s, 20m, 1h');
      addConnectionOptions(command);
      addExamples(command, 'mfa-cli whoami --min-ttl 20m');
    },
    load: () => import('./whoami.ts'),
  },
  {
    word: 'api',
    summary: 'send one request to the tenant and print the response',
    options(command) {
      command
        .argument('<method>', 'GET, HEAD, POST, PUT, PATCH or DELETE')
        .argument('<path>', "path at the tenant, with any query: '/Security/WhoAmI'")
        .option('--data <json>', 'JSON to send, or @FILE, - is stdin; default for POST: {}');
      addConnectionOptions(command);
      addExamples(
        command,
        'mfa-cli api POST /Security/WhoAmI',
        'mfa-cli api POST /Mobile/SetApnsCertForClientApp --data @body.json',
      );
    },
    load: () => import('./api.ts'),
  },
  doctor,
  emulator,
  {
    word: 'completion',
    summary: 'print the completion script for a shell',
    options(command) {
      command
        .addArgument(
          command
            .createArgument('[shell]', 'shell to print the script for')
            .choices(['bash', 'zsh', 'fish', 'pwsh', 'powershell']),
        )
        .usage('[options] <shell>')
        .addOption(
          command.createOption('--words', 'complete the last of the words on stdin').hideHelp(),
        );
      addExamples(
        command,
        'eval "$(mfa-cli completion bash)"   # in ~/.bashrc',
        'eval "$(mfa-cli completion zsh)"    # in ~/.zshrc, after compinit',
        'mfa-cli completion fish > ~/.config/fish/completions/mfa-cli.fish',
        'mfa-cli completion pwsh | Out-String | Invoke-Expression',
      );
    },
    load: () => import('./completion.ts'),
  },
  {
    word: 'version',
    summary: 'print the version',
    options(command) {
      addExamples(command, 'mfa-cli version', 'mfa-cli version --json');
    },
    load: () => import('./version.ts'),
  },
];
