/** The environment of a process. */
export type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Variables that child processes must not inherit: those of mfa-cli, and a switch that
 * turns off TLS checks.
 */
const own = /^(MFA_CLI_.*|NODE_TLS_REJECT_UNAUTHORIZED)$/i;
/**
 * `https_proxy`, `ALL_PROXY`, `npm_config_proxy` …: addresses that may contain a
 * password.
 */
const proxy = /proxy$/i;

/**
 * Returns a copy of the environment. The original, which child processes inherit, loses
 * those variables, and the user names and passwords of proxies.
 * @param kept of those variables, the one that this process asks for later
 */
export function takeEnvironment(
  variables: Record<string, string | undefined>,
  kept?: string,
): Variables {
  const taken = { ...variables };
  for (const [name, value] of Object.entries(taken)) {
    if (own.test(name) && name !== kept) delete variables[name];
    else if (proxy.test(name) && value !== undefined) variables[name] = withoutCredentials(value);
  }
  return taken;
}

/** The user and password end at the last `@` of the authority (RFC 3986 §3.2.1). */
function withoutCredentials(address: string): string {
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(address)?.[0] ?? '';
  return scheme + address.slice(Math.max(scheme.length, address.lastIndexOf('@') + 1));
}
