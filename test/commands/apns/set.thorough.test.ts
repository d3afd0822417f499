import { expect, test } from 'vitest';
import { freePort } from '../../../scripts/free-port.mjs';
import { type ApnsPlay, badDeviceToken, serverCa, startApns } from '../../support/apns.ts';
import { createMachine } from '../../support/context.ts';
import { serviceToken } from '../../support/emulator.ts';
import { secretPassword as env, p12Path } from '../../support/fixtures.ts';
import { startAnswering } from '../../support/http.ts';
import { isThorough } from '../../support/patience.ts';
import { shareTenant } from '../../support/tenant.ts';
import { apns, changeProfile, play, type Stories, unhurried } from '../stage.ts';

const disallowed: ApnsPlay = { status: 400, body: { reason: 'TopicDisallowed' } };

/** Stopped by a finding, and sent with --force. */
const stopped = (words: string, topic = '') => [
  `set ${words} --client-app-key com.example.lab`,
  'TENANT holds',
  `set ${words} --client-app-key com.example.lab ${topic} --force => sent`,
  'TENANT holds',
  `set ${words} --client-app-key com.example.lab ${topic} --force`,
];

const stories: Stories = {
  'gives the tenant exactly the file, its password and its topic': [
    'set --p12 %good --json',
    'TENANT holds',
  ],
  'says that the same again is the same': ['set %good', 'set %good', 'set %good => sent unchanged'],
  'sends no bytes that trail the PFX': ['set %70-trailing-crlf => sent', 'TENANT holds'],
  'takes topic and key from the options': [
    "set %good --topic com.example.lab.voip --client-app-key 'my key'",
    'TENANT holds',
  ],
  'stops at a topic that is not in it': stopped('%good --topic com.example.other'),
  'stops at an environment that is not served': stopped('%30-dev --environment production'),
  'stops at an expired certificate': stopped('%30-exp'),
  'stops at a distribution certificate': stopped('%30-dist', '--topic com.example.lab'),
  'stops at a warning, where that is asked for': [
    'set %good --fail-on warning',
    'TENANT holds',
    'set %good --fail-on warning --force => sent',
  ],
  'cannot send a certificate without a topic': [
    'set %30-dist --force',
    'set %30-dist --force --dry-run => message',
  ],
  'sends nothing in a dry run, which tells errors as the real run does': [
    'set %good --dry-run',
    'set %good --dry-run => tenant sent sentAs dryRun',
    'set %30-exp --dry-run',
    'set %good --dry-run --refresh',
    'TENANT holds',
  ],
  'refuses a certificate that ends before the one it set': [
    'set %good',
    changeProfile(({ certificates: [last] }) =>
      Object.assign(last, { notAfter: '2029-12-24T00:00:00Z', fingerprint: '0'.repeat(64) }),
    ),
    'set %good',
  ],
  'asks in a terminal before it replaces another one, and only then': [
    'set %good --client-app-key com.example.lab',
    'set %30-prod --client-app-key com.example.lab --force ? -',
    'TENANT holds',
    'set %30-prod --client-app-key com.example.lab --force ? +',
    'set %30-prod --client-app-key com.example.lab --force ?',
    'set %good --client-app-key com.example.lab --force --yes ?',
    'TENANT holds',
  ],
  'takes no yes or no for the client app key, and warns of a new key that is not the topic': [
    "set %30-prod --no-verify --fail-on error ? y | ' Yes' | n | 'NO ' | '' | maybe | -",
    "set %30-prod --no-verify --fail-on error --topic ' com.example.lab ' ? com.example.lab | -",
  ],
  'asks before a first certificate with a warning, and not about the same again': [
    'set %good --client-app-key lab ? -',
    'TENANT holds',
    'set %good --client-app-key lab ? +',
    'set %good --client-app-key lab ?',
    'set %good --client-app-key other --yes ?',
    'set %good --yes ?',
    'set %good ?',
  ],
  'refuses what cannot be set before anything is asked': ['set %30-exp ?'],
  'asks APNs first in a terminal, and says each thing once': [
    apns(badDeviceToken),
    'set %good --client-app-key lab ? +',
    'set %good --client-app-key lab --no-verify ?',
  ],
  'takes an APNs that cannot be reached for a note, with --verify for a failure': [
    async (world) => {
      world.env = { ...world.env, MFA_CLI_APNS_HOST: `127.0.0.1:${await freePort()}` };
    },
    'set %good --yes ?',
    'set %good --yes --verify ?',
  ],
  'sets with --verify what APNs accepts': [
    apns(badDeviceToken),
    'set %good --verify',
    'set %good --verify --json',
    'TENANT holds',
  ],
  'sends nothing that APNs refuses': [
    apns(disallowed),
    'set %good --verify',
    'set %good --verify --force --json',
    'set %good --verify --yes => sent accepted',
    'set %good --verify --dry-run => sent dryRun accepted reason',
    'TENANT holds',
  ],
  'asks APNs in a dry run as well': [
    apns(badDeviceToken),
    'set %good --verify --dry-run => sent dryRun accepted reason',
    'TENANT holds',
  ],
  'is no reason to convert a file that the tenant refuses for its key': [
    'set %31-certonly --force --yes --topic com.d',
    'set %61-mismatched-pair-mac-ok --force --yes --topic com.d',
  ],
  'goes on where the record cannot be written': [
    async (world) => {
      const token = {
        MFA_CLI_TENANT: world.emulator.url,
        MFA_CLI_TOKEN: await serviceToken(world.emulator),
      };
      Object.assign(world, {
        machine: createMachine('/dev/null/mfa-cli'),
        env: { ...env, ...token },
      });
    },
    'set %good',
  ],
  'a pipeline that lacks several things hears of all of them at once': [
    (world) => Object.assign(world, { machine: createMachine(), env: { CI: 'true' } }),
    'set',
    'set %good',
    'MFA_CLI_P12_PASSWORD=secret set %good',
    'MFA_CLI_P12_PASSWORD=secret MFA_CLI_TOKEN=an-opaque-token set',
    'MFA_CLI_TENANT=http://127.0.0.1:9 set',
    'set --dry-run',
    'MFA_CLI_P12_PASSWORD=secret set --profile default',
    'MFA_CLI_P12_PASSWORD=secret set %good --profile nobody',
    '. api GET /x --profile nobody',
    '. whoami --profile nobody',
    '. whoami => code',
  ],
};

