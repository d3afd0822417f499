import { describe, expect, test } from 'vitest';
import { freePort } from '../../../scripts/free-port.mjs';
import {
  type ApnsAnswer,
  type ApnsPlay,
  badDeviceToken,
  type ScriptedApns,
  serverCa,
  startApns,
} from '../../support/apns.ts';
import { createMachine } from '../../support/context.ts';
import { serviceToken } from '../../support/emulator.ts';
import { secretPassword as env, p12Path } from '../../support/fixtures.ts';
import { tlsFixture } from '../../support/http.ts';
import { cleanEnvironment, runProgram } from '../../support/process.ts';
import { startCommand } from '../../support/server-command.ts';
import { settingsOf, shareTenant } from '../../support/tenant.ts';
import { isMissing } from '../../support/tools.ts';

const good = p12Path('01-default-aes256');
const topic = 'com.example.lab';
const signedIn = shareTenant();
const disallowed: ApnsAnswer = { status: 400, body: { reason: 'TopicDisallowed' } };
const expectedAnswer =
  'APNs answered BadDeviceToken, as expected when certificate, topic and environment are right.';
const topicIsWrong =
  'APNs answered TopicDisallowed (HTTP 400). The certificate does not have this topic. Use one of its topics, or the certificate of the app.';

const wayTo = ({ host }: Pick<ScriptedApns, 'host'>): string[] => [
  '--apns-host',
  host,
  '--ca-file',
  serverCa,
];

async function verify(
  words: readonly string[],
  more: Parameters<ReturnType<typeof createMachine>['run']>[1] = {},
) {
  return createMachine().run(['apns', 'verify', ...words], { env, ...more });
}

