import { readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import {
  encodeRecord,
  type FleetRecord,
  journalOf,
  openJournal,
  type RecordEntry,
  readRecord,
  recordBeside,
} from '../../../src/commands/fleet/record.ts';
import { createTerminal } from '../../../src/terminal/terminal.ts';
import { setEntry } from '../../support/fleet-status.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const disk = vi.hoisted(() => ({ full: false }));
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const fdatasync = (file: number, done: (error: Error | null) => void) =>
    disk.full
      ? done(Object.assign(new Error('full'), { code: 'ENOSPC', errno: -constants.errno.ENOSPC }))
      : real.fdatasync(file, done);
  return { ...real, fdatasync };
});

let path: string;
beforeEach(() => {
  path = join(temporaryDirectory(), 'mfa-fleet.record.json');
});

const streams = { stdin: Readable.from([]), stdout: process.stdout, stderr: process.stderr };
const flags = {
  json: false,
  compact: false,
  quiet: false,
  debug: false,
  noColor: true,
  noInput: true,
};
const read = (file = path) =>
  readRecord(file, {
    terminal: createTerminal(streams, {}, flags),
    signal: new AbortController().signal,
    patience: 1000,
  });

const write = (record: FleetRecord): void => writeFileSync(path, encodeRecord(record));

const entryOf = (name: string, more: Partial<RecordEntry> = {}) => setEntry(name, 395, more);

describe('the record', () => {
  test('is JSON with one sorted entry a line, and comes back as it was', async () => {
    write({ entries: [entryOf('b'), entryOf('a'), entryOf('B')] });
    const lines = [entryOf('B'), entryOf('a'), entryOf('b')].map((entry) => JSON.stringify(entry));
    expect(readFileSync(path, 'utf8')).toBe(`{"version":1,"tenants":[\n${lines.join(',\n')}\n]}\n`);
    expect((await read()).entries).toEqual([entryOf('B'), entryOf('a'), entryOf('b')]);
  });

  test('without a file or an entry is empty', async () => {
    expect(await read()).toEqual({ entries: [] });
    write({ entries: [] });
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ version: 1, tenants: [] });
    expect(await read()).toEqual({ entries: [] });
  });

  test('keeps what a newer version noted in an entry', async () => {
    writeFileSync(path, JSON.stringify({ version: 1, tenants: [{ ...entryOf('a'), by: 'ci' }] }));
    write(await read());
    expect(JSON.parse(readFileSync(path, 'utf8')).tenants).toEqual([{ ...entryOf('a'), by: 'ci' }]);
  });

  const [deep, close] = ['['.repeat(100_000), ']'.repeat(100_000)];
  test.each([
    ['{"version":1,"tenants":[', 'is not the record of a fleet'],
    ['', 'is not the record of a fleet'],
    [`{"version":1,"tenants":[],"later":${deep}${close}}`, 'is not the record of a fleet'],
    ['null', 'is not the record of a fleet'],
    ['{"tenants":[]}', 'is not the record of a fleet'],
    ['{"version":1}', 'has no list of tenants'],
    ['{"version":1,"tenants":[{"name":"a"}]}', 'is damaged in entry 1'],
    ['{"version":2,"tenants":{}}', 'was written by a newer mfa-cli'],
  ])('%s is refused', async (text, words) => {
    writeFileSync(path, text);
    await expect(read()).rejects.toMatchObject({
      code: 'file-unreadable',
      message: `${path} ${words}`,
    });
  });
});

test('the record that nobody named is beside the file, and named after it', () => {
  expect(recordBeside('/fleets/many.yaml')).toBe('/fleets/many.record.json');
  expect(recordBeside('-')).toBe('mfa-fleet.record.json');
});

describe('the journal', () => {
  test('changes what the record says, in order', async () => {
    write({ entries: [entryOf('a'), entryOf('b'), entryOf('c')] });
    const journal = openJournal(path);
    await journal.append(entryOf('a', { state: 'sending' }));
    await Promise.all([
      journal.append(entryOf('a', { topic: 'new' })),
      journal.append({ ...entryOf('b'), state: 'none' }),
      journal.append(entryOf('d', { state: 'sending' })),
    ]);
    journal.close();
    const { entries } = await read();
    expect(entries.map(({ name, state, topic }) => `${name} ${state} ${topic}`)).toEqual([
      'a set new',
      'c set com.example.app',
      'd sending com.example.app',
    ]);
  });

  test.each([1, 20, 200])(
    'is read up to a last line of which %i bytes are missing',
    async (missing) => {
      const journal = openJournal(path);
      await journal.append(entryOf('a'));
      await journal.append(entryOf('b'));
      journal.close();
      const text = readFileSync(journalOf(path));
      writeFileSync(journalOf(path), text.subarray(0, text.length - missing));
      expect((await read()).entries.map(({ name }) => name)).toEqual(['a']);
    },
  );

  test.each(['', '{"vers'])('%j has nothing in it', async (text) => {
    writeFileSync(journalOf(path), text);
    expect((await read()).entries).toEqual([]);
  });

  test.each([
    ['{"version":1}\nnonsense\n{"a":1}\n', 'is damaged in line 2'],
    ['{"version":2}\n', 'was written by a newer mfa-cli'],
    ['nonsense\n', 'is not the record of a fleet'],
  ])('%j is refused', async (text, words) => {
    writeFileSync(journalOf(path), text);
    await expect(read()).rejects.toMatchObject({
      code: 'file-unreadable',
      message: `${journalOf(path)} ${words}`,
    });
  });

  test('says that it cannot be begun', () => {
    expect(() => openJournal(join(path, 'below'))).toThrow(
      expect.objectContaining({ code: 'file-unwritable' }),
    );
  });

  test('says that the disk is full, to each that waits', async () => {
    const journal = openJournal(path);
    disk.full = true;
    const outcomes = await Promise.allSettled(
      ['a', 'b', 'c'].map((name) => journal.append(entryOf(name))),
    );
    disk.full = false;
    journal.close();
    const message = expect.stringMatching(/journal cannot be written: no space left on device$/);
    const refused = { status: 'rejected', reason: { code: 'file-unwritable', message } };
    expect(outcomes).toMatchObject([refused, refused, refused]);
  });
});
