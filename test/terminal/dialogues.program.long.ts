import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { createMachine } from '../support/context.ts';
import { p12Path } from '../support/fixtures.ts';
import { startFleet } from '../support/fleet.ts';
import { isThorough } from '../support/patience.ts';
import {
  cleanEnvironment,
  ctrlC,
  enter,
  openTerminal,
  type PseudoTerminal,
  type Step,
} from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { settingsOf, shareTenant, signIn, startTenant, visit } from '../support/tenant.ts';
import { isMissing } from '../support/tools.ts';

const visitor = fileURLToPath(new URL('../../scripts/visit.mjs', import.meta.url));
const port = await freePort();
const share = shareTenant({ redirectUris: [`http://127.0.0.1:${port}/callback`] });
const key = 'com.example.lab';
const typeKey = `Type "${key}" to confirm:`;
const files = {
  'a-both.p12': '01-default-aes256',
  'b-production.pfx': '30-prod',
  'sandbox.p12': '30-dev',
  'voip.p12': '30-voip',
  'open.pfx': '21-emptypw',
};

/** A directory with some files, a tenant, and a machine that knows nothing, with a browser that follows redirects. */
async function newcomer() {
  const { emulator } = await share();
  const directory = temporaryDirectory();
  for (const [name, fixture] of Object.entries(files))
    copyFileSync(p12Path(fixture), join(directory, name));
  const browser = { MFA_CLI_PORT: String(port), BROWSER: `"${process.execPath}" "${visitor}"` };
  const env = cleanEnvironment(browser);
  const open = (...words: readonly string[]): PseudoTerminal =>
    openTerminal(words, env, directory, 'cols 80 rows 24');
  const held = async () => (await settingsOf(emulator))[`${key}_APNSCert`];
  return { emulator, env, open, held, machine: createMachine(env.MFA_CLI_CONFIG_DIR) };
}

/** The same machine with a session, and with the certificate that it set for com.example.lab. */
async function signedIn() {
  const here = await newcomer();
  const { set } = await signIn(here.emulator, here.machine);
  await set();
  return { ...here, set, before: await here.held() };
}

/** What is asked from an empty configuration on, and what a person answers. */
const dialogue = (tenant: string): readonly (readonly [string, string])[] => [
  ['Which .p12?', enter],
  ['Password of a-both.p12', `secret${enter}`],
  ['Sign in now?', `y${enter}`],
  ['Tenant URL or host', `${tenant}${enter}`],
  ['Application ID', enter],
  ['OAuth client ID', enter],
];

describe.skipIf(isMissing('script'))('apns set from an empty configuration', () => {
  test('asks for everything, signs in, sums up, and sends, at 80 columns and 24 lines', async () => {
    const { emulator, open, held, machine } = await newcomer();
    const terminal = open('apns', 'set');
    await terminal.answer(...dialogue(emulator.url));
    await terminal.read(/http:\/\/127\.0\.0\.1:\d+\/callback/);
    await terminal.answer(['Client app key', enter]);
    await terminal.read('[issuer-not-apple]');
    await terminal.read(/Replaces +nothing on record for this client app key/);
    await terminal.answer(['Set the certificate for com.example.lab at ', `y${enter}`]);
    await terminal.read('Set the push certificate for com.example.lab');
    expect(await terminal.end()).toMatchObject({ exitCode: 0, restored: true });
    expect(await held()).toBe(readFileSync(p12Path('01-default-aes256')).toString('base64'));
    const status = await machine.run(['apns', 'status', '--json']);
    expect(JSON.parse(status.stdout).certificates).toHaveLength(1);
  });

  // A hidden answer; test/terminal/pseudo-terminal.program.long.ts ends a line so.
  test.each(isThorough ? [0, 1, 2, 3, 4, 5] : [1])(
    'Ctrl-C at question %i ends with 130',
    async (index) => {
      const { emulator, open, held } = await newcomer();
      const terminal = open('apns', 'set');
      const steps = dialogue(emulator.url);
      await terminal.answer(...steps.slice(0, index), [steps[index]?.[0] ?? '', ctrlC]);
      expect(await terminal.end()).toMatchObject({ exitCode: 130, restored: true });
      expect(await held()).toBeUndefined();
    },
  );

  test('a declined sign-in ends with 5, and a bad tenant is asked again', async () => {
    const { open } = await newcomer();
    const declined = open('apns', 'set');
    await declined.answer(...dialogue('').slice(0, 2), ['Sign in now?', `n${enter}`]);
    expect(await declined.end()).toMatchObject({ exitCode: 5, restored: true });
    const again = open('login');
    await again.answer(
      ['Tenant URL or host', `http://example.com${enter}`],
      ['must use https', ctrlC],
    );
    expect(await again.end()).toMatchObject({ exitCode: 130, restored: true });
  });
});

