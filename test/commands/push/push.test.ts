import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  type ApnsPlay,
  badDeviceToken,
  deviceToken,
  serverCa,
  startApns,
} from '../../support/apns.ts';
import { createMachine, testNow } from '../../support/context.ts';
import { callApi, serviceToken } from '../../support/emulator.ts';
import { p12Path } from '../../support/fixtures.ts';
import { tlsFixture } from '../../support/http.ts';
import { outsideOf } from '../../support/renewal.ts';
import { startCommand } from '../../support/server-command.ts';
import { sharedDirectory, temporaryDirectory } from '../../support/temporary-directory.ts';
import { createTokenKey, keyId, readToken, teamId, writeP8 } from '../../support/token-key.ts';
import { isMissing, isRefused } from '../../support/tools.ts';
import { play, type Stories, type World } from '../stage.ts';

const topic = 'com.example.app';
const { pem, publicKey, publicPem } = createTokenKey();
const p8 = writeP8(pem, sharedDirectory());
const names = ['--key-id', keyId, '--team-id', teamId];

/** The words of these commands, and an APNs with these answers, of which is shown what it got. */
const at =
  (...answers: readonly ApnsPlay[]) =>
  async (world: World) => {
    const { host, received } = await startApns(answers);
    world.env = { ...world.env, MFA_CLI_APNS_HOST: host, MFA_CLI_CA_FILE: serverCa };
    Object.assign(world.words, {
      SEND: ['.', 'push', 'send', '--device-token', deviceToken],
      PAYLOAD: ['.', 'push', 'payload', '--message', 'Sign in to Zürich?', '--challenge', 'c-1'],
      SAID: ['--message', 'Sign in?', '--challenge', 'abc'],
      KEY: ['--p8', p8, ...names, '--topic', topic],
      NAMES: names,
      ...{
        $P8: [p8],
        $PEM: [pem],
        $P12: [p12Path('01-default-aes256')],
        $UMLAUTS: ['ü'.repeat(2000)],
        $TOKEN: [deviceToken],
      },
    });
    world.asked.push(() =>
      received.map(({ headers, body, certificates }, index) => {
        const { authorization, ...others } = headers;
        const told = Object.entries(others).filter(([name]) => /^(:path|apns-)/.test(name));
        const by = authorization === undefined ? `${certificates.length} certificate` : 'a token';
        return `> APNs ${index + 1}, by ${by}: ${told.map((pair) => pair.join('=')).join(' ')}\n  ${body}`;
      }),
    );
  };
const taken = at({ status: 200 });
/** From an option, the environment, standard input. */
const sources = { MFA_CLI_P8: p8, MFA_CLI_KEY_ID: keyId, MFA_CLI_TEAM_ID: teamId };

const stories: Stories = {
  'push payload prints the push, for the simulator as well': [
    taken,
    'PAYLOAD',
    'PAYLOAD --json',
    'PAYLOAD --simulator com.example.app',
    'PAYLOAD --simulator com.example.app --json',
    'PAYLOAD --simulator app',
  ],
  'push send gives APNs the push as the tenant does': [
    taken,
    'SEND %good SAID',
    'SEND --p12 %good SAID --json',
  ],
  'push send says since when a device token is not good': [
    at({ status: 410, body: { reason: 'Unregistered', timestamp: 1_761_000_000_000 } }),
    'SEND %good SAID …',
  ],
  'push send is not stopped by an APNs that is busy for a moment': [
    at(
      { status: 429, headers: { 'retry-after': '0' }, body: { reason: 'TooManyRequests' } },
      { status: 200 },
    ),
    'SEND %good SAID …',
  ],
  'push send shows what would be sent, and sends it to nobody': [
    taken,
    'SEND %good SAID --dry-run',
    'SEND %good SAID --dry-run --json',
    'SEND %good SAID --dry-run --topic com.example.lab.complication => topic headers',
  ],
  'push send sends nothing where the checks find errors': [
    taken,
    'SEND %good SAID --topic com.example …',
    'SEND %good SAID --topic com.example --dry-run => sent explanation ok',
  ],
  'push send refuses what is no push': [
    taken,
    '. push send %good',
    '. push send %good --device-token xyz',
    'SEND %good --message $UMLAUTS',
  ],
  'push send asks a person for the device token, and takes it as an app prints it': [
    taken,
    `. push send %good SAID --dry-run ? <${deviceToken.toUpperCase()}>`,
  ],
  'a .p8 pushes, without a certificate, under the topic that is given': [
    taken,
    'SEND KEY SAID …',
    'SEND KEY SAID --json',
    'verify KEY',
  ],
  'a .p8 is verified for a device that nobody has': [
    at(badDeviceToken),
    'verify KEY',
    'verify KEY => file token ok',
  ],
  'a .p8 comes from the environment as well, and from standard input': [
    taken,
    (world) => {
      world.env = { ...world.env, ...sources };
    },
    `SEND SAID --topic ${topic} => file keyId teamId sent`,
    // An option beats the environment.
    `SEND SAID --p8 - --topic ${topic} < '$PEM' => file keyId sent`,
    'SEND %good --dry-run => file token ok',
  ],
  'a .p8 is asked for in a terminal as far as it is not said': [
    taken,
    `SEND --p8 $P8 --dry-run ? ${keyId} | ${teamId} | ${topic} …`,
  ],
  'a .p8 is refused where something is missing or too much': [
    taken,
    ...[
      '--p8 $P8',
      '--p8 $P8 NAMES',
      `--p8 $P8 --key-id ABC --team-id ${teamId} --topic a.b`,
      '--p8 $P8 --p12 $P12',
      '$P12 --p8 $P8',
      '--p8 $P8 --password-file x',
      `--key-id ${keyId}`,
    ].flatMap((words) => [`SEND ${words}`, `verify ${words}`]),
    `MFA_CLI_TEAM_ID=${teamId.toLowerCase()} SEND --p8 $P8 --key-id ${keyId} --topic a.b`,
    'MFA_CLI_P8=$P8 MFA_CLI_P12=$P12 verify',
    'MFA_CLI_P8=$P8 MFA_CLI_P12=$P12 SEND',
  ],
  'a file that is no .p8 is said to be none': [
    taken,
    ({ words }) => {
      words.$PFX = [writeP8(Buffer.from('308209a10201033082', 'hex'), temporaryDirectory())];
      words.$PUBLIC = [writeP8(publicPem, temporaryDirectory())];
      words.$LARGE = [writeP8(`${pem}${' '.repeat(17_000)}`, temporaryDirectory())];
    },
    ...['$PFX', '$PUBLIC', '$LARGE'].flatMap((file) => [
      `SEND KEY --p8 ${file}`,
      `verify KEY --p8 ${file}`,
    ]),
  ],
  'APNs has something against a .p8, in words about keys': [
    at({ status: 403, body: { reason: 'InvalidProviderToken' } }),
    'SEND KEY SAID …',
  ],
  'the emulator takes a .p8 that it was told of, for its topics': [
    taken,
    async (world) => {
      const key = { KeyId: keyId, TeamId: teamId, PublicKey: publicPem, Topics: [topic] };
      await callApi(world.emulator, '/emulator/apns-key', await serviceToken(world.emulator), key);
      world.env = { ...world.env, ...outsideOf(world.emulator).apns };
    },
    'verify KEY => accepted reason',
    'verify KEY --topic com.example.other => accepted reason',
  ],
};

test('the commands that push', async () => {
  const text = await play(stories, { now: () => testNow });
  await expect(text).toMatchFileSnapshot('../../golden/push.txt');
});

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
