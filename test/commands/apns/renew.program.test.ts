import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test, vi } from 'vitest';
import { lockFile } from '../../../src/files/lock-file.ts';
import { createMachine, testNow } from '../../support/context.ts';
import { eventually } from '../../support/patience.ts';
import { cleanEnvironment, endOnSignal, runProgram, startProgram } from '../../support/process.ts';
import { recordingHook, shellProgram } from '../../support/programs.ts';
import { answerRequest, issuingLine } from '../../support/push-authority.ts';
import {
  app,
  roundName as name,
  notAfter,
  outsideOf,
  passwords,
  renewalIn,
  shareRequest,
} from '../../support/renewal.ts';
import { sharedDirectory, temporaryDirectory } from '../../support/temporary-directory.ts';
import { isMissing } from '../../support/tools.ts';
import {
  anotherTenant,
  apns,
  play,
  type Step,
  type Stories,
  unhurried,
  type World,
} from '../stage.ts';

type Issued = NonNullable<Parameters<typeof answerRequest>[2]>;

const copyRequested = shareRequest();
const [scratch, stranger] = [sharedDirectory(), sharedDirectory()];
beforeAll(() =>
  createMachine(join(stranger, 'config')).run([
    'apns',
    'request',
    ...app,
    '--out',
    stranger,
    '--no-encrypt',
  ]),
);

const within = (world: World, file: string): string =>
  join(world.directory ?? expect.unreachable(), file);

/** A directory for `~`; there is no APNs, unless a later step opens one. */
const at = (make: () => string) => (world: World) => {
  world.directory = make();
  world.words['~'] = [...app, '--dir', world.directory];
  world.words.$DIR = [world.directory];
  world.env = { ...passwords, MFA_CLI_APNS_HOST: '127.0.0.1:9' };
};
const fresh = at(() => join(temporaryDirectory(), 'push'));
/** One whose renewal waits for Apple. */
const requested = at(copyRequested);

/** Apple's answer to the newest request. */
const answer =
  (file: string, issued: Issued = {}) =>
  (world: World): string => {
    const request = within(world, `${stateOf(world).rounds.at(-1).name}.certSigningRequest`);
    answerRequest(request, within(world, file), issued);
    return `APPLE answers ${file} ${JSON.stringify(issued)}`;
  };
/** Apple's answer to the request of somebody else; outside of the directory it is `$OTHER`. */
const foreign =
  (file: string | null, bundleId = 'com.example.app') =>
  (world: World) => {
    const path = file === null ? join(temporaryDirectory(), 'aps.cer') : within(world, file);
    world.words.$OTHER = [path];
    answerRequest(join(stranger, 'com.example.app.certSigningRequest'), path, { bundleId });
    return `APPLE answers a stranger ${file ?? '$OTHER'} for ${bundleId}`;
  };
const write = (file: string, text: string) => (world: World) =>
  writeFileSync(within(world, file), text);
const remove = (file: string) => (world: World) => {
  rmSync(within(world, file));
  return `rm ${file}`;
};
const mode = (file: string, bits: number) => (world: World) => {
  chmodSync(within(world, file), bits);
  return `chmod ${bits.toString(8)} ${file || '.'}`;
};
const stateOf = (world: World) => JSON.parse(readFileSync(within(world, 'mfa-renew.json'), 'utf8'));
/** The renewals on record. */
const state = (world: World): string =>
  [
    'STATE',
    // biome-ignore lint/suspicious/noExplicitAny: the state of any version
    ...stateOf(world).rounds.map(({ name, issuing, packed, verifiedAt, sets }: any) =>
      [
        name,
        ...(issuing === null ? [] : [`issuing ${issuing}`]),
        ...(packed === null ? [] : [`packed ${packed.file} until ${packed.notAfter}`]),
        ...(verifiedAt === null ? [] : ['verified']),
        ...sets.map(
          ({ tenant, clientAppKey }: Record<string, string>) => `set ${clientAppKey} at ${tenant}`,
        ),
      ].join(', '),
    ),
  ].join('\n');
