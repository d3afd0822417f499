import type { Environment } from '../context.ts';
import { nearestName } from '../text/phrasing.ts';
import { onOneLine } from '../text/printable.ts';

/** The prefix of this program's variables. */
const prefix = 'MFA_CLI_';

/** None of our variables has a longer name. */
const longestName = 60;

/** This program's own variables. */
export const ownVariables = [
  'MFA_CLI_PROFILE',
  'MFA_CLI_TENANT',
  'MFA_CLI_APP_ID',
  'MFA_CLI_CLIENT_ID',
  'MFA_CLI_CLIENT_SECRET',
  'MFA_CLI_CLIENT_SECRET_FILE',
  'MFA_CLI_SCOPE',
  'MFA_CLI_TOKEN',
  'MFA_CLI_PLATFORM_TOKEN',
  'MFA_CLI_P12',
  'MFA_CLI_P12_BASE64',
  'MFA_CLI_P12_PASSWORD',
  'MFA_CLI_KEY_PASSWORD',
  'MFA_CLI_APNS_HOST',
  'MFA_CLI_CLIENT_APP_KEY',
  'MFA_CLI_PORT',
  'MFA_CLI_TIMEOUT',
  'MFA_CLI_CA_FILE',
  'MFA_CLI_CONFIG_DIR',
  'MFA_CLI_STORE',
  'MFA_CLI_DEBUG',
  'MFA_CLI_REGISTRY',
  'MFA_CLI_SHARD',
  'MFA_CLI_SHARDS',
] as const;

/** A sentence for each variable that looks like one of ours but is not: nothing reads it, though somebody expects so. */
export function unknownVariables(env: Environment): readonly string[] {
  return Object.keys(env)
    .filter((name) => name.startsWith(prefix) && !ownVariables.some((own) => own === name))
    .map((name) => {
      const near = nearestName(asOption(name.slice(0, longestName)), ownVariables.map(asOption));
      const meant = ownVariables.find((own) => asOption(own) === near);
      const guess = meant === undefined ? '' : `; did you mean ${meant}?`;
      return `${onOneLine(name)} is not a variable that mfa-cli reads${guess}`;
    });
}

/** `MFA_CLI_APP_ID` as `app-id`. */
function asOption(name: string): string {
  return name.slice(prefix.length).toLowerCase().replaceAll('_', '-');
}

/** What programs that we start must not inherit: our own variables, and a switch that would turn off TLS checks. */
const own = /^(MFA_CLI_.*|NODE_TLS_REJECT_UNAUTHORIZED)$/i;

/** `https_proxy`, `ALL_PROXY`, `npm_config_proxy` …: addresses that may contain a password. */
const proxy = /proxy$/i;

/**
 * A copy of the environment; the original loses what is meant for this program alone, and the user names and passwords
 * of proxies. Whatever we start afterwards, the browser included, inherits the original.
 */
export function takeEnvironment(variables: Record<string, string | undefined>): Environment {
  const taken = { ...variables };
  for (const [name, value = ''] of Object.entries(taken)) {
    if (own.test(name)) delete variables[name];
    else if (proxy.test(name) && value.includes('@')) variables[name] = withoutCredentials(value);
  }
  return taken;
}

/** Everything before the last `@` of an authority is user and password (RFC 3986 §3.2.1), whatever it contains. */
function withoutCredentials(address: string): string {
  const [, scheme = '', rest = ''] = /^([a-z][a-z0-9+.-]*:\/\/)?(.*)$/is.exec(address) ?? [];
  return `${scheme}${rest.slice(rest.lastIndexOf('@') + 1)}`;
}