describe('apns verify', () => {
  test('asks once, for a device that nobody has', async () => {
    const apns = await startApns();
    const { exitCode, stdout, stderr } = await verify([good, ...wayTo(apns), '--json']);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({
      file: good,
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      topic,
      environment: 'production',
      host: apns.host,
      answer: { status: 400, reason: 'BadDeviceToken', apnsId: 'A0B1', timestamp: null },
      accepted: true,
      explanation: expectedAnswer,
      findings: expect.any(Array),
      ok: true,
    });
    expect(apns.received).toEqual([
      {
        headers: expect.objectContaining({
          ':path': `/3/device/${'0'.repeat(64)}`,
          'apns-topic': topic,
          'apns-push-type': 'alert',
          'apns-priority': '10',
          'apns-expiration': '0',
        }),
        body: '{"aps":{"alert":"mfa-cli apns verify"}}',
        certificates: [expect.any(String)],
      },
    ]);
  });

  test('says it to a person', async () => {
    const apns = await startApns();
    const { stdout } = await verify([good, ...wayTo(apns)]);
    expect(stdout.replace(/[0-9a-f]{64}/, 'FINGERPRINT').replace(/\n\n[!i] .*/s, '')).toBe(
      `✓ APNs accepts this certificate for ${topic} (production).

${expectedAnswer}

SHA-256      FINGERPRINT
Topic        ${topic}
Environment  production
Host         ${apns.host}
apns-id      A0B1`,
    );
  });

  const environment =
    'APNs answered BadCertificateEnvironment (HTTP 403). The certificate is for the other environment. Use that environment, or a certificate of the kind “Sandbox & Production”.';
  const stranger = 'APNs always gives one: this may be another server.';
  test.each<[string, ApnsAnswer, number, string]>([
    ['a topic', disallowed, 6, topicIsWrong],
    ['the environment', { status: 403, body: { reason: 'BadCertificateEnvironment' } }, 6, environment],
    ['what is new', { status: 400, body: { reason: 'Teapot' } }, 6, 'APNs answered Teapot (HTTP 400).'],
    ['no APNs', { status: 404, body: '<html>' }, 6, `APNs gave no reason (HTTP 404). ${stranger}`],
    [
      'a page',
      { status: 200, headers: { 'apns-id': '' }, body: '<html>' },
      6,
      `APNs gave no apns-id (HTTP 200). ${stranger}`,
    ],
    ['a push that is taken', { status: 200 }, 0, 'APNs accepted the push.'],
  ])('judges by %s', async (_case, play, expected, explanation) => {
    const apns = await startApns([play]);
    const { exitCode, stdout, stderr } = await verify([good, ...wayTo(apns), '--json']);
    expect([exitCode, stderr]).toEqual([expected, '']);
    expect(JSON.parse(stdout)).toMatchObject({ accepted: expected === 0, explanation, ok: expected === 0 });
    expect((await verify([good, ...wayTo(apns)])).stdout).toMatch(/^[✗✓] APNs /);
  });

  test.skipIf(isMissing('openssl'))('ends with 6 where TLS refuses the certificate', async () => {
    const host = await startCommand('openssl', (port) => [
      ...['s_server', '-accept', `127.0.0.1:${port}`, '-alpn', 'h2', '-Verify', '1', '-verify_return_error'],
      ...['-key', tlsFixture('server.key'), '-cert', tlsFixture('server.pem'), '-CAfile', serverCa, '-quiet'],
    ]);
    const { exitCode, stdout, stderr } = await verify([good, ...wayTo({ host }), '--json']);
    expect([exitCode, stderr]).toEqual([6, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      answer: null,
      accepted: false,
      explanation: `${host} refused the certificate: its issuer is unknown to the server (TLS alert 48).`,
    });
  });

  test.each<[string, readonly string[], string, string]>([
    ['expired', [p12Path('30-exp')], '', 'certificate-expired'],
    [
      'not of this environment',
      [p12Path('30-prod'), '--environment', 'sandbox'],
      'sandbox.',
      'environment-mismatch',
    ],
    ['not of this topic', [good, '--topic', 'com.example'], '', 'topic-mismatch'],
    ['not of its key', [p12Path('61-mismatched-pair-mac-ok')], '', 'key-mismatch'],
  ])('asks nobody about a certificate that is %s', async (_case, words, sandbox, code) => {
    const { exitCode, stdout, stderr } = await verify([...words, '--json']);
    expect([exitCode, stderr]).toEqual([4, '']);
    expect(JSON.parse(stdout)).toMatchObject({
      host: `api.${sandbox}push.apple.com`,
      answer: null,
      accepted: false,
      explanation: 'APNs was not asked: the checks found 1 error and 1 warning.',
      findings: expect.arrayContaining([expect.objectContaining({ code })]),
      ok: false,
    });
  });

  test.each([
    ['sandbox, which is all that it serves', '30-dev', [], 'sandbox'],
    ['production', '30-prod', [], 'production'],
    ['production, of both', '01-default-aes256', [], 'production'],
    ['the sandbox, which is asked for', '01-default-aes256', ['--environment', 'sandbox'], 'sandbox'],
  ])('asks %s', async (_case, name, words, environment) => {
    const apns = await startApns();
    const { stdout } = await verify([p12Path(name), ...wayTo(apns), '--json', ...words]);
    expect(JSON.parse(stdout)).toMatchObject({ environment, ok: true });
  });

  test('ends after a farewell to a connection that stays open', async () => {
    const farewell: ApnsPlay = (stream, session) => {
      stream.respond({ ':status': 400, 'apns-id': 'A0B1' });
      stream.end('{"reason":"BadDeviceToken"}');
      session.goaway(0);
    };
    const { host } = await startApns([farewell]);
    const started = performance.now();
    const { exitCode } = await runProgram(
      ['apns', 'verify', good, ...wayTo({ host })],
      cleanEnvironment({ MFA_CLI_P12_PASSWORD: 'secret' }),
    );
    expect([exitCode, performance.now() - started < 20_000]).toEqual([0, true]);
  });

  test('finds its way by the environment, and its CA by the profile', async () => {
    const { host } = await startApns();
    const machine = createMachine();
    await machine.run(['profile', 'set', 'ca-file', serverCa]);
    const variables = { ...env, MFA_CLI_APNS_HOST: host };
    expect((await machine.run(['apns', 'verify', good], { env: variables })).exitCode).toBe(0);
  });

  test('leaves a line in the trace', async () => {
    const apns = await startApns();
    const { stderr } = await verify([good, ...wayTo(apns), '--debug']);
    expect(stderr).toMatch(
      /mfa-cli: debug: POST https:\/\/127\.0\.0\.1:\d+\/3\/device\/00000000… → 400 BadDeviceToken in \d+ ms, apns-id A0B1\n/,
    );
  });

  test('ends with 7 where nobody answers, and names the other port', async () => {
    const host = `127.0.0.1:${await freePort()}`;
    const { exitCode, stdout, stderr } = await verify([good, '--apns-host', host]);
    expect([exitCode, stdout]).toEqual([7, '']);
    expect(stderr).toContain(`error: ${host} could not be reached: the connection was refused\n`);
    expect(stderr).toContain('2197');
  });

  test('ends with 130 at an interrupt', async () => {
    const apns = await startApns([() => {}]);
    const interrupt = new AbortController();
    const { CliError } = await import('../../../src/errors/cli-error.ts');
    setTimeout(() => interrupt.abort(new CliError('interrupted', 'Interrupted')), 500);
    const { exitCode, stdout } = await verify([good, ...wayTo(apns)], { signal: interrupt.signal });
    expect([exitCode, stdout]).toEqual([130, '']);
  });
});

