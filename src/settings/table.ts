import type { Command } from 'commander';
import type { SettingKey } from '../auth/profile.ts';
import type { Environment } from '../context.ts';
import { nearestName } from '../text/phrasing.ts';
import { onOneLine } from '../text/printable.ts';
import { invalidValue, ownPrefix, variable } from './values.ts';

/** The fleet file's default path, relative to the working directory. */
export const defaultFleetFile = 'mfa-fleet.yaml';

/** A setting of an option, a variable or both. Each command declares the options that it takes. */
interface Setting {
  /** commander's flags: `--app-id <id>`. */
  readonly option?: string;
  readonly help?: string;
  readonly choices?: readonly string[];
  readonly variable?: string;
  /** `1` turns the variable on. */
  readonly isSwitch?: true;
  readonly meaning: string;
  readonly default?: string;
}

/** Every setting, in the order of `mfa-cli help environment`. The settings of a profile have the same keys there. */
export const table = {
  profile: {
    option: '--profile <name>',
    variable: 'MFA_CLI_PROFILE',
    meaning: 'profile to use',
    default: 'the current profile, else "default"',
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
    meaning: 'OAuth client ID, or name of the service user',
    default: 'mfa-cli',
  },
  'client-secret': {
    variable: 'MFA_CLI_CLIENT_SECRET',
    meaning: "client secret, the service user's password",
  },
  'client-secret-file': {
    variable: 'MFA_CLI_CLIENT_SECRET_FILE',
    meaning: 'file with the client secret',
  },
  scope: {
    option: '--scope <scopes>',
    variable: 'MFA_CLI_SCOPE',
    meaning: 'OAuth scope',
    default: 'all',
  },
  token: { variable: 'MFA_CLI_TOKEN', meaning: 'access token, which is never stored' },
  'platform-token': {
    option: '--platform-token',
    variable: 'MFA_CLI_PLATFORM_TOKEN',
    isSwitch: true,
    meaning: 'send client credentials to /OAuth2/PlatformToken',
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
    meaning: 'content of the .p12 file in base64',
  },
  p8: {
    option: '--p8 <file>',
    help: 'APNs auth key in place of a .p12, - is stdin',
    variable: 'MFA_CLI_P8',
    meaning:
      'path of an APNs auth key (.p8), which push send and apns verify accept in place of a .p12',
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
    meaning: 'password of the .p12 file; if set to nothing, the password is empty',
    default: 'a prompt',
  },
  'key-password': {
    option: '--key-password-file <file>',
    help: "file with the key's password, - is stdin",
    variable: 'MFA_CLI_KEY_PASSWORD',
    meaning: 'password of the private key, for apns request, renew and pack',
    default: 'a prompt',
  },
  'apns-host': {
    option: '--apns-host <host:port>',
    help: 'APNs host to use, such as another server or api.push.apple.com:2197',
    variable: 'MFA_CLI_APNS_HOST',
    meaning: 'APNs host to use, such as another server or api.push.apple.com:2197',
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
    help: 'user who must sign in; also filled in on the sign-in page',
    variable: 'MFA_CLI_USER',
    meaning: 'user who must sign in; also filled in on the sign-in page',
    default: 'the user of the profile',
  },
  timeout: {
    option: '--timeout <seconds>',
    help: 'time limit for the network',
    variable: 'MFA_CLI_TIMEOUT',
    meaning: 'seconds to wait for the network, for a pipe, or at login for the browser',
    default: '30; 300 at login',
  },
  'ca-file': {
    option: '--ca-file <pem>',
    help: 'also trust these CAs',
    variable: 'MFA_CLI_CA_FILE',
    meaning: "PEM file of CAs to trust in addition to the system's",
  },
  'config-dir': {
    variable: 'MFA_CLI_CONFIG_DIR',
    meaning: 'directory of profiles and sessions',
    default: "the platform's directory, ~/.config/mfa-cli on Linux",
  },
  store: {
    option: '--store <place>',
    help: 'where to store the session; default: file',
    choices: ['file', 'keychain'],
    variable: 'MFA_CLI_STORE',
    meaning: 'where login stores the session: file or keychain',
    default: 'file',
  },
  shard: {
    option: '--shard <i/n>',
    variable: 'MFA_CLI_SHARD',
    meaning: 'I/N: run a fleet command on part I of N, starting at 0',
  },
  shards: { variable: 'MFA_CLI_SHARDS', meaning: 'number of parts, N; JOB_COMPLETION_INDEX is I' },
  'shard-index': {
    variable: 'JOB_COMPLETION_INDEX',
    meaning: 'index of the pod in an indexed Kubernetes job, starting at 0; needs MFA_CLI_SHARDS',
  },
  'trust-fleet': {
    variable: 'MFA_CLI_TRUST_FLEET',
    meaning: 'sha256:HASH from `fleet plan --json`: trust what the fleet file runs and reads',
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
    help: 'never prompt',
    variable: 'CI',
    meaning: 'never prompt, unless it is 0 or false',
  },
  'no-color': { option: '--no-color', variable: 'NO_COLOR', meaning: 'print no colors' },
  'force-color': {
    variable: 'FORCE_COLOR',
    meaning: 'print colors, also to pipes, unless it is 0 or false',
  },
  term: { variable: 'TERM', meaning: 'dumb: print no colors and no spinner' },
  browser: {
    variable: 'BROWSER',
    meaning: 'command that opens the browser; mfa-cli appends the address',
  },
  'https-proxy': { variable: 'HTTPS_PROXY', meaning: 'proxy for https addresses' },
  'http-proxy': { variable: 'HTTP_PROXY', meaning: 'proxy for http addresses' },
  'no-proxy': {
    variable: 'NO_PROXY',
    meaning: 'hosts to reach without a proxy; loopback never uses one',
  },
  'node-ca-certs': {
    variable: 'NODE_EXTRA_CA_CERTS',
    meaning: "PEM file of CAs to trust in addition to the system's",
  },
  'ssl-cert-file': {
    variable: 'SSL_CERT_FILE',
    meaning: "PEM file of CAs to trust in place of the system's",
  },
  'ssl-cert-dir': {
    variable: 'SSL_CERT_DIR',
    meaning: "directory of PEM files of CAs to trust in place of the system's",
  },
  'config-home': {
    variable: 'XDG_CONFIG_HOME',
    meaning: 'parent of the configuration directory on Linux',
    default: '~/.config',
  },
} as const satisfies Readonly<Record<SettingKey, Setting>> & Readonly<Record<string, Setting>>;

