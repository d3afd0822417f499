import type { SettingKey } from '../auth/profile.ts';
import type { Environment } from '../context.ts';
import { nearestName } from '../text/nearest-name.ts';
import { onOneLine } from '../text/printable.ts';
import { trustVariable } from '../text/trust-variable.ts';
import { defaults } from './defaults.ts';
import { ownPrefix } from './values.ts';

/**
 * A setting of a variable, an option or both; `global-options.ts` and `options.ts`
 * declare its option.
 */
export interface Setting {
  readonly variable?: string;
  /** `1` turns the variable on. */
  readonly isSwitch?: true;
  readonly meaning: string;
  readonly default?: string;
}

/**
 * Every setting, in the order of `mfa-cli help environment`. The settings of a profile
 * have the same keys there.
 */
export const table = {
  profile: {
    variable: 'MFA_CLI_PROFILE',
    meaning: 'profile to use',
    default: 'the current profile, else "default"',
  },
  tenant: { variable: 'MFA_CLI_TENANT', meaning: 'tenant URL or host' },
  'app-id': {
    variable: 'MFA_CLI_APP_ID',
    meaning: 'application ID of the OAuth app',
    default: defaults.appId,
  },
  'client-id': {
    variable: 'MFA_CLI_CLIENT_ID',
    meaning: 'OAuth client ID, or name of the service user',
    default: defaults.clientId,
  },
  'client-secret': {
    variable: 'MFA_CLI_CLIENT_SECRET',
    meaning: "client secret (the service user's password)",
  },
  'client-secret-file': {
    variable: 'MFA_CLI_CLIENT_SECRET_FILE',
    meaning: 'file with the client secret',
  },
  scope: {
    variable: 'MFA_CLI_SCOPE',
    meaning: 'OAuth scope',
    default: defaults.scope,
  },
  token: { variable: 'MFA_CLI_TOKEN', meaning: 'access token, which is never stored' },
  'platform-token': {
    variable: 'MFA_CLI_PLATFORM_TOKEN',
    isSwitch: true,
    meaning: "get a service user's token without an OAuth application, from /OAuth2/PlatformToken",
  },
  p12: {
    variable: 'MFA_CLI_P12',
    meaning: 'path of the .p12 file',
  },
  'p12-base64': {
    variable: 'MFA_CLI_P12_BASE64',
    meaning: 'content of the .p12 file in base64',
  },
  p8: {
    variable: 'MFA_CLI_P8',
    meaning:
      'path of an APNs auth key (.p8), which push send and apns verify accept in place of a .p12',
  },
  'key-id': {
    variable: 'MFA_CLI_KEY_ID',
    meaning: 'key ID of the .p8, 10 characters',
  },
  'team-id': {
    variable: 'MFA_CLI_TEAM_ID',
    meaning: 'team ID of the .p8, 10 characters',
  },
  'p12-password': {
    variable: 'MFA_CLI_P12_PASSWORD',
    meaning: 'password of the .p12 file; an empty value means an empty password',
    default: 'a prompt',
  },
  'key-password': {
    variable: 'MFA_CLI_KEY_PASSWORD',
    meaning: 'password of the private key, for apns request, renew and pack',
    default: 'a prompt',
  },
  'apns-host': {
    variable: 'MFA_CLI_APNS_HOST',
    meaning: 'APNs host and port, such as api.push.apple.com:2197 or a stand-in',
    default: 'api.push.apple.com:443, or api.sandbox.push.apple.com:443',
  },
  'client-app-key': {
    variable: 'MFA_CLI_CLIENT_APP_KEY',
    meaning: 'client app key',
    default: 'the topic',
  },
  port: {
    variable: 'MFA_CLI_PORT',
    meaning: 'port of the loopback redirect',
    default: defaults.port,
  },
  user: {
    variable: 'MFA_CLI_USER',
    meaning: 'user who must sign in; also filled in on the sign-in page',
    default: 'the user of the profile',
  },
  timeout: {
    variable: 'MFA_CLI_TIMEOUT',
    meaning: 'seconds to wait for the network or a pipe, and in login for the browser',
    default: `${defaults.networkSeconds}; ${defaults.signInSeconds} at login`,
  },
  'ca-file': {
    variable: 'MFA_CLI_CA_FILE',
    meaning: "PEM file of CAs to trust in addition to the system's",
  },
  'config-dir': {
    variable: 'MFA_CLI_CONFIG_DIR',
    meaning: 'directory of profiles and sessions',
    default: "the platform's directory, ~/.config/mfa-cli on Linux",
  },
  store: {
    variable: 'MFA_CLI_STORE',
    meaning: 'where login stores the session: file or keychain',
    default: defaults.store,
  },
  record: {
    variable: 'MFA_CLI_RECORD',
    meaning: "ledger to use in addition to this machine's",
  },
  shard: {
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
  'trust-dir': {
    variable: trustVariable,
    meaning: 'directories whose owners and modes are not checked: /DIR[:/DIR…]',
  },
  json: { meaning: 'print one JSON document on stdout' },
  compact: { meaning: 'with --json: print it on one line' },
  quiet: { meaning: 'print no notes on stderr' },
  debug: {
    variable: 'MFA_CLI_DEBUG',
    isSwitch: true,
    meaning: 'trace requests on stderr',
  },
  'no-input': {
    variable: 'CI',
    meaning: 'never prompt, unless it is 0 or false',
  },
  'no-color': { variable: 'NO_COLOR', meaning: 'print no colors' },
  'force-color': {
    variable: 'FORCE_COLOR',
    meaning: 'print colors, also to pipes, unless it is 0 or false',
  },
  term: { variable: 'TERM', meaning: 'dumb: print no colors and no spinner' },
  browser: {
    variable: 'BROWSER',
    meaning: 'command that opens the browser; mfa-cli appends the address',
  },
  'sudo-user': {
    variable: 'SUDO_UID',
    meaning: 'user who ran sudo: programs of this user count as yours at a loopback address',
  },
  'unknown-peers': {
    variable: 'MFA_CLI_UNKNOWN_PEERS',
    isSwitch: true,
    meaning: 'accept programs of unknown owner at a loopback address, such as the relay of WSL',
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

/** The variables of these settings. */
export function variablesOf(names: readonly SettingName[]): readonly string[] {
  const rows: readonly Setting[] = names.map((name) => table[name]);
  return rows.flatMap((row) => row.variable ?? []);
}

const ownVariables = Object.values<Setting>(table)
  .flatMap((row) => row.variable ?? [])
  .filter((name) => name.startsWith(ownPrefix));

/** Variables for hooks and issuers, which may start this program again. */
const givenToPrograms = new Set(
  ['EVENT', 'CSR', 'BUNDLE_ID', 'TEAM_ID', 'CERTIFICATE'].map((name) => ownPrefix + name),
);

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
