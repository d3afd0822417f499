import { join, resolve } from 'node:path';
import type { OpenFile } from '../files/appended.ts';
import {
  emptyMark,
  halfLineIn,
  isAsMarked,
  type LedgerContents,
  type LedgerPlace,
  markAfter,
  noContents,
  readLedger,
  readOpened,
  untilWhole,
} from './ledger-file.ts';
import {
  type LedgerIndex,
  type Places,
  placesOf,
  readIndex,
  rowsOf,
  writeIndex,
} from './ledger-index-file.ts';
import { decodeLine, type LedgerLine, longestLine } from './ledger-line.ts';
import { hashOf } from './ledger-scan.ts';

/** In bytes: a smaller ledger is read whole. */
const worthIt = 512 * 1024;
/** The number of lines after an index from which on it is rebuilt. */
const maxNewer = 1_000;

/** To read about more tenants than this, an index saves nothing. */
const maxLookedUp = 1_000;

/** Thrown by a look at a line that is not where the index has it. */
class Outdated extends Error {}

/**
 * Where the index of a ledger stands: in the configuration directory, whichever ledger it
 * is of, so that nothing is left beside a ledger that others share.
 */
export function indexPathOf(directory: string, { path, isMachine }: LedgerPlace): string {
  if (isMachine) return join(directory, 'ledger.index');
  return join(directory, `ledger-${hashOf(Buffer.from(resolve(path))).slice(0, 16)}.index`);
}

/**
 * Reads the lines of some tenants, of few by an index where the ledger is large. The
 * index is rebuilt when it is missing, damaged, or of another state of the file; a
 * directory that cannot be written is no error.
 * @param directory the configuration directory, which is there
 * @throws {CliError} as `readLedger`
 */
export async function readTenants(
  place: LedgerPlace,
  directory: string,
  tenants: ReadonlySet<string>,
): Promise<LedgerContents> {
  if (tenants.size > maxLookedUp) {
    const whole = await readLedger(place);
    return { ...whole, lines: whole.lines.filter(({ tenant }) => tenants.has(tenant)) };
  }
  return untilWhole(() => readTenantsOnce(place, directory, tenants));
}

function readTenantsOnce(
  place: LedgerPlace,
  directory: string,
  tenants: ReadonlySet<string>,
): LedgerContents {
  const indexPath = indexPathOf(directory, place);
  const read = (known: LedgerIndex | null): LedgerContents | null =>
    readOpened(place, (file) => readBy(file, place, { indexPath, known, tenants }));
  let contents: LedgerContents | null;
  try {
    contents = read(readIndex(indexPath));
  } catch (error) {
    if (!(error instanceof Outdated)) throw error;
    contents = read(null);
  }
  return contents ?? noContents(place.path);
}

interface Reading {
  readonly indexPath: string;
  readonly known: LedgerIndex | null;
  readonly tenants: ReadonlySet<string>;
}

/** Throws Outdated. @throws {CliError} */
function readBy(file: OpenFile, { path }: LedgerPlace, reading: Reading): LedgerContents {
  const { indexPath, tenants } = reading;
  const known = reading.known !== null && isOfFile(reading.known, file) ? reading.known : null;
  const newer: LedgerLine[] = [];
  const places = new Map<string, Places[]>();
  let count = 0;
  const { mark, scan } = markAfter(file, path, known?.mark ?? emptyMark, ({ line, from, to }) => {
    count += 1;
    if (tenants.has(line.tenant)) newer.push(line);
    const own = places.get(line.tenant);
    if (own === undefined) places.set(line.tenant, [{ from, to }]);
    else own.push({ from, to });
  });
  const older = known === null ? [] : [...tenants].flatMap((each) => linesOf(file, known, each));
  const isDue = known === null ? file.stats.size > worthIt : count > maxNewer;
  if (isDue) writeIndex(indexPath, file, mark, rowsOf(places, known));
  const warnings = scan.isHalf ? [halfLineIn(path)] : [];
  return { path, isThere: true, lines: [...older, ...newer], mark, warnings };
}

/** Whether the file is the one of an index, or that one with more lines. */
function isOfFile({ mark, size, changed }: LedgerIndex, file: OpenFile): boolean {
  const { stats } = file;
  const isRewritten = stats.size <= size && stats.mtimeMs !== changed;
  return !isRewritten && isAsMarked(file, mark);
}

/** The lines of a tenant that an index knows. Throws Outdated. */
function linesOf(file: OpenFile, known: LedgerIndex, tenant: string): readonly LedgerLine[] {
  return placesOf(known, tenant).map(({ from, to }) => {
    if (to - from > longestLine) throw new Outdated();
    const line = decodeLine(file.read(from, to).toString('utf8'));
    if (line?.tenant !== tenant) throw new Outdated();
    return line;
  });
}