const changeState = (change: (state: { rounds: { name: string }[] }) => object) => (world: World) =>
  writeFileSync(within(world, 'mfa-renew.json'), JSON.stringify(change(stateOf(world))));
const emulatorApns = (world: World) => {
  world.env = { ...world.env, ...outsideOf(world.emulator).apns };
};

const findings = 'stage certificate packed code file';

const answers: Stories = {
  'is found under any name, as DER and as PEM': [
    ...(['aps (1).cer', 'Push.CRT', 'from apple.pem'] as const).flatMap((file): Step[] => [
      requested,
      answer(file, { form: file.endsWith('pem') ? 'PEM' : 'DER' }),
      'renew ~ --no-verify => stage certificate',
    ]),
  ],
  'is not looked for elsewhere': [
    requested,
    answer('aps.txt', { form: 'PEM' }),
    answer('.aps.cer.download', { form: 'PEM' }),
    'renew ~ --no-verify => stage certificate',
  ],
  'the newest wins, and a newer one than was packed is packed beside it': [
    requested,
    answer('aps-3.cer', { notAfter: '20280101000000Z' }),
    answer('aps.cer', { notAfter: '20290101000000Z' }),
    answer('aps-2.cer', { notAfter: '20270701000000Z' }),
    'renew ~',
    state,
    'FILES',
    // An older one is no news, though the newest is gone.
    remove('aps.cer'),
    'renew ~ => certificate code',
    state,
    answer('aps-4.cer', { notAfter: '20300101000000Z' }),
    'renew ~ => code',
    'renew ~ --cert $DIR/aps-2.cer => code',
    state,
    'FILES',
  ],
  'is found beside links that lead nowhere and to themselves': [
    requested,
    (world) => {
      symlinkSync('loop.cer', within(world, 'loop.cer'));
      symlinkSync('nowhere', within(world, 'gone.cer'));
      symlinkSync('/dev/zero', within(world, 'zero.cer'));
    },
    answer('aps.cer'),
    'renew ~ --no-verify => stage certificate',
  ],
  'that belongs to the key and is no push certificate is told, unless there is one as well': [
    requested,
    answer('other.cer', { isPush: false, notAfter: '21500101000000Z' }),
    'renew ~',
    answer('aps.cer'),
    'renew ~ --no-verify => stage certificate',
  ],
  'of another key is no answer, and of another app a finding': [
    requested,
    foreign('aps.cer'),
    write('d.cer', '<!DOCTYPE html>'),
    'renew ~',
    answer('c.cer', { bundleId: 'com.example.other' }),
    `renew ~ => ${findings}`,
    answer('z.cer'),
    'renew ~ --no-verify => stage certificate',
  ],
  'one of another key or app that was named is an error': [
    requested,
    foreign(null),
    'renew ~ --cert $OTHER',
    foreign(null, 'com.example.other'),
    'renew ~ --cert $OTHER',
    state,
  ],
  'with a finding is not packed, and no password is asked for': [
    requested,
    (world) => {
      world.env = { ...world.env, MFA_CLI_KEY_PASSWORD: '', MFA_CLI_P12_PASSWORD: '' };
    },
    ...[
      { notAfter: '20261123000000Z' },
      { notBefore: '20261125000000Z' },
      { sandboxOnly: true },
      { notAfter: '20261201000000Z' },
    ].flatMap((issued) => [answer('aps.cer', issued), 'renew ~ --fail-on warning', 'FILES']),
  ],
  'for the sandbox is packed where that is wanted': [
    requested,
    answer('aps.cer', { sandboxOnly: true }),
    'renew ~ --environment sandbox => code',
    state,
  ],
  'that APNs does not accept ends with 6, and is asked about again': [
    requested,
    answer('aps.cer'),
    apns({ status: 403, body: { reason: 'BadCertificate' } }),
    'renew ~',
    'renew ~ => stage accepted reason set needs',
    state,
  ],
  'is packed with the password of stdin once the key has one of its own': [
    requested,
    answer('aps.cer'),
    "MFA_CLI_KEY_PASSWORD= renew ~ --new-password-file - < 'from-standard-input'",
    "renew ~ --new-password-file - < 'from-standard-input' => code",
    "MFA_CLI_P12_PASSWORD= renew ~ --new-password-file - < 'another' => code",
  ],
};

