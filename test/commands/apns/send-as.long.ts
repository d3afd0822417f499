import { describe, expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { p12Bytes, p12Path } from '../../support/fixtures.ts';
import { type Answer, startServer, type TestServer } from '../../support/http.ts';

type Received = TestServer['received'][number];

const file = '22-pw-spaces-quotes';
const password = ' a"b\'c$ ';
const set = ['apns', 'set', '--p12', p12Path(file)];
const base64 = p12Bytes(file).toString('base64');

const refusal = (Message: string, MessageID: string | null = null): Answer => ({
  body: JSON.stringify({ success: false, Result: null, Message, MessageID, ErrorID: 'abc:1' }),
});
const missing = refusal(
  'The required parameter ClientAppKey is missing.',
  '_I18N_RequiredParameter',
);

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
