import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMachine, type RunResult } from '../../support/context.ts';
import { p12Bytes, p12Path } from '../../support/fixtures.ts';
import { type Answer, startServer, type TestServer } from '../../support/http.ts';
import { settingsOf, startTenant } from '../../support/tenant.ts';

type Form = 'json' | 'form' | 'query';
type Received = TestServer['received'][number];

const file = '22-pw-spaces-quotes';
const password = ' a"b\'c$ ';
const key = 'com.example.lab';
const set = ['apns', 'set', '--p12', p12Path(file)];
const remove = ['apns', 'delete', '--client-app-key', key, '--yes'];
const base64 = p12Bytes(file).toString('base64');
const parameters = { ClientAppKey: key, APNSCert: base64, APNSPass: password, APNSTopic: key };

const refusal = (Message: string, MessageID: string | null = null): Answer => ({
  body: JSON.stringify({ success: false, Result: null, Message, MessageID, ErrorID: 'abc:1' }),
});
const success: Answer = { body: '{"success":true,"Result":null}' };
const missing = refusal('The required parameter ClientAppKey is missing.', '_I18N_RequiredParameter');

/** Apart from what is asked before a deletion and may stay without an answer. */
const isMobile = ({ path }: Received): boolean => path.startsWith('/Mobile/');

/** What a request holds, and in which form; a request in two forms fails. */
function read({ path, headers, body }: Received): { form: Form; parameters: object } {
  const query = new URL(path, 'http://x').searchParams;
  const type = headers['content-type'];
  if (query.size > 0) {
    expect([type, body]).toEqual([undefined, '']);
    return { form: 'query', parameters: Object.fromEntries(query) };
  }
  if (type === 'application/json') return { form: 'json', parameters: JSON.parse(body) };
  expect(type).toBe('application/x-www-form-urlencoded');
  return { form: 'form', parameters: Object.fromEntries(new URLSearchParams(body)) };
}

/** A tenant that answers by the form of a request, and a machine with a token for it. */
async function start(answers: Partial<Record<Form, Answer>>): Promise<{
  server: TestServer;
  answer(form: Form, answer: Answer): void;
  /** The run's result, and the forms of the requests that it made. */
  run(argv: readonly string[]): Promise<RunResult & { forms: readonly Form[] }>;
  remembered(): unknown;
  requests(): unknown;
}> {
  const now: Record<Form, Answer> = { json: missing, form: missing, query: missing, ...answers };
  const server: TestServer = await startServer([
    (response) => {
      const last = server.received.at(-1);
      if (last !== undefined && !isMobile(last)) {
        response.writeHead(401).end();
        return;
      }
      const { status = 200, headers, body } = now[last === undefined ? 'json' : read(last).form];
      response.writeHead(status, headers).end(body);
    },
  ]);
  const machine = createMachine();
  const profile = () =>
    JSON.parse(readFileSync(join(machine.directory, 'config.json'), 'utf8')).profiles.default;
  const env = {
    MFA_CLI_TENANT: server.origin,
    MFA_CLI_TOKEN: 'an-opaque-access-token',
    MFA_CLI_P12_PASSWORD: password,
  };
  return {
    server,
    answer: (form, answer) => {
      now[form] = answer;
    },
    async run(argv) {
      const before = server.received.length;
      const result = await machine.run([...argv, '--json'], { env });
      return {
        ...result,
        forms: server.received
          .slice(before)
          .filter(isMobile)
          .map((one) => read(one).form),
      };
    },
    remembered: () => profile().sentAs,
    requests: () => profile().requests,
  };
}

const sentAs = ({ stdout }: RunResult): unknown => JSON.parse(stdout).sentAs;

