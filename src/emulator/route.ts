import type { IncomingMessage, ServerResponse } from 'node:http';

/** An address of the tenant and what answers it. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** In the vendor's spelling; case does not matter, and a segment `*` matches any one segment. */
  readonly path: string;
  /** What the tenant tells of a request in place of the path, which is a secret; null: nothing at all. */
  readonly listedAs?: string | null;
  answer(request: IncomingMessage, response: ServerResponse): Promise<void> | void;
}

/** The path in the route's spelling, or null if the route does not match. */
export function matchPath(route: Route, path: string): string | null {
  const pattern = route.path.split('/');
  const segments = path.split('/');
  if (segments.length !== pattern.length) return null;
  const matches = pattern.every(
    (word, i) => word === '*' || word.toLowerCase() === segments[i]?.toLowerCase(),
  );
  return matches ? pattern.map((word, i) => (word === '*' ? segments[i] : word)).join('/') : null;
}
