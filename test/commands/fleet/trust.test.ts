import {
  chmodSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunOptions } from '../../support/context.ts';
import { reportOf, startFleet, type TestFleet } from '../../support/fleet.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { expectTranscript, wholeTranscript } from '../../support/transcript.ts';

/** A fleet of two that leaves a file `ran` where its program was run. */
async function armed() {
  const ran = join(temporaryDirectory(), 'ran');
  const fleet = await startFleet(2, {
    password: `{ command: [sh, -c, "touch ${ran}; printf secret"] }`,
  });
  const distrusting = (options: RunOptions): RunOptions => ({
    ...options,
    env: { MFA_CLI_TRUST_FLEET: '', ...options.env },
  });
  const run = (words: readonly string[], options: RunOptions = {}) =>
    fleet.run(words, distrusting(options));
  const json = async (words: readonly string[], options: RunOptions = {}) => {
    const result = await fleet.json(words, distrusting(options));
    const { error } = result.report as {
      error?: { code: string; message: string; hints: string[] };
    };
    return { ...result, error, code: [result.exitCode, error?.code] };
  };
  /** That nothing was run, and nobody was asked. */
  const untouched = () => expect([existsSync(ran), fleet.requests()]).toEqual([false, []]);
  const origins = [...readFileSync(fleet.file, 'utf8').matchAll(/http:\/\/127\.0\.0\.1:\d+/g)].map(
    String,
  );
  return { fleet, ran, run, json, edit: fleet.edit, untouched, origins };
}

const untrusted = [2, 'fleet-untrusted'];

/** What `fleet plan` says of the first tenant. */
const actionIn = ({ report }: { report: ReturnType<typeof reportOf> }) => report.tenants[0]?.action;

describe('before anybody agreed', () => {
  test.each([
    ['apply', '--yes'],
    ['plan', '--refresh'],
    ['status', '--refresh'],
    ['apply', '--yes', '--only', 't1'],
  ])('fleet %s %s neither runs nor reads nor sends anything', async (...words) => {
    const { json, untouched } = await armed();
    for (const env of [{}, { CI: 'true' }]) {
      const { code, error } = await json(words, { env });
      expect(code).toEqual(untrusted);
      expect(error?.message).toMatch(
        /you have not trusted its programs, files and hosts\n {2}reads the file .*\n {2}runs the program sh /s,
      );
    }
    untouched();
  });

  test('plan says what it does not know, and ends with 2 after its report', async () => {
    const { fleet, json, run, untouched, edit } = await armed();
    edit('app.p12', '/dev/zero');
    edit(/certificate: app(, sign-in: .*\n)(?=$)/, 'certificate: null, client-app-key: k$1');
    const { exitCode, report, stderr } = await json(['plan']);
    expect([exitCode, report.ok, report.counts.unknown, report.counts.failed]).toEqual([
      2,
      false,
      1,
      0,
    ]);
    expect(report.trust).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(report.tenants).toMatchObject([
      {
        action: 'unknown',
        fingerprint: null,
        error: { code: 'fleet-untrusted', message: expect.not.stringContaining('\n') },
      },
      { action: 'absent', error: null },
    ]);
    expect(stderr).toContain('  reads the variable CI_SECRET for ');
    const text = await run(['plan', '--exit-code']);
    expect([text.exitCode, text.stdout]).toEqual([
      2,
      expect.stringContaining('Run `mfa-cli fleet plan --file '),
    ]);
    expect(text.stderr).toContain(`\n  MFA_CLI_TRUST_FLEET=${report.trust}\n`);
    expect(text.stdout).toContain('✗ 2 tenants: 1 absent, 1 unknown');
    untouched();
    expect((await run(['status'])).stdout).toContain('never set');
    expect((await run(['status', '--out', join(fleet.directory, 'page.html')])).exitCode).toBe(4);
    // A record that others may change is not believed either.
    writeFileSync(fleet.record, '{"version":1,"tenants":[]}');
    chmodSync(fleet.directory, 0o777);
    expect((await json(['plan'])).report.counts).toMatchObject({ unknown: 2, absent: 0 });
    untouched();
  });
});

