import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Assumptions } from '../../../src/emulator/assumptions.ts';
import { createMachine } from '../../support/context.ts';
import { serviceToken } from '../../support/emulator.ts';
import { p12Path, secretPassword } from '../../support/fixtures.ts';
import { startServer } from '../../support/http.ts';
import { visit } from '../../support/tenant.ts';
import {
  anotherTenant,
  changeProfile,
  openWorld,
  play,
  type Stories,
  signedInAs,
  unhurried,
  type World,
} from '../stage.ts';

const hostileKey = 'two: "b", 100%\n::warning::x';
/** Two profiles: one certificate that is valid until December 2027, and one that has expired. */
const withTwo = [
  signedInAs('good'),
  signedInAs('old'),
  'set %good --profile good …',
  `set %30-exp --client-app-key '${hostileKey}' --profile old --force …`,
];

const records: Stories = {
  'tells what is valid, what expires soon and what has expired': [
    'set %good …',
    ...['2026-11-24', '2027-11-30', '2028-01-01'].flatMap((day) => [
      `status @${day}`,
      `status @${day} => ok state warnDays source`,
    ]),
  ],
  'has nothing to tell where nothing was set': ['status'],
  'tells of all profiles, fewest days first, whatever a key holds': [
    ...withTwo,
    'status --all-profiles',
    'status --all-profiles --json',
    'status --all-profiles @2027-11-30',
    'status --all-profiles --format prometheus',
  ],
};

/** Somebody else gives the tenant the same certificate with another topic. */
const elsewhere = 'TENANT set com.example.lab com.example.\u001b[31melsewhere';
const token = async (world: World) => {
  world.env = { ...world.env, MFA_CLI_TOKEN: await serviceToken(world.emulator) };
};

const refreshed = (assumptions: Partial<Assumptions>): Stories => ({
  [`set --refresh, and status --refresh after another administrator, with ${JSON.stringify(assumptions)}`]:
    [
      'set %good --refresh => held',
      'set %good --client-app-key second …',
      elsewhere,
      'status --refresh => ok clientAppKey held',
    ],
});

const refreshing: Stories = {
  'shows a column and warns, and leaves the exit code': [
    'set %good …',
    'set %good --client-app-key second …',
    elsewhere,
    'status --refresh',
  ],
  'says that a key of ours is gone where the tenant tells of others': [
    'set %good …',
    'TENANT delete com.example.lab',
    'TENANT set another',
    'status --refresh => held',
  ],
  'is unknown where you are not signed in, said once with the way to sign in': [
    'set %good …',
    'set %good --client-app-key second …',
    '. logout',
    'status --refresh => held',
  ],
  'is unknown where the tenant is gone': [
    'set %good …',
    ({ emulator }) => emulator.close(),
    'status --refresh --timeout 5 => held',
  ],
  "asks each tenant with its own profile's session, and sends a variable's token to its tenant alone":
    [
      anotherTenant('other'),
      'set %good …',
      'set %good --profile other …',
      'status --all-profiles --refresh => profile held',
      '. logout --all',
      token,
      'status --all-profiles --refresh --profile default => profile held',
    ],
  'asks nobody where nothing was set, and nobody without --refresh': [
    'status --refresh',
    'set %good …',
    'status => held',
  ],
  'set --refresh says what is held, to a person and in a pipe': [
    'set %good --refresh',
    'set %good --refresh --topic com.example.lab --client-app-key com.example.lab ?',
  ],
  'is set all the same where the scope allows no question': [
    async ({ emulator, machine, port }) => {
      const words = [
        'login',
        '--tenant',
        emulator.url,
        '--port',
        String(port),
        '--profile',
        'narrow',
      ];
      const { exitCode } = await machine.run([...words, '--scope', 'apns'], { browser: visit });
      expect(exitCode).toBe(0);
    },
    'set %good --profile narrow --refresh => sent held',
  ],
};

