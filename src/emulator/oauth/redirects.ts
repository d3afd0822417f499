import type { Assumptions } from '../../assumptions.ts';

type Comparison = Pick<Assumptions, 'redirect-any-port' | 'redirect-localhost'>;

/** Whether a redirect URI is one of the registered: the same string, but for what the assumptions allow of a loopback one. */
export function isRegistered(uri: string, registered: readonly string[], comparison: Comparison): boolean {
  return registered.some((known) => loopback(known, comparison) === loopback(uri, comparison));
}

/** What of a loopback redirect counts; any other counts whole. */
function loopback(uri: string, comparison: Comparison): string {
  const [, origin = '', host = '', rest = ''] =
    /^(http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(?::\d+)?)(.*)$/s.exec(uri) ?? [];
  if (origin === '') return uri;
  const port = comparison['redirect-any-port'] === 'yes' ? '' : origin.slice(`http://${host}`.length);
  const name = comparison['redirect-localhost'] === 'yes' && host === 'localhost' ? '127.0.0.1' : host;
  return `http://${name}${port}${rest}`;
}
