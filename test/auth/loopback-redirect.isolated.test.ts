import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type LoopbackRedirect,
  loopbackRedirectUri,
  openLoopbackRedirect,
  pageHeaders,
} from '../../src/auth/loopback-redirect.ts';
import { failurePage, signedInPage } from '../../src/auth/sign-in-pages.ts';
import { isOwnNavigation } from '../../src/programs/one-time-address.ts';
import { strictRules } from '../../src/programs/owners.ts';
import type { SocketTable } from '../../src/programs/socket-table.ts';
import { stylesheetSource } from '../../src/report/html.ts';
import { testCases } from '../support/cases.ts';
import {
  mayBecomeAnother,
  namesOwners,
  requestAndLeave,
  requestAs,
  stranger,
} from '../support/second-user.ts';
import { connectionTo } from './examples.ts';
import { pauses } from './hurried.ts';
import { raw } from './sign-in-under-way.ts';

vi.mock('node:timers/promises', async (original) =>
  (await import('./hurried.ts')).hurried(original),
);

/** Whether the system's table lacks the other end, as that of a virtual machine whose host connects. */
const relay = vi.hoisted(() => ({ isBetween: false, searches: 0 }));
vi.mock('../../src/programs/socket-table.ts', async (original) => {
  const real = (await original()) as typeof import('../../src/programs/socket-table.ts');
  return {
    ...real,
    openSocketTable() {
      const table = real.openSocketTable();
      const search: SocketTable['search'] = (find) => {
        relay.searches++;
        return relay.isBetween ? find('') : (table?.search(find) ?? null);
      };
      return table && { ...table, search };
    },
  };
});

let loopback: LoopbackRedirect;
beforeEach(async () => {
  loopback = await openLoopbackRedirect(0, 's', 'http://a.test');
});
afterEach(() => {
  relay.isBetween = false;
  loopback.close();
});

const ask = (path: string, init: RequestInit = {}) =>
  fetch(new URL(path, loopback.redirectUri), { redirect: 'manual', ...init });
const window = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
const over = <T>(milliseconds: number, value: T) =>
  new Promise<T>((resolve) => setTimeout(resolve, milliseconds, value));

test('listens on 127.0.0.1 alone, at the redirect URI of its port', async () => {
  const port = Number(new URL(loopback.redirectUri).port);
  expect(loopback.redirectUri).toBe(loopbackRedirectUri(port));
  await expect(once(connect(port, '127.0.0.2'), 'connect')).rejects.toMatchObject({
    code: 'ECONNREFUSED',
  });
});

test('a port that is not free is named', async () => {
  const { port } = new URL(loopback.redirectUri);
  await expect(openLoopbackRedirect(Number(port), 's', '')).rejects.toMatchObject({
    code: 'sign-in-failed',
    message: `Port ${port} of 127.0.0.1 is in use by another program`,
    facts: { port: Number(port) },
    cause: { code: 'EADDRINUSE' },
  });
});

test('a page may do nothing, and is kept nowhere', async () => {
  const { headers } = await ask('/');
  const policy = `default-src 'none'; img-src data:; base-uri 'none'; style-src ${stylesheetSource}; form-action 'none'; frame-ancestors 'none'`;
  for (const [name, value] of Object.entries({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policy,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  }))
    expect([name, headers.get(name), pageHeaders[name]]).toEqual([name, value, value]);
});

/** What a page says: its heading, its lead, and its rows. */
const saidBy = (page: string) =>
  [...page.matchAll(/<(?:h1|p class="lead"|dt|dd)>(.*?)<\/(?:h1|p|dt|dd)>/gs)].map(
    ([, text]) => text,
  );