const wrong = ['Password of', `no${enter}`] as const;
const right = ['Password of', `secret${enter}`] as const;
const down = '\u001b[B';
const elsewhere = ['Which .p12?', `${down.repeat(5)}${enter}`] as const;
const replacing: readonly Step[] = [right, ['Client app key', enter]];
const set = 'apns set --p12 b-production.pfx';
const remove = `apns delete --client-app-key ${key}`;
const convert = 'apns convert open.pfx --format p12 --out new.p12';

/** Those that no other kind of question stands for, and all of them where there is time. */
const left: readonly (readonly [string, string, readonly Step[], number])[] = [
  [
    'no file of that name, and the list again',
    'apns inspect',
    [elsewhere, ['Path of the .p12', `no.p12${enter}`], ['Which .p12?', ctrlC]],
    130,
  ],
  [
    'the wrong kind of file from the list, and the list again',
    'apns set',
    [
      ['Which .p12?', `${down.repeat(4)}${enter}`],
      right,
      [/cannot\s+send/, ''],
      ['Which .p12?', ctrlC],
    ],
    130,
  ],
  [
    'Return alone at the replacement',
    set,
    [...replacing, ['Replace the certificate for', enter]],
    130,
  ],
  [
    'maybe to the replacement, and then no',
    set,
    [...replacing, ['Replace the certificate for', `maybe${enter}`], ['Type y or n', `n${enter}`]],
    130,
  ],
  [
    'another key than the one to delete, twice',
    remove,
    [
      [typeKey, `yes${enter}`],
      ['Type it once more', ''],
      [typeKey, `yes${enter}`],
    ],
    130,
  ],
  ['Ctrl-C at a sign-in', 'login --no-browser', [['paste the address', ctrlC]], 130],
  [
    'three wrong passwords',
    set,
    [wrong, ['2 attempts left.', ''], wrong, ['1 attempt left.', ''], wrong],
    3,
  ],
  ['a file that cannot be set', 'apns set voip.p12', [right, ['[push-kind-unsupported]', '']], 4],
  ['Ctrl-C at the key to delete', remove, [[typeKey, ctrlC]], 130],
  ['Ctrl-C at the path of the file', 'apns inspect', [elsewhere, ['Path of the .p12', ctrlC]], 130],
  ['Ctrl-C at the replacement', set, [...replacing, ['Replace the certificate for', ctrlC]], 130],
  ['Ctrl-C at the password of a new file', convert, [['Password of the new file', ctrlC]], 130],
];

describe.skipIf(isMissing('script'))(
  'nothing is sent, and the terminal is as it was, after',
  () => {
    test.each(isThorough ? left : left.slice(0, 2))('%s', async (_name, words, steps, exitCode) => {
      const { open, held, before } = await signedIn();
      const terminal = open(...words.split(' '));
      await terminal.answer(...steps);
      expect(await terminal.end()).toMatchObject({ exitCode, restored: true });
      expect(await held()).toBe(before);
    });

    test.runIf(isThorough)(
      'a sandbox certificate over a production one, meant, and Return: the warning stands above the question',
      async () => {
        const { open, held, before } = await signedIn();
        const terminal = open('apns', 'set', 'sandbox.p12', '--client-app-key', key);
        await terminal.answer(right);
        expect(await terminal.read(/[\s\S]*Set it for the sandbox\? \(y\/N\)/)).toContain(
          'works only with',
        );
        terminal.type(`y${enter}`);
        const question =
          /[\s\S]*Client app key +\S+\s+Tenant +\S+\s+Topic +\S+\s+Environments +sandbox\s+Valid until +2027-12-24 \(\d+ days left\)\s+SHA-256 +83504a1c…\s+Replaces +[\s\S]*\? Replace the certificate for \S+ at \S+\? \(y\/N\)/;
        expect(await terminal.read(question)).toContain('[production-lost]');
        terminal.type(enter);
        expect((await terminal.end()).exitCode).toBe(130);
        expect(await held()).toBe(before);
      },
    );
  },
);