describe('a tenant that takes', () => {
  test('JSON is asked once', async () => {
    const { server, run, remembered } = await start({ json: success });
    for (const argv of [set, set, remove]) {
      const result = await run(argv);
      expect([result.exitCode, result.forms, sentAs(result)]).toEqual([0, ['json'], 'json']);
    }
    expect(server.received.filter(isMobile).map((one) => read(one).parameters)).toEqual([
      parameters,
      parameters,
      { ClientAppKey: key },
    ]);
    expect(remembered()).toBeUndefined();
  });

  test('a form is asked twice, and from then on once', async () => {
    const { server, run, remembered } = await start({ form: success });
    const first = await run(set);
    expect([first.exitCode, first.stderr, first.forms, sentAs(first)]).toEqual([
      0,
      '',
      ['json', 'form'],
      'form',
    ]);
    expect(remembered()).toEqual({ [server.origin]: 'form' });
    for (const argv of [set, remove, remove]) expect((await run(argv)).forms).toEqual(['form']);
    expect(server.received.slice(0, 3).map((one) => read(one).parameters)).toEqual([
      parameters,
      parameters,
      parameters,
    ]);
  });

  test('a form is found out by a deletion as well', async () => {
    const { server, run, remembered } = await start({ form: success });
    const { exitCode, stdout, forms } = await run(remove);
    expect([exitCode, forms]).toEqual([0, ['json', 'form']]);
    expect(JSON.parse(stdout)).toEqual({
      tenant: server.origin,
      clientAppKey: key,
      deleted: true,
      phones: null,
      sentAs: 'form',
    });
    expect(remembered()).toEqual({ [server.origin]: 'form' });
    expect((await run(set)).forms).toEqual(['form']);
  });

  test('JSON again, after a form, is noticed', async () => {
    const { server, run, answer, remembered } = await start({ form: success });
    await run(set);
    answer('json', success);
    answer('form', missing);
    const result = await run(set);
    expect([result.exitCode, result.forms, sentAs(result)]).toEqual([0, ['form', 'json'], 'json']);
    expect(remembered()).toEqual({ [server.origin]: 'json' });
    expect((await run(set)).forms).toEqual(['json']);
  });

  test('the query is not asked by it, but told', async () => {
    const { run } = await start({ query: success });
    for (const argv of [set, remove]) {
      const { exitCode, stdout, stderr, forms } = await run(argv);
      expect([exitCode, forms]).toEqual([6, ['json', 'form']]);
      expect(stderr).toContain('The required parameter ClientAppKey is missing');
      expect(JSON.parse(stdout).error).toMatchObject({
        code: 'tenant-refused',
        hints: [
          expect.stringContaining('Try --send-as query. A query is part of the URL, which servers log.'),
        ],
      });
    }
  });
});

describe('--send-as', () => {
  test.each<[Form, string, object]>([
    ['json', '/Mobile/SetApnsCertForClientApp', success],
    ['form', '/Mobile/SetApnsCertForClientApp', success],
    ['query', '/Mobile/SetApnsCertForClientApp?ClientAppKey=com.example.lab&APNSCert=M', success],
  ])('%s is that and nothing else', async (form, path) => {
    const { server, run } = await start({ [form]: success });
    const taken = await run([...set, '--send-as', form]);
    expect([taken.exitCode, taken.forms, sentAs(taken)]).toEqual([0, [form], form]);
    expect(server.received[0]?.path.startsWith(path)).toBe(true);
    expect(server.received.map((one) => read(one).parameters)).toEqual([parameters]);
    const deleted = await run([...remove, '--send-as', form]);
    expect([deleted.exitCode, deleted.forms, sentAs(deleted)]).toEqual([0, [form], form]);
    const other = form === 'json' ? 'form' : 'json';
    const refused = await run([...set, '--send-as', other]);
    expect([refused.exitCode, refused.forms]).toEqual([6, [other]]);
  });

  test('query warns, and is no habit', async () => {
    const { server, run, remembered } = await start({ json: success, query: success });
    const dry = await run([...set, '--send-as', 'query', '--dry-run']);
    expect([dry.forms, sentAs(dry)]).toEqual([[], null]);
    for (const [argv, what] of [
      [set, 'the .p12 and its password'],
      [remove, 'the client app key'],
    ] as const) {
      const { stderr } = await run([...argv, '--send-as', 'query']);
      expect(stderr).toBe(
        `mfa-cli: warning: Servers and proxies log addresses, queries included: ${what} ends up in their logs\n`,
      );
    }
    expect(remembered()).toEqual({ [server.origin]: 'query' });
    expect((await run(set)).forms).toEqual(['json']);
    for (const form of ['json', 'form'])
      expect((await run([...set, '--send-as', form])).stderr).not.toContain('warning');
  });
});

