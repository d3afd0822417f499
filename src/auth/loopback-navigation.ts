import type { IncomingHttpHeaders } from 'node:http';

/** Headers of a page that is fetched before anybody asks for it: prefetched, prerendered or previewed. */
const beforehand = ['sec-purpose', 'purpose', 'x-purpose', 'x-moz'];

/**
 * Whether a person sees the answer to this request in a window of its own, rather than some page fetching it, embedding
 * it or posting to it behind their back. A browser that does not say (one from before 2023, curl) gets the benefit of
 * the doubt.
 *
 * `Sec-Fetch-Site` and `Sec-Fetch-User` do not help here. A tenant's redirect is `cross-site`, but so is any other
 * page's; it is `none` if the system opened the browser, and `same-site` for a tenant on this machine. It carries user
 * activation after a click on "Deny", but also after one on a stranger's link, and none if the tenant decides on its
 * own.
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
