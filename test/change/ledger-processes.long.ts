import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import { historyOf, tenantHistory } from '../../src/change/history.ts';
import { mergedLines } from '../../src/change/ledger.ts';
import { openAppender } from '../../src/change/ledger-append.ts';
import { otherLedger, readLedger } from '../../src/change/ledger-file.ts';
import { encodeLine } from '../../src/change/ledger-line.ts';
import { bundlePrograms } from '../support/bundle.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { acme, doneAt, factsOf, start } from './examples.ts';

const programs = temporaryDirectory();
const here = (name: string): string => fileURLToPath(new URL(`processes/${name}`, import.meta.url));
beforeAll(() => bundlePrograms([here('ledger-writer.ts')], programs));

let path: string;
beforeEach(() => {
  path = join(temporaryDirectory(), 'fleet.ledger.jsonl');
});

interface Torn {
  readonly at: number;
  readonly bytes: number;
}

function startWriter(name: string, count: number, torn: Torn | null = null): ChildProcess {
  const preloaded = torn === null ? [] : ['--import', pathToFileURL(here('torn-write.mjs')).href];
  const args = [...preloaded, join(programs, 'ledger-writer.mjs'), path, name, `${count}`];
  return spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TORN_AT: `${torn?.at}`, TORN_BYTES: `${torn?.bytes}` },
  });
}

/** The ids that a process told, one for each line that was on the disk. */
async function idsFrom(child: ChildProcess): Promise<readonly string[]> {
  let text = '';
  child.stdout?.on('data', (chunk) => {
    text += chunk;
  });
  await once(child, 'close');
  return text.split('\n').filter(Boolean);
}

const linesOf = async () => (await readLedger(otherLedger(path))).lines;

test('three processes append at once, and no line is lost, doubled or out of order', async () => {
  const told = await Promise.all(['a', 'b', 'c'].map((name) => idsFrom(startWriter(name, 20))));
  const lines = await linesOf();
  expect(lines).toHaveLength(120);
  expect(new Set(lines.map(({ id }) => id))).toEqual(new Set(told.flat()));
  // The clock stands still: each line is a millisecond after the one before, whoever wrote it.
  expect(lines.map(({ at }) => Date.parse(at) - start)).toEqual(lines.map((_, index) => index));
});

test('killed in the middle of any line, the next run tells and settles it', async () => {
  for (const at of [1, 2, 3, 4])
    for (const bytes of [0, 1, 100, 100_000]) {
      writeFileSync(path, '');
      const told = await idsFrom(startWriter('a', 2, { at, bytes }));
      const isWhole = bytes === 100_000;
      const whole = at - 1 + (isWhole ? 1 : 0);
      const { lines, warnings } = await readLedger(otherLedger(path));
      expect([told.length, lines.length]).toEqual([at - 1, whole]);
      expect(warnings).toHaveLength(bytes === 0 || isWhole ? 0 : 1);
      const before = tenantHistory(historyOf(lines), acme);
      expect(before.unanswered).toHaveLength(whole % 2);

      const ledger = openAppender(otherLedger(path), { now: () => new Date(start) });
      const last = before.unanswered.at(-1)?.line.clientAppKey ?? 'a-1';
      const sent = await ledger.append(factsOf({ clientAppKey: last }));
      await ledger.append({ ...factsOf({ clientAppKey: last }), outcome: 'done', of: sent.id });
      const after = await readLedger(otherLedger(path));
      expect(after.warnings).toEqual([]);
      expect(after.lines.slice(0, whole)).toEqual(lines);
      expect(tenantHistory(historyOf(after.lines), acme).unanswered).toEqual([]);
    }
});

test('two branches that both appended are merged by union into one history', async () => {
  const directory = temporaryDirectory();
  path = join(directory, 'fleet.ledger.jsonl');
  const git = (...args: string[]) =>
    execFileSync(
      'git',
      [
        '-c',
        'user.name=A',
        '-c',
        'user.email=a@example.com',
        '-c',
        'commit.gpgsign=false',
        ...args,
      ],
      { cwd: directory, stdio: 'pipe', encoding: 'utf8' },
    );
  const commit = (message: string) => {
    git('add', '.');
    git('commit', '-q', '-m', message);
  };
  git('init', '-q', '-b', 'main');
  writeFileSync(join(directory, '.gitattributes'), '*.ledger.jsonl merge=union\n');
  appendFileSync(path, doneAt('first', 0).map(encodeLine).join(''));
  commit('first');
  git('checkout', '-q', '-b', 'other');
  const theirs = await idsFrom(startWriter('theirs', 3));
  commit('theirs');
  git('checkout', '-q', 'main');
  const ours = await idsFrom(startWriter('ours', 3));
  commit('ours');
  git('merge', '-q', 'other');
  const merged = mergedLines([await linesOf()]);
  const ids = ['first', 'first-done', ...ours, ...theirs];
  expect(readFileSync(path, 'utf8').trim().split('\n')).toHaveLength(ids.length);
  expect(new Set(merged.map(({ id }) => id))).toEqual(new Set(ids));
  expect(merged.map(({ at }) => at)).toEqual(merged.map(({ at }) => at).toSorted());
  const history = tenantHistory(historyOf(merged), acme);
  expect(history.unanswered).toEqual([]);
  expect(history.lastDone.size).toBe(7);
  const next = await openAppender(otherLedger(path), { now: () => new Date(0) }).append(factsOf());
  expect(merged.every(({ at }) => at < next.at)).toBe(true);
});
