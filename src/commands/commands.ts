import { bootstrap } from './bootstrap/commands.ts';
import { type Declaration, declareCommand, type Family } from './command.ts';
import { doctor } from './doctor/commands.ts';
import { emulator } from './emulator/commands.ts';
import {
  apiOptions,
  completionOptions,
  loginOptions,
  logoutOptions,
  whoamiOptions,
} from './options.ts';

/**
 * The commands of two words, in the order of the help. A family declares its commands
 * when a command line names it.
 */
export const families: readonly Family[] = [
  {
    word: 'apns',
    summary: "manage the tenant's push certificate",
    example: 'mfa-cli apns set cert.p12',
    load: () => import('./apns/commands.ts'),
  },
  {
    word: 'fleet',
    summary: 'manage many tenants from one file',
    example: 'mfa-cli fleet plan',
    load: () => import('./fleet/commands.ts'),
  },
  {
    word: 'push',
    summary: 'send or print the MFA push by hand',
    example: 'mfa-cli push payload',
    load: () => import('./push/commands.ts'),
  },
  {
    word: 'app',
    summary: 'check the iOS app that approves sign-ins',
    example: 'mfa-cli app check ios/MyApp',
    load: () => import('./app/commands.ts'),
  },
  {
    word: 'device',
    summary: 'list enrolled phones, and rehearse with a virtual phone',
    example: 'mfa-cli device enroll --profile phone',
    load: () => import('./device/commands.ts'),
  },
  {
    word: 'profile',
    summary: 'manage saved settings, one profile per tenant',
    example: 'mfa-cli profile list',
    load: () => import('./profile/commands.ts'),
  },
];

/** The commands of one word, which follow in the help. */
export const singles: readonly Declaration[] = [
  declareCommand({
    word: 'login',
    summary: 'sign in through the browser and save the session',
    options: loginOptions,
    behavior: { asks: true },
    examples: [
      'mfa-cli login --tenant abc1234.id.cyberark.cloud',
      'mfa-cli login --tenant sso.example.com --app-id push-admin --profile example --no-browser',
    ],
    load: () => import('./login.ts'),
  }),
  bootstrap,
  declareCommand({
    word: 'logout',
    summary: 'sign out: revoke and delete the session',
    options: logoutOptions,
    behavior: { sends: true, destroys: true, asks: true },
    examples: ['mfa-cli logout --must-revoke', 'mfa-cli logout --all'],
    load: () => import('./logout.ts'),
  }),
  declareCommand({
    word: 'whoami',
    summary: 'show the signed-in user, the tenant and when the session expires',
    options: whoamiOptions,
    behavior: { needsSession: true },
    examples: ['mfa-cli whoami --min-ttl 20m'],
    load: () => import('./whoami.ts'),
  }),
  declareCommand({
    word: 'api',
    summary: 'send one request to the tenant and print the response',
    options: apiOptions,
    behavior: { sends: true, destroys: true, needsSession: true, keepsStdout: true },
    examples: [
      'mfa-cli api POST /Security/WhoAmI',
      'mfa-cli api POST /Mobile/SetApnsCertForClientApp --data @body.json',
    ],
    load: () => import('./api.ts'),
  }),
  doctor,
  emulator,
  declareCommand({
    word: 'completion',
    summary: 'print the completion script for a shell',
    options: completionOptions,
    usage: '[options] <shell>',
    behavior: { keepsStdout: true },
    examples: [
      'eval "$(mfa-cli completion bash)"   # in ~/.bashrc',
      'eval "$(mfa-cli completion zsh)"    # in ~/.zshrc, after compinit',
      'mfa-cli completion fish > ~/.config/fish/completions/mfa-cli.fish',
      'mfa-cli completion pwsh | Out-String | Invoke-Expression',
    ],
    load: () => import('./completion.ts'),
  }),
  declareCommand({
    word: 'version',
    summary: 'print the version',
    options: {},
    examples: ['mfa-cli version', 'mfa-cli version --json'],
    load: () => import('./version.ts'),
  }),
];