describe('another answer is not followed by another form', () => {
  test.each<[string, Answer, number]>([
    ['a wrong password', refusal('The specified network password is not correct.'), 6],
    ['a name with nothing missing', refusal('ClientAppKey is not allowed.'), 6],
    ['unreadable JSON', refusal('Unexpected.', '_I18N_Newtonsoft.Json.JsonReaderException'), 6],
    ['a right that is missing', refusal('No.', '_I18N_System.UnauthorizedAccessException'), 6],
    ['403', { status: 403, body: '{"Message":"ClientAppKey is missing"}' }, 6],
    ['415', { status: 415, body: '' }, 7],
    ['a page', { status: 500, body: '<html>ClientAppKey is missing</html>' }, 7],
    ['200 without success', { body: '{"Message":"ClientAppKey is missing"}' }, 7],
    ['200 with nothing', { body: '' }, 7],
    ['a success that is a text', { body: '{"success":"true"}' }, 7],
  ])('%s', async (_case, json, expected) => {
    const { run } = await start({ json, form: success });
    const { exitCode, forms } = await run(set);
    expect([exitCode, forms]).toEqual([expected, ['json']]);
  });
});

test('a deletion that a form got a page for is not sent once more as JSON', async () => {
  const { answer, run } = await start({ form: success });
  await run(set);
  answer('form', { status: 500, body: '<html>' });
  answer('json', success);
  const { exitCode, forms } = await run(remove);
  expect([exitCode, forms]).toEqual([7, ['form']]);
});

test('a form that got a page after JSON was refused is remembered as unknown', async () => {
  const { run, requests } = await start({ form: { status: 500, body: '<html>' } });
  await run(set);
  expect(requests()).toMatchObject([{ asked: 'set', outcome: 'unknown' }]);
});

describe('of two refusals the one is told that is about the certificate', () => {
  const wrong = refusal('The specified network password is not correct.');
  const unreadable = refusal('Unexpected character.', '_I18N_Newtonsoft.Json.JsonReaderException');

  const about = 'ClientAppKey is missing';
  test.each<[string, Answer, number, string]>([
    ['the second', wrong, 6, 'network password'],
    ['the first, where the form cannot be read', unreadable, 6, about],
    ['the first, where a form is no media type', { status: 415 }, 6, about],
    ['the first, where the form gets a page', { status: 400, body: '<html>' }, 6, about],
    ['the second, after which the certificate may be set', { status: 500, body: '<html>' }, 7, 'HTTP 500'],
    ['the second, where the form gets no answer of a tenant', { body: '{}' }, 7, 'without "success"'],
    ['the second, where the right is missing', { status: 403 }, 6, 'does not allow'],
  ])('%s', async (_case, form, exitCode, words) => {
    const answers = { form };
    const result = await (await start(answers)).run(set);
    expect([result.exitCode, result.forms]).toEqual([exitCode, ['json', 'form']]);
    expect(result.stderr).toContain(words);
  });
});

