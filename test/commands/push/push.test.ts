import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { badDeviceToken, deviceToken, serverCa, startApns } from '../../support/apns.ts';
import { createMachine, testNow } from '../../support/context.ts';
import { callApi, serviceToken } from '../../support/emulator.ts';
import { tlsFixture } from '../../support/http.ts';
import { outsideOf } from '../../support/renewal.ts';
import { startCommand } from '../../support/server-command.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { startTenant } from '../../support/tenant.ts';
import { createTokenKey, keyId, readToken, teamId, writeP8 } from '../../support/token-key.ts';
import { isMissing, isRefused } from '../../support/tools.ts';

const topic = 'com.example.app';
const { pem, publicKey, publicPem } = createTokenKey();
const p8 = writeP8(pem, temporaryDirectory());
const names = ['--key-id', keyId, '--team-id', teamId];

const run = (
  words: string,
  more: readonly string[],
  options: Parameters<ReturnType<typeof createMachine>['run']>[1],
) => createMachine().run([...words.split(' '), ...more], options);
const to = ['--device-token', deviceToken];
const withKey = ['--p8', p8, ...names, '--topic', topic];

test('a token is signed for the key and the team, begins at a half hour, and is never shown', async () => {
  const { host, received } = await startApns([{ status: 200 }]);
  const way = ['--apns-host', host, '--ca-file', serverCa];
  const { stdout, stderr } = await run(
    'push send',
    [...to, ...withKey, ...way, '--json', '--debug'],
    {},
  );
  const [, token = ''] = /^bearer (.*)$/.exec(received[0]?.headers.authorization ?? '') ?? [];
  expect(readToken(token, publicKey)).toEqual({
    header: { alg: 'ES256', kid: keyId },
    claims: { iss: teamId, iat: Math.floor(testNow.getTime() / 1_800_000) * 1800 },
    signed: true,
  });
  const shown = `${stdout}${stderr}`;
  for (const line of pem.split('\n').slice(1, -2)) expect(shown).not.toContain(line);
  expect(shown).not.toMatch(/eyJ|bearer/i);
});

test('the emulator accepts a .p8 that it was told of, for its topics', async () => {
  const { emulator } = await startTenant({ now: () => testNow });
  const key = { KeyId: keyId, TeamId: teamId, PublicKey: publicPem, Topics: [topic] };
  await callApi(emulator, '/emulator/apns-key', await serviceToken(emulator), key);
  const env = outsideOf(emulator).apns;
  const verify = async (asked: string) => {
    const argv = [...withKey, '--topic', asked, '--json'];
    const { exitCode, stdout } = await run('apns verify', argv, { env });
    const { accepted, answer } = JSON.parse(stdout);
    return [exitCode, accepted, answer.reason];
  };
  expect(await verify(topic)).toEqual([0, true, 'BadDeviceToken']);
  expect(await verify('com.example.other')).toEqual([6, false, 'TopicDisallowed']);
});

test('docs/commands.md shows command lines with a .p8 that go well', async () => {
  const page = readFileSync(new URL('../../../docs/commands.md', import.meta.url), 'utf8');
  const [, lines = ''] = /^```sh\n(mfa-cli apns verify --p8 .*?)^```$/ms.exec(page) ?? [];
  const { host, received } = await startApns([badDeviceToken, { status: 200 }]);
  const env = { MFA_CLI_APNS_HOST: host, MFA_CLI_CA_FILE: serverCa };
  for (const line of lines.trimEnd().split('\n')) {
    const words = line
      .replace(/^mfa-cli /, '')
      .replace(/AuthKey_\S+/, p8)
      .replace('80f3…', deviceToken);
    expect((await run(words, [], { env })).exitCode).toBe(0);
  }
  expect(received.map(({ headers }) => headers[':path'])).toEqual([
    `/3/device/${'0'.repeat(64)}`,
    `/3/device/${deviceToken}`,
  ]);
});

// `ü` counts two bytes in the alert and two in the options.
test.each([
  [4096, 0],
  [4097, 2],
])('a payload of %i bytes ends with %i', async (size, expected) => {
  const aps = { alert: 'üü', category: 'MfaNotificationCategoryId', sound: 'default' };
  const unanswered = { aps, payload: { Options: { Message: 'üü', ChallengeAnswer: '' } } };
  const left = size - Buffer.byteLength(JSON.stringify(unanswered));
  const argv = ['--message', 'üü', '--challenge', 'x'.repeat(left), '--json'];
  const { exitCode, stdout } = await run('push payload', argv, {});
  expect(exitCode).toBe(expected);
  const { bytes, error } = JSON.parse(stdout);
  expect(expected === 0 ? bytes : error.message).toEqual(
    expected === 0 ? size : expect.stringContaining('4097'),
  );
  const send = [...to, ...withKey, '--dry-run', ...argv];
  expect((await run('push send', send, {})).exitCode).toBe(expected);
});

const python = '/usr/bin/python3';
const needsPython = isMissing('python3') || isRefused(python, '-c', 'import h2, cryptography');

describe.skipIf(needsPython)('a stand-in by h2 and pyca/cryptography', () => {
  test.each<[string, string, number, string | null, string?]>([
    ['push send', topic, 200, null],
    ['apns verify', topic, 400, 'BadDeviceToken'],
    ['push send', 'com.example.other', 400, 'TopicDisallowed'],
    ['push send', topic, 403, 'InvalidProviderToken', createTokenKey().publicPem],
  ])('answers %s for %s with %i %s', async (command, asked, status, reason, key = publicPem) => {
    const file = join(temporaryDirectory(), 'public.pem');
    writeFileSync(file, key);
    const script = fileURLToPath(new URL('../../apple/token-apns.py', import.meta.url));
    const [certificate, serverKey] = [tlsFixture('server.pem'), tlsFixture('server.key')];
    const host = await startCommand(python, (port) => [
      ...[script, String(port), certificate, serverKey, file, keyId, teamId, topic],
    ]);
    const words = [...(command === 'push send' ? to : []), ...withKey, '--topic', asked];
    const way = ['--apns-host', host, '--ca-file', serverCa, '--json'];
    const { stdout } = await run(command, [...words, ...way], { now: new Date() });
    expect(JSON.parse(stdout).answer).toMatchObject({ reason, status });
  });
});