const uses = 'clientAppKey inUse inUseFrom ignoredSince';
const silenced = 'sent code';
const [old, young] = ['--client-app-key com.old.app', '--client-app-key com.new.app'];
const inUse: Stories = {
  'a set silences another app that this machine set last, under whichever profile': [
    signedInAs('b'),
    `set %good ${old} => ${silenced}`,
    `set %good ${young} --profile b => ${silenced} message hint`,
    // The key in use again silences nobody; the other one would.
    `set %good ${young} => ${silenced}`,
    `set %good ${old} --dry-run => ${silenced}`,
  ],
  'a set that silences another app is stopped by --fail-on warning': [
    `set %good ${old} …`,
    `set %good ${young} --fail-on warning => ${silenced}`,
    'TENANT holds',
  ],
  'a set that silences another app says so above the question, also for the same certificate again':
    [`set %good ${old} …`, `set %good ${young} @2026-11-26 …`, `set %good ${old} ? -`],
  'a set silences an app that another machine set, where the tenant tells': [
    'TENANT set com.their.app',
    `set %good ${young} --dry-run => ${silenced}`,
    `set %good ${young} --refresh => ${silenced} message`,
  ],
  'the key in use alone has no column': [`set %good ${young} …`, 'status'],
  'the key in use by the tenant’s own word, and what this machine never set': [
    `set %good ${old} …`,
    'TENANT set com.their.app',
    `status --refresh => ${uses}`,
  ],
};
const inUseUntold: Stories = {
  'a set silences an app that another machine set: the tenant does not tell': [
    'TENANT set com.their.app',
    `set %good ${young} --refresh => ${silenced} message`,
  ],
  'the key in use by the record, and since when another is ignored': [
    `set %good ${old} @2026-11-25 …`,
    `set %good ${young} @2026-11-26 …`,
    `status @2026-11-27 => ${uses}`,
    'status @2026-11-27',
  ],
  'the key in use by the order of what was done, though the clock was ahead before': [
    `set %good ${old} @2027-01-01 …`,
    `set %good ${young} @2026-11-26 …`,
    `status @2026-11-27 => ${uses}`,
    'delete com.old.app --yes @2026-11-27',
    `status @2026-11-27 => ${uses}`,
  ],
  'the key in use is unknown once another key was deleted, until the next set': [
    `set %good ${old} @2026-11-25 …`,
    `set %good ${young} @2026-11-26 …`,
    'delete com.old.app --yes @2026-11-27',
    `status => ${uses}`,
    `set %good ${young} @2026-11-28 …`,
    `status => ${uses}`,
  ],
  'a moment on record than which none is later prevents nothing': [
    `set %good ${old} …`,
    changeProfile(({ certificates: [last] }) =>
      Object.assign(last, { setAt: '+275760-09-13T00:00:00.000Z' }),
    ),
    `set %good ${young} …`,
  ],
};

/** A record in which the answer to such a request is missing. */
const unanswered = (asked: 'set' | 'delete') => (world: World) =>
  changeProfile((profile) => {
    const at = '2026-11-24T16:00:00.000Z';
    const target = {
      tenant: world.emulator.url,
      clientAppKey: 'com.new.app',
      topic: 'com.example.lab',
    };
    const sent =
      asked === 'set' ? { fingerprint: 'f'.repeat(64), notAfter: '2027-12-24T00:00:00.000Z' } : {};
    profile.requests = [{ ...target, asked, outcome: 'sending', at, ...sent }];
  })(world);
const done = { set: 'TENANT set com.new.app', delete: 'TENANT delete com.new.app' };
const settled = (asked: 'set' | 'delete', before: readonly string[], isDone: boolean) => [
  ...before.map((words) => `set %good ${words} …`),
  ...(isDone ? [done[asked]] : []),
  unanswered(asked),
  'status => asked outcome',
  'status --refresh => asked outcome',
  'status => clientAppKey topic asked outcome',
];
const voip = `${young} --topic com.example.lab.voip`;

const missing: Stories = {
  'a set is settled by another topic that was there': settled('set', [voip], true),
  'a set that was not done, likewise': settled('set', [voip], false),
  'a first set that was not done': settled('set', [old], false),
  'a first set is settled by the key in use': settled('set', [old], true),
  'a first set is not settled with nothing before': settled('set', [], true),
  'a set of the same key and topic is not settled': settled('set', [young], true),
  'a delete is settled': settled('delete', [young, old], true),
  'a delete that was not done is settled': settled('delete', [young, old], false),
  'is told, and says so when it is settled': [
    `set %good ${voip} …`,
    done.set,
    unanswered('set'),
    'status',
    'status --refresh',
  ],
  'is said above the question of the next set, which is asked though the record has the same': [
    `set %good ${young} …`,
    unanswered('set'),
    `set %good ${young} ? -`,
  ],
  'is settled by a set of its own key alone': [
    unanswered('set'),
    `set %good ${old} …`,
    'status => ok',
    `set %good ${young} …`,
    'status => ok',
  ],
};
const missingUntold: Stories = {
  'a set is not settled where the tenant does not tell': settled('set', [voip], true),
  'makes unknown which of two keys is in use, and another key’s set silences either': [
    `set %good ${old} …`,
    unanswered('set'),
    `status => ${uses}`,
    `set %good --client-app-key com.third.app --dry-run => ${silenced}`,
  ],
  'is settled by a later set of an earlier version, which knows nothing of it': [
    unanswered('set'),
    changeProfile((profile) => {
      const [{ tenant, clientAppKey }] = profile.requests;
      const target = { tenant, clientAppKey, topic: clientAppKey, fingerprint: 'e'.repeat(64) };
      const times = { notAfter: '2027-12-24T00:00:00.000Z', setAt: '2026-11-25T16:00:00.000Z' };
      profile.certificates = [{ ...target, ...times }];
    }),
    'status => ok',
  ],
};

