import type { IncomingHttpHeaders } from 'node:http';

/** Headers of a page that is fetched before anybody asks to see it: prefetched, prerendered or previewed. */
const beforehand = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'];

/**
 * Whether a person sees the answer to this request in a window of its own, and not a page that fetches it, embeds it or
 * posts to it behind their back. A browser that says nothing about it (one before 2023, curl) gets the benefit of the
 * doubt.
 *
 * `Sec-Fetch-Site` and `Sec-Fetch-User` tell nothing here. A tenant's redirect is `cross-site`, and so is that of any
 * other page; it is `none` where the system opened the browser, and `same-site` for a tenant on this machine. It has a
 * user's activation after a click on "Deny" and after one on a link of a stranger's, and has none where the tenant
 * decides by itself.
 * @see https://www.w3.org/TR/fetch-metadata/
 */
export function isTopLevelNavigation(headers: IncomingHttpHeaders): boolean {
  const { 'sec-fetch-mode': mode = 'navigate', 'sec-fetch-dest': destination = 'document' } = headers;
  return (
    mode === 'navigate' &&
    destination === 'document' &&
    beforehand.every((name) => headers[name] === undefined)
  );
}