const refusals: Stories = {
  ...Object.fromEntries(
    Object.entries<Parameters<typeof changeState>[0]>({
      'another app': (state) => ({ ...state, bundleId: 'com.b' }),
      'another team': (state) => ({ ...state, teamId: 'B1' }),
      'a newer version': (state) => ({ ...state, version: 2 }),
      'no version': (state) => ({ ...state, version: undefined }),
      'a path for a name': ({ rounds: [round], ...state }) => ({
        ...state,
        rounds: [{ ...round, name: '../x' }],
      }),
      'no renewals': (state) => ({ ...state, rounds: undefined }),
    }).map(([what, change]) => [
      `a state of ${what} is refused`,
      [requested, changeState(change), 'FILES', 'renew ~', 'FILES'],
    ]),
  ),
  // As the hint says: without it the next run begins anew, beside what is there.
  'a state that is not JSON is refused': [
    requested,
    write('mfa-renew.json', '{"version":1,'),
    'renew ~',
    remove('mfa-renew.json'),
    'renew ~',
  ],
  'a directory or a state that others may write to is refused': [
    requested,
    mode('', 0o777),
    'renew ~',
    mode('', 0o700),
    mode('mfa-renew.json', 0o666),
    'renew ~',
    at(temporaryDirectory),
    mode('', 0o770),
    'renew ~',
    'FILES',
  ],
  'a second run at once is refused, and the lock of a run that is gone is none': [
    requested,
    async (world) => {
      const release = lockFile(within(world, 'mfa-renew.json'), { unlockable: '', held: () => '' });
      const { exitCode, stderr } = await world.machine.run(renewalIn(within(world, '')), {
        env: world.env,
      });
      release();
      return `[${exitCode}] ${stderr.replace(String(process.pid), 'PID')}`;
    },
    'renew ~ => stage',
    'FILES',
  ],
  'the lock of another machine is respected, and the way out told': [
    requested,
    write('mfa-renew.json.lock', '4242\nbuild-7\n\n\n'),
    'renew ~',
    remove('mfa-renew.json.lock'),
    'renew ~ => stage',
  ],
  'to wait for an answer without the key or the request is refused': [
    requested,
    remove(`${name}.key.pem`),
    'renew ~',
    requested,
    remove(`${name}.certSigningRequest`),
    'renew ~',
  ],
};

/** `$ISSUER`, which counts its runs, and `$HOOK`. */
const issuer = (does: string, lines: string) => (world: World) => {
  const log = join(temporaryDirectory(), 'issued');
  world.words.$ISSUER = [
    shellProgram(`echo run >> '${log}'\n${lines.replaceAll('$DIR', within(world, ''))}`),
  ];
  world.asked.push(() => {
    try {
      return readFileSync(log, 'utf8')
        .trimEnd()
        .split('\n')
        .map((_, index) => `> the issuer, run ${index + 1}`);
    } catch {
      return [];
    }
  });
  return `ISSUER ${does}`;
};
const hook = (world: World) => {
  const { program, calls } = recordingHook();
  world.words.$HOOK = [program];
  world.asked.push(() =>
    calls().map(({ event, document }) => `> the hook: ${event} ${document.stage}`),
  );
};
const line = (issued: Issued, ...more: string[]) => issuingLine(scratch, issued, ...more);
const issues = issuer('leaves the certificate', line({ notAfter }));
const renewing = 'renew ~ --no-verify --issuer $ISSUER';
const aside = '"$MFA_CLI_CSR.aside"';
const leaving = (how: string, lines: string, directory = requested): readonly Step[] => [
  directory,
  hook,
  issuer(how, lines),
  `${renewing} --hook $HOOK …`,
  state,
  // Nothing is due, nothing is issued, nobody is told.
  issuer('fails', 'exit 1'),
  `${renewing} --hook $HOOK => stage due`,
];
const failing = (lines: string, words = ''): readonly Step[] => [
  requested,
  issuer(lines, lines),
  `${renewing}${words}`,
  state,
  `${renewing} => stage what`,
  issues,
  `${renewing} --issue-again => stage`,
];
const wrong = (what: string, issued: Issued): readonly Step[] => [
  requested,
  issuer(`leaves one ${what}`, line(issued)),
  renewing,
  `${renewing} => ${findings} what`,
  issues,
  `${renewing} --issue-again => stage`,
];

