import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { beforeEach, expect, test, vi } from 'vitest';
import { type LedgerAppender, openAppender } from '../../src/change/ledger-append.ts';
import { machineLedger, otherLedger, readLedger } from '../../src/change/ledger-file.ts';
import {
  encodeLine,
  type LedgerFacts,
  laterFacts,
  latestMoment,
} from '../../src/change/ledger-line.ts';
import { waitForLock } from '../../src/files/lock-file.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { acme, factsOf, lineOf, start } from './examples.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory, 'fleet.ledger.jsonl');
});

const now = () => new Date(start);
const open = () => openAppender(otherLedger(path), { now });
const textOf = () => readFileSync(path, 'utf8');
const linesOf = async () => (await readLedger(otherLedger(path))).lines;

test('a line is on disk, with an id and a time, when append resolves', async () => {
  const line = await open().append(factsOf());
  expect(textOf()).toBe(encodeLine(line));
  expect(line).toMatchObject({ at: '2027-03-01T08:00:00.000Z', outcome: 'sending' });
  expect(line.id).toMatch(/^[0-9a-f-]{36}$/);
  expect(await linesOf()).toEqual([line]);
});

test('lines that wait together are all there, each later than the one before', async () => {
  const ledger = open();
  const lines = await Promise.all(
    Array.from({ length: 50 }, (_, index) => ledger.append(factsOf({ ticket: `${index}` }))),
  );
  expect(await linesOf()).toEqual(lines);
  expect(lines.map(({ ticket }) => ticket)).toEqual(lines.map((_, index) => `${index}`));
  expect(lines.map(({ at }) => Date.parse(at))).toEqual(lines.map((_, index) => start + index));
  expect(new Set(lines.map(({ id }) => id)).size).toBe(50);
});

test('a clock that was ahead makes later lines of that tenant later, and no other', async () => {
  writeFileSync(path, encodeLine(lineOf('a', 3600)));
  const ledger = open();
  const line = await ledger.append(factsOf());
  expect(Date.parse(line.at)).toBe(start + 3600_000 + 1);
  const elsewhere = await ledger.append(factsOf({ tenant: 'https://other.example' }));
  expect(Date.parse(elsewhere.at)).toBe(start);
});

test('lines of other ledgers count for the time, and the last moment is no error', async () => {
  const ledger = openAppender(otherLedger(path), {
    now,
    latestElsewhere: (tenant) => (tenant === acme ? latestMoment : undefined),
  });
  const lines = [await ledger.append(factsOf()), await ledger.append(factsOf())];
  expect(lines.map(({ at }) => Date.parse(at))).toEqual([latestMoment, latestMoment]);
});

test('what another wrote meanwhile is known', async () => {
  const [one, other] = [open(), open()];
  const first = await one.append(factsOf());
  const second = await other.append(factsOf());
  const third = await one.append(factsOf());
  expect([first, second, third].map(({ at }) => Date.parse(at) - start)).toEqual([0, 1, 2]);
});

test.each([
  ['written again', (text: string) => writeFileSync(path, text)],
  [
    'replaced',
    (text: string) => {
      writeFileSync(`${path}.new`, text);
      renameSync(`${path}.new`, path);
    },
  ],
])('a file that a merge has %s is read anew, and appended to', async (_how, put) => {
  const ledger = open();
  const first = await ledger.append(factsOf());
  put(encodeLine(lineOf('merged', 100)) + encodeLine(first));
  const second = await ledger.append(factsOf());
  expect(Date.parse(second.at)).toBe(start + 100_001);
  expect((await linesOf()).map(({ id }) => id)).toEqual(['merged', first.id, second.id]);
});

test.each([
  ['half a line', encodeLine(lineOf('b', 1)).slice(0, 60), 1],
  ['the first byte of a line', '{', 1],
  ['zeros', '\0'.repeat(100), 1],
  ['zeros for many lines', '\0'.repeat(200_000), 1],
  ['a line without its break', encodeLine(lineOf('b', 1)).trimEnd(), 2],
  ['a line with zeros in place of its break', `${encodeLine(lineOf('b', 1)).trimEnd()}\0\0`, 2],
  ['half a line with zeros', `${encodeLine(lineOf('b', 1)).slice(0, 60)}\0\0`, 1],
  ['a name with braces, cut', encodeLine(lineOf('b', 1)).replace('"b"', '"}{}"').slice(0, 60), 1],
  ['a blank without its break', ' ', 1],
])(
  'the next writer makes %s right, whether it has read the file or not',
  async (_what, rest, whole) => {
    const text = encodeLine(lineOf('a', 0)) + rest;
    writeFileSync(path, text);
    const { mark } = await readLedger(otherLedger(path));
    const known = await openAppender(otherLedger(path), { now, mark }).append(factsOf());
    expect((await linesOf()).at(-1)).toEqual(known);
    writeFileSync(path, text);
    const read = await readLedger(otherLedger(path));
    expect(read.lines).toHaveLength(whole);
    expect(read.warnings).toEqual(
      /[}\s]$/.test(rest)
        ? []
        : [`${path} ends in half a line, which the next command that writes to it cuts`],
    );
    const line = await open().append(factsOf());
    const after = await readLedger(otherLedger(path));
    expect(after.warnings).toEqual([]);
    expect(after.lines).toHaveLength(whole + 1);
    expect(after.lines.at(-1)).toEqual(line);
  },
);

