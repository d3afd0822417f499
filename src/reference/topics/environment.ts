import { type Entry, fitted, formatEntries } from '../../text/layout.ts';

interface Variable {
  readonly name: string;
  readonly meaning: string;
  /** The option that beats it. */
  readonly option?: string;
  readonly default?: string;
}

/** Every variable that the program reads, in the order of the page. */
export const variables: readonly Variable[] = [
  {
    name: 'MFA_CLI_PROFILE',
    meaning: 'profile to use',
    option: '--profile',
    default: 'the current one, else "default"',
  },
  { name: 'MFA_CLI_TENANT', meaning: 'tenant URL or host', option: '--tenant' },
  {
    name: 'MFA_CLI_APP_ID',
    meaning: 'application ID of the OAuth app',
    option: '--app-id',
    default: 'mfa-cli',
  },
  {
    name: 'MFA_CLI_CLIENT_ID',
    meaning: 'OAuth client ID, or the service user',
    option: '--client-id',
    default: 'mfa-cli',
  },
  { name: 'MFA_CLI_CLIENT_SECRET', meaning: 'client secret: the password of the service user' },
  { name: 'MFA_CLI_CLIENT_SECRET_FILE', meaning: 'path of a file with the client secret' },
  { name: 'MFA_CLI_SCOPE', meaning: 'OAuth scope', option: '--scope', default: 'all' },
  { name: 'MFA_CLI_TOKEN', meaning: 'access token, used as it is and never stored' },
  {
    name: 'MFA_CLI_PLATFORM_TOKEN',
    meaning: '1: client credentials at /OAuth2/PlatformToken',
    option: '--platform-token',
  },
  { name: 'MFA_CLI_P12', meaning: 'path of the .p12 file', option: '--p12' },
  { name: 'MFA_CLI_P12_BASE64', meaning: 'the .p12 file itself, as base64', option: '--p12' },
  {
    name: 'MFA_CLI_P12_PASSWORD',
    meaning: 'password of the .p12 file; set to nothing, it is the empty password',
    option: '--password-file',
    default: 'asked for',
  },
  {
    name: 'MFA_CLI_KEY_PASSWORD',
    meaning: 'password of the private key that apns request and renew make, and that apns pack reads',
    option: '--key-password-file',
    default: 'asked for',
  },
  {
    name: 'MFA_CLI_APNS_HOST',
    meaning: "host and port in place of Apple's push service",
    option: '--apns-host',
    default: 'api.push.apple.com:443, or api.sandbox.push.apple.com:443',
  },
  {
    name: 'MFA_CLI_CLIENT_APP_KEY',
    meaning: 'key of the client app',
    option: '--client-app-key',
    default: 'the topic',
  },
  {
    name: 'MFA_CLI_PORT',
    meaning: 'port of the loopback redirect',
    option: '--port',
    default: '8400',
  },
  {
    name: 'MFA_CLI_TIMEOUT',
    meaning: 'seconds to wait for the network, or for a file to be read; at login for the browser',
    option: '--timeout',
    default: '30, of a file 10, at login 300',
  },
  {
    name: 'MFA_CLI_CA_FILE',
    meaning: 'PEM file of CAs to trust beside those of the system',
    option: '--ca-file',
  },
  {
    name: 'MFA_CLI_CONFIG_DIR',
    meaning: 'directory of profiles and sessions',
    default: "the platform's, ~/.config/mfa-cli on Linux",
  },
  {
    name: 'MFA_CLI_STORE',
    meaning: 'where login keeps the session: file or keychain',
    option: '--store',
    default: 'file',
  },
  {
    name: 'MFA_CLI_SHARD',
    meaning: 'I/N: which part of the tenants a fleet command takes, I from 0 on',
    option: '--shard',
  },
  {
    name: 'MFA_CLI_SHARDS',
    meaning: 'N alone, where JOB_COMPLETION_INDEX is I',
  },
  {
    name: 'JOB_COMPLETION_INDEX',
    meaning: 'number of the pod in an indexed job of Kubernetes, from 0 on; takes MFA_CLI_SHARDS',
  },
  {
    name: 'MFA_CLI_REGISTRY',
    meaning: 'npm registry that `upgrade --check` asks',
    default: 'npm_config_registry, else the public one',
  },
  { name: 'MFA_CLI_DEBUG', meaning: '1: trace requests on stderr', option: '--debug' },
  { name: 'CI', meaning: 'never ask, unless it is 0 or false', option: '--no-input' },
  { name: 'NO_COLOR', meaning: 'print no color', option: '--no-color' },
  { name: 'FORCE_COLOR', meaning: 'print color, to pipes too, unless it is 0 or false' },
  { name: 'TERM', meaning: 'dumb: no color and no spinner' },
  { name: 'BROWSER', meaning: 'command to open the browser with; the address is appended' },
  { name: 'HTTPS_PROXY', meaning: 'proxy for https' },
  { name: 'HTTP_PROXY', meaning: 'proxy for http' },
  {
    name: 'NO_PROXY',
    meaning: 'hosts that are reached without a proxy; loopback always is',
  },
  { name: 'NODE_EXTRA_CA_CERTS', meaning: 'PEM file of CAs to trust beside those of the system' },
  { name: 'SSL_CERT_FILE', meaning: "PEM file of CAs, in place of the system's" },
  { name: 'SSL_CERT_DIR', meaning: "directory of such files, in place of the system's CAs" },
  {
    name: 'XDG_CONFIG_HOME',
    meaning: 'on Linux, where the configuration directory is',
    default: '~/.config',
  },
];

/** What holds for all of them, a sentence or two each. */
export const precedence = [
  'An option beats the environment, which beats the profile, which beats the default.',
  'A variable that is set to nothing counts as unset, except MFA_CLI_P12_PASSWORD.',
  'No option takes a secret, since others can read a command line: secrets come from a variable, a file, stdin or a hidden prompt.',
] as const;

/** Name and meaning, with the option and the default. */
export const variableEntries: readonly Entry[] = variables.map((variable) => [
  variable.name,
  [
    variable.meaning,
    ...(variable.option === undefined ? [] : [`option: ${variable.option}`]),
    ...(variable.default === undefined ? [] : [`default: ${variable.default}`]),
  ].join('; '),
]);

/** `mfa-cli help environment`. */
export function environmentPage(columns: number): string {
  const text = fitted(precedence.join('\n'), columns);
  return `Environment variables that mfa-cli reads.\n\n${text}\n\n${formatEntries(variableEntries, columns, '  ')}`;
}