describe('apns set --verify', () => {
  async function setUp(plays: readonly ApnsAnswer[]) {
    const { emulator, set } = await signedIn();
    const apns = await startApns(plays);
    return { emulator, apns, set: (...more: string[]) => set(['--verify', ...wayTo(apns), ...more]) };
  }

  const verificationOf = (host: string, answer: object): object => ({
    environment: 'production',
    host,
    answer: { status: 400, apnsId: 'A0B1', timestamp: null, ...answer },
  });

  test('sets what APNs accepts', async () => {
    const { emulator, apns, set } = await setUp([badDeviceToken]);
    const { exitCode, stdout } = await set('--json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      sent: true,
      verification: {
        ...verificationOf(apns.host, { reason: 'BadDeviceToken' }),
        accepted: true,
        explanation: expectedAnswer,
      },
    });
    expect(await settingsOf(emulator)).toMatchObject({ [`${topic}_APNSTopic`]: topic });
    expect((await set()).stdout).toContain('APNs            accepts this certificate (production)\n');
  });

  test.each(['--force', '--yes'])('sends nothing that APNs refuses, not with %s', async (word) => {
    const { emulator, apns, set } = await setUp([disallowed]);
    const { exitCode, stdout } = await set('--json', word);
    expect(exitCode).toBe(6);
    expect(JSON.parse(stdout)).toMatchObject({
      sent: false,
      verification: {
        ...verificationOf(apns.host, { reason: 'TopicDisallowed' }),
        accepted: false,
        explanation: topicIsWrong,
      },
    });
    expect(await settingsOf(emulator)).toEqual({});
    expect((await set()).stdout).toMatch(/^✗ Nothing was sent: APNs does not accept this certificate\n/);
  });

  test.each<[number, ApnsAnswer]>([
    [0, badDeviceToken],
    [6, disallowed],
  ])('asks in a dry run too, and ends with %i', async (expected, play) => {
    const { emulator, apns, set } = await setUp([play]);
    const { exitCode, stdout } = await set('--json', '--dry-run');
    expect(exitCode).toBe(expected);
    expect(JSON.parse(stdout)).toMatchObject({ sent: false, dryRun: true });
    expect(apns.received).toHaveLength(1);
    expect(await settingsOf(emulator)).toEqual({});
  });

  test('waits for APNs and the tenant no longer than --timeout in all', async () => {
    const lateness = 300;
    const late: ApnsPlay = (stream) => {
      setTimeout(() => {
        stream.respond({ ':status': 400, 'apns-id': 'A0B1' });
        stream.end('{"reason":"BadDeviceToken"}');
      }, lateness);
    };
    const apns = await startApns([late]);
    const { emulator } = await signedIn();
    const words = ['--verify', ...wayTo(apns), '--tenant', emulator.url, '--timeout', '60'];
    const { exitCode, timeouts } = await createMachine().run(['apns', 'set', '--p12', good, ...words], {
      env: { ...env, MFA_CLI_TOKEN: await serviceToken(emulator) },
    });
    expect([exitCode, timeouts]).toEqual([0, [expect.any(Number)]]);
    // A timer may be a millisecond early.
    expect(timeouts[0]).toBeLessThan(60_000 - lateness + 2);
  });
});