test.each([
  ['in the middle', 'not a line\n'],
  ['as the end of another file', 'dear diary'],
  [
    'that a newer version has written',
    encodeLine(lineOf('b', 1)).trimEnd().replace('"set"', '"new"'),
  ],
  ['that lacks a quote', encodeLine(lineOf('b', 1)).trimEnd().replace('"b"', '"b')],
  ['of two in one', encodeLine(lineOf('b', 1)).trimEnd().repeat(2)],
  ['that an editor has spoiled', encodeLine(lineOf('b', 1)).trimEnd().replace(/}$/, ',}')],
])('a damaged line %s is an error with its number, and nothing is written', async (_what, text) => {
  const before = encodeLine(lineOf('a', 0)) + text;
  writeFileSync(path, before);
  const damage = { code: 'file-unreadable', message: `${path} is damaged in line 2` };
  await expect(open().append(factsOf())).rejects.toMatchObject(damage);
  await expect(readLedger(otherLedger(path))).rejects.toMatchObject(damage);
  expect(textOf()).toBe(before);
});

test('zeros after a line without its break, in a file that was read before, are no line', async () => {
  writeFileSync(path, encodeLine(lineOf('a', 0)).trimEnd());
  const { mark } = await readLedger(otherLedger(path));
  appendFileSync(path, '\0'.repeat(50));
  const line = await openAppender(otherLedger(path), { now, mark }).append(factsOf());
  expect((await linesOf()).map(({ id }) => id)).toEqual(['a', line.id]);
});

test('blank lines, and the line breaks of Windows, are no damage', async () => {
  const text = `${encodeLine(lineOf('a', 0))}\n${encodeLine(lineOf('b', 1))}`;
  writeFileSync(path, text.replaceAll('\n', '\r\n'));
  expect((await linesOf()).map(({ id }) => id)).toEqual(['a', 'b']);
});

test('a line that no reader would take is not written', async () => {
  const ledger = open();
  await ledger.append(factsOf());
  const before = textOf();
  for (const odd of [{ owner: 'x'.repeat(70_000) }, { notAfter: 'soon' }, { outcome: 'perhaps' }])
    await expect(ledger.append(factsOf(odd))).rejects.toMatchObject({ code: 'file-unwritable' });
  expect(textOf()).toBe(before);
  await ledger.append(factsOf());
  expect(await linesOf()).toHaveLength(2);
});

test('the machine has its own for itself, another takes the mode of the umask', async () => {
  const config = join(directory, 'config');
  await openAppender(machineLedger(config), { now }).append(factsOf());
  expect(statSync(join(config, 'ledger.jsonl')).mode & 0o777).toBe(0o600);
  expect(statSync(config).mode & 0o777).toBe(0o700);
  await open().append(factsOf());
  expect(statSync(path).mode & 0o777).toBe(0o666 & ~process.umask());
});

test('a file that others may write is not used', async () => {
  const config = join(directory, 'config');
  mkdirSync(config, { mode: 0o700 });
  const own = machineLedger(config);
  writeFileSync(own.path, encodeLine(lineOf('a', 0)));
  chmodSync(own.path, 0o666);
  const remedy = { code: 'file-unreadable', facts: { remedy: ['chmod', 'go-w', own.path] } };
  await expect(readLedger(own)).rejects.toMatchObject(remedy);
  await expect(openAppender(own, { now }).append(factsOf())).rejects.toMatchObject(remedy);
  writeFileSync(path, encodeLine(lineOf('a', 0)));
  chmodSync(path, 0o606);
  await expect(open().append(factsOf())).rejects.toMatchObject({ code: 'file-unreadable' });
});

test('in a folder that others may write, nothing is made', async () => {
  const shared = join(directory, 'shared');
  mkdirSync(shared);
  chmodSync(shared, 0o777);
  const place = otherLedger(join(shared, 'fleet.ledger.jsonl'));
  await expect(openAppender(place, { now }).append(factsOf())).rejects.toMatchObject({
    code: 'file-unreadable',
    facts: { remedy: ['chmod', 'go-w', shared] },
  });
  expect(readdirSync(shared)).toEqual([]);
});

