import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { testCases } from '../support/cases.ts';
import { createMachine, type RunOptions } from '../support/context.ts';
import { startServer } from '../support/http.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startTenant, visit } from '../support/tenant.ts';

const token = 'an-opaque-access-token';

/** An answer; a body that is no text is JSON, with the headers of a tenant. */
interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Whether the connection ends after the first byte of the body. */
  readonly cut?: boolean;
}

/** A line of `api` against a tenant that answers so: exit code, both streams, and the requests. */
async function api(
  line: string | readonly string[],
  answer: Answer = {},
  options: RunOptions = {},
) {
  const { body = '', headers = {}, cut = false, ...others } = answer;
  const own =
    typeof body === 'string' ? {} : { 'content-type': 'application/json', 'x-request-id': 'r-1' };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const whole = { ...others, headers: { ...own, ...headers }, body: text };
  const { origin, received } = await startServer([
    cut ? (response) => response.write('{', () => response.destroy()) : whole,
  ]);
  const file = join(temporaryDirectory(), 'body.json');
  const words = (typeof line === 'string' ? line.split(' ') : line).map((word) => {
    const content = /^@FILE:(.*)$/s.exec(word)?.[1];
    if (content === undefined) return word;
    writeFileSync(file, content, 'latin1');
    return `@${file}`;
  });
  const env = { ...options.env, MFA_CLI_TOKEN: token, MFA_CLI_TENANT: origin };
  const told = await createMachine().run(['api', ...words], {
    aside: async () => {},
    ...options,
    env,
  });
  for (const stream of [told.stdout, told.stderr])
    expect(stream).not.toMatch(/geheim|gesendet|an-opaque|hunter/);
  const requests = received.map(({ method, path, headers: sent, body }) => {
    expect(sent).toMatchObject({
      authorization: `Bearer ${token}`,
      'x-idap-native-client': 'true',
    });
    return [method, path, ...(sent['content-type'] ? [sent['content-type'], body] : [])].join(' ');
  });
  return {
    exitCode: told.exitCode,
    stdout: told.stdout,
    stderr: told.stderr,
    requests,
    origin,
    file,
  };
}

/** The same, as a golden file shows it. */
async function shown(...given: Parameters<typeof api>) {
  const { exitCode, stdout, stderr, requests, origin, file } = await api(...given);
  const streams = [stdout, stderr].map((text) =>
    text
      .replaceAll(origin, 'T')
      .replaceAll(file, 'FILE')
      .replaceAll(/(date"?: ?"?)\w{3}, [\w :]+GMT/g, '$1NOW')
      .replaceAll(/\d+ ms/g, 'N ms'),
  );
  return [exitCode, ...streams, ...requests];
}

testCases('commands/api', {
  'a line, and the answer of the tenant': shown,
  // The first section shows what is said of it.
  'that is sent once, and its outcome unknown': async (line: string, answer: Answer) => {
    const [exitCode, stdout, , ...requests] = await shown(`${line} --json`, answer);
    const { code, message, hints } = JSON.parse(String(stdout)).error;
    return [exitCode, code, message, `hints: ${hints.length}`, ...requests];
  },
  'that may hold secrets, in every form': async (answer: Answer) => {
    const forms = ['', '--json', '--debug'];
    const data = 'POST /x --data {"APNSPass":"gesendet"}';
    const told = forms.map(async (form) => (await shown(`${data} ${form}`, answer))[1]);
    return Promise.all(told);
  },
  'that is refused, with a description for a person and for a script': async (answer: Answer) => [
    await shown('POST /x', answer),
    JSON.parse(String((await shown('POST /x --json', answer))[1])).error,
  ],
});

test('a request bears the session of the profile, renewed once when the tenant answers 401', async () => {
  const { emulator, login } = await startTenant();
  const machine = createMachine();
  await machine.run(login, { browser: visit });
  emulator.expireAccessTokens();
  const { exitCode, stdout } = await machine.run(['api', 'POST', '/Security/WhoAmI', '--json']);
  expect([exitCode, JSON.parse(stdout).body.Result.User]).toEqual([0, emulator.administrator.user]);
  const asked = emulator.requests.filter(({ path }) => path === '/Security/WhoAmI');
  expect(asked.map(({ status }) => status)).toEqual([401, 200]);
  const nobody = await createMachine().run(['api', 'GET', '/x', '--json']);
  expect([nobody.exitCode, JSON.parse(nobody.stdout).error.code]).toEqual([2, 'usage']);
});

test('a body over 1 MiB is not read', async () => {
  const { exitCode, stderr, requests } = await api([
    'POST',
    '/x',
    '--data',
    `@FILE:"${'x'.repeat(1 << 20)}"`,
  ]);
  expect([exitCode, stderr, requests]).toEqual([
    3,
    expect.stringContaining('larger than 1 MiB'),
    [],
  ]);
});

test.each(['GITHUB_ACTIONS', 'TF_BUILD', 'TEAMCITY_VERSION'])(
  'in the log of a CI job that %s tells of, an answer is the same, and orders nothing',
  async (runner) => {
    const orders = /##\w*\[|^\s*::/m;
    const env = { [runner]: '1' };
    const document = [
      '##vso[task.setvariable variable=x]y',
      '\\##[group]',
      '####[c]',
      '::add-mask::e',
    ];
    const { stdout } = await api('GET /x', { body: document }, { env });
    expect(stdout).not.toMatch(orders);
    expect(JSON.parse(stdout)).toEqual(document);
    const body = 'first\n::set-output name=a::b\n  ::error::c\n##vso[task.complete]d\n##[e]\n';
    const text = (await api('GET /x', { body }, { env })).stdout;
    expect(text).not.toMatch(orders);
    expect(text.replaceAll(/(?<=[:#]) (?=[:#])/g, '')).toBe(body);
    expect((await api('GET /x', { body: document })).stdout).toBe(`${JSON.stringify(document)}\n`);
  },
);
