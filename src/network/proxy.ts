import { CliError } from '../errors/cli-error.ts';

/** The proxies in the environment variables, lower or upper case; null: unset. */
export interface ProxySettings {
  readonly https: string | null;
  readonly http: string | null;
  /** Comma-separated hosts to reach directly. */
  readonly bypass: string | null;
}

/** The proxies of an environment. Lower case wins over upper case; empty means none. */
export function proxiesOf(env: Readonly<Record<string, string | undefined>>): ProxySettings {
  const value = (name: string): string | null => env[name] || env[name.toUpperCase()] || null;
  return { https: value('https_proxy'), http: value('http_proxy'), bypass: value('no_proxy') };
}

/**
 * The proxy for `url`, as a URL or as host and port; null: no proxy, as for loopback
 * hosts.
 * @throws {CliError} usage, for anything but an HTTP proxy
 */
export function proxyFor(url: URL, settings: ProxySettings): URL | null {
  const proxy = url.protocol === 'https:' ? settings.https : settings.http;
  if (proxy === null || isLoopback(url.hostname) || isBypassed(url, settings.bypass ?? ''))
    return null;
  const address = proxyAddress(proxy);
  if (/^https?:/i.test(address) && URL.canParse(address)) return new URL(address);
  const name = url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
  throw new CliError('usage', `${name} must be the URL of an HTTP proxy`, {
    facts: { fix: `Correct ${name} (or ${name.toLowerCase()}), or unset it.` },
  });
}

/** A setting as a URL: a host, or host and port, is an HTTP proxy. It may be invalid. */
function proxyAddress(setting: string): string {
  return setting.includes('://') ? setting : `http://${setting}`;
}

/**
 * Entries are `*`, a host, or a domain with all its subdomains, optionally with a leading
 * `.` or `*.`, or with a port.
 */
function isBypassed(url: URL, bypass: string): boolean {
  return bypass
    .toLowerCase()
    .split(/[\s,]/)
    .some((entry) => {
      const [, domain = '', port] = /^(?:\*?\.)?(.*?)(?::(\d+))?$/.exec(entry) ?? [];
      if (port !== undefined && port !== portOf(url)) return false;
      return (
        domain === '*' ||
        url.hostname === domain ||
        (domain !== '' && url.hostname.endsWith(`.${domain}`))
      );
    });
}

/** A URL's port; its scheme's default if it has none. */
export function portOf(url: URL): string {
  if (url.port !== '') return url.port;
  return url.protocol === 'https:' ? '443' : '80';
}

/** Whether a host name is this machine. */
export function isLoopback(hostname: string): boolean {
  return loopbackAddress(hostname) !== null;
}

/**
 * The address of a host name that is this machine: `localhost` and names below it (RFC
 * 6761 §6.3), 127.0.0.0/8 or `[::1]` (RFC 8252 §7.3); null for any other. `localhost` is
 * 127.0.0.1, where an emulator listens: another user may listen at ::1.
 */
export function loopbackAddress(hostname: string): string | null {
  if (/(^|\.)localhost$/.test(hostname)) return '127.0.0.1';
  if (hostname === '[::1]') return '::1';
  return /^127(\.\d+){3}$/.test(hostname) ? hostname : null;
}
