import {
  chmodSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { historyOf, tenantHistory } from '../../src/change/history.ts';
import {
  type LedgerOptions,
  mergedLines,
  openLedger,
  readLedgers,
  readMachine,
} from '../../src/change/ledger.ts';
import { machineLedger, otherLedger, readLedger } from '../../src/change/ledger-file.ts';
import { encodeLine, laterFacts } from '../../src/change/ledger-line.ts';
import { notedLedgers, noteLedger } from '../../src/change/used-ledgers.ts';
import { lockFile } from '../../src/files/lock-file.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { acme, doneAt, factsOf, lineOf, start } from './examples.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = join(temporaryDirectory(), 'config');
  path = join(temporaryDirectory(), 'fleet.ledger.jsonl');
});

const now = () => new Date(start);
const open = (given: Partial<LedgerOptions> = {}) =>
  openLedger({ directory, named: otherLedger(path), now, ...given });
const everything = { tenants: null };

test('nothing is known of a machine without a ledger', async () => {
  expect(await readMachine(directory, everything)).toMatchObject({ lines: [], warnings: [] });
});

test("the machine's ledger alone keeps who signed in", async () => {
  const record = open({ named: null });
  const line = await record.append(factsOf());
  expect(await record.close()).toBeNull();
  expect(record.path).toBe(join(directory, 'ledger.jsonl'));
  expect(await readMachine(directory, everything)).toMatchObject({
    lines: [line],
    warnings: [],
  });
  expect(line.by).toBe('alice@acme.example');
  expect(notedLedgers(directory)).toEqual([]);
});

describe('another ledger', () => {
  test("has no word of who signed in; the machine's has the same lines, with it", async () => {
    const record = open();
    const sent = await record.append(factsOf());
    const done = await record.append(laterFacts(sent, { outcome: 'done', sentAs: 'json' }));
    expect(await record.close()).toBeNull();
    const named = await readLedger(otherLedger(path));
    expect(named.lines).toEqual([
      { ...sent, by: null },
      { ...done, by: null },
    ]);
    expect(readFileSync(path, 'utf8')).not.toContain('alice');
    expect((await readLedger(machineLedger(directory))).lines).toEqual([sent, done]);
    expect(notedLedgers(directory)).toEqual([path]);
    expect((await readMachine(directory, everything)).lines).toEqual([sent, done]);
  });

  test('is copied after an interrupt as well', async () => {
    const interrupt = new AbortController();
    const record = open({ signal: interrupt.signal });
    mkdirSync(directory, { mode: 0o700 });
    const copy = join(directory, 'ledger.jsonl.append');
    const release = lockFile(copy, { unlockable: 'unlockable', held: () => 'held' });
    const line = await record.append(factsOf());
    interrupt.abort();
    const closed = record.close();
    // The copy waits for the lock by now.
    await setImmediate();
    release();
    expect(await closed).toBeNull();
    expect((await readLedger(machineLedger(directory))).lines).toEqual([line]);
  });

  test('is noted once, and followed with what others wrote to it', async () => {
    for (let time = 0; time < 2; time++) {
      const record = open();
      await record.append(factsOf());
      await record.close();
    }
    expect(notedLedgers(directory)).toEqual([path]);
    expect(statSync(join(directory, 'ledgers.json')).mode & 0o777).toBe(0o600);
    const theirs = doneAt('theirs', 100, { clientAppKey: 'com.example.theirs' });
    writeFileSync(path, readFileSync(path, 'utf8') + theirs.map(encodeLine).join(''));
    for (const tenants of [null, new Set([acme])]) {
      const known = await readMachine(directory, { tenants });
      expect(known.warnings).toEqual([]);
      expect(tenantHistory(historyOf(known.lines), acme).requests).toHaveLength(3);
      expect(known.latestOf(acme)).toBe(start + 101_000);
    }
  });

  test('that is gone or damaged is a warning, and what was done is known', async () => {
    const record = open();
    const line = await record.append(factsOf());
    await record.close();
    writeFileSync(path, 'dear diary\n');
    expect(await readMachine(directory, everything)).toMatchObject({
      lines: [line],
      warnings: [`${path} is damaged in line 1`],
    });
    const also = [otherLedger(path)];
    await expect(readMachine(directory, { tenants: null, also })).rejects.toMatchObject({
      code: 'file-unreadable',
    });
    rmSync(path);
    expect(await readMachine(directory, everything)).toMatchObject({
      lines: [line],
      warnings: [`The record ${path}, which was used on this machine, is gone`],
    });
  });

  test('gets times after those of the machine, as it was read', async () => {
    const own = open({ named: null });
    await own.append(factsOf());
    await own.append(factsOf());
    const also = [otherLedger(path)];
    const known = await readMachine(directory, { tenants: new Set([acme]), also });
    const line = await open({ known }).append(factsOf());
    expect(Date.parse(line.at)).toBe(start + 2);
  });

  test("is written where the machine's cannot be, and that is told at the end", async () => {
    mkdirSync(join(directory, 'ledger.jsonl'), { recursive: true, mode: 0o700 });
    const record = open();
    await record.append(factsOf());
    expect(await record.close()).toMatchObject({ code: 'file-unwritable' });
    expect((await readLedger(otherLedger(path))).lines).toHaveLength(1);
  });

  test("that cannot be written is an error, and nothing is written to the machine's", async () => {
    mkdirSync(path);
    const record = open();
    await expect(record.append(factsOf())).rejects.toMatchObject({ code: 'file-unwritable' });
    expect(await record.close()).toBeNull();
    expect((await readMachine(directory, everything)).lines).toEqual([]);
  });

  test("that cannot take an outcome leaves it to the machine's, after the first line", async () => {
    const record = open();
    const sent = await record.append(factsOf());
    rmSync(path);
    mkdirSync(path);
    const outcome = record.append(laterFacts(sent, { outcome: 'not-done' }));
    await expect(outcome).rejects.toMatchObject({ code: 'file-unwritable' });
    expect(await record.close()).toBeNull();
    const { lines } = await readLedger(machineLedger(directory));
    expect(lines).toEqual([sent, expect.objectContaining({ outcome: 'not-done', of: sent.id })]);
    expect(Date.parse(lines[1]?.at ?? '')).toBe(start + 1);
  });

  test("may be named as the machine's own", async () => {
    const record = open({ named: otherLedger(join(directory, 'ledger.jsonl')) });
    const line = await record.append(factsOf());
    await record.close();
    expect(line.by).toBe('alice@acme.example');
    expect((await readLedger(machineLedger(directory))).lines).toEqual([line]);
    expect(notedLedgers(directory)).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')("may be a link to the machine's own", async () => {
    const first = open({ named: null });
    const lines = [await first.append(factsOf())];
    await first.close();
    symlinkSync(join(directory, 'ledger.jsonl'), path);
    const record = open();
    lines.push(await record.append(factsOf()));
    await record.close();
    expect((await readLedger(machineLedger(directory))).lines).toEqual(lines);
  });
});