const known = { 'tenant-config': 'known' } as const;
const silent = { 'tenant-config': 'unknown', 'advanced-config': 'silent' } as const;
const combinations = (['known', 'unknown', 'refused'] as const).flatMap((config) =>
  (['open', 'silent', 'shut'] as const).map(
    (advanced): Partial<Assumptions> => ({ 'tenant-config': config, 'advanced-config': advanced }),
  ),
);

test.each<[string, readonly [Stories, Partial<Assumptions>][]]>([
  ['status', [[records, {}]]],
  [
    'status-refresh',
    [
      ...combinations.map((each): [Stories, typeof each] => [refreshed(each), each]),
      [refreshing, {}],
    ],
  ],
  [
    'key-in-use',
    [
      [inUse, known],
      [inUseUntold, silent],
    ],
  ],
  [
    'missing-answer',
    [
      [missing, known],
      [missingUntold, silent],
    ],
  ],
])('apns %s', unhurried, async (name, parts) => {
  const told: string[] = [];
  for (const [stories, assumptions] of parts) told.push(await play(stories, { assumptions }));
  await expect(told.join('\n')).toMatchFileSnapshot(`../../golden/apns-${name}.txt`);
});

test('the key in use by the order of the answers, where two are set at once', async () => {
  const machine = createMachine();
  const held = new Map<string, () => void>();
  const server = await startServer([
    (response) => {
      const { path, body } = server.received.at(-1) ?? expect.fail('no request');
      const answer = () => response.writeHead(200).end('{"success":true,"Result":null}');
      if (path.startsWith('/Mobile/')) held.set(JSON.parse(body).ClientAppKey, answer);
      else answer();
    },
  ]);
  const env = { ...secretPassword, MFA_CLI_TENANT: server.origin, MFA_CLI_TOKEN: 'a-token' };
  const setAt = async (key: string, day: string) => {
    const argv = ['apns', 'set', p12Path('01-default-aes256'), '--client-app-key', key];
    const setting = machine.run(argv, { now: new Date(day), env });
    await expect.poll(() => held.has(key)).toBe(true);
    return { setting };
  };
  const first = await setAt('old', '2026-11-25');
  const second = await setAt('new', '2026-11-26');
  held.get('new')?.();
  await second.setting;
  held.get('old')?.();
  await first.setting;
  const { stdout } = await machine.run(['apns', 'status', '--json'], {
    now: new Date('2026-11-27'),
  });
  const inUse = JSON.parse(stdout).certificates.map((each: Record<string, unknown>) => [
    each.clientAppKey,
    each.inUse,
  ]);
  expect(Object.fromEntries(inUse)).toEqual({ old: true, new: false });
});

test('a machine without a record of requests has none in its file', async () => {
  const { machine } = await openWorld();
  await machine.run(['apns', 'set', p12Path('01-default-aes256')], { env: secretPassword });
  expect(readFileSync(join(machine.directory, 'config.json'), 'utf8')).not.toContain('"requests"');
});

test('whoami and doctor agree about a session that the tenant no longer accepts', async () => {
  const { emulator, machine } = await openWorld();
  changeProfile(({ session }) => Object.assign(session, { accessToken: 'revoked' }))({ machine });
  expect((await machine.run(['whoami'])).exitCode).toBe(5);
  const { checks } = JSON.parse((await machine.run(['doctor', '--json'])).stdout);
  const message = `${emulator.url} no longer accepts the session.`;
  expect(checks).toContainEqual(
    expect.objectContaining({ code: 'session', level: 'warning', message }),
  );
});