const issuers: Stories = {
  'leaves it in the file: from nothing to a tenant that has it': leaving(
    'in the file',
    line({ notAfter }),
    fresh,
  ),
  'leaves it on stdout': leaving(
    'on stdout',
    `${line({ notAfter }, '"$MFA_CLI_CSR"', aside)}; cat ${aside}`,
  ),
  'leaves it as PEM on stdout': leaving(
    'as PEM',
    `${line({ notAfter, form: 'PEM' }, '"$MFA_CLI_CSR"', aside)}; cat ${aside}`,
  ),
  'leaves it in the file, with talk on stdout': leaving(
    'with talk',
    `echo working; ${line({ notAfter })}; echo done`,
  ),
  'gets the request, the app and a place for the certificate, and no other variable of ours': [
    requested,
    issuer(
      'shows its variables',
      'env > "$MFA_CLI_CERTIFICATE.env"; test -s "$MFA_CLI_CSR" && exit 75',
    ),
    renewing,
    (world) => {
      const seen = readFileSync(within(world, `${name}.cer.env`), 'utf8');
      return (seen.match(/^MFA_CLI_.*$/gm) ?? []).sort().join('\n');
    },
  ],
  'is asked again in the next run where there is no certificate yet': [
    requested,
    issuer('exit 75', 'exit 75'),
    renewing,
    state,
    renewing,
    issues,
    `${renewing} => stage`,
  ],
  'that fails is not run again unasked': failing('exit 3'),
  'that is killed is not run again unasked': failing('kill -9 $$'),
  'that is slow is not run again unasked': failing('sleep 600', ' --issuer-timeout 1'),
  'that gives nothing is not run again unasked': failing('exit 0'),
  'that gives no certificate is not run again unasked': failing('echo Sorry'),
  'that cannot be run has issued nothing': [
    requested,
    "renew ~ --issuer 'no such issuer'",
    ({ words, directory }) => {
      const file = join(directory ?? '', 'issuer');
      writeFileSync(file, '#!/no/interpreter\n', { mode: 0o755 });
      words.$BROKEN = [file];
    },
    'renew ~ --issuer $BROKEN',
    issuer('exit 75', 'exit 75'),
    `${renewing} => stage`,
  ],
  'gives a certificate for another app': wrong('for another app', {
    notAfter,
    bundleId: 'com.example.other',
  }),
  'gives a certificate for no push': wrong('for no push', { notAfter, isPush: false }),
  'gives a certificate for the sandbox alone': wrong('for the sandbox', {
    notAfter,
    sandboxOnly: true,
  }),
  'gives a certificate for days that are over': wrong('of the past', {
    notAfter: '20260101000000Z',
  }),
  'gives the certificate of the year before, or of another key': [
    requested,
    issues,
    renewing,
    issuer('leaves the old one', `cat '$DIR/${name}.cer'`),
    `${renewing} @2027-12-01`,
    requested,
    foreign(null),
    (world) =>
      issuer(
        'leaves that of another key',
        `cp '${world.words.$OTHER}' "$MFA_CLI_CERTIFICATE"`,
      )(world),
    `${renewing} --client-app-key other`,
  ],
  'that is killed once it has left one is not needed again': [
    requested,
    issuer('leaves one and is killed', `${line({ notAfter })}; kill -9 $$`),
    renewing,
    issuer('exit 1', 'exit 1'),
    `${renewing} => stage`,
  ],
  'issues nothing anew where the tenant was out of reach': [
    requested,
    issues,
    `MFA_CLI_TENANT=http://127.0.0.1:9 MFA_CLI_TOKEN=a-token ${renewing}`,
    state,
    issuer('exit 1', 'exit 1'),
    `${renewing} => stage`,
  ],
};

