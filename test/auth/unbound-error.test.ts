import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Attendant } from '../../src/auth/sign-in.ts';
import { stylesheet } from '../../src/report/document.ts';
import { patience } from '../support/patience.ts';
import { type ScriptedTenant, startScriptedTenant } from './scripted-tenant.ts';
import { begin, browse, raw, type SignInUnderWay, unasked } from './sign-in-under-way.ts';

let tenant: ScriptedTenant;
beforeEach(async () => {
  tenant = await startScriptedTenant();
});
afterEach(() => tenant.close());

const denied = '?error=access_denied&error_description=User%20denied%20confirmation';
const deniedWords = 'access_denied: User denied confirmation';
const window = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

/** What brings an error without a state to the loopback redirect. */
const bring = ({ redirectUri }: SignInUnderWay, query = denied) =>
  raw(`${redirectUri}${query}`, { headers: window });

/** A person who pastes nothing, and answers each question when the test says what. */
function personWho(answers: readonly (boolean | 'nothing')[]) {
  const asked: string[] = [];
  const closed: string[] = [];
  const waiting: (() => void)[] = [];
  const problems: (string | null)[] = [];
  const unanswered = (signal: AbortSignal, what: string) =>
    new Promise<never>((_resolve, reject) =>
      signal.addEventListener('abort', () => {
        closed.push(what);
        reject(new Error('closed'));
      }),
    );
  const attendant: Attendant = {
    pasted: (problem, signal) => {
      problems.push(problem);
      return unanswered(signal, 'the address');
    },
    stops: async (words, signal) => {
      const answer = answers[asked.push(words) - 1];
      for (const wake of waiting.splice(0)) wake();
      if (answer === undefined) throw new Error('an unexpected question');
      return answer === 'nothing' ? unanswered(signal, 'whether to stop') : answer;
    },
  };
  const asking = async (count: number) => {
    while (asked.length < count) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return { attendant, asked, closed, asking, problems };
}

const signedIn = { accessToken: 'access-1' };

describe('an error without a state, and a person who can be asked', () => {
  test('who stops: the login ends with what the tenant said', async () => {
    const person = personWho([true]);
    const started = await begin(tenant.url, { attendant: person.attendant });
    const page = await bring(started);
    await expect(started.session).rejects.toMatchObject({
      code: 'sign-in-denied',
      message: `${tenant.url} denied the sign-in: ${deniedWords}`,
    });
    expect(person.asked).toEqual([deniedWords]);
    expect(person.closed).toEqual(['the address']);
    expect(page).toMatchObject({ status: 200, text: expect.stringContaining(`“${deniedWords}”`) });
    expect(page.text).toContain('<h1>Not signed in</h1>');
  });

  test('who goes on: the wait goes on, for a pasted address too', async () => {
    const person = personWho([false]);
    const started = await begin(tenant.url, { attendant: person.attendant });
    await bring(started);
    await person.asking(1);
    await browse(started.url.href);
    expect(await started.session).toMatchObject(signedIn);
    expect(person.problems).toEqual([null, null]);
  });

  test('who has not answered yet when the right answer comes: it wins and closes the question', async () => {
    const person = personWho(['nothing']);
    const started = await begin(tenant.url, { attendant: person.attendant });
    await bring(started);
    await person.asking(1);
    await browse(started.url.href);
    expect(await started.session).toMatchObject(signedIn);
    expect(person.closed).toEqual(['the address', 'whether to stop']);
  });

  test('who has not answered when the time is over: the error is what is known', async () => {
    const person = personWho(['nothing']);
    const started = await begin(tenant.url, { attendant: person.attendant, timeoutSeconds: 0.5 });
    await bring(started);
    await expect(started.session).rejects.toMatchObject({ code: 'sign-in-denied' });
    expect(person.closed).toEqual(['the address', 'whether to stop']);
  });

  test('who went on when the time is over: it has timed out', async () => {
    const person = personWho([false]);
    const started = await begin(tenant.url, { attendant: person.attendant, timeoutSeconds: 0.5 });
    await bring(started);
    await expect(started.session).rejects.toMatchObject({ code: 'sign-in-timed-out' });
  });

  test('many of them ask one question at a time, and three in all', async () => {
    const person = personWho([false, false, false]);
    const started = await begin(tenant.url, { attendant: person.attendant });
    const pages = await Promise.all(Array.from({ length: 60 }, () => bring(started)));
    for (let more = 0; more < 10; more++) await bring(started);
    expect(pages.every(({ status }) => status === 200)).toBe(true);
    expect(person.asked).toHaveLength(3);
    await browse(started.url.href);
    expect(await started.session).toMatchObject(signedIn);
  });

  test('while a question is open no other is asked', async () => {
    const person = personWho(['nothing']);
    const started = await begin(tenant.url, { attendant: person.attendant });
    await bring(started);
    await person.asking(1);
    for (let more = 0; more < 10; more++) await bring(started);
    expect(person.asked).toHaveLength(1);
    await browse(started.url.href);
    expect(await started.session).toMatchObject(signedIn);
  });

  test('who pastes it: it is understood', async () => {
    const problems: (string | null)[] = [];
    const told: string[] = [];
    const attendant: Attendant = {
      pasted: async (problem) => {
        problems.push(problem);
        return ['http://127.0.0.1:8400/callback?code=x', `http://127.0.0.1:8400/callback${denied}`][
          problems.length - 1
        ] as string;
      },
      stops: async (words) => told.push(words) > 0,
    };
    const session = begin(tenant.url, { attendant }).then((started) => started.session);
    await expect(session).rejects.toMatchObject({ code: 'sign-in-denied' });
    expect(problems).toEqual([null, 'That is not the whole address: it has a code and a state in it']);
    expect(told).toEqual([deniedWords]);
  });
});

describe('an error without a state, and nobody to ask', () => {
  test('ends the login five seconds later, the first one of many', async () => {
    const started = await begin(tenant.url);
    const before = performance.now();
    await bring(started);
    const flood = setInterval(() => void bring(started, '?error=invalid_scope').catch(() => {}), 100);
    await expect(started.session).rejects.toMatchObject({
      code: 'sign-in-denied',
      message: `${tenant.url} denied the sign-in: ${deniedWords}`,
    });
    clearInterval(flood);
    const seconds = (performance.now() - before) / 1000;
    expect(seconds).toBeGreaterThan(4.9);
    expect(seconds).toBeLessThan(20 * patience);
  });

  test('changes nothing where the right answer comes meanwhile', async () => {
    const started = await begin(tenant.url);
    await bring(started);
    await browse(started.url.href);
    expect(await started.session).toMatchObject(signedIn);
  });

  test('ends with itself where less time than that is left', async () => {
    const started = await begin(tenant.url, { timeoutSeconds: 0.5 });
    await bring(started, '?error=invalid_request&error_description=unknown%20app%20123');
    await expect(started.session).rejects.toMatchObject({
      code: 'sign-in-failed',
      message: `${tenant.url} refused the sign-in: invalid_request: unknown app 123`,
      facts: { cause: 'application' },
    });
  });

  test('ends at once where it bears the state', async () => {
    const started = await begin(tenant.url);
    const page = await browse(`${started.redirectUri}${denied}&state=${started.state}`);
    await expect(started.session).rejects.toMatchObject({ code: 'sign-in-denied' });
    expect(page.address).toContain('/done');
  });
});

describe('what is no such error is refused and asks nobody', () => {
  const cross = { 'sec-fetch-site': 'cross-site' };
  test.each<[string, string, Record<string, string>]>([
    ['an image', denied, { ...cross, 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
    ['a fetch', denied, { ...cross, 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }],
    ['a frame', denied, { ...cross, ...window, 'sec-fetch-dest': 'iframe' }],
    ['a prerendered page', denied, { ...window, 'sec-purpose': 'prefetch;prerender' }],
    ['a wrong state', `${denied}&state=x`, window],
    ['an empty state', `${denied}&state=`, window],
    ['a code beside it', `${denied}&code=x`, window],
    ['the error twice', `${denied}&error=x`, window],
    ['an empty error', '?error=', window],
    ['a description alone', '?error_description=x', window],
    ['a code without a state', '?code=x', window],
  ])('%s', async (_name, query, headers) => {
    const started = await begin(tenant.url, {
      attendant: { pasted: () => new Promise(() => {}), stops: unasked },
    });
    const { status, text } = await raw(`${started.redirectUri}${query}`, { headers });
    expect([status, text.includes('It is still waiting')]).toEqual([400, true]);
    await browse(started.url.href);
    expect(await started.session).toMatchObject(signedIn);
  });

  test.each([
    ['a POST', 405, 'POST', '/callback', ''],
    ['another path', 404, 'GET', '/callback/v1/callback', ''],
    ['another host', 400, 'GET', '/callback', 'evil.example'],
  ])('%s', async (_name, status, method, path, host) => {
    const started = await begin(tenant.url, {
      attendant: { pasted: () => new Promise(() => {}), stops: unasked },
    });
    const url = `${started.redirectUri.replace('/callback', path)}${denied}`;
    expect(await raw(url, { method, headers: { ...window, ...(host ? { host } : {}) } })).toMatchObject({
      status,
    });
    await browse(started.url.href);
    expect(await started.session).toMatchObject(signedIn);
  });
});

describe('hostile words', () => {
  test.each([
    ['markup', '<img src=x onerror=alert(1)>"\'', '<img src=x onerror=alert(1)>"\''],
    ['control characters', 'a\u001b[31m\u0007\r\nb\u0000c', 'a b c'],
    ['turned text', 'a\u202eb\u2066c\u200bd', 'a b c d'],
    ['a lone surrogate', 'a%ED%A0%80b', null],
    ['no end', 'x'.repeat(200_000), `${'x'.repeat(485)}…`],
  ])('%s', async (_name, description, shown) => {
    const person = personWho([true]);
    const started = await begin(tenant.url, { attendant: person.attendant });
    const query = `?error=access_denied&error_description=${shown === null ? description : encodeURIComponent(description)}`;
    const { text, status } = await bring(started, query);
    expect(status).toBe(200);
    await expect(started.session).rejects.toMatchObject({ code: 'sign-in-denied' });
    const [words = ''] = person.asked;
    if (shown !== null) expect(words).toBe(`access_denied: ${shown}`);
    expect(words).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(text.replaceAll('\n', '')).not.toMatch(/<img|\p{Cc}|\p{Bidi_Control}/u);
    expect(text.replace(stylesheet, '').length).toBeLessThan(1500);
  });
});
