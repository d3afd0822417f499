import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { badDeviceToken, deviceToken, type ScriptedApns, serverCa, startApns } from '../../support/apns.ts';
import { createMachine, type RunOptions, testNow } from '../../support/context.ts';
import { callApi, openEmulator, serviceToken } from '../../support/emulator.ts';
import { p12Path, secretPassword } from '../../support/fixtures.ts';
import { tlsFixture } from '../../support/http.ts';
import { startCommand } from '../../support/server-command.ts';
import { sharedDirectory, temporaryDirectory } from '../../support/temporary-directory.ts';
import { createTokenKey, keyId, readToken, teamId, writeP8 } from '../../support/token-key.ts';
import { isMissing, isRefused } from '../../support/tools.ts';

const topic = 'com.example.app';
const { pem, publicKey, publicPem } = createTokenKey();
const p8 = writeP8(pem, sharedDirectory());
const names = ['--key-id', keyId, '--team-id', teamId];
const sentence = 'A tenant needs a .p12 with a push certificate: start one with `mfa-cli apns request`.';
const p12 = p12Path('01-default-aes256');

type Command = 'push send' | 'apns verify';
const commands: readonly Command[] = ['push send', 'apns verify'];

/** Runs a command, which shows neither the key nor a token. */
async function run(command: Command, words: readonly string[], options: RunOptions = {}) {
  const argv = [
    ...command.split(' '),
    ...(command === 'push send' ? ['--device-token', deviceToken] : []),
    ...words,
  ];
  const result = await createMachine().run([...argv, '--debug'], options);
  const shown = `${result.stdout}${result.stderr}`;
  for (const line of pem.split('\n').slice(1, -2)) expect(shown).not.toContain(line);
  expect(shown).not.toMatch(/eyJ|bearer/i);
  return result;
}

const at = (host: string, ca = serverCa): string[] => ['--apns-host', host, '--ca-file', ca];
const tokenIn = ({ received: [push] }: ScriptedApns): string => {
  const { authorization = '' } = push?.headers ?? {};
  expect(authorization).toMatch(/^bearer /);
  return authorization.slice('bearer '.length);
};

