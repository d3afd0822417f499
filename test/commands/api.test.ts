import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMachine, type RunOptions, type RunResult } from '../support/context.ts';
import { type Answer, startServer, type TestServer } from '../support/http.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startTenant, visit } from '../support/tenant.ts';

const token = 'an-opaque-access-token';
const json = (value: unknown, status = 200): Answer => ({
  status,
  headers: { 'content-type': 'application/json', 'x-request-id': 'r-1' },
  body: JSON.stringify(value),
});

async function ask(
  answers: readonly Answer[],
  argv: readonly string[],
  options: RunOptions = {},
): Promise<RunResult & { server: TestServer }> {
  const server = await startServer(answers);
  const env = { MFA_CLI_TOKEN: token, MFA_CLI_TENANT: server.origin };
  return { server, ...(await createMachine().run(['api', ...argv], { ...options, env })) };
}

describe('a request', () => {
  test('goes out with the session, and the answer comes as it is', async () => {
    const body = '{ "success" : true,\n "Result": {"User": "ü"} }';
    const { server, exitCode, stdout, stderr } = await ask([{ body }], ['post', '/Security/WhoAmI?x=1']);
    expect([exitCode, stdout, stderr]).toEqual([0, `${body}\n`, '']);
    expect(server.received).toMatchObject([
      {
        method: 'POST',
        path: '/Security/WhoAmI?x=1',
        headers: {
          authorization: `Bearer ${token}`,
          'content-type': 'application/json',
          'x-idap-native-client': 'true',
        },
        body: '{}',
      },
    ]);
  });

  test('shows no secret of its query, nor of an answer that repeats it', async () => {
    const path = '/Mobile/X?ClientAppKey=a%20b&APNSPass=hunter%2022&apnscert=abc&APNSTopic';
    const answer = json({ success: false, Message: 'got "hunter 22"' });
    for (const more of [['--include'], ['--json']]) {
      const { stdout, stderr, server } = await ask([answer], ['POST', path, '--debug', ...more]);
      expect(server.received[0]?.path).toBe(path);
      expect(stdout).toContain('/Mobile/X?ClientAppKey=a%20b&APNSPass=[secret]&apnscert=[secret]&APNSTopic');
      expect(stdout + stderr).not.toContain('hunter');
    }
  });

  test.each(['PUT', 'PATCH', 'DELETE', 'GET'])('%s without data has no body', async (method) => {
    const { server, exitCode } = await ask([{ body: '[1]' }], [method, '/things']);
    expect(exitCode).toBe(0);
    expect(server.received[0]).toMatchObject({ method, body: '' });
    expect(server.received[0]?.headers).not.toHaveProperty('content-type');
  });

  test('shows request line, status and headers with --include', async () => {
    const answer = {
      ...json({ a: 1 }),
      headers: { 'x-request-id': 'r-1', date: 'Tue', 'set-cookie': 'sid=geheim' },
    };
    const { stdout } = await ask([answer], ['GET', '/things', '--include']);
    expect(stdout.split('\n')).toEqual([
      'GET /things',
      'HTTP 200',
      'x-request-id: r-1',
      'date: Tue',
      'set-cookie: [secret]',
      expect.stringMatching(/^connection: /),
      expect.stringMatching(/^keep-alive: /),
      'transfer-encoding: chunked',
      '',
      '{"a":1}',
      '',
    ]);
  });

  test('is one document with --json', async () => {
    const { stdout } = await ask([json({ a: 1 })], ['GET', '/things', '--json']);
    expect(JSON.parse(stdout)).toEqual({
      method: 'GET',
      path: '/things',
      status: 200,
      body: { a: 1 },
      error: null,
    });
    const included = await ask([{ body: 'words' }], ['GET', '/things', '--json', '--include']);
    expect(JSON.parse(included.stdout)).toMatchObject({
      headers: { date: expect.any(String) },
      body: 'words',
    });
    expect(JSON.parse((await ask([{ status: 204 }], ['GET', '/x', '--json'])).stdout).body).toBeNull();
  });

  test('bears the session of the profile, renewed once when the tenant answers 401', async () => {
    const { emulator, login } = await startTenant();
    const machine = createMachine();
    await machine.run(login, { browser: visit });
    emulator.expireAccessTokens();
    const { exitCode, stdout } = await machine.run(['api', 'POST', '/Security/WhoAmI', '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).body.Result.User).toBe(emulator.administrator.user);
    const asked = emulator.requests.filter(({ path }) => path === '/Security/WhoAmI');
    expect(asked.map(({ status }) => status)).toEqual([401, 200]);
  });

  test('needs a session', async () => {
    const { exitCode, stdout } = await createMachine().run(['api', 'GET', '/x', '--json']);
    expect([exitCode, JSON.parse(stdout).error.code]).toEqual([2, 'usage']);
  });
});

describe('a refusal', () => {
  const envelope = { success: false, Result: null, Message: 'No.', MessageID: '_I18N_X', ErrorID: 'e:1' };
  test.each<[string, Answer, string, number, string]>([
    [
      'success:false',
      json(envelope),
      'tenant-refused',
      6,
      'refused the request: No (MessageID _I18N_X, ErrorID e:1)',
    ],
    [
      'a right is missing',
      json({ ...envelope, MessageID: '_I18N_System.UnauthorizedAccessException' }),
      'tenant-forbidden',
      6,
      'does not allow this request',
    ],
    ['403', json({}, 403), 'tenant-forbidden', 6, '(HTTP 403)'],
    ['404', json({ detail: 'none' }, 404), 'tenant-refused', 6, '(HTTP 404)'],
    ['a page with 404', { status: 404, body: '<html>' }, 'tenant-refused', 6, 'an HTML page (HTTP 404)'],
    ['500', { status: 500, body: 'oops' }, 'tenant-refused', 6, 'no JSON (HTTP 500)'],
    ['a page with 200', { body: '<!DOCTYPE html><p>' }, 'tenant-not-json', 7, 'an HTML page (HTTP 200)'],
  ])('%s shows the answer and fails', async (_name, answer, code, exitCode, words) => {
    const person = await ask([answer], ['POST', '/x']);
    expect([person.exitCode, person.stdout]).toEqual([exitCode, `${answer.body}\n`]);
    expect(person.stderr).toMatch(/^mfa-cli: error: [^\n]+\n$/);
    expect(person.stderr).toContain(words);
    const script = await ask([answer], ['POST', '/x', '--json']);
    expect(JSON.parse(script.stdout)).toMatchObject({
      status: answer.status ?? 200,
      error: { code, message: expect.stringContaining(words), hints: [], exitCode },
    });
    expect(script.exitCode).toBe(exitCode);
  });

  test.each(['', 'plain words', '{"sub":"me"}'])('is not an answer like "%s"', async (body) => {
    expect((await ask([{ body }], ['GET', '/x'])).exitCode).toBe(0);
  });

  test('is a 401 that cannot be renewed', async () => {
    const { exitCode, stdout } = await ask([json({}, 401)], ['GET', '/x', '--json']);
    expect([exitCode, JSON.parse(stdout).error.code]).toEqual([5, 'session-expired']);
  });
});

describe('retries', () => {
  const busy: Answer = { status: 503, headers: { 'retry-after': '0' }, body: '' };
  test.each([
    ['GET', 2, 0],
    ['POST', 2, 0],
    ['PATCH', 1, 6],
  ] as const)('%s is sent %i times', async (method, times, exitCode) => {
    const result = await ask([busy, json({})], [method, '/x']);
    expect([result.server.received.length, result.exitCode]).toEqual([times, exitCode]);
  });
});

describe('--data', () => {
  const file = (content: string | Uint8Array): string => {
    const path = join(temporaryDirectory(), 'body.json');
    writeFileSync(path, content);
    return path;
  };

  test.each<[string, () => string, string | undefined, string]>([
    ['itself', () => '{"a": 1}', undefined, '{"a": 1}'],
    ['a file', () => `@${file('\ufeff[1,\n2]')}`, undefined, '[1,\n2]'],
    ['stdin', () => '-', '{"b":"ü"}', '{"b":"ü"}'],
    ['stdin as curl names it', () => '@-', '"c"', '"c"'],
  ])('is %s', async (_name, data, stdin, expected) => {
    const options = stdin === undefined ? {} : { stdin };
    const { server, exitCode } = await ask([json({})], ['POST', '/x', '--data', data()], options);
    expect([exitCode, server.received[0]?.body]).toEqual([0, expected]);
  });

  test.each<[string, () => readonly string[], number, string]>([
    ['no JSON', () => ['POST', '/x', '--data', '{geheim'], 2, '--data does not hold JSON'],
    ['a file without JSON', () => ['POST', '/x', '--data', `@${file('geheim')}`], 2, 'does not hold JSON'],
    [
      'no UTF-8',
      () => ['POST', '/x', '--data', `@${file(Buffer.from([0x22, 0xff, 0x22]))}`],
      2,
      'does not hold JSON',
    ],
    ['nothing', () => ['POST', '/x', '--data', ''], 2, 'The value of --data is empty'],
    ['a file without a name', () => ['POST', '/x', '--data', '@'], 2, 'is empty'],
    ['a missing file', () => ['POST', '/x', '--data', '@missing.json'], 3, 'missing.json does not exist'],
    [
      'a large file',
      () => ['POST', '/x', '--data', `@${file(`"${'x'.repeat(1024 * 1024)}"`)}`],
      3,
      'larger than 1 MiB',
    ],
    ['for GET', () => ['GET', '/x', '--data', '{}'], 2, 'GET takes no --data'],
  ])('that is %s ends before anything is sent', async (_name, argv, exitCode, words) => {
    const result = await ask([json({})], argv());
    expect([result.exitCode, result.server.received.length]).toEqual([exitCode, 0]);
    expect(result.stderr).toContain(words);
    expect(result.stderr).not.toContain('geheim');
    expect(result.stderr).not.toContain('.p12');
  });
});

test.each([
  'x',
  '',
  '//evil.example',
  '/.//evil.example',
  '/x/..//evil.example',
  '/%2e//evil.example',
  '/\\evil.example',
  '/\t/evil.example',
  '\\evil.example',
  'https://evil.example/x',
  '@evil.example',
  '/a b',
  '/a#b',
  '/a\nb',
])('the path %j is refused', async (path) => {
  const { server, exitCode, stderr } = await ask([json({})], ['GET', '--', path]);
  expect([exitCode, server.received.length]).toEqual([2, 0]);
  expect(stderr).toContain('The path begins with one /');
});

test.each(['CONNECT', 'TRACE', 'G ET', ''])('the method %j is refused', async (method) => {
  const { server, exitCode, stderr } = await ask([json({})], ['--', method, '/x']);
  expect([exitCode, server.received.length]).toEqual([2, 0]);
  expect(stderr).toContain('is not a method');
});

describe('secrets', () => {
  const rows = {
    Results: [{ Row: { ID: 'a_APNSPass', Value: 'geheim' } }, { Row: { ID: 'a', Value: 'open' } }],
  };

  test.each<[string, Answer]>([
    ['the access token', json({ success: false, Message: `bad ${token}`, echo: token })],
    ['what the request held as one', json({ success: false, Message: 'bad gesendet', echo: 'xgesendetx' })],
    ['a setting', json({ success: true, Result: rows })],
    ['a token answer', json({ access_token: 'geheim', refresh_token: 'geheim' })],
    ['a page', { body: `<html>${token} gesendet` }],
    ['a header', { headers: { 'x-echo': `${token} gesendet`, 'set-cookie': 'geheim' }, body: '{}' }],
  ])('%s is shown in no stream', async (_name, answer) => {
    for (const flags of [['--include'], ['--include', '--json'], ['--debug']]) {
      const data = ['--data', '{"APNSPass":"gesendet"}'];
      const { stdout, stderr } = await ask([answer], ['POST', '/x', ...data, ...flags]);
      expect(`${stdout}${stderr}`).not.toMatch(/geheim|gesendet|an-opaque/);
      expect(stdout).toMatch(/./);
    }
  });

  test('are all that is taken out', async () => {
    const { stdout } = await ask([json({ success: true, Result: rows })], ['POST', '/x', '--json']);
    expect(JSON.parse(stdout).body.Result.Results).toEqual([
      { Row: { ID: 'a_APNSPass', Value: '[secret]' } },
      { Row: { ID: 'a', Value: 'open' } },
    ]);
  });
});