const aes = { assumptions: { 'p12-aes': 'unreadable' } } as const;
const iterations = { assumptions: { 'p12-iterations': 'limited' } } as const;

test('apns set', unhurried, async () => {
  const told = [
    await play(stories),
    await play({ 'a tenant that cannot read AES': ['set %good', 'TENANT holds'] }, aes),
    // Millions of hashes, here and at the tenant: patience with a busy machine.
    await play(
      {
        'a tenant that rejects high iteration counts': [
          'set %18-iter-600k --timeout 300',
          'TENANT holds',
        ],
      },
      iterations,
    ),
  ];
  await expect(told.join('\n')).toMatchFileSnapshot('../../golden/apns-set.txt');
});

test.runIf(isThorough)(
  'a tenant that rejects high iteration counts of an older scheme',
  async () => {
    const told = await play(
      { old: ['set %18-legacy-iter-600k --timeout 300 => code hints', 'TENANT holds'] },
      iterations,
    );
    expect(told).toContain('rejects high iteration counts');
    expect(told).toContain('[6]');
  },
);

const signedIn = shareTenant();
test('apns set --verify waits for APNs and the tenant no longer than --timeout in all', async () => {
  const lateness = 300;
  const late: ApnsPlay = (stream) => {
    setTimeout(() => {
      stream.respond({ ':status': 400, 'apns-id': 'A0B1' });
      stream.end('{"reason":"BadDeviceToken"}');
    }, lateness);
  };
  const { host } = await startApns([late]);
  const { emulator } = await signedIn();
  const way = [
    '--apns-host',
    host,
    '--ca-file',
    serverCa,
    '--tenant',
    emulator.url,
    '--timeout',
    '60',
  ];
  const argv = ['apns', 'set', p12Path('01-default-aes256'), '--verify', ...way];
  const { exitCode, timeouts } = await createMachine().run(argv, {
    env: { ...env, MFA_CLI_TOKEN: await serviceToken(emulator) },
  });
  expect([exitCode, timeouts]).toEqual([0, [expect.any(Number)]]);
  // A timer may be a millisecond early.
  expect(timeouts[0]).toBeLessThan(60_000 - lateness + 2);
});

test('apns set --refresh is done at a tenant that never says what it holds', async () => {
  const paths: (string | undefined)[] = [];
  const tenant = await startAnswering((request, response) => {
    paths.push(request.url?.split('?', 1)[0]);
    if (request.url?.startsWith('/Mobile/')) response.end('{"success":true,"Result":null}');
  });
  const argv = ['apns', 'set', p12Path('01-default-aes256'), '--refresh', '--timeout', '2'];
  const { exitCode, stdout, stderr } = await createMachine().run(
    [...argv, '--tenant', tenant, '--json'],
    {
      env: { ...env, MFA_CLI_TOKEN: 'a-token' },
    },
  );
  expect([exitCode, JSON.parse(stdout)]).toMatchObject([
    0,
    { sent: true, held: { outcome: 'unknown' } },
  ]);
  expect(stderr.match(/did not answer in time/g)).toHaveLength(1);
  expect(paths).toEqual([
    '/Core/GetTenantConfig',
    '/Mobile/SetApnsCertForClientApp',
    '/Core/GetTenantConfig',
  ]);
});
