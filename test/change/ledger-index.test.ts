import { createHash } from 'node:crypto';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openAppender } from '../../src/change/ledger-append.ts';
import {
  type LedgerPlace,
  machineLedger,
  otherLedger,
  readLedger,
} from '../../src/change/ledger-file.ts';
import { indexPathOf, readTenants } from '../../src/change/ledger-index.ts';
import { encodeLine, type LedgerLine } from '../../src/change/ledger-line.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { factsOf, lineOf, start } from './examples.ts';

let directory: string;
let place: LedgerPlace;
beforeEach(() => {
  directory = temporaryDirectory();
  place = machineLedger(directory);
});

const count = 2_000;
const tenantOf = (index: number): string => `https://tenant-${index}.example`;
const lineAt = (index: number): LedgerLine =>
  lineOf(`id-${index}`, index, { tenant: tenantOf(index % 100) });
const write = (path: string, lines: readonly LedgerLine[]): void => {
  writeFileSync(path, lines.map(encodeLine).join(''), { mode: 0o600 });
  utimesSync(path, 1000, 1000);
};
const all = Array.from({ length: count }, (_, index) => lineAt(index));
const ofTenant = (index: number): readonly LedgerLine[] =>
  all.filter(({ tenant }) => tenant === tenantOf(index));

const read = (...tenants: readonly number[]) =>
  readTenants(place, directory, new Set(tenants.map(tenantOf)));
const idsOf = (lines: readonly LedgerLine[]) => lines.map(({ id }) => id);

/** Makes a line of another tenant unreadable, so that only a reader of the whole file stumbles. */
function breakUnseen(path: string): void {
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace('"id":"id-55"', '"id":["d55"]').replace('["d55"]', '[[55]] '));
  utimesSync(path, 1000, 1000);
}

test('a small ledger has no index', async () => {
  write(place.path, all.slice(0, 100));
  expect(idsOf((await read(3)).lines)).toEqual(['id-3']);
  expect(existsSync(indexPathOf(directory, place))).toBe(false);
  expect(
    (await readTenants(otherLedger(join(directory, 'none')), directory, new Set())).isThere,
  ).toBe(false);
});

test('with an index, only the lines of the tenants are read', async () => {
  write(place.path, all);
  const first = await read(3, 7);
  expect(statSync(indexPathOf(directory, place)).mode & 0o777).toBe(0o600);
  breakUnseen(place.path);
  await expect(readLedger(place)).rejects.toMatchObject({ code: 'file-unreadable' });
  const second = await read(3, 7);
  expect(second.lines).toEqual([...ofTenant(3), ...ofTenant(7)]);
  expect(new Set(idsOf(first.lines))).toEqual(new Set(idsOf(second.lines)));
  expect(second.mark).toMatchObject({ lines: count, end: statSync(place.path).size });
  expect((await read(500)).lines).toEqual([]);
});

test('lines that came since are read too, and the index is made anew in time', async () => {
  write(place.path, all);
  await read(3);
  const made = readFileSync(indexPathOf(directory, place));
  const more = Array.from({ length: 1_500 }, (_, index) =>
    lineOf(`more-${index}`, count + index, { tenant: tenantOf(index % 100) }),
  );
  const texts = more.map(encodeLine);
  appendFileSync(place.path, texts.slice(0, 500).join(''));
  expect(idsOf((await read(3)).lines)).toEqual(
    idsOf([...ofTenant(3), ...more.slice(0, 500).filter(({ tenant }) => tenant === tenantOf(3))]),
  );
  expect(readFileSync(indexPathOf(directory, place))).toEqual(made);
  appendFileSync(place.path, texts.slice(500).join(''));
  utimesSync(place.path, 1000, 1000);
  await read(3);
  expect(readFileSync(indexPathOf(directory, place)).length).toBeGreaterThan(made.length);
  breakUnseen(place.path);
  expect(idsOf((await read(3)).lines)).toEqual(
    idsOf([...ofTenant(3), ...more.filter(({ tenant }) => tenant === tenantOf(3))]),
  );
});

