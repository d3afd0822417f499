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

/** Commands below one heading of the help: families first. */
interface Group {
  readonly title: string;
  readonly families: readonly Family[];
  readonly singles: readonly Declaration[];
}

const apns: Family = {
  word: 'apns',
  summary: "manage the tenant's push certificate",
  example: 'mfa-cli apns set cert.p12',
  load: () => import('./apns/commands.ts'),
};

const fleet: Family = {
  word: 'fleet',
  summary: 'manage many tenants from one file',
  example: 'mfa-cli fleet plan',
  load: () => import('./fleet/commands.ts'),
};

const app: Family = {
  word: 'app',
  summary: 'check the iOS app that approves sign-ins',
  example: 'mfa-cli app check ios/MyApp',
  load: () => import('./app/commands.ts'),
};

const push: Family = {
  word: 'push',
  summary: 'send or print a test push',
  example: 'mfa-cli push payload',
  load: () => import('./push/commands.ts'),
};

const device: Family = {
  word: 'device',
  summary: 'list enrolled phones; act as a virtual phone in a rehearsal',
  example: 'mfa-cli device enroll --profile phone',
  load: () => import('./device/commands.ts'),
};

const profile: Family = {
  word: 'profile',
  summary: 'manage saved settings, one profile per tenant',
  example: 'mfa-cli profile list',
  load: () => import('./profile/commands.ts'),
};

const login = declareCommand({
  word: 'login',
  summary: 'sign in through the browser and save the session',
  options: loginOptions,
  behavior: { asks: true },
  examples: [
    'mfa-cli login --tenant abc1234.id.cyberark.cloud',
    'mfa-cli login --tenant sso.example.com --app-id push-admin --profile example --no-browser',
  ],
  load: () => import('./login.ts'),
});

const whoami = declareCommand({
  word: 'whoami',
  summary: 'show the signed-in user, the tenant and when the session expires',
  options: whoamiOptions,
  behavior: { needsSession: true },
  examples: ['mfa-cli whoami --min-ttl 20m'],
  load: () => import('./whoami.ts'),
});

const logout = declareCommand({
  word: 'logout',
  summary: 'sign out: revoke and delete the session',
  options: logoutOptions,
  behavior: { sends: true, destroys: true, asks: true },
  examples: ['mfa-cli logout --must-revoke', 'mfa-cli logout --all'],
  load: () => import('./logout.ts'),
});

const api = declareCommand({
  word: 'api',
  summary: 'send one request to the tenant and print the response',
  options: apiOptions,
  behavior: { sends: true, destroys: true, needsSession: true, keepsStdout: true },
  examples: [
    'mfa-cli api POST /Security/WhoAmI',
    'mfa-cli api POST /Mobile/SetApnsCertForClientApp --data @body.json',
  ],
  load: () => import('./api.ts'),
});

const completion = declareCommand({
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
});

const version = declareCommand({
  word: 'version',
  summary: 'print the version',
  options: {},
  examples: ['mfa-cli version', 'mfa-cli version --json'],
  load: () => import('./version.ts'),
});

/**
 * The groups of the help, in its order. A family declares its commands when a command
 * line names it.
 */
export const groups: readonly Group[] = [
  { title: 'Start', families: [], singles: [bootstrap, login, doctor] },
  { title: 'Certificate', families: [apns], singles: [] },
  { title: 'Many tenants', families: [fleet], singles: [] },
  { title: 'App', families: [app, push, device], singles: [] },
  {
    title: 'More',
    families: [profile],
    singles: [whoami, logout, api, emulator, completion, version],
  },
];

/** The commands of two words. */
export const families: readonly Family[] = groups.flatMap((group) => group.families);

/** The commands of one word. */
export const singles: readonly Declaration[] = groups.flatMap((group) => group.singles);