describe('a tenant that repeats what it was sent', () => {
  /** Everything that would give the password or the file away, in the spellings of the three forms. */
  const secrets = [password, base64].flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    encodeURIComponent(encodeURIComponent(secret)),
    new URLSearchParams({ x: secret }).toString().slice(2),
    JSON.stringify(secret).slice(1, -1),
  ]);
  const all = ({ path, body }: Received) => path + body;
  const encoded = (request: Received) => encodeURIComponent(all(request));
  const echoes: readonly (readonly [string, (request: Received) => Answer])[] = [
    ['in its words', ({ path, body }) => refusal(`Bad request: ${decodeURIComponent(path)} ${body}`)],
    ['as it came', ({ path, body }) => refusal(`Bad request: ${path} ${body}`)],
    ['cut off', (request) => refusal(`Bad request: ${all(request).slice(0, 300)}`)],
    ['in an address of an address', (request) => refusal(`Sign in: ?next=${encoded(request)}`)],
    ['in its identifiers', (request) => refusal('No.', `_I18N_${all(request)}`)],
    [
      'in its headers',
      (request) => ({ ...missing, headers: { 'x-request-id': encoded(request).slice(0, 900) } }),
    ],
    [
      'with a redirect',
      ({ path }) => ({ status: 302, headers: { location: `/login?next=${path.slice(0, 3000)}` } }),
    ],
    ['in a page', (request) => ({ status: 400, body: `<html>${all(request)}</html>` })],
    ['without an envelope', (request) => ({ status: 400, body: JSON.stringify({ Message: all(request) }) })],
  ];

  test.each(echoes)('%s shows nothing of it', async (_case, echo) => {
    for (const form of ['json', 'form', 'query'] as const) {
      const server: TestServer = await startServer([
        (response) => {
          const { status = 200, headers, body } = echo(server.received.at(-1) as Received);
          response.writeHead(status, headers).end(body);
        },
      ]);
      const env = {
        MFA_CLI_TENANT: server.origin,
        MFA_CLI_TOKEN: 'an-opaque-access-token',
        MFA_CLI_P12_PASSWORD: password,
      };
      for (const json of [[], ['--json']]) {
        const argv = [...set, '--send-as', form, '--debug', ...json];
        const { exitCode, stdout, stderr } = await createMachine().run(argv, { env });
        expect(exitCode).toBeGreaterThan(5);
        const shown = stdout + stderr;
        expect(stderr).toContain('/Mobile/SetApnsCertForClientApp → ');
        expect(secrets.filter((secret) => shown.includes(secret))).toEqual([]);
        expect(shown).not.toContain(base64.slice(0, 40));
        expect(stderr.split('\n').filter((line) => line.includes('debug:') && line.includes('?'))).toEqual(
          [],
        );
      }
    }
  });

  test('as an identifier of the answer has it left out of the trace', async () => {
    const secret = 'a:b.c-d';
    for (const form of ['json', 'form', 'query'] as const) {
      const server = await startServer([{ ...missing, headers: { 'x-request-id': secret } }]);
      const env = { MFA_CLI_TENANT: server.origin, MFA_CLI_TOKEN: 'an-opaque-access-token' };
      const argv = ['apns', 'delete', '--client-app-key', secret, '--yes', '--send-as', form, '--debug'];
      const { stderr } = await createMachine().run(argv, { env });
      const lines = stderr.split('\n').filter((line) => line.includes('/Mobile/'));
      expect(lines.join()).toContain('→ 200');
      expect(lines.join()).not.toContain('request id');
    }
  });
});

test('a file of a megabyte comes whole as a form', async () => {
  const { emulator } = await startTenant({ assumptions: { 'mobile-parameters': 'form' } });
  const { user, password: secret } = emulator.serviceUser;
  const env = {
    MFA_CLI_TENANT: emulator.url,
    MFA_CLI_CLIENT_ID: user,
    MFA_CLI_CLIENT_SECRET: secret,
    MFA_CLI_P12_PASSWORD: 'secret',
  };
  const argv = ['apns', 'set', '--p12', p12Path('71-1MB-friendlyname'), '--json'];
  const result = await createMachine().run(argv, { env });
  expect([result.exitCode, sentAs(result)]).toEqual([0, 'form']);
  expect((await settingsOf(emulator))[`${key}_APNSCert`]).toBe(
    p12Bytes('71-1MB-friendlyname').toString('base64'),
  );
});