test('the appender goes on from the mark of an indexed read', async () => {
  write(place.path, all);
  await read(3);
  breakUnseen(place.path);
  const { mark } = await read(3);
  const ledger = openAppender(place, { now: () => new Date(start), mark });
  for (const index of [3, 4]) {
    const line = await ledger.append(factsOf({ tenant: tenantOf(index) }));
    expect(Date.parse(line.at)).toBe(Date.parse(ofTenant(index).at(-1)?.at ?? '') + 1);
  }
});

test.each<[string, () => void]>([
  ['missing', () => undefined],
  ['empty', () => writeFileSync(indexPathOf(directory, place), '')],
  ['no index', () => writeFileSync(indexPathOf(directory, place), 'dear diary\n')],
  [
    'changed in a byte',
    () => {
      const bytes = readFileSync(indexPathOf(directory, place));
      // The row of a line of tenant 3, which would be missed in silence.
      const hash = createHash('sha256').update(tenantOf(3)).digest().subarray(0, 8);
      const at = bytes.lastIndexOf(hash);
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      writeFileSync(indexPathOf(directory, place), bytes);
    },
  ],
  [
    'cut',
    () =>
      writeFileSync(
        indexPathOf(directory, place),
        readFileSync(indexPathOf(directory, place)).subarray(0, 9_000),
      ),
  ],
  ['of a longer file', () => write(place.path, all.slice(0, 1_500))],
  [
    'of a file that was merged',
    () => write(place.path, [lineOf('merged', 0, { tenant: tenantOf(3) }), ...all]),
  ],
  [
    'of a file that was written again',
    () => {
      write(place.path, all.toReversed());
      utimesSync(place.path, 5, 5);
    },
  ],
  [
    'of a file that was changed in place',
    () => {
      const text = readFileSync(place.path, 'utf8');
      writeFileSync(place.path, text.replaceAll('tenant-44', 'tenant-33'));
      utimesSync(place.path, 5, 5);
    },
  ],
])('an index that is %s is made anew', async (what, change) => {
  write(place.path, all);
  if (what !== 'missing') await read(3);
  change();
  for (const tenant of [3, 33, 44]) {
    const whole = (await readLedger(place)).lines.filter(
      (line) => line.tenant === tenantOf(tenant),
    );
    expect((await read(tenant)).lines).toEqual(whole);
    // And once more, with the new one.
    expect((await read(tenant)).lines).toEqual(whole);
  }
  expect(existsSync(indexPathOf(directory, place))).toBe(true);
});

test.skipIf(process.platform === 'win32').each<[string, (path: string) => void]>([
  ['that others may write', (path) => chmodSync(path, 0o666)],
  [
    'behind a link',
    (path) => {
      renameSync(path, `${path}.real`);
      symlinkSync(`${path}.real`, path);
    },
  ],
])('an index %s is not believed', async (_what, change) => {
  write(place.path, all);
  await read(3);
  breakUnseen(place.path);
  change(indexPathOf(directory, place));
  await expect(read(3)).rejects.toMatchObject({ code: 'file-unreadable' });
});

test("another ledger's stands in the configuration directory too", async () => {
  const beside = temporaryDirectory();
  place = otherLedger(join(beside, 'fleet.ledger.jsonl'));
  write(place.path, all);
  await read(3);
  breakUnseen(place.path);
  expect((await read(3)).lines).toEqual(ofTenant(3));
  expect(readdirSync(beside)).toEqual(['fleet.ledger.jsonl']);
  expect(readdirSync(directory)).toEqual([expect.stringMatching(/^ledger-[0-9a-f]{16}\.index$/)]);
});

test('a directory that cannot be written keeps nobody from reading', async () => {
  write(place.path, all);
  const known = await readTenants(place, join(directory, 'none', 'none'), new Set([tenantOf(3)]));
  expect(known.lines).toEqual(ofTenant(3));
});
