import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { p12Bytes, p12Path } from '../../support/fixtures.ts';
import { type Answer, startServer, type TestServer } from '../../support/http.ts';
import { settingsOf, startTenant } from '../../support/tenant.ts';
import { play, type Step, type Stories, unhurried, type World } from '../stage.ts';

type Form = 'json' | 'form' | 'query';
type Received = TestServer['received'][number];

const file = '22-pw-spaces-quotes';
const password = ' a"b\'c$ ';
const key = 'com.example.lab';
const set = ['apns', 'set', '--p12', p12Path(file)];
const base64 = p12Bytes(file).toString('base64');

const refusal = (Message: string, MessageID: string | null = null): Answer => ({
  body: JSON.stringify({ success: false, Result: null, Message, MessageID, ErrorID: 'abc:1' }),
});
const success: Answer = { body: '{"success":true,"Result":null}' };
const missing = refusal(
  'The required parameter ClientAppKey is missing.',
  '_I18N_RequiredParameter',
);

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

/** Apart from what is asked before a deletion and may stay without an answer. */
const isMobile = ({ path }: Received): boolean => path.startsWith('/Mobile/');
const requestOf = (received: Received): string => {
  const { form, parameters } = read(received);
  const told = Object.entries(parameters).map(
    ([name, value]) => `${name}=${value === base64 ? 'FILE' : value}`,
  );
  const [path] = received.path.split('?');
  return `> ${path} as ${form}: ${told.join(', ')}`;
};

/** A tenant that answers by the form of a request, and a machine with a token for it; from then on other answers. */
const tenant = (answers: Partial<Record<Form, Answer>>) => {
  const now = { json: missing, form: missing, query: missing, ...answers };
  const open = async (world: World) => {
    const server: TestServer = await startServer([
      (response) => {
        const last = server.received.at(-1) ?? expect.unreachable();
        const {
          status = 200,
          headers,
          body,
        } = isMobile(last) ? now[read(last).form] : { status: 401 };
        response.writeHead(status, headers).end(body);
      },
    ]);
    const env = {
      MFA_CLI_TENANT: server.origin,
      MFA_CLI_TOKEN: 'an-opaque-token',
      MFA_CLI_P12_PASSWORD: password,
    };
    Object.assign(world, { machine: createMachine(), env });
    world.asked.push(() => server.received.filter(isMobile).map(requestOf));
  };
  return Object.assign(open, {
    answer: (others: typeof answers) => () => void Object.assign(now, others),
  });
};
/** The form that the machine remembers for the tenant, and its requests without an answer. */
const remembered = ({ machine }: World): string => {
  const { profiles } = JSON.parse(readFileSync(join(machine.directory, 'config.json'), 'utf8'));
  const { sentAs = {}, requests = [] } = profiles.default;
  const unanswered = requests.map(
    ({ asked, outcome }: Record<string, string>) => `, ${asked} ${outcome}`,
  );
  return `REMEMBERED ${Object.values(sentAs)}${unanswered.join('')}`;
};

const [setting, deleting] = [
  `set %${file} => sentAs code`,
  `delete ${key} --yes --force => sentAs code`,
];
const afterForm = tenant({ form: success });
const asForm = tenant({ form: success });
const forms: readonly Form[] = ['json', 'form', 'query'];

const habits: Stories = {
  'a tenant that takes JSON is asked once': [
    tenant({ json: success }),
    setting,
    setting,
    deleting,
    remembered,
  ],
  'a tenant that takes a form is asked twice, and from then on once': [
    tenant({ form: success }),
    setting,
    remembered,
    setting,
    deleting,
    deleting,
  ],
  'a form is found out by a deletion as well': [
    tenant({ form: success }),
    `delete ${key} --yes --json`,
    remembered,
    setting,
  ],
  'JSON again, after a form, is noticed': [
    afterForm,
    setting,
    afterForm.answer({ json: success, form: missing }),
    setting,
    remembered,
    setting,
  ],
  'the query is not asked by itself, but told': [
    tenant({ query: success }),
    `set %${file}`,
    `delete ${key} --yes --force`,
  ],
  ...Object.fromEntries(
    forms.map((form) => {
      const other = form === 'json' ? 'form' : 'json';
      const lines = [setting, deleting].map((line) => line.replace(' =>', ` --send-as ${form} =>`));
      const steps = [
        tenant({ [form]: success }),
        ...lines,
        setting.replace(' =>', ` --send-as ${other} =>`),
      ];
      return [`--send-as ${form} is that and nothing else`, steps];
    }),
  ),
  '--send-as query warns, and is no habit': [
    tenant({ json: success, query: success }),
    `set %${file} --send-as query --dry-run => sentAs`,
    `set %${file} --send-as query …`,
    `delete ${key} --yes --send-as query …`,
    remembered,
    setting,
    `set %${file} --send-as json => sentAs`,
  ],
  'a deletion that a form got a page for is not sent once more as JSON': [
    asForm,
    setting,
    asForm.answer({ form: { status: 500, body: '<html>' }, json: success }),
    deleting,
  ],
  'a form that got a page after JSON was refused is remembered as unknown': [
    tenant({ form: { status: 500, body: '<html>' } }),
    setting,
    remembered,
  ],
};

