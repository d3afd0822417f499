import type { Assumptions } from '../assumptions.ts';

type Comparison = Pick<Assumptions, 'redirect-any-port' | 'redirect-localhost'>;

/** Whether a redirect URI is registered: the same string, except for what the assumptions allow for loopback. */
export function isRegistered(uri: string, registered: readonly string[], comparison: Comparison): boolean {
  return registered.some((known) => loopback(known, comparison) === loopback(uri, comparison));
}

/** The part of a loopback redirect that counts; all of any other. */
function loopback(uri: string, comparison: Comparison): string {
  const [, origin = '', host = '', rest = ''] =
    /^(http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(?::\d+)?)(.*)$/s.exec(uri) ?? [];
  if (origin === '') return uri;
  const port = comparison['redirect-any-port'] === 'yes' ? '' : origin.slice(`http://${host}`.length);
  const name = comparison['redirect-localhost'] === 'yes' && host === 'localhost' ? '127.0.0.1' : host;
  return `http://${name}${port}${rest}`;
}
