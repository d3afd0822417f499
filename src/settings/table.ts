import type { Command } from 'commander';
import type { SettingKey } from '../auth/profile.ts';
import type { Environment } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import { nearestName } from '../text/phrasing.ts';
import { onOneLine } from '../text/printable.ts';
import { ownPrefix, variable } from './variable.ts';

/** What can be set by an option, a variable or both; which of them a command takes is its own matter. */
interface Setting {
  /** As commander declares it: `--app-id <id>`. */
  readonly option?: string;
  /** Says the option in the help of a command, where that is said otherwise than of the variable. */
  readonly help?: string;
  /** The only values that the option takes. */
  readonly choices?: readonly string[];
  readonly variable?: string;
  /** The variable is `1` for yes. */
  readonly isSwitch?: true;
  readonly meaning: string;
  readonly default?: string;
}

/** Every setting, in the order of the page on the environment; what a profile can hold stands under its name there. */
export const table = {
  profile: {
    option: '--profile <name>',
    variable: 'MFA_CLI_PROFILE',
    meaning: 'profile to use',
    default: 'the current one, else "default"',
  },
  tenant: { option: '--tenant <url>', variable: 'MFA_CLI_TENANT', meaning: 'tenant URL or host' },
  'app-id': {
    option: '--app-id <id>',
    variable: 'MFA_CLI_APP_ID',
    meaning: 'application ID of the OAuth app',
    default: 'mfa-cli',
  },
  'client-id': {
    option: '--client-id <id>',
    variable: 'MFA_CLI_CLIENT_ID',
    meaning: 'OAuth client ID, or the service user',
    default: 'mfa-cli',
  },
  'client-secret': {
    variable: 'MFA_CLI_CLIENT_SECRET',
    meaning: 'client secret: the password of the service user',
  },
  'client-secret-file': {
    variable: 'MFA_CLI_CLIENT_SECRET_FILE',
    meaning: 'path of a file with the client secret',
  },
  scope: { option: '--scope <scopes>', variable: 'MFA_CLI_SCOPE', meaning: 'OAuth scope', default: 'all' },
  token: { variable: 'MFA_CLI_TOKEN', meaning: 'access token, used as it is and never stored' },
  'platform-token': {
    option: '--platform-token',
    variable: 'MFA_CLI_PLATFORM_TOKEN',
    isSwitch: true,
    meaning: 'client credentials at /OAuth2/PlatformToken',
  },
  p12: {
    option: '--p12 <file>',
    help: 'the .p12 file, - is stdin',
    variable: 'MFA_CLI_P12',
    meaning: 'path of the .p12 file',
  },
  'p12-base64': {
    option: '--p12 <file>',
    variable: 'MFA_CLI_P12_BASE64',
    meaning: 'the .p12 file itself, as base64',
  },
  p8: {
    option: '--p8 <file>',
    help: 'an APNs auth key in place of a .p12, - is stdin',
    variable: 'MFA_CLI_P8',
    meaning: 'path of an APNs auth key (.p8), which push send and apns verify take in place of a .p12',
  },
  'key-id': {
    option: '--key-id <id>',
    variable: 'MFA_CLI_KEY_ID',
    meaning: 'key ID of the .p8, 10 characters',
  },
  'team-id': {
    option: '--team-id <id>',
    variable: 'MFA_CLI_TEAM_ID',
    meaning: 'team ID of the .p8, 10 characters',
  },
  'p12-password': {
    option: '--password-file <file>',
    help: "file with the .p12's password, - is stdin",
    variable: 'MFA_CLI_P12_PASSWORD',
    meaning: 'password of the .p12 file; set to nothing, it is the empty password',
    default: 'asked for',
  },
  'key-password': {
    option: '--key-password-file <file>',
    help: "file with the key's password, - is stdin",
    variable: 'MFA_CLI_KEY_PASSWORD',
    meaning: 'password of the private key that apns request and renew make, and that apns pack reads',
    default: 'asked for',
  },
  'apns-host': {
    option: '--apns-host <host:port>',
    help: "another host than Apple's, or port 2197 of Apple's",
    variable: 'MFA_CLI_APNS_HOST',
    meaning: "host and port in place of Apple's push service",
    default: 'api.push.apple.com:443, or api.sandbox.push.apple.com:443',
  },
  'client-app-key': {
    option: '--client-app-key <key>',
    variable: 'MFA_CLI_CLIENT_APP_KEY',
    meaning: 'key of the client app',
    default: 'the topic',
  },
  port: {
    option: '--port <n>',
    help: 'port of the loopback redirect; default: 8400',
    variable: 'MFA_CLI_PORT',
    meaning: 'port of the loopback redirect',
    default: '8400',
  },
  user: {
    option: '--login-hint <user>',
    help: 'user who is to sign in; the sign-in page is told',
    variable: 'MFA_CLI_USER',
    meaning: 'user who is to sign in; another one who comes back is asked about, or refused',
    default: 'who the profile belongs to',
  },
  timeout: {
    option: '--timeout <seconds>',
    help: 'bound on the wait for the network',
    variable: 'MFA_CLI_TIMEOUT',
    meaning: 'seconds to wait for the network, or for a file to be read; at login for the browser',
    default: '30, of a file 10, at login 300',
  },
  'ca-file': {
    option: '--ca-file <pem>',
    help: 'trust these CAs too',
    variable: 'MFA_CLI_CA_FILE',
    meaning: 'PEM file of CAs to trust beside those of the system',
  },
  'config-dir': {
    variable: 'MFA_CLI_CONFIG_DIR',
    meaning: 'directory of profiles and sessions',
    default: "the platform's, ~/.config/mfa-cli on Linux",
  },
  store: {
    option: '--store <place>',
    help: 'where the session is kept; default: file',
    choices: ['file', 'keychain'],
    variable: 'MFA_CLI_STORE',
    meaning: 'where login keeps the session: file or keychain',
    default: 'file',
  },
  shard: {
    option: '--shard <i/n>',
    variable: 'MFA_CLI_SHARD',
    meaning: 'I/N: which part of the tenants a fleet command takes, I from 0 on',
  },
  shards: { variable: 'MFA_CLI_SHARDS', meaning: 'N alone, where JOB_COMPLETION_INDEX is I' },
  'shard-index': {
    variable: 'JOB_COMPLETION_INDEX',
    meaning: 'number of the pod in an indexed job of Kubernetes, from 0 on; takes MFA_CLI_SHARDS',
  },
  'trust-fleet': {
    variable: 'MFA_CLI_TRUST_FLEET',
    meaning: 'sha256:HASH that `fleet plan` told: what the fleet file runs and reads is trusted',
  },
  registry: {
    variable: 'MFA_CLI_REGISTRY',
    meaning: 'npm registry that `upgrade --check` asks',
    default: 'npm_config_registry, else the public one',
  },
  json: { option: '--json', meaning: 'print one JSON document on stdout' },
  compact: { option: '--compact', meaning: 'with --json: print it on one line' },
  quiet: { option: '--quiet', meaning: 'print no notes on stderr' },
  debug: {
    option: '--debug',
    variable: 'MFA_CLI_DEBUG',
    isSwitch: true,
    meaning: 'trace requests on stderr',
  },
  'no-input': {
    option: '--no-input',
    help: 'never ask',
    variable: 'CI',
    meaning: 'never ask, unless it is 0 or false',
  },
  'no-color': { option: '--no-color', variable: 'NO_COLOR', meaning: 'print no color' },
  'force-color': { variable: 'FORCE_COLOR', meaning: 'print color, to pipes too, unless it is 0 or false' },
  term: { variable: 'TERM', meaning: 'dumb: no color and no spinner' },
  browser: { variable: 'BROWSER', meaning: 'command to open the browser with; the address is appended' },
  'https-proxy': { variable: 'HTTPS_PROXY', meaning: 'proxy for https' },
  'http-proxy': { variable: 'HTTP_PROXY', meaning: 'proxy for http' },
  'no-proxy': { variable: 'NO_PROXY', meaning: 'hosts that are reached without a proxy; loopback always is' },
  'node-ca-certs': {
    variable: 'NODE_EXTRA_CA_CERTS',
    meaning: 'PEM file of CAs to trust beside those of the system',
  },
  'ssl-cert-file': { variable: 'SSL_CERT_FILE', meaning: "PEM file of CAs, in place of the system's" },
  'ssl-cert-dir': {
    variable: 'SSL_CERT_DIR',
    meaning: "directory of such files, in place of the system's CAs",
  },
  'config-home': {
    variable: 'XDG_CONFIG_HOME',
    meaning: 'on Linux, where the configuration directory is',
    default: '~/.config',
  },
} as const satisfies Readonly<Record<SettingKey, Setting>> & Readonly<Record<string, Setting>>;