const unreadable = refusal('Unexpected character.', '_I18N_Newtonsoft.Json.JsonReaderException');
const wrong = refusal('The specified network password is not correct.');
/** Another answer is not followed by another form. */
const others: Readonly<Record<string, Answer>> = {
  'a wrong password': wrong,
  'a name with nothing missing': refusal('ClientAppKey is not allowed.'),
  'unreadable JSON': unreadable,
  'a right that is missing': refusal('No.', '_I18N_System.UnauthorizedAccessException'),
  '403': { status: 403, body: '{"Message":"ClientAppKey is missing"}' },
  '415': { status: 415, body: '' },
  'a page': { status: 500, body: '<html>ClientAppKey is missing</html>' },
  '200 without success': { body: '{"Message":"ClientAppKey is missing"}' },
  '200 with nothing': { body: '' },
  'a success that is a text': { body: '{"success":"true"}' },
};
/** Of two refusals the one is told that is about the certificate. */
const seconds: Readonly<Record<string, Answer>> = {
  'a wrong password: the second': wrong,
  'a form that cannot be read: the first': unreadable,
  'no media type: the first': { status: 415 },
  'a page: the first': { status: 400, body: '<html>' },
  'a page after which the certificate may be set: the second': { status: 500, body: '<html>' },
  'no answer of a tenant: the second': { body: '{}' },
  'a right that is missing: the second': { status: 403 },
};
const each = (
  answers: Readonly<Record<string, Answer>>,
  steps: (answer: Answer) => readonly Step[],
): Stories =>
  Object.fromEntries(Object.entries(answers).map(([name, answer]) => [name, steps(answer)]));

test('the form of a request', unhurried, async () => {
  const told = [
    await play(habits),
    '# JSON is answered by…\n',
    await play(each(others, (json) => [tenant({ json, form: success }), setting])),
    '# After JSON was refused, the form is answered by…\n',
    await play(each(seconds, (form) => [tenant({ form }), setting])),
  ];
  await expect(told.join('\n')).toMatchFileSnapshot('../../golden/apns-send-as.txt');
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
    [
      'in its words',
      ({ path, body }) => refusal(`Bad request: ${decodeURIComponent(path)} ${body}`),
    ],
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
    [
      'without an envelope',
      (request) => ({ status: 400, body: JSON.stringify({ Message: all(request) }) }),
    ],
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
        expect(
          stderr.split('\n').filter((line) => line.includes('debug:') && line.includes('?')),
        ).toEqual([]);
      }
    }
  });

  test('as an identifier of the answer has it left out of the trace', async () => {
    const secret = 'a:b.c-d';
    for (const form of ['json', 'form', 'query'] as const) {
      const server = await startServer([{ ...missing, headers: { 'x-request-id': secret } }]);
      const env = { MFA_CLI_TENANT: server.origin, MFA_CLI_TOKEN: 'an-opaque-access-token' };
      const argv = [
        'apns',
        'delete',
        '--client-app-key',
        secret,
        '--yes',
        '--send-as',
        form,
        '--debug',
      ];
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
  expect([result.exitCode, JSON.parse(result.stdout).sentAs]).toEqual([0, 'form']);
  expect((await settingsOf(emulator))[`${key}_APNSCert`]).toBe(
    p12Bytes('71-1MB-friendlyname').toString('base64'),
  );
});
