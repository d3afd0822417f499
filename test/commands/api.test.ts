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
  const env = { ...options.env, MFA_CLI_TOKEN: token, MFA_CLI_TENANT: server.origin };
  return { server, ...(await createMachine().run(['api', ...argv], { ...options, env })) };
}

describe('a request', () => {
  test('goes out with the session, and the answer comes as it is', async () => {
    const body = '{ "success" : true,\n "Result": {"User": "ü"} }';
    const { server, exitCode, stdout, stderr } = await ask([{ body }], ['post', '/Security/WhoAmI?x=1']);
    expect([exitCode, stdout, stderr]).toEqual([0, `${body}\n`, '']);
    const type = { 'content-type': 'application/json', 'x-idap-native-client': 'true' };
    const headers = { authorization: `Bearer ${token}`, ...type };
    const sent = { method: 'POST', path: '/Security/WhoAmI?x=1', headers, body: '{}' };
    expect(server.received).toMatchObject([sent]);
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
    const headers = { 'x-request-id': 'r-1', date: 'Tue', 'set-cookie': 'sid=geheim' };
    const { stdout } = await ask([{ ...json({ a: 1 }), headers }], ['GET', '/things', '--include']);
    expect(stdout.split('\n')).toEqual([
      ...['GET /things', 'HTTP 200', 'x-request-id: r-1', 'date: Tue', 'set-cookie: [secret]'],
      expect.stringMatching(/^connection: close/),
      ...['transfer-encoding: chunked', '', '{"a":1}', ''],
    ]);
  });

  test('is one document with --json', async () => {
    const { stdout } = await ask([json({ a: 1 })], ['GET', '/things', '--json']);
    const answer = { method: 'GET', path: '/things', status: 200, body: { a: 1 }, error: null };
    expect(JSON.parse(stdout)).toEqual(answer);
    const included = await ask([{ body: 'words' }], ['GET', '/things', '--json', '--include']);
    const headers = { date: expect.any(String) };
    expect(JSON.parse(included.stdout)).toMatchObject({ headers, body: 'words' });
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

describe('in the log of a CI job', () => {
  const orders = /##\w*\[|^\s*::/m;
  const document = ['##vso[task.setvariable variable=x]y', '\\##[group]', '####[c]', '::add-mask::e'];

  test.each(['GITHUB_ACTIONS', 'TF_BUILD', 'TEAMCITY_VERSION'])(
    'that %s tells of, JSON is the same document, and orders nothing',
    async (runner) => {
      const { stdout } = await ask([json(document)], ['GET', '/x'], { env: { [runner]: '1' } });
      expect(stdout).not.toMatch(orders);
      expect(JSON.parse(stdout)).toEqual(document);
    },
  );

  test('text that is no JSON orders nothing', async () => {
    const body = 'first\n::set-output name=a::b\n  ::error::c\n##vso[task.complete]d\n##[e]\n';
    const { stdout } = await ask([{ body }], ['GET', '/x'], { env: { GITHUB_ACTIONS: 'true' } });
    expect(stdout).not.toMatch(orders);
    expect(stdout.replaceAll(/(?<=[:#]) (?=[:#])/g, '')).toBe(body);
  });

  test('and elsewhere the answer comes byte by byte', async () => {
    const { body = '' } = json(document);
    expect((await ask([{ body }], ['GET', '/x'])).stdout).toBe(`${body}\n`);
  });
});

describe('a refusal', () => {
  const envelope = { success: false, Result: null, Message: 'No.', MessageID: '_I18N_X', ErrorID: 'e:1' };
  const forbidden = { ...envelope, MessageID: '_I18N_System.UnauthorizedAccessException' };
  const no = 'refused the request: No (MessageID _I18N_X, ErrorID e:1)';
  test.each<[string, Answer, string, number, string]>([
    ['success:false', json(envelope), 'tenant-refused', 6, no],
    ['a right is missing', json(forbidden), 'tenant-forbidden', 6, 'does not allow this request'],
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

  const none = 'is not JSON';
  test.each<[string, () => string, number, string, string?]>([
    ['no JSON', () => '{geheim', 2, `--data ${none}`],
    ['a file without JSON', () => `@${file('geheim')}`, 2, none],
    ['no UTF-8', () => `@${file(Buffer.from([0x22, 0xff, 0x22]))}`, 2, none],
    ['nothing', () => '', 2, 'The value of --data is empty'],
    ['a file without a name', () => '@', 2, 'is empty'],
    ['a missing file', () => '@missing.json', 3, 'missing.json does not exist'],
    ['a large file', () => `@${file(`"${'x'.repeat(1024 * 1024)}"`)}`, 3, 'larger than 1 MiB'],
    ['for GET', () => '{}', 2, 'GET takes no --data', 'GET'],
  ])('that is %s ends before anything is sent', async (_name, data, exitCode, words, method = 'POST') => {
    const result = await ask([json({})], [method, '/x', '--data', data()]);
    expect([result.exitCode, result.server.received.length]).toEqual([exitCode, 0]);
    expect(result.stderr).toContain(words);
    expect(result.stderr).not.toContain('geheim');
    expect(result.stderr).not.toContain('.p12');
  });
});

const strange = ['x', '', '@evil.example', '/a b', '/a#b', '/a\nb', 'https://evil.example/x'];
const before = ['//', '/.//', '/x/..//', '/%2e//', '/\\', '/\t/', '\\'];
test.each([...strange, ...before.map((start) => `${start}evil.example`)])(
  'the path %j is refused',
  async (path) => {
    const { server, exitCode, stderr } = await ask([json({})], ['GET', '--', path]);
    expect([exitCode, server.received.length]).toEqual([2, 0]);
    expect(stderr).toContain('PATH must begin with one / and contain no host, space, \\ or #\n');
  },
);

test.each(['CONNECT', 'TRACE', 'G ET', ''])('the method %j is refused', async (method) => {
  const { server, exitCode, stderr } = await ask([json({})], ['--', method, '/x']);
  expect([exitCode, server.received.length]).toEqual([2, 0]);
  expect(stderr).toContain(`METHOD must be GET, HEAD, POST, PUT, PATCH or DELETE, not "${method}"\n`);
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