export type SettingName = keyof typeof table;
const rows: readonly Setting[] = Object.values(table);
/** A setting that a variable says. */
export type VariableSetting = Setting & { readonly variable: string };

/** Those that a variable says. */
export const variableSettings: readonly VariableSetting[] = rows.filter(
  (row): row is VariableSetting => row.variable !== undefined,
);

/** This program's own variables. */
const ownVariables = variableSettings.map((row) => row.variable).filter((name) => name.startsWith(ownPrefix));

/** What hooks and issuers are told; one of them may start this program again. */
const givenToPrograms = new Set(
  ['EVENT', 'CSR', 'BUNDLE_ID', 'TEAM_ID', 'CERTIFICATE'].map((name) => ownPrefix + name),
);

/** Declares the options of these settings, each with the variables that can stand in for it. */
export function addSettings(command: Command, ...names: readonly SettingName[]): Command {
  for (const name of names) {
    const { option = '', help, meaning, choices }: Setting = table[name];
    const stands = variableSettings.filter((row) => row.option === option).map((row) => row.variable);
    const words = `${help ?? meaning}${stands.length === 0 ? '' : ` [${stands.join(', ')}]`}`;
    const declared = command.createOption(option, words);
    command.addOption(choices === undefined ? declared : declared.choices(choices));
  }
  return command;
}