/** Of the directory and of each file that the program writes. */
const modes = (world: World): string =>
  ['', ...readdirSync(within(world, '')).sort()]
    .filter((file) => !file.endsWith('.cer'))
    .map((file) => `${(statSync(within(world, file)).mode & 0o777).toString(8)} ${file || '.'}`)
    .join('\n');
/** No file holds a secret in the clear, and the state none at all. */
const keepsNoSecret = (world: World): void => {
  for (const file of readdirSync(within(world, ''))) {
    const text = readFileSync(within(world, file), 'latin1');
    for (const secret of [...Object.values(passwords), world.emulator.serviceUser.password])
      expect(text).not.toContain(secret);
    if (!file.endsWith('.key.pem')) expect(text).not.toContain('PRIVATE KEY');
  }
};

const years: Stories = {
  'goes from nothing to a tenant that has the certificate, tells fresh, and begins anew a year later':
    [
      fresh,
      'renew ~',
      modes,
      'FILES',
      // Nothing is made twice; a pipeline is told that a person is needed.
      'renew ~ --if-days-left 30',
      'FILES',
      answer('aps.cer', { notAfter }),
      'renew ~',
      state,
      emulatorApns,
      'MFA_CLI_TENANT=http://127.0.0.1:9 renew ~',
      state,
      'MFA_CLI_APNS_HOST=127.0.0.1:9 renew ~',
      'TENANT holds',
      'MFA_CLI_P12_PASSWORD= renew ~',
      'MFA_CLI_P12_PASSWORD= renew ~ --if-days-left 30 => stage due needs',
      'FILES',
      'renew ~ --if-days-left 30 @2027-11-25',
      'FILES',
      state,
      keepsNoSecret,
    ],
  'gives it to the client app key that had the last one, and to a second tenant what is packed': [
    fresh,
    anotherTenant('second'),
    'renew ~ …',
    answer('aps.cer', { notAfter }),
    'renew ~ --no-verify --client-app-key lab',
    'renew ~ --no-verify --profile second',
    state,
    'renew ~ @2027-11-29 …',
    answer('aps-2.cer', { notAfter: '20290101000000Z' }),
    'renew ~ --no-verify @2027-11-29',
    'status',
  ],
  'packs nothing twice, packs again what is gone, and replaces no later certificate': [
    fresh,
    emulatorApns,
    'renew ~ …',
    answer('aps.cer', { notAfter }),
    // The second time the key is not opened.
    'MFA_CLI_TENANT=http://127.0.0.1:9 renew ~ --cert $DIR/aps.cer',
    'MFA_CLI_TENANT=http://127.0.0.1:9 MFA_CLI_KEY_PASSWORD= renew ~ --cert $DIR/aps.cer',
    remove(`${name}.p12`),
    'renew ~',
    modes,
    'renew ~ --if-days-left 400 …',
    answer('aps-2.cer', { notAfter: '20270701000000Z' }),
    'renew ~ --if-days-left 400',
    state,
  ],
};

test('docs/renew.md shows the command line that is run here', () => {
  const page = readFileSync(new URL('../../../docs/renew.md', import.meta.url), 'utf8');
  expect(page).toContain(`\`\`\`sh\nmfa-cli ${renewalIn('push').join(' ')}\n\`\`\`\n`);
});

test.skipIf(isMissing('openssl') || process.platform === 'win32').each([
  ['years', years],
  ['answers', answers],
  ['refusals', refusals],
  ['issuers', issuers],
])('apns renew: %s', unhurried, async (what, stories) => {
  const told = await play(stories, { now: () => testNow });
  await expect(told).toMatchFileSnapshot(`../../golden/apns-renew-${what}.txt`);
});

