import { expect, test } from 'vitest';
import { isTopLevelNavigation } from '../../src/auth/loopback-redirect.ts';

const window = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

test.each<[string, Record<string, string>, boolean]>([
  ['a window', window, true],
  ['a window that a stranger’s page sent', { ...window, 'sec-fetch-site': 'cross-site' }, true],
  ['a window that the system opened', { ...window, 'sec-fetch-site': 'none', 'sec-fetch-user': '?1' }, true],
  ['a browser that does not say', {}, true],
  ['an embedded page', { ...window, 'sec-fetch-dest': 'iframe' }, false],
  ['an embedded object', { ...window, 'sec-fetch-dest': 'object' }, false],
  ['an image', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }, false],
  ['a script’s fetch', { 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }, false],
  ['a fetch of Node.js', { 'sec-fetch-mode': 'cors' }, false],
  ['a WebSocket', { 'sec-fetch-mode': 'websocket' }, false],
  ['a destination alone', { 'sec-fetch-dest': 'image' }, false],
  ['a page prefetched for a window', { ...window, 'sec-purpose': 'prefetch' }, false],
  ['a page prerendered', { ...window, 'sec-purpose': 'prefetch;prerender' }, false],
  ['a page prefetched by an older browser', { ...window, purpose: 'prefetch' }, false],
  ['a preview', { 'x-purpose': 'preview' }, false],
  ['a page prefetched by an old Firefox', { 'x-moz': 'prefetch' }, false],
  ['a header twice', { ...window, 'sec-fetch-dest': 'document, document' }, false],
])('%s', (_name, headers, expected) => {
  expect(isTopLevelNavigation(headers)).toBe(expected);
});