/** A sentence for each variable that looks like one of ours but is not: nothing reads it, though somebody expects so. */
export function unknownVariables(env: Environment): readonly string[] {
  return Object.keys(env)
    .filter(
      (name) => name.startsWith(ownPrefix) && !ownVariables.includes(name) && !givenToPrograms.has(name),
    )
    .map((name) => {
      const near = nearestName(asOption(name.slice(0, longestName)), ownVariables.map(asOption));
      const meant = ownVariables.find((own) => asOption(own) === near);
      const guess = meant === undefined ? '' : `; did you mean ${meant}?`;
      return `${onOneLine(name)} is not a variable that mfa-cli reads${guess}`;
    });
}

/** None of our variables has a longer name. */
const longestName = 60;

/** `MFA_CLI_APP_ID` as `app-id`. */
function asOption(name: string): string {
  return name.slice(ownPrefix.length).toLowerCase().replaceAll('_', '-');
}

/** `--timeout` or `MFA_CLI_TIMEOUT` in seconds, or null. @throws {CliError} usage */
export function resolveTimeout({ timeout }: { readonly timeout?: unknown }, env: Environment): number | null {
  const text = timeout ?? variable(env, table.timeout.variable);
  if (typeof text !== 'string') return null;
  const seconds = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && seconds > 0 && seconds <= 86_400) return seconds;
  throw new CliError('usage', `"${text}" is not a valid time-out: it takes seconds, up to 86400`, {
    facts: { option: '--timeout SECONDS', variable: table.timeout.variable },
  });
}
