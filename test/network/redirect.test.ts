import { describe, expect, test } from 'vitest';
import { createTestHttp, failureOf, post, startServer } from '../support/http.ts';

describe('a redirect', () => {
  test.each([301, 302, 303, 307, 308])('%i is not followed', async (status) => {
    const other = await startServer();
    const location = `${other.origin}/login?token=hunter22`;
    const { origin, received } = await startServer([{ status, headers: { location } }]);
    const request = post(`${origin}/a?secret=hunter22`, { retry: true });
    expect(await failureOf(() => createTestHttp().send(request))).toBe(
      `tenant-redirected: ${origin} answered with a redirect to ${other.origin}`,
    );
    expect(received).toHaveLength(1);
    expect(other.received).toEqual([]);
  });

  test.each<[string, Record<string, string>, (origin: string) => string]>([
    ['to a path', { location: '/login?token=hunter22' }, (origin) => origin],
    ['to a host with a password', { location: 'https://jo:hunter22@other.test' }, () => 'https://other.test'],
    ['to nowhere', {}, () => 'another address'],
    ['to what is no URL', { location: 'https://' }, () => 'another address'],
    ['to another scheme', { location: 'myapp:hunter22' }, () => 'another address'],
  ])('%s', async (_case, headers, target) => {
    const { origin } = await startServer([{ status: 302, headers }]);
    expect(await failureOf(() => createTestHttp().send(post(origin)))).toBe(
      `tenant-redirected: ${origin} answered with a redirect to ${target(origin)}`,
    );
  });
});