describe('a .p8 in place of a .p12', () => {
  test('pushes, without a certificate, under the topic that is given', async () => {
    const apns = await startApns([{ status: 200 }]);
    const words = ['--p8', p8, ...names, '--topic', topic, ...at(apns.host)];
    const { exitCode, stdout } = await run('push send', [...words, '--json']);
    expect(exitCode).toBe(0);
    const { headers, ...report } = JSON.parse(stdout);
    expect(report).toMatchObject({
      file: p8,
      token: { keyId, teamId },
      topic,
      environment: 'production',
      sent: true,
      explanation: `APNs accepted the push. ${sentence}`,
      findings: [],
      ok: true,
    });
    expect(headers).toEqual(expect.objectContaining({ 'apns-topic': topic }));
    expect(headers).not.toHaveProperty('authorization');
    expect(apns.received[0]).toMatchObject({ headers, certificates: [] });
    const iat = Math.floor(testNow.getTime() / 1_800_000) * 1800;
    expect(readToken(tokenIn(apns), publicKey)).toEqual({
      header: { alg: 'ES256', kid: keyId },
      claims: { iss: teamId, iat },
      signed: true,
    });
  });

  test('is verified for a device that nobody has', async () => {
    const apns = await startApns();
    const words = ['--p8', p8, ...names, '--topic', topic, ...at(apns.host)];
    const { exitCode, stdout } = await run('apns verify', words);
    expect([exitCode, stdout]).toEqual([
      0,
      `✓ APNs accepts this key for ${topic} (production).

APNs answered BadDeviceToken, as expected when key, topic and environment are right. ${sentence}

Key ID       ${keyId}
Team ID      ${teamId}
Topic        ${topic}
Environment  production
Host         ${apns.host}
apns-id      A0B1
`,
    ]);
    expect(apns.received[0]?.headers[':path']).toBe(`/3/device/${'0'.repeat(64)}`);
  });

  test('comes from the environment as well, and from standard input', async () => {
    const apns = await startApns([{ status: 200 }]);
    const words = ['--topic', topic, ...at(apns.host), '--json'];
    const env = { MFA_CLI_P8: p8, MFA_CLI_KEY_ID: keyId, MFA_CLI_TEAM_ID: teamId };
    const fromEnvironment = await run('push send', words, { env });
    expect(JSON.parse(fromEnvironment.stdout)).toMatchObject({
      file: p8,
      token: { keyId, teamId },
      sent: true,
    });
    // An option beats the environment.
    const fromStdin = await run('push send', ['--p8', '-', ...words], { env, stdin: pem });
    expect(JSON.parse(fromStdin.stdout)).toMatchObject({ file: 'standard input', sent: true });
    const withP12 = await run('push send', [p12, ...words.slice(2), '--dry-run'], {
      env: { ...env, ...secretPassword },
    });
    expect(JSON.parse(withP12.stdout)).toMatchObject({ file: p12, ok: true });
    expect(JSON.parse(withP12.stdout)).not.toHaveProperty('token');
  });

  test('is asked for at a terminal as far as it is not said', async () => {
    const words = ['--p8', p8, '--dry-run'];
    const { stdout, questions } = await run('push send', words, { answers: [keyId, teamId, topic] });
    expect(questions).toEqual([
      'Key ID of the .p8:',
      'Team ID of the Apple developer account:',
      'Topic, the bundle ID of the app:',
    ]);
    expect(stdout).toContain(`✓ Checks passed. Nothing was sent (dry run).\n${sentence}\n`);
  });

  const takesPlace = 'A .p8 and a .p12 cannot be used together';
  const oneOfTwo = 'Give --p8 FILE or --p12 FILE.';
  test.each<[string, string, Record<string, string>, string, string | null]>([
    [
      'key ID, team ID and topic are missing',
      '--p8 P8',
      {},
      'The .p8 also needs the key ID, the team ID and the topic',
      'Give --key-id ID, --team-id ID and --topic TOPIC.',
    ],
    [
      'only the topic is missing',
      `--p8 P8 ${names.join(' ')}`,
      {},
      'A .p8 needs a topic',
      'Give --topic TOPIC.',
    ],
    [
      'the key ID is too short',
      `--p8 P8 --key-id ABC --team-id ${teamId} --topic a.b`,
      {},
      '"ABC" is not a key ID, which has ten characters, A to Z and 0 to 9',
      'Give --key-id ID, or set MFA_CLI_KEY_ID.',
    ],
    [
      'the team ID is in lower case',
      `--p8 P8 --key-id ${keyId} --topic a.b`,
      { MFA_CLI_TEAM_ID: teamId.toLowerCase() },
      '"a1b2c3d4e5" is not a team ID, which has ten characters, A to Z and 0 to 9',
      'Give --team-id ID, or set MFA_CLI_TEAM_ID.',
    ],
    ['there is a .p12, too', `--p8 P8 --p12 ${p12}`, {}, takesPlace, oneOfTwo],
    ['there is a .p12 as argument, too', `${p12} --p8 P8`, {}, takesPlace, oneOfTwo],
    ["there is a .p12's password, too", '--p8 P8 --password-file x', {}, takesPlace, oneOfTwo],
    [
      'both are in the environment',
      '',
      { MFA_CLI_P8: p8, MFA_CLI_P12: p12 },
      'MFA_CLI_P8 and MFA_CLI_P12 cannot both be set',
      null,
    ],
    [
      'there is only its key ID',
      `--key-id ${keyId}`,
      {},
      '--key-id and --team-id need a .p8',
      'Give --p8 FILE, or set MFA_CLI_P8.',
    ],
  ])('is refused where %s', async (_case, words, env, message, hint) => {
    const given = words.split(' ').flatMap((word) => (word === '' ? [] : word.replace('P8', p8)));
    for (const command of commands) {
      const { exitCode, stdout, stderr } = await run(command, given, { env });
      expect([exitCode, stdout]).toEqual([2, '']);
      const hints = hint === null ? '' : `mfa-cli: hint: ${hint}\n`;
      expect(stderr).toBe(`mfa-cli: error: ${message}\n${hints}`);
    }
  });

  test.each<[string, string | Uint8Array, string]>([
    ['a .p12', Buffer.from('308209a10201033082', 'hex'), 'is a .p12, not a .p8 key: --p12 takes it'],
    ['the public half', publicPem, 'is not a .p8 key: it holds PUBLIC KEY in PEM'],
    ['too large', `${pem}${' '.repeat(17_000)}`, 'is larger than 16 KiB'],
  ])('that is %s ends with 3', async (_case, content, words) => {
    const file = writeP8(content);
    for (const command of commands) {
      const { exitCode, stderr } = await run(command, ['--p8', file, ...names, '--topic', topic]);
      expect([exitCode, stderr.split('\n')[0]]).toEqual([3, `mfa-cli: error: ${file} ${words}`]);
    }
  });

  test('does what docs/commands.md says', async () => {
    const page = readFileSync(new URL('../../../docs/commands.md', import.meta.url), 'utf8');
    const [, lines = ''] = /^```sh\n(mfa-cli apns verify --p8 .*?)^```$/ms.exec(page) ?? [];
    const [verify = '', push = '', ...others] = lines.trimEnd().split('\n');
    const apns = await startApns([badDeviceToken, { status: 200 }]);
    const env = { MFA_CLI_APNS_HOST: apns.host, MFA_CLI_CA_FILE: serverCa };
    const results = [];
    for (const line of [verify, push, ...others]) {
      const words = line
        .replace(/AuthKey_\S+/, p8)
        .replace('80f3…', deviceToken)
        .split(' ')
        .slice(1);
      results.push((await createMachine().run(words, { env })).exitCode);
    }
    expect(results).toEqual([0, 0]);
    expect(apns.received.map(({ headers }) => headers[':path'])).toEqual([
      `/3/device/${'0'.repeat(64)}`,
      `/3/device/${deviceToken}`,
    ]);
  });

  test('says what APNs has against it in words about keys', async () => {
    const apns = await startApns([{ status: 403, body: { reason: 'InvalidProviderToken' } }]);
    const words = ['--p8', p8, ...names, '--topic', topic, ...at(apns.host)];
    const { exitCode, stdout } = await run('push send', words);
    expect(exitCode).toBe(6);
    expect(stdout).toContain(
      '✗ APNs answered InvalidProviderToken (HTTP 403). The provider token is not valid: the .p8 key, the key ID and the team ID do not belong together,',
    );
  });
});

