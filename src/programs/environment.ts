import type { Environment } from '../context.ts';

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
  for (const [name, value] of Object.entries(taken)) {
    if (own.test(name)) delete variables[name];
    else if (proxy.test(name) && value !== undefined) variables[name] = withoutCredentials(value);
  }
  return taken;
}

/** Everything before the last `@` of an authority is user and password (RFC 3986 §3.2.1), whatever it contains. */
function withoutCredentials(address: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(address)?.[0] ?? '';
  return scheme + address.slice(Math.max(scheme.length, address.lastIndexOf('@') + 1));
}
