import type { IncomingMessage, ServerResponse } from 'node:http';

/** An address of the tenant and what answers there. */
export interface Route {
  readonly method: 'GET' | 'POST';
  /** In the vendor's spelling; its case does not matter, and a segment `*` is any one segment. */
  readonly path: string;
  answer(request: IncomingMessage, response: ServerResponse): Promise<void> | void;
}

/** The path in the spelling of the route, or null where the route is not meant. */
export function matchPath(route: Route, path: string): string | null {
  const pattern = route.path.split('/');
  const segments = path.split('/');
  if (segments.length !== pattern.length) return null;
  const matches = pattern.every(
    (word, i) => word === '*' || word.toLowerCase() === segments[i]?.toLowerCase(),
  );
  return matches ? pattern.map((word, i) => (word === '*' ? segments[i] : word)).join('/') : null;
}