describe('in a terminal', () => {
  test('all of it is shown and asked about once', async () => {
    const { ran, run, json, untouched, origins } = await armed();
    const hosts = origins.toSorted().join(', ');
    const no = await run(['apply', '--yes'], { answers: [false], env: { NO_COLOR: '1' } });
    expect([no.exitCode, no.questions]).toEqual([
      130,
      [expect.stringMatching(/^Trust .*mfa-fleet\.yaml with this\?$/)],
    ]);
    expect(no.stderr).toContain(
      `  runs the program sh -c 'touch ${ran}; printf secret' for ${hosts}\n`,
    );
    expect(no.stderr).toContain(`  reads the variable CI_SECRET for ${hosts}\n`);
    expect(no.stderr).toContain(`  reads the file app.p12 for ${hosts}\n`);
    expect((await json(['plan'])).exitCode).toBe(2);
    untouched();
    expect(actionIn(await json(['plan'], { answers: [true] }))).toBe('set');
    expect(existsSync(ran)).toBe(true);
    // From now on nobody is asked, and nobody needs to be.
    expect((await run(['plan'], { answers: [] })).exitCode).toBe(0);
    expect((await run(['apply', '--yes'])).exitCode).toBe(0);
  });

  test('later it is asked about no more than what differs', {
    timeout: wholeTranscript,
  }, async () => {
    const { fleet, ran, run, json, edit, origins } = await armed();
    await run(['plan'], { answers: [true] });
    const agreed = readFileSync(fleet.file, 'utf8');
    await expectTranscript('fleet-trust.txt', async ([, change = '']) => {
      const [from = '', to = ''] = change.split(' ¦ ');
      writeFileSync(fleet.file, agreed);
      edit(new RegExp(from.replace('T1', origins[0] ?? ''), 'm'), to);
      if ((await json(['plan'])).report.counts.unknown === 0) return ['nothing to confirm'];
      const { stderr, questions } = await run(['plan'], {
        answers: [false],
        env: { NO_COLOR: '1' },
      });
      const masked = (text: string): string =>
        origins
          .reduce((rest, origin, index) => rest.replaceAll(origin, `T${index + 1}`), text)
          .replaceAll(fleet.directory, 'DIR')
          .replaceAll(ran, 'RAN')
          // By their ports.
          .replaceAll('T2, T1', 'T1, T2');
      const shown = stderr.slice(0, stderr.indexOf('mfa-cli: ')).split('\n').filter(Boolean);
      return [...shown, ...questions].map(masked);
    });
  });

  test('what the file says obeys nobody, and none of it is left out', async () => {
    const { run, edit } = await armed();
    edit('printf secret', `\\e[2J\\u202e ${'x'.repeat(5000)} end`);
    const { stderr } = await run(['plan'], { answers: [false], env: { NO_COLOR: '1' } });
    expect(stderr).toMatch(/\\u001b\[2J\\u202e x{5000} end' for /);
  });

  test('one who gives no answer, and one who may not be asked, agree to nothing', async () => {
    const { json, run, untouched } = await armed();
    expect((await json(['apply', '--yes', '--no-input'], { answers: [] })).code).toEqual(untrusted);
    const interrupt = new AbortController();
    interrupt.abort(new Error('gone'));
    await run(['plan'], { signal: interrupt.signal }).catch(() => undefined);
    untouched();
  });
});

describe('from outside', () => {
  test('a hash trusts exactly what was looked at, whoever owns it, and however the file is written', async () => {
    const { fleet, json, edit } = await armed();
    const { report } = await json(['plan']);
    const env = { MFA_CLI_TRUST_FLEET: report.trust ?? '' };
    for (const words of [
      ['plan'],
      ['plan', '--only', 't2'],
      ['plan', '--shard', '0/3'],
      ['plan', '--shard', '1/3'],
    ]) {
      const planned = await json(words, { env });
      expect([planned.report.trust, planned.report.counts.unknown]).toEqual([report.trust, 0]);
    }
    for (const path of [fleet.file, fleet.directory]) chmodSync(path, 0o777);
    expect(actionIn(await json(['plan'], { env }))).toBe('set');
    expect((await json(['apply', '--yes'], { env })).exitCode).toBe(0);
    edit('certificate: app,', 'certificate: app, labels: { a: b },');
    expect((await json(['plan'], { env })).exitCode).toBe(0);
    edit('env: CI_SECRET', 'env: HOME');
    const changed = await json(['apply', '--yes'], { env });
    expect(changed.error?.message).toContain('its hash does not match MFA_CLI_TRUST_FLEET\n');
    expect([changed.exitCode, fleet.requests().map(({ name }) => name)]).toEqual([2, ['t1', 't2']]);
  });

  test('another hash is refused, though the file is trusted here', async () => {
    const { json, run } = await armed();
    await run(['plan'], { answers: [true] });
    for (const [pin, code] of [
      [`sha256:${'0'.repeat(64)}`, 'fleet-untrusted'],
      [`sha256:${'A'.repeat(64)}`, 'usage'],
      ['yes', 'usage'],
    ] as const) {
      const env = { MFA_CLI_TRUST_FLEET: pin };
      expect((await json(['apply', '--yes'], { env, answers: [] })).code).toEqual([2, code]);
    }
  });

  test('--trust trusts once, whatever it says and whoever owns it', async () => {
    const { fleet, json } = await armed();
    chmodSync(fleet.directory, 0o777);
    expect((await json(['plan', '--trust'])).exitCode).toBe(0);
    expect((await json(['plan'])).exitCode).toBe(2);
    const pin = { MFA_CLI_TRUST_FLEET: `sha256:${'0'.repeat(64)}` };
    expect((await json(['plan', '--trust'], { env: pin })).exitCode).toBe(0);
  });

  test('standard input takes one of the two, in a terminal, too', async () => {
    const { fleet, run, ran } = await armed();
    const stdin = readFileSync(fleet.file, 'utf8').replace(
      'app.p12',
      join(fleet.directory, 'app.p12'),
    );
    const plan = (words: readonly string[], options: RunOptions = {}) =>
      run(['plan', '--file', '-', ...words, '--json', '--record', fleet.record], {
        stdin,
        ...options,
      });
    for (const options of [{}, { answers: [] }]) {
      const refused = await plan([], options);
      expect([refused.exitCode, reportOf(refused.stdout).tenants[0]?.error?.message]).toEqual([
        2,
        'stdin is not trusted: its source is unknown',
      ]);
    }
    expect(existsSync(ran)).toBe(false);
    const { trust } = reportOf((await plan([])).stdout);
    expect((await plan([], { env: { MFA_CLI_TRUST_FLEET: trust ?? '' } })).exitCode).toBe(0);
    expect((await plan(['--trust'])).exitCode).toBe(0);
  });
});

const isRoot = process.getuid?.() === 0;
const emptyRecord = '{"version":1,"tenants":[]}';
const others = 'is writable by other users';

/** A file that others may write to, and its text where it is not there. */
const open = (path: string, text?: string, mode = 0o666): void => {
  if (text !== undefined) writeFileSync(path, text);
  chmodSync(path, mode);
};
const give = (path: string): void => lchownSync(path, 12_345, 12_345);
const link = (target: string, path: string): void => {
  symlinkSync(target, path);
  give(path);
};

/** What a neighbour can do to a fleet that was agreed to, and what is said of it. */
const attacks: readonly (readonly [string, (fleet: TestFleet) => void, string])[] = [
  ['may write to the file', ({ file }) => open(file), `mfa-fleet.yaml ${others}`],
  ['may write to its folder', ({ directory }) => open(directory, undefined, 0o777), others],
  ['may write to its sticky folder', ({ directory }) => open(directory, undefined, 0o1777), others],
  ['may write to the record', ({ record }) => open(record, emptyRecord), `record.json ${others}`],
  [
    'may write to the journal',
    ({ record }) => open(`${record}.journal`, '{"version":1}\n'),
    `.journal ${others}`,
  ],
  ['may write to the lock', ({ record }) => open(`${record}.lock`, '1\n'), `.lock ${others}`],
];

/** These take a second user, whom only root can play. */
const foreign: typeof attacks = [
  ['owns the file', ({ file }) => give(file), 'mfa-fleet.yaml belongs to another user'],
  ['owns its folder', ({ directory }) => give(directory), 'belongs to another user'],
  [
    'replaced it by a link',
    ({ file, directory }) => {
      writeFileSync(join(directory, 'aside.yaml'), readFileSync(file));
      link('aside.yaml', join(directory, 'link.yaml'));
    },
    'link.yaml belongs to another user',
  ],
  [
    'replaced the record',
    ({ record }) => {
      writeFileSync(record, emptyRecord);
      give(record);
    },
    'mfa-fleet.record.json belongs to another user',
  ],
  [
    'replaced the record by a link',
    ({ record, directory }) => {
      writeFileSync(join(directory, 'theirs'), emptyRecord);
      link('theirs', record);
    },
    'mfa-fleet.record.json belongs to another user',
  ],
];

describe.skipIf(process.platform === 'win32')('a neighbour', () => {
  test.each(isRoot ? [...attacks, ...foreign] : attacks)(
    'who %s has nothing run, read or sent, though it was agreed to before, and though somebody is there',
    async (_what, attack, words) => {
      const { fleet, run, json, ran } = await armed();
      await run(['plan'], { answers: [true] });
      const before = statSync(ran).mtimeMs;
      attack(fleet);
      const linked = join(fleet.directory, 'link.yaml');
      const lastly = ['--file', existsSync(linked) ? linked : fleet.file];
      const isLock = words.includes('.lock');
      for (const options of [{}, { answers: [] }]) {
        const { code, error } = await json(['apply', '--yes', ...lastly], options);
        expect(code).toEqual(untrusted);
        expect(error?.message.split('\n')[0]).toContain(words);
        expect(error?.hints[0]).toMatch(/^If you wrote the whole file, run `ch(mod go-w|own \d+) /);
      }
      // The record that others may change is not believed by whoever only looks.
      const { code } = await json(['status', ...lastly]);
      expect(code).toEqual(/record\.json |\.journal /.test(words) ? untrusted : [4, undefined]);
      const refreshed = await json(['status', '--refresh', ...lastly]);
      if (!isLock) expect(refreshed.code).toEqual(untrusted);
      expect([isLock ? [] : fleet.requests(), statSync(ran).mtimeMs]).toEqual([[], before]);
      const { report } = await json(['plan', ...lastly]);
      const { trust } =
        report.trust === undefined ? (await json(['plan', '--trust', ...lastly])).report : report;
      const env = { MFA_CLI_TRUST_FLEET: trust ?? '' };
      expect((await json(['plan', ...lastly], { env })).exitCode).toBe(0);
    },
  );
});

describe('commands of any length', () => {
  const armedWith = async (words: number, tenants: number) => {
    const { fleet, ...rest } = await armed();
    const command = ['sh', ...Array<string>(words).fill('x')];
    const tenant = (_: unknown, index: number) => [
      `t${index}`,
      {
        tenant: `t${index}.test`,
        certificate: 'app',
        'client-app-key': 'k',
        'sign-in': { profile: 'p' },
      },
    ];
    const whole = {
      version: 1,
      certificates: { app: { p12: 'app.p12', password: { command } } },
      tenants: Object.fromEntries(Array.from({ length: tenants }, tenant)),
    };
    writeFileSync(fleet.file, JSON.stringify(whole));
    return rest;
  };

  test('a program with more words than anybody reads is still shown as one that runs, and last', async () => {
    const { json } = await armedWith(250_000, 1);
    const { code, stderr } = await json(['apply', '--yes']);
    expect(code).toEqual(untrusted);
    expect(stderr).toMatch(
      / {2}signs in with the profile p for t0\.test\n {2}runs the program sh x x x /,
    );
  });

  test('a long one of many tenants is shown once', async () => {
    const { json, untouched } = await armedWith(20_000, 1000);
    const { stderr, report } = await json(['plan']);
    expect(report.counts.unknown).toBe(1000);
    expect(stderr.match(/runs the program/g)).toHaveLength(1);
    untouched();
  });
});

test('a link to a file that is trusted, in another folder, is another file', async () => {
  const { fleet, run, json, ran } = await armed();
  await run(['plan'], { answers: [true] });
  const clone = join(temporaryDirectory(), 'clone');
  mkdirSync(clone);
  symlinkSync(fleet.file, join(clone, 'mfa-fleet.yaml'));
  writeFileSync(join(clone, 'app.p12'), 'theirs');
  const before = statSync(ran).mtimeMs;
  const { report } = await json(['plan', '--file', join(clone, 'mfa-fleet.yaml')]);
  expect([actionIn({ report }), statSync(ran).mtimeMs]).toEqual(['unknown', before]);
});

test('what is trusted is kept for this user alone, and forgotten where it is damaged', async () => {
  const { fleet, run } = await armed();
  await run(['plan'], { answers: [true] });
  const store = join(fleet.directory, 'config', 'fleets.json');
  expect(statSync(store).mode & 0o777).toBe(0o600);
  const text = readFileSync(store, 'utf8');
  expect(Object.keys(JSON.parse(text).fleets)).toEqual([realpathSync(fleet.file)]);
  expect(text).not.toContain('the-secret-of-the-pipeline');
  chmodSync(store, 0o666);
  const planted = await run(['plan']);
  expect([planted.exitCode, planted.stderr]).toEqual([
    3,
    expect.stringContaining('fleets.json is writable by other users'),
  ]);
  chmodSync(store, 0o600);
  writeFileSync(store, '{"version":1,"fleets":{');
  expect((await run(['plan'])).exitCode).toBe(2);
  expect((await run(['plan'], { answers: [true] })).exitCode).toBe(0);
});

test('fleet init writes a file that is trusted; its changes are asked about', async () => {
  const { fleet, run } = await armed();
  const file = join(fleet.directory, 'new.yaml');
  const init = await run(['init', '--file', file]);
  expect([init.exitCode, init.stderr]).toEqual([0, '']);
  expect((await run(['plan', '--file', file])).exitCode).toBe(0);
  writeFileSync(file, readFileSync(fleet.file));
  expect((await run(['plan', '--file', file])).exitCode).toBe(2);
});