describe.skipIf(isMissing('script'))('in a terminal', () => {
  test('a session that the tenant does not take any more: signed in again before the plan, then set', async () => {
    const { emulator, login } = await startTenant();
    const { env, open, machine } = await newcomer();
    await machine.run(login, { browser: visit });
    Object.assign(env, { MFA_CLI_PORT: login.at(-1) });
    const { profiles } = JSON.parse(readFileSync(join(machine.directory, 'config.json'), 'utf8'));
    for (const token of [
      profiles.default.session.accessToken,
      profiles.default.session.refreshToken,
    ])
      await fetch(`${emulator.url}/OAuth2/Revoke/mfa-cli`, {
        method: 'POST',
        body: new URLSearchParams({ token, client_id: 'mfa-cli' }),
      });
    const terminal = open('apns', 'set', 'a-both.p12', '--client-app-key', key);
    await terminal.answer(right);
    const asked = await terminal.read(/[\s\S]*Your session has ended\. Sign in now\?/);
    expect(asked).not.toMatch(/Replaces +/);
    terminal.type(enter);
    await terminal.answer(['Set the certificate for com.example.lab at ', `y${enter}`]);
    await terminal.read('Set the push certificate for');
    expect((await terminal.end()).exitCode).toBe(0);
    expect(Object.keys(await settingsOf(emulator))).toHaveLength(4);
  });

  test('a deletion, with several keys on record', async () => {
    const { open, held, set: give, machine } = await signedIn();
    await give(['--client-app-key', 'com.example.other']);
    const terminal = open('apns', 'delete');
    await terminal.answer(['Which client app key?', enter], [typeKey, `${key}${enter}`]);
    await terminal.read('Deleted the push certificate');
    expect((await terminal.end()).exitCode).toBe(0);
    expect(await held()).toBeUndefined();
    const status = await machine.run(['apns', 'status', '--json']);
    expect(JSON.parse(status.stdout).certificates).toMatchObject([
      { clientAppKey: 'com.example.other' },
    ]);
  });

  test('fleet apply asks whether the file is trusted, shows the plan, asks once, and tells how far it is', async () => {
    const fleet = await startFleet(3, { delay: 400 });
    const words = ['fleet', 'apply', '--file', fleet.file, '--concurrency', '1'];
    const terminal = openTerminal(
      words,
      { ...fleet.env, MFA_CLI_TRUST_FLEET: '' },
      undefined,
      'cols 120 rows 40',
    );
    await terminal.answer(
      'reads the file app.p12 for http://127.0.0.1:',
      ['mfa-fleet.yaml with this?', `y${enter}`],
      'Set the certificate at 3 tenants?',
    );
    expect(fleet.requests()).toEqual([]);
    terminal.type(`y${enter}`);
    await terminal.read(/░ 0 of 3/);
    await terminal.read('✓ t1: set com.example.lab, valid until 2027-12-24');
    await terminal.read(/█+░+ 2 of 3/);
    const { exitCode, screen, restored } = await terminal.end();
    expect([exitCode, restored]).toEqual([0, true]);
    expect(screen).toMatch(
      /3 tenants: 3 to set[\s\S]*\[issuer-not-apple\][\s\S]*Set the certificate at 3 tenants\?/,
    );
    expect(screen).toContain('✓ 3 set');
  });
});
