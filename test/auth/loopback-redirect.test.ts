import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type LoopbackRedirect,
  loopbackRedirectUri,
  openLoopbackRedirect,
  pageHeaders,
  refusalPage,
  signedInPage,
} from '../../src/auth/loopback-redirect.ts';
import { stylesheetSource } from '../../src/report/document.ts';
import { connectionTo } from './examples.ts';
import { raw } from './sign-in-under-way.ts';

let loopback: LoopbackRedirect;
beforeEach(async () => {
  loopback = await openLoopbackRedirect(0, 's');
});
afterEach(() => loopback.close());

const ask = (path: string, init: RequestInit = {}) =>
  fetch(new URL(path, loopback.redirectUri), { redirect: 'manual', ...init });

test('the redirect URI is that of the port', () => {
  expect(loopback.redirectUri).toBe(loopbackRedirectUri(Number(new URL(loopback.redirectUri).port)));
});

test('listens on 127.0.0.1 alone', async () => {
  const other = connect(Number(new URL(loopback.redirectUri).port), '127.0.0.2');
  await expect(once(other, 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('a page may do nothing, and is kept nowhere', async () => {
  const { headers } = await ask('/');
  for (const [name, value] of Object.entries({
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': `default-src 'none'; style-src ${stylesheetSource}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  })) {
    expect([name, headers.get(name)]).toEqual([name, value]);
    expect(pageHeaders[name]).toBe(value);
  }
});

test('a page holds its words as text', () => {
  const page = refusalPage(`<a&"b'>`, '<script>&');
  expect(page).toContain('<title>&#60;a&#38;&#34;b&#39;&#62; - mfa-cli</title>');
  expect(page).toContain('<h1>&#60;a&#38;&#34;b&#39;&#62;</h1>\n<p class="lead">&#60;script&#62;&#38;</p>');
});

test.each([
  ['https://acme.id.cyberark.cloud', 'admin@acme.example', 'Signed in to acme as admin@acme.example'],
  ['https://acme.id.cyberark.cloud', null, 'Signed in to acme'],
  ['http://127.0.0.1:8450', '<b>', 'Signed in to 127.0.0.1:8450 as &#60;b&#62;'],
  ['http://[::1]:8450', null, 'Signed in to [::1]:8450'],
  ['http://localhost:8450', null, 'Signed in to localhost:8450'],
  ['https://login.acme.example', null, 'Signed in to login.acme.example'],
])('the last page names the tenant and the person: %s, %s', (tenant, user, heading) => {
  const page = signedInPage({ ...connectionTo(tenant), profile: 'a&b' }, user);
  expect(page).toContain(`<h1>${heading}</h1>`);
  expect(page).toContain('You can close this tab and return to the terminal.');
  expect(page).toContain(`<dt>Tenant</dt><dd><code>${new URL(tenant).host}</code></dd>`);
  expect(page).toContain('<dt>Profile</dt><dd>a&#38;b</dd>');
});

describe('what is refused says why', () => {
  test.each<[string, string, RequestInit, number, string | null, string]>([
    ['another method', '/callback?state=s', { method: 'PUT' }, 405, 'GET', 'Only GET is supported.'],
    ['another path', '/other?state=s', {}, 404, null, 'There is nothing at this address.'],
    ['the final page before the answer', '/done', {}, 404, null, 'There is nothing at this address.'],
    [
      'no state',
      '/callback?code=c',
      {},
      400,
      null,
      'This does not answer the sign-in that mfa-cli is waiting for.',
    ],
  ])('%s', async (_case, path, init, status, allow, words) => {
    const answer = await ask(path, init);
    const text = await answer.text();
    expect([answer.status, answer.headers.get('allow'), text.includes(words)]).toEqual([status, allow, true]);
    expect(text).toContain('<h1>Not found here</h1>');
  });
});

describe('who is answered', () => {
  const asking = (change: (host: string) => string) => {
    const url = new URL(`${loopback.redirectUri}?state=s`);
    return raw(url.href, { headers: { host: change(url.host) } });
  };

  test.each<[string, (host: string) => string, number]>([
    ['who asks 127.0.0.1', (host) => host, 303],
    ['who asks localhost', (host) => host.replace('127.0.0.1', 'localhost'), 303],
    ['not who asks another host', (host) => host.replace('127.0.0.1', 'evil.example'), 400],
    ['not who asks another port', () => '127.0.0.1:1', 400],
    ['not who asks no port', () => '127.0.0.1', 400],
  ])('%s', async (_, change, status) => {
    const answer = await asking(change);
    expect(answer.status).toBe(status);
    if (status === 400) expect(answer.text).toContain('This address serves only mfa-cli.');
  });

  test('not who names no host', async () => {
    const socket = connect(Number(new URL(loopback.redirectUri).port), '127.0.0.1');
    socket.end('GET /callback?state=s HTTP/1.0\r\n\r\n');
    const chunks: Buffer[] = [];
    for await (const chunk of socket) chunks.push(chunk);
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1\.1 400 /);
  });
});

test('a tenant may explain itself at length', async () => {
  const error = loopback.nextUnboundError();
  const words = 'x'.repeat(200_000);
  expect((await raw(`${loopback.redirectUri}?error=e&error_description=${words}`)).status).toBe(200);
  expect((await error).get('error_description')).toBe(words);
});

test('a port that is not free is named', async () => {
  const { port } = new URL(loopback.redirectUri);
  await expect(openLoopbackRedirect(Number(port), 's')).rejects.toMatchObject({
    code: 'sign-in-failed',
    message: `Port ${port} of 127.0.0.1 is not free`,
    facts: { port },
    cause: { code: 'EADDRINUSE' },
  });
});

test('the end closes the port, and connections that a browser keeps open', async () => {
  const { port } = new URL(loopback.redirectUri);
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  loopback.close();
  await once(socket, 'close');
  await expect(ask('/')).rejects.toThrow();
});

test('an answer is taken whole, and the browser is led to the final page', async () => {
  const answer = await ask('/callback?state=s&code=a?b');
  expect([answer.status, answer.headers.get('location'), await answer.text()]).toEqual([303, '/done', '']);
  expect((await ask('/favicon.ico')).status).toBe(404);
  expect(Object.fromEntries(await loopback.answer)).toEqual({ state: 's', code: 'a?b' });
  const page = ask('/done');
  await sleep(50);
  await loopback.finish('the page');
  const final = await page;
  expect([final.status, await final.text()]).toEqual([200, 'the page']);
});

test('an error without a state is shown, and each is told once', async () => {
  const first = loopback.nextUnboundError();
  expect((await raw(`${loopback.redirectUri}?error=one`)).status).toBe(200);
  expect((await first).get('error')).toBe('one');
  const second = loopback.nextUnboundError();
  const { text: page } = await raw(`${loopback.redirectUri}?error=two`);
  expect((await second).get('error')).toBe('two');
  expect(page).toContain('<h1>Not signed in</h1>');
  expect(page).toContain('The tenant’s words: “two”. The terminal says what happens next.');
});

describe('the end', () => {
  const over = (milliseconds: number) => sleep(milliseconds, 'waits');

  test('does not wait for a browser that never came', async () => {
    expect(await Promise.race([loopback.finish('a'), over(900)])).toBe(undefined);
  });

  test('waits for a browser that came, a second', async () => {
    await ask('/callback?state=s');
    const finished = loopback.finish('a');
    expect(await Promise.race([finished, over(500)])).toBe('waits');
    expect(await Promise.race([finished, over(20_000)])).toBe(undefined);
  });

  test('does not wait once the browser has its page', async () => {
    await ask('/callback?state=s');
    const page = ask('/done').then((answer) => answer.text());
    await sleep(50);
    await loopback.finish('a');
    expect(await page).toBe('a');
  });
});
