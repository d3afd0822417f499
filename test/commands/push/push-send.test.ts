import { describe, expect, test } from 'vitest';
import { type ApnsPlay, deviceToken, serverCa, startApns } from '../../support/apns.ts';
import { createMachine, testNow } from '../../support/context.ts';
import { secretPassword as env, p12Path } from '../../support/fixtures.ts';

const good = p12Path('01-default-aes256');
const topic = 'com.example.lab';
const now = Math.floor(testNow.getTime() / 1000);
const payload = {
  aps: { alert: 'Sign in?', category: 'MfaNotificationCategoryId', sound: 'default' },
  payload: { Options: { Message: 'Sign in?', ChallengeAnswer: 'abc' } },
};
const type = { 'apns-topic': topic, 'apns-push-type': 'alert', 'apns-priority': '10' };
const headers = { ...type, 'apns-expiration': String(now + 300) };
const [id, collapsed] = ['x'.repeat(64), 'A collapse ID must have 1 to 64 bytes'];
const said = ['--message', 'Sign in?', '--challenge', 'abc'];
const to = ['--device-token', deviceToken];

function send(
  words: readonly string[],
  more: Parameters<ReturnType<typeof createMachine>['run']>[1] = {},
): ReturnType<ReturnType<typeof createMachine>['run']> {
  return createMachine().run(['push', 'send', '--p12', good, ...words], { env, ...more });
}

async function sendThrough(plays: readonly ApnsPlay[], words: readonly string[] = []) {
  const apns = await startApns(plays);
  const result = await send([...to, ...said, '--apns-host', apns.host, '--ca-file', serverCa, ...words]);
  return { ...result, ...apns };
}

describe('push send', () => {
  test('takes the file as its argument as well', async () => {
    const words = [...to, ...said, '--dry-run', '--json'];
    const named = await send(words);
    expect(await createMachine().run(['push', 'send', good, ...words], { env })).toEqual(named);
    expect([named.exitCode, JSON.parse(named.stdout).file]).toEqual([0, good]);
  });

  test('gives APNs the push as the tenant does', async () => {
    const { exitCode, stdout, stderr, host, received } = await sendThrough([{ status: 200 }], ['--json']);
    expect([exitCode, stderr]).toEqual([0, '']);
    const body = JSON.stringify(payload);
    expect(JSON.parse(stdout)).toEqual({
      ...{ file: good, topic, environment: 'production', host, deviceToken, headers, payload },
      ...{ bytes: body.length, sent: true, dryRun: false, explanation: 'APNs accepted the push.' },
      answer: { status: 200, reason: null, apnsId: 'A0B1', timestamp: null },
      ...{ findings: expect.any(Array), ok: true },
    });
    const sent = expect.objectContaining({ ':path': `/3/device/${deviceToken}`, ...headers });
    expect(received).toEqual([{ headers: sent, body, certificates: [expect.any(String)] }]);
  });

  test('says it to a person', async () => {
    const { stdout, host } = await sendThrough([{ status: 200 }]);
    expect(stdout.replace(/\n\n[!i] .*/s, '')).toBe(`✓ APNs accepted the push.

Topic         ${topic}
Environment   production
Host          ${host}
Device token  ${deviceToken}
apns-id       A0B1`);
  });

  test('says since when a device token is not good', async () => {
    const gone = { status: 410, body: { reason: 'Unregistered', timestamp: 1_761_000_000_000 } };
    const { exitCode, stdout, received } = await sendThrough([gone]);
    expect(exitCode).toBe(6);
    const since = 'since 20 Oct 2025 22:40 (399 days ago). ';
    expect(stdout).toContain(`✗ APNs answered Unregistered (HTTP 410) ${since}`);
    expect(received).toHaveLength(1);
  });

  test('is not stopped by an APNs that is busy for a moment', async () => {
    const busy = { status: 429, headers: { 'retry-after': '0' }, body: { reason: 'TooManyRequests' } };
    const { exitCode, received } = await sendThrough([busy, { status: 200 }]);
    expect([exitCode, received.length]).toEqual([0, 2]);
  });

  test.each<[string, readonly string[], object]>([
    ['expires at once', ['--expiration', '0'], { 'apns-expiration': '0' }],
    ['expires in a minute', ['--expiration', '60'], { 'apns-expiration': String(now + 60) }],
    ['replaces another', ['--collapse-id', id], { 'apns-collapse-id': id }],
    ['is for another topic', ['--topic', `${topic}.complication`], { 'apns-topic': `${topic}.complication` }],
  ])('shows a push that %s, and sends it to nobody', async (_case, words, differs) => {
    const { exitCode, stdout, connections } = await sendThrough([], ['--dry-run', '--json', ...words]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ headers: { ...headers, ...differs }, payload, sent: false, dryRun: true },
      ...{ answer: null, explanation: 'Nothing was sent.', ok: true },
    });
    expect(connections()).toBe(0);
  });

  test('shows to a person what would be sent', async () => {
    const { stdout } = await send([...to, ...said, '--dry-run']);
    expect(stdout.replace(/\n\n[!i] .*/s, '')).toBe(`✓ Checks passed. Nothing was sent (dry run).

Topic         ${topic}
Environment   production
Host          api.push.apple.com
Device token  ${deviceToken}

apns-topic       ${topic}
apns-push-type   alert
apns-priority    10
apns-expiration  ${now + 300}

${JSON.stringify(payload, null, 2)}`);
  });

  test.each([[], ['--dry-run']])('sends nothing where the checks find errors: %s', async (...words) => {
    const other = ['--topic', 'com.example', '--json', ...words];
    const { exitCode, stdout, connections } = await sendThrough([], other);
    expect(exitCode).toBe(4);
    const explanation = 'Nothing was sent: the checks found errors.';
    expect(JSON.parse(stdout)).toMatchObject({ sent: false, explanation, ok: false });
    expect(connections()).toBe(0);
  });

  test.each<[string, readonly string[], string]>([
    ['without a device token', [], 'No device token was given'],
    ['to what is no device token', ['--device-token', 'xyz'], 'This is not a device token: it must have '],
    ['of too many bytes', [...to, '--message', 'ü'.repeat(2000)], 'The payload has 8'],
    ['with a collapse ID that is too long', [...to, '--collapse-id', `${id}x`], collapsed],
    ['with a collapse ID that no header carries', [...to, '--collapse-id', 'ü'], collapsed],
    ['that never expires', [...to, '--expiration', 'never'], '"never" is not an expiration'],
    ['that expires too late', [...to, '--expiration', '2592001'], '"2592001" is not an expiration'],
  ])('is no push %s', async (_case, words, message) => {
    const { exitCode, stdout, stderr } = await send(words);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`error: ${message}`);
  });

  test('asks a person for the device token, and takes it as an app prints it', async () => {
    const answers = [`<${deviceToken.toUpperCase()}>`];
    const { exitCode, stdout, questions } = await send([...said, '--dry-run', '--json'], { answers });
    expect([exitCode, questions]).toEqual([0, ['Device token of the app:']]);
    expect(JSON.parse(stdout)).toMatchObject({ deviceToken });
  });
});