export type SettingName = keyof typeof table;
const rows: readonly Setting[] = Object.values(table);
/** A setting with a variable. */
export type VariableSetting = Setting & { readonly variable: string };

export const variableSettings: readonly VariableSetting[] = rows.filter(
  (row): row is VariableSetting => row.variable !== undefined,
);

const ownVariables = variableSettings
  .map((row) => row.variable)
  .filter((name) => name.startsWith(ownPrefix));

/** Variables for hooks and issuers, which may start this program again. */
const givenToPrograms = new Set(
  ['EVENT', 'CSR', 'BUNDLE_ID', 'TEAM_ID', 'CERTIFICATE'].map((name) => ownPrefix + name),
);

/** Declares the options of these settings, each with the variables that can replace it. */
export function addSettings(command: Command, ...names: readonly SettingName[]): Command {
  for (const name of names) {
    const { option = '', help, meaning, choices }: Setting = table[name];
    const stands = variableSettings
      .filter((row) => row.option === option)
      .map((row) => row.variable);
    const words = `${help ?? meaning}${stands.length === 0 ? '' : ` [${stands.join(', ')}]`}`;
    const declared = command.createOption(option, words);
    command.addOption(choices === undefined ? declared : declared.choices(choices));
  }
  return command;
}

/** A warning for each unknown variable with this program's prefix. */
export function unknownVariables(env: Environment): readonly string[] {
  return Object.keys(env)
    .filter(
      (name) =>
        name.startsWith(ownPrefix) && !ownVariables.includes(name) && !givenToPrograms.has(name),
    )
    .map((name) => {
      const near = nearestName(asOption(name.slice(0, longestName)), ownVariables.map(asOption));
      const meant = ownVariables.find((own) => asOption(own) === near);
      const guess = meant === undefined ? '' : `; did you mean ${meant}?`;
      return `mfa-cli does not read the variable ${onOneLine(name)}${guess}`;
    });
}

const longestName = 60;

/** `MFA_CLI_APP_ID` as `app-id`. */
function asOption(name: string): string {
  return name.slice(ownPrefix.length).toLowerCase().replaceAll('_', '-');
}

/** `--timeout` or `MFA_CLI_TIMEOUT` in seconds, or null. @throws {CliError} usage */
export function resolveTimeout(
  { timeout }: { readonly timeout?: unknown },
  env: Environment,
): number | null {
  const text = timeout ?? variable(env, table.timeout.variable);
  if (typeof text !== 'string') return null;
  const seconds = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && seconds > 0 && seconds <= 86_400) return seconds;
  const source =
    timeout === undefined ? { variable: table.timeout.variable } : { option: '--timeout' };
  throw invalidValue(text, source, 'a number of seconds above 0, up to 86400');
}