testCases('auth/loopback-redirect', {
  'what is no answer, and ends nothing: a path, and a method and headers': async (
    path: string,
    options?: { method?: string; headers?: Record<string, string> },
  ) => {
    const ends = [loopback.answer, loopback.tenantError, loopback.nextDoubtedError()];
    const { status, allow, text } = await raw(new URL(path, loopback.redirectUri).href, options);
    return [
      status,
      ...(allow ? [`allow: ${allow}`] : []),
      ...saidBy(text),
      await Promise.race([...ends, over(20, 'goes on')]),
    ];
  },
  'the page of a refusal': (heading: string, lead: string) => {
    const page = failurePage(heading, lead);
    return [/<title>.*<\/title>/.exec(page)?.[0], ...saidBy(page)];
  },
  'the last page, by the tenant and the person': (tenant: string, user: string | null) =>
    saidBy(signedInPage({ ...connectionTo(tenant), profile: 'a&b' }, user)),
  'an error without a state, by the headers that say who began it': async (
    headers: Record<string, string>,
  ) => {
    const own = isOwnNavigation(headers, 'http://a.test');
    const isProven = own && namesOwners;
    const opened = await openLoopbackRedirect(0, 's', 'http://a.test');
    const told = [opened.tenantError, opened.nextDoubtedError()].map((one, index) =>
      one.then(() => index === 0),
    );
    await raw(`${opened.redirectUri}?error=e`, { headers: { ...window, ...headers } });
    expect(await Promise.race(told)).toBe(isProven);
    opened.close();
    return own ? 'is the tenant’s' : 'may be forged';
  },
});

test('a request without a host is refused', async () => {
  const socket = connect(Number(new URL(loopback.redirectUri).port), '127.0.0.1');
  socket.end('GET /callback?state=s HTTP/1.0\r\n\r\n');
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 400 /);
});

test('an answer is taken whole, by either name, and the browser is led to the final page', async () => {
  const { host } = new URL(loopback.redirectUri);
  const answer = await raw(`${loopback.redirectUri}?state=s&code=a?b`, {
    headers: { host: host.replace('127.0.0.1', 'localhost') },
  });
  expect(answer).toMatchObject({ status: 303, location: '/done', text: '' });
  expect((await ask('/favicon.ico')).status).toBe(404);
  expect(Object.fromEntries(await loopback.answer)).toEqual({ state: 's', code: 'a?b' });
  const page = ask('/done');
  await over(50, null);
  await loopback.finish('the page');
  const final = await page;
  expect([final.status, await final.text()]).toEqual([200, 'the page']);
});

describe('an error without a state', () => {
  const bring = (query: string, headers: Record<string, string> = window) =>
    raw(`${loopback.redirectUri}${query}`, { headers });

  test('is passed on once, and gets a page without its words', async () => {
    const pages: unknown[] = [];
    for (const error of ['one', 'two']) {
      const told = loopback.nextDoubtedError();
      pages.push(await bring(`?error=${error}&error_description=%3Cb%3E`));
      expect(await told).toEqual({
        error: { error, description: '<b>' },
        isThisUser: namesOwners,
      });
    }
    expect(new Set(pages.map((page) => JSON.stringify(page))).size).toBe(1);
    expect(JSON.stringify(pages[0])).toContain('The sign-in was canceled or refused.');
  });

  test('has the reason on its page, and its words only where no other site led there', async () => {
    const query = '?error=access_denied&error_description=Not%20%3Cb%3Enow%1B%5B31m';
    const doubted = await bring(query, { ...window, 'sec-fetch-site': 'cross-site' });
    expect(doubted.text).toContain('<dd><code>access_denied</code></dd>');
    expect(doubted.text).not.toContain('&#60;b');
    const own = await bring(query, { ...window, 'sec-fetch-site': 'none' });
    expect(own.text).toContain('<dd><code>access_denied</code></dd>');
    expect(own.text.includes('<dt>Description</dt><dd>Not &#60;b&#62;now</dd>')).toBe(namesOwners);
  });

  test('may be explained at length', async () => {
    const told = loopback.nextDoubtedError();
    const words = 'x'.repeat(200_000);
    await bring(`?error=e&error_description=${words}`);
    expect((await told).error.description).toBe(words);
  });
});