test('nothing goes through a link, not even one to a file that is not there', async () => {
  const target = join(directory, '.bash_profile');
  symlinkSync(target, path);
  const refused = {
    code: 'file-unwritable',
    message: `The record ${path} cannot be written: it is a link`,
  };
  await expect(open().append(factsOf())).rejects.toMatchObject(refused);
  expect(existsSync(target)).toBe(false);
  writeFileSync(target, encodeLine(lineOf('a', 0)));
  await expect(open().append(factsOf())).rejects.toMatchObject(refused);
  await expect(readLedger(otherLedger(path))).rejects.toMatchObject({ code: 'file-unreadable' });
  expect(readFileSync(target, 'utf8')).toBe(encodeLine(lineOf('a', 0)));
});

test('a ledger that cannot be written is told for each line, and the next is tried', async () => {
  mkdirSync(path);
  const ledger = open();
  const refused = { code: 'file-unwritable' };
  await expect(ledger.append(factsOf())).rejects.toMatchObject(refused);
  const both = await Promise.allSettled([ledger.append(factsOf()), ledger.append(factsOf())]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await ledger.close();
});

test('a reader that meets a line as it is written waits for the rest', async () => {
  const text = encodeLine(lineOf('a', 0));
  writeFileSync(path, text.slice(0, 40));
  const reading = readLedger(otherLedger(path));
  appendFileSync(path, text.slice(40));
  expect(await reading).toMatchObject({ warnings: [], lines: [{ id: 'a' }] });
});

test('the appender goes on from where a reader was', async () => {
  const sent = await open().append(factsOf());
  const { mark } = await readLedger(otherLedger(path));
  const ledger = openAppender(otherLedger(path), { now, mark });
  const facts: LedgerFacts = laterFacts(sent, { outcome: 'done', sentAs: 'json' });
  const done = await ledger.append(facts);
  expect(Date.parse(done.at)).toBe(start + 1);
  expect(await linesOf()).toEqual([sent, done]);
});

test.each([
  ['first', [0, 1]],
  ['last', [1, 0]],
])(
  'an outcome that waits together with a line that begins is written after an interrupt: it comes %s',
  async (_place, order) => {
    const interrupt = new AbortController();
    const ledger = openAppender(otherLedger(path), { now, signal: interrupt.signal });
    const sending = await ledger.append(factsOf());
    const release = await waitForLock(`${path}.append`, { unlockable: 'x', held: () => 'x' });
    const outcome = laterFacts(sending, { outcome: 'done', sentAs: 'json' });
    const both = [outcome, factsOf({ clientAppKey: 'com.example.other' })];
    const written = Promise.all(order.map((index) => ledger.append(both[index] ?? outcome)));
    await setImmediate();
    interrupt.abort();
    release();
    expect((await written).map(({ of }) => of)).toContain(sending.id);
    expect((await linesOf()).map((line) => line.outcome).sort()).toEqual([
      'done',
      'sending',
      'sending',
    ]);
  },
);

test.each([
  [20, 1],
  [60, 3],
  [101, 5],
])(
  'five lines that follow at once, of %i ms each, are written under %i locks',
  async (milliseconds, locks) => {
    let seconds = 0;
    vi.spyOn(process, 'uptime').mockImplementation(() => seconds);
    const seen = new Set<number>();
    const following: Promise<unknown>[] = [];
    const ledger: LedgerAppender = openAppender(otherLedger(path), {
      now() {
        // The lock is held. A second name keeps the next one from getting its number.
        const name = `${path}.${following.length}`;
        linkSync(`${path}.append.lock`, name);
        seen.add(statSync(name).ino);
        if (following.length < 4) following.push(ledger.append(factsOf()));
        seconds += milliseconds / 1000;
        return new Date(start);
      },
    });
    await ledger.append(factsOf());
    while (following.length < 4) await following.at(-1);
    await Promise.all(following);
    expect(seen.size).toBe(locks);
  },
);

test('an interrupt ends the wait for another process, but not of the outcome of what was sent', async () => {
  const interrupt = new AbortController();
  const openHere = () => openAppender(otherLedger(path), { now, signal: interrupt.signal });
  const ledger = openHere();
  const sending = await ledger.append(factsOf());
  const words = { unlockable: 'x', held: () => 'x' };
  const release = await waitForLock(`${path}.append`, words);
  interrupt.abort();
  const outcome = ledger.append(laterFacts(sending, { outcome: 'done', sentAs: 'json' }));
  const begun = openHere().append(factsOf());
  await expect(begun).rejects.toMatchObject({ code: 'interrupted' });
  release();
  expect(await outcome).toMatchObject({ of: sending.id, outcome: 'done' });
  expect((await linesOf()).map((line) => line.outcome)).toEqual(['sending', 'done']);
});
