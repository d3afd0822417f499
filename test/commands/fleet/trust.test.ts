import {
  existsSync,
  lchownSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunOptions } from '../../support/context.ts';
import { startFleet, type TestFleet, trusting } from '../../support/fleet.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

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
      error?: { code: string; message: string; hints: readonly string[] };
    };
    return { ...result, error, code: [result.exitCode, error?.code] };
  };
  /** That nothing was run, and nobody was asked. */
  const untouched = () => expect([existsSync(ran), fleet.requests()]).toEqual([false, []]);
  return { fleet, ran, run, json, untouched };
}

const untrusted = [2, 'fleet-untrusted'];

test('none of what the file says is left out, however long it is', async () => {
  const { fleet, run } = await armed();
  fleet.edit('printf secret', `\\e[2J ${'x'.repeat(5000)} end`);
  const { stderr } = await run(['plan'], { answers: [false], env: { NO_COLOR: '1' } });
  expect(stderr).toMatch(/\\u001b\[2J x{5000} end' for /);
});

test('one who interrupts the question agrees to nothing', async () => {
  const { run, untouched } = await armed();
  const interrupt = new AbortController();
  interrupt.abort(new Error('gone'));
  await run(['plan'], { signal: interrupt.signal }).catch(() => undefined);
  untouched();
});

const emptyRecord = '';
const give = (path: string): void => lchownSync(path, 12_345, 12_345);
const link = (target: string, path: string): void => {
  symlinkSync(target, path);
  give(path);
};

/** What a second user, whom only root can play, does to a fleet that was agreed to, and what is said of it. */
const attacks: readonly (readonly [string, (fleet: TestFleet) => void, string])[] = [
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
    'mfa-fleet.ledger.jsonl belongs to another user',
  ],
  [
    'replaced the record by a link',
    ({ record, directory }) => {
      writeFileSync(join(directory, 'theirs'), emptyRecord);
      link('theirs', record);
    },
    'mfa-fleet.ledger.jsonl belongs to another user',
  ],
];

describe.skipIf(process.getuid?.() !== 0)('a neighbour', () => {
  test.each(attacks)(
    'who %s has nothing run, read or sent, though it was agreed to before, and though somebody is there',
    async (_what, attack, words) => {
      const { fleet, run, json, ran } = await armed();
      await run(['plan'], { answers: [true] });
      const before = statSync(ran).mtimeMs;
      attack(fleet);
      const linked = join(fleet.directory, 'link.yaml');
      const lastly = ['--file', existsSync(linked) ? linked : fleet.file];
      for (const options of [{}, { answers: [] }]) {
        const { code, error } = await json(['apply', '--yes', ...lastly], options);
        expect(code).toEqual(untrusted);
        expect(error?.message.split('\n')[0]).toContain(words);
        expect(error?.hints[0]).toMatch(/^If you trust everything in the file, run `chown \d+ /);
      }
      // The record that others may change is not believed by whoever only looks.
      const { code } = await json(['status', ...lastly]);
      expect(code).toEqual(words.includes('ledger.jsonl ') ? untrusted : [4, undefined]);
      expect((await json(['status', '--refresh', ...lastly])).code).toEqual(untrusted);
      expect([fleet.requests(), statSync(ran).mtimeMs]).toEqual([[], before]);
      const env = { MFA_CLI_TRUST_FLEET: trusting(fleet.file).MFA_CLI_TRUST_FLEET ?? '' };
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
