import { CliError } from '../errors/cli-error.ts';
import { addressForms } from '../errors/tenant-hints.ts';
import { isLoopback } from '../network/proxy.ts';
import { typingMistake } from '../text/typing.ts';

/**
 * The tenant's origin from a host or URL that a person enters. Path, query and trailing
 * slash are removed, `https` is added (for a loopback host `http`), the host becomes
 * lower case and loses the trailing dot of a full name (RFC 1034 §3.1); a port stays. A
 * typo in `://` is corrected: no host is called `https`.
 * @throws {CliError} usage, for `http` beyond loopback, other schemes, user names in the
 * URL, and anything but a host
 */
export function parseTenantAddress(text: string): string {
  const trimmed = text.trim().replace(/^(https?)(?:[:;.]?\/+|:(?!\d))(?=[^/])/i, '$1://');
  const url = parseUrl(withScheme(trimmed));
  const fix = `Give the identity host, such as ${addressForms}.`;
  const wrong = (words: string): CliError => new CliError('usage', words, { facts: { fix } });
  const typed = typingMistake(trimmed);
  if (typed !== null) throw wrong(`The tenant URL ${trimmed.replace(/[?#].*/s, '')} ${typed}`);
  if (url === null ? trimmed.includes('@') : url.username !== '' || url.password !== '')
    throw wrong('A tenant URL must not contain a user name or password');
  if (url === null || url.hostname === '')
    throw wrong(`"${trimmed.replace(/[?#].*/s, '')}" is not a tenant URL`);
  if (url.protocol === 'http:' && !isLoopback(url.hostname))
    throw wrong(`The tenant URL ${url.origin} must use https: http is for loopback hosts only`);
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw wrong(`The tenant URL must use https, not ${url.protocol.slice(0, -1)}`);
  if (url.hostname.endsWith('.')) url.hostname = url.hostname.slice(0, -1);
  return url.origin;
}

/** Whether a tenant's origin is this machine, as an emulator's is. */
export function isOnThisMachine(tenant: string): boolean {
  return isLoopback(new URL(tenant).hostname);
}

function withScheme(text: string): string {
  if (/^[a-z][a-z0-9+.-]*:\//i.test(text)) return text;
  const host = parseUrl(`http://${text}`)?.hostname;
  return host !== undefined && isLoopback(host) ? `http://${text}` : `https://${text}`;
}

/**
 * Not by `URL.canParse`: Node.js 20 refuses letters of Latin-1 there once V8 has
 * optimized the call, as in a large fleet.
 */
function parseUrl(address: string): URL | null {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}