describe('the address that a browser is started with', () => {
  const target = 'https://a.test/OAuth2/Authorize/x?state=s&code_challenge=c';
  const visit = (address: string, headers: Record<string, string> = window) =>
    raw(address, { headers });

  test.runIf(process.platform === 'linux')(
    'leads to the tenant as often as this user comes',
    async () => {
      const address = loopback.leadTo(target);
      expect(address).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}$/);
      for (let time = 0; time < 3; time++)
        expect(await visit(address)).toMatchObject({
          status: 302,
          location: target,
          referrer: 'no-referrer',
          cache: 'no-store',
          text: '',
        });
    },
  );

  test('is not used up by what is fetched beforehand, and leads nowhere once the answer is there', async () => {
    const address = loopback.leadTo(target);
    expect(await visit(address, { 'sec-purpose': 'prefetch' })).toMatchObject({ status: 404 });
    expect(await visit(address)).toMatchObject({ status: 302 });
    await ask('/callback?state=s');
    expect(await visit(address)).toMatchObject({ status: 404, location: undefined });
  });

  test.runIf(mayBecomeAnother)(
    'serves no other user, whatever they know (only root may become one)',
    async () => {
      const address = loopback.leadTo(target);
      const { redirectUri } = loopback;
      for (const [path, halfClosed] of [
        [address, true],
        [address, false],
        [`${redirectUri}?state=s&code=c`, false],
        [`${redirectUri}?error=e`, false],
      ] as const) {
        const told = await requestAs(stranger, path, { halfClosed });
        expect(told).toMatch(/^HTTP\/1\.1 403 /);
        expect(told).toContain('serves only the user who runs mfa-cli');
        expect(told).not.toContain('a.test');
      }
      expect(await Promise.race([loopback.answer, over(20, 'no answer')])).toBe('no answer');
      expect(await visit(address)).toMatchObject({ status: 302 });
    },
  );

  test.runIf(namesOwners)(
    'is not used up by a sender who is gone, and ends nothing for them',
    async () => {
      const address = loopback.leadTo(target);
      for (let time = 0; time < 2; time++) requestAndLeave(null, address);
      await loopback.firstRefused.unknown;
      for (let time = 0; time < 2; time++)
        expect(await visit(address)).toMatchObject({ status: 302, location: target });
    },
  );

  test('ends the sign-in where it is used twice and nobody knows by whom', async () => {
    relay.isBetween = true;
    const relayed = await openLoopbackRedirect(0, 's', 'http://a.test', lenient);
    const address = relayed.leadTo(target);
    expect(await visit(address)).toMatchObject({ status: 302, location: target });
    const second = await visit(address);
    expect([second.status, second.location]).toEqual([410, undefined]);
    await expect(relayed.answer).rejects.toMatchObject({
      code: 'sign-in-failed',
      message: expect.stringContaining('was used twice'),
      facts: { cause: 'address' },
    });
    relayed.close();
  });
});

/** The rules with MFA_CLI_UNKNOWN_PEERS=1. */
const lenient = { ...strictRules, acceptsUnknown: true };
const forged = { 'sec-fetch-site': 'none' };
const headerLines = Object.entries({ ...window, ...forged })
  .map(([name, value]) => `${name}: ${value}\r\n`)
  .join('');