test('ledgers of shards are one history: by time, then id, each id once', async () => {
  const shards = [1, 2].map((shard) => join(directory, `${shard}.jsonl`));
  mkdirSync(directory, { mode: 0o700 });
  const [a, b, c] = [lineOf('a', 5), lineOf('b', 5, { by: null }), lineOf('c', 1)];
  writeFileSync(shards[0] ?? '', [a, b].map(encodeLine).join(''));
  writeFileSync(shards[1] ?? '', [{ ...b, by: 'bob' }, c].map(encodeLine).join(''));
  const { lines } = await readLedgers(shards.map((shard) => otherLedger(shard)));
  expect(lines.map(({ id, by }) => [id, by])).toEqual([
    ['c', 'alice@acme.example'],
    ['a', 'alice@acme.example'],
    ['b', 'bob'],
  ]);
  expect(mergedLines([[c, a, a], [a]]).map(({ id }) => id)).toEqual(['c', 'a']);
});

describe('the ledgers that were used', () => {
  test('are noted by processes at once without losing any', async () => {
    const paths = Array.from({ length: 10 }, (_, index) => join(directory, `${index}.jsonl`));
    await Promise.all(paths.map((each) => noteLedger(directory, each)));
    expect([...notedLedgers(directory)].sort()).toEqual(paths);
  });

  test('are noted by paths that hold in every folder', async () => {
    for (const each of [relative(process.cwd(), path), path]) await noteLedger(directory, each);
    expect(notedLedgers(directory)).toEqual([path]);
  });

  test('are noted after those that another process is noting', async () => {
    await noteLedger(directory, path);
    const file = join(directory, 'ledgers.json');
    const release = lockFile(file, { unlockable: 'unlockable', held: () => 'held' });
    const noting = noteLedger(directory, join(directory, 'own.jsonl'));
    const theirs = join(directory, 'theirs.jsonl');
    writeFileSync(file, JSON.stringify({ version: 1, ledgers: [path, theirs] }), { mode: 0o600 });
    release();
    await noting;
    expect(notedLedgers(directory)).toEqual([path, theirs, join(directory, 'own.jsonl')]);
  });

  test('are at most a thousand: those that were used last', async () => {
    const paths = Array.from({ length: 1_000 }, (_, index) => join(directory, `${index}.jsonl`));
    await noteLedger(directory, path);
    const text = JSON.stringify({ version: 1, ledgers: paths });
    writeFileSync(join(directory, 'ledgers.json'), text, { mode: 0o600 });
    await noteLedger(directory, path);
    expect(notedLedgers(directory)).toEqual([...paths.slice(1), path]);
  });

  test('are none where the file is damaged, and it is written anew', async () => {
    await noteLedger(directory, path);
    writeFileSync(join(directory, 'ledgers.json'), '{"version":1');
    expect(notedLedgers(directory)).toEqual([]);
    await noteLedger(directory, path);
    expect(notedLedgers(directory)).toEqual([path]);
  });

  test('are not read from a file that others may write', async () => {
    await noteLedger(directory, path);
    chmodSync(join(directory, 'ledgers.json'), 0o666);
    expect(() => notedLedgers(directory)).toThrow('writable by other users');
  });
});

test('no line has what was not meant for it', async () => {
  const secret = { password: 'hunter2', p12: 'MIIhunter2' };
  const record = open();
  const sent = await record.append({ ...factsOf(), ...secret });
  await record.append({ ...laterFacts(sent, { outcome: 'done' }), ...secret });
  await record.close();
  for (const each of [path, join(directory, 'ledger.jsonl')])
    expect(readFileSync(each, 'utf8')).not.toContain('hunter2');
});