/** A renewal in a directory that waits for Apple, whose issuer is such a program; and how often that was run. */
function withIssuer(lines: string) {
  const [directory, log] = [copyRequested(), join(temporaryDirectory(), 'issued')];
  const program = shellProgram(`echo run >> '${log}'\n${lines}`);
  const runs = () => readFileSync(log, 'utf8').length / 'run\n'.length;
  return {
    directory,
    runs,
    argv: renewalIn(directory, '--no-verify', '--issuer', program, '--json'),
  };
}

test.each<['SIGTERM' | 'SIGKILL', number]>([
  ['SIGTERM', 143],
  ['SIGKILL', 137],
])('the issuer is not run again unasked after a %s to us', async (signal, exitCode) => {
  const { directory, argv, runs } = withIssuer('sleep 1');
  const child = startProgram(argv, cleanEnvironment(passwords));
  await vi.waitFor(() => expect(runs()).toBe(1), eventually);
  child.kill(signal);
  expect((await endOnSignal(child)).exitCode).toBe(exitCode);
  expect(
    JSON.parse(readFileSync(join(directory, 'mfa-renew.json'), 'utf8')).rounds[0].issuing,
  ).toMatch(/^20/);
  const again = await createMachine().run(argv, { env: passwords });
  expect([again.exitCode, JSON.parse(again.stdout).needs.what, runs()]).toEqual([
    4,
    expect.stringContaining('--issue-again'),
    1,
  ]);
});

test.skipIf(isMissing('openssl'))(
  'a certificate may be younger than the run that has it issued',
  async () => {
    const { directory, argv } = withIssuer(line({ notBefore: '20261124160005Z', notAfter }));
    const isIssued = () => existsSync(join(directory, `${name}.cer`));
    const now = () => (isIssued() ? new Date('2026-11-24T16:00:06Z') : testNow);
    await createMachine().run(argv, { env: passwords, now });
    const [round] = JSON.parse(readFileSync(join(directory, 'mfa-renew.json'), 'utf8')).rounds;
    expect(round.packed).toMatchObject({ file: `${name}.p12` });
  },
);

test("the issuer's stderr is let through", async () => {
  const { argv } = withIssuer('echo "waiting for Uma" >&2; exit 75');
  expect((await runProgram(argv, cleanEnvironment(passwords))).stderr).toContain(
    'waiting for Uma\n',
  );
});

test.skipIf(isMissing('openssl'))(
  'a full disk loses nothing, and the same command goes on',
  async ({ skip }) => {
    const [disk, directory] = [temporaryDirectory(), copyRequested()];
    const push = join(disk, 'push');
    const renew = async () => {
      const env = { ...passwords, MFA_CLI_APNS_HOST: '127.0.0.1:9' };
      const { exitCode, stdout } = await createMachine().run(renewalIn(push, '--json'), { env });
      return [exitCode, JSON.parse(stdout).error.code];
    };
    try {
      // A small disk of its own, where this user may mount one.
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', disk], { stdio: 'ignore' });
    } catch {
      return skip();
    }
    try {
      answerRequest(join(directory, `${name}.certSigningRequest`), join(directory, 'aps.cer'));
      cpSync(directory, push, { recursive: true });
      chmodSync(push, 0o700);
      const before = readFileSync(join(push, 'mfa-renew.json'));
      expect(() => {
        for (;;) writeFileSync(join(disk, 'filler'), Buffer.alloc(4096, 1), { flag: 'a' });
      }).toThrow('ENOSPC');
      expect(await renew()).toEqual([3, 'file-unwritable']);
      expect(readFileSync(join(push, 'mfa-renew.json'))).toEqual(before);
      rmSync(join(disk, 'filler'));
      expect(await renew()).toEqual([7, 'apns-unreachable']);
      const files = [
        'aps.cer',
        `${name}.certSigningRequest`,
        `${name}.key.pem`,
        `${name}.p12`,
        'mfa-renew.json',
      ];
      expect(readdirSync(push).sort()).toEqual(files);
    } finally {
      execFileSync('umount', [disk]);
    }
  },
);