describe.runIf(namesOwners)('a sender whom the system does not name', () => {
  const endsOf = (one: LoopbackRedirect) => [
    one.answer.then(() => 'answer'),
    one.tenantError.then(() => 'refusal'),
    one.nextDoubtedError().then(() => 'doubt'),
  ];
  const settled = (ends: readonly Promise<string>[]) =>
    Promise.race([...ends, over(50, 'goes on')]);

  test.each([
    '?error=access_denied',
    '?error=access_denied&state=s',
    '?code=forged&state=s',
    '?code=forged',
  ])('changes nothing with %s, and is told of at once', async (query) => {
    const ends = endsOf(loopback);
    const users = mayBecomeAnother ? [stranger, null] : [null];
    for (const user of users)
      requestAndLeave(user, `${loopback.redirectUri}${query}`, { header: headerLines });
    await loopback.firstRefused.unknown;
    expect(await settled(ends)).toBe('goes on');
  });

  test('gets a page that holds nothing, whatever it says', async () => {
    const address = loopback.leadTo('https://a.test/authorize?state=s');
    const ends = endsOf(loopback);
    relay.isBetween = true;
    for (const url of [address, `${loopback.redirectUri}?state=s&code=c`, loopback.redirectUri]) {
      const { status, text, location } = await raw(url, { headers: { ...window, ...forged } });
      expect([status, location]).toEqual([403, undefined]);
      expect(text).toContain('the terminal shows how to go on');
      expect(text).not.toContain('a.test');
    }
    expect(await settled(ends)).toBe('goes on');
  });

  test('may answer where the settings say so, and never ends the sign-in', async () => {
    relay.isBetween = true;
    for (const query of ['?error=access_denied', '?error=access_denied&state=s']) {
      const relayed = await openLoopbackRedirect(0, 's', 'http://a.test', lenient);
      const told = relayed.nextDoubtedError();
      const headers = { ...window, ...forged, referer: 'http://a.test/' };
      const { status } = await raw(`${relayed.redirectUri}${query}`, { headers });
      const error = { error: 'access_denied', description: null };
      expect([status, await told]).toEqual([400, { error, isThisUser: false }]);
      expect(await settled(endsOf(relayed))).toBe('goes on');
      await raw(`${relayed.redirectUri}?code=c&state=s`);
      expect(await settled(endsOf(relayed))).toBe('answer');
      relayed.close();
    }
  });

  test('leaves room for this user, however often it comes', async () => {
    const { port, href } = new URL(loopback.redirectUri);
    relay.isBetween = true;
    const sockets = Array.from({ length: 40 }, () => connect(Number(port), '127.0.0.1'));
    await Promise.all(sockets.map((socket) => once(socket, 'connect')));
    for (const socket of sockets) socket.on('error', () => {});
    await expect
      .poll(() => sockets.filter(({ readyState }) => readyState === 'open').length)
      .toBe(16);
    relay.isBetween = false;
    expect((await ask(href)).status).toBe(400);
    for (const socket of sockets) socket.destroy();
  });
});

test.runIf(namesOwners)(
  'a crowd that is refused costs less than a look at the table each',
  async () => {
    const { port } = new URL(loopback.redirectUri);
    relay.searches = 0;
    // They have gone before the first is accepted.
    const crowd = `
    let left = 30;
    const leave = (socket) => socket.end('', () => --left === 0 && process.exit());
    for (let i = left; i > 0; i--) {
      const socket = require('node:net').connect(${port}, '127.0.0.1', () => leave(socket));
    }`;
    expect(spawnSync(process.execPath, ['-e', crowd], { env: {} }).status).toBe(0);
    await loopback.firstRefused.unknown;
    expect((await ask('/')).status).toBe(404);
    expect(relay.searches).toBeLessThan(30);
  },
);

test.each(['sec-purpose', 'purpose', 'x-moz'])(
  'a page that a browser fetches beforehand, by %s, finishes nothing',
  async (name) => {
    const early = { [name]: 'prefetch' };
    const query = `${loopback.redirectUri}?code=c&state=s`;
    expect(await raw(query, { headers: early })).toMatchObject({
      status: 404,
      location: undefined,
    });
    expect(await Promise.race([loopback.answer, over(20, 'goes on')])).toBe('goes on');
    expect((await raw(query)).status).toBe(303);
  },
);

describe('the end', () => {
  test('closes the port, and connections that a browser keeps open', async () => {
    const socket = connect(Number(new URL(loopback.redirectUri).port), '127.0.0.1');
    await once(socket, 'connect');
    loopback.close();
    await once(socket, 'close');
    await expect(ask('/')).rejects.toThrow();
  });

  test('waits five seconds for a browser that came, and for none that never did', async () => {
    pauses.length = 0;
    await loopback.finish('a');
    expect(pauses).toEqual([]);
    await ask('/callback?state=s');
    await loopback.finish('a');
    expect(pauses).toEqual([5_000]);
  });
});