test('the emulator takes a key that it was told of, for its topics', async () => {
  const emulator = await openEmulator({ now: () => testNow });
  onTestFinished(() => emulator.close());
  const ca = join(temporaryDirectory(), 'ca.pem');
  writeFileSync(ca, emulator.apns.ca);
  const key = { KeyId: keyId, TeamId: teamId, PublicKey: publicPem, Topics: [topic] };
  await callApi(emulator, '/emulator/apns-key', await serviceToken(emulator), key);
  const verify = async (asked: string) => {
    const words = ['--p8', p8, ...names, '--topic', asked, ...at(emulator.apns.host, ca), '--json'];
    const { exitCode, stdout } = await run('apns verify', words);
    return [exitCode, JSON.parse(stdout).answer.reason];
  };
  expect(await verify(topic)).toEqual([0, 'BadDeviceToken']);
  expect(await verify('com.example.other')).toEqual([6, 'TopicDisallowed']);
});

const python = '/usr/bin/python3';
const needsPython = isMissing('python3') || isRefused(python, '-c', 'import h2, cryptography');

describe.skipIf(needsPython)('a stand-in by h2 and pyca/cryptography', () => {
  const start = (key = publicPem): Promise<string> => {
    const file = join(temporaryDirectory(), 'public.pem');
    writeFileSync(file, key);
    const script = fileURLToPath(new URL('../../apple/token-apns.py', import.meta.url));
    const [certificate, serverKey] = [tlsFixture('server.pem'), tlsFixture('server.key')];
    return startCommand(python, (port) => [
      ...[script, String(port), certificate, serverKey, file, keyId, teamId, topic],
    ]);
  };

  test.each<[Command, string, string, string | null]>([
    ['push send', 'takes the push', topic, null],
    ['apns verify', 'takes the key', topic, 'BadDeviceToken'],
    ['push send', 'judges the topic', 'com.example.other', 'TopicDisallowed'],
  ])('%s: it %s', async (command, _case, asked, reason) => {
    const words = ['--p8', p8, ...names, '--topic', asked, ...at(await start()), '--json'];
    const { stdout } = await run(command, words, { now: new Date() });
    expect(JSON.parse(stdout).answer).toMatchObject({ reason, status: reason === null ? 200 : 400 });
  });

  test('refuses what another key signed', async () => {
    const host = await start(createTokenKey().publicPem);
    const words = ['--p8', p8, ...names, '--topic', topic, ...at(host), '--json'];
    const { stdout } = await run('push send', words, { now: new Date() });
    expect(JSON.parse(stdout).answer).toMatchObject({ reason: 'InvalidProviderToken', status: 403 });
  });
});
