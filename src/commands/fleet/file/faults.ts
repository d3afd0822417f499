import { CliError } from '../../../errors/cli-error.ts';
import { count, nearestName } from '../../../text/phrasing.ts';
import { onOneLine } from '../../../text/printable.ts';

/** The keys that lead from the top of the file to a value. */
export type Path = readonly (string | number)[];

/** Where a fault is: at a key, or at its value. */
export type Place = { readonly path: Path; readonly at: 'key' | 'value' } | { readonly offset: number };

interface Fault {
  readonly place: Place;
  readonly message: string;
}

/** What is wrong with a file, collected so that all of it is told at once. */
export interface Faults {
  add(place: Place, message: string): void;
  /** The name of the first thousand that was most likely meant; undefined also for faults beyond those that are shown. */
  nearest(name: string, names: Iterable<string>): string | undefined;
  readonly found: boolean;
  /** @throws {CliError} fleet-file-invalid, if there are any */
  throwIfAny(file: string, text: string, offsetOf: (place: Place) => number): void;
}

/** Of more faults nobody reads on. */
const shownFaults = 50;

/** A hostile or generated file may have millions. */
const keptFaults = 1000;

/** A comparison takes up to 30 µs. */
const comparedNames = 1000;

export function collectFaults(): Faults {
  const kept: Fault[] = [];
  let found = 0;
  return {
    add(place, message) {
      found++;
      if (kept.length < keptFaults) kept.push({ place, message });
    },
    nearest: (name, names) =>
      found < shownFaults ? nearestName(name.slice(0, 40), [...names].slice(0, comparedNames)) : undefined,
    get found() {
      return found > 0;
    },
    throwIfAny(file, text, offsetOf) {
      if (found === 0) return;
      const located = kept
        .map(({ place, message }) => ({ offset: offsetOf(place), message }))
        .sort((one, other) => one.offset - other.offset);
      const places = placesIn(text);
      const lines = located.map(({ offset, message }) => `${onOneLine(file)}:${places(offset)}: ${message}`);
      throw invalid(file, [...new Set(lines)], found - kept.length);
    },
  };
}

/** The CliError of a file whose faults are these, one a line. @param untold how many more there are */
function invalid(file: string, lines: readonly string[], untold: number): CliError {
  const all = lines.length + untold;
  const more = all - Math.min(all, shownFaults);
  const head = `${onOneLine(file)} has ${count(all, 'fault')}`;
  const tail = more === 0 ? [] : [`… and ${count(more, 'more fault')}`];
  return new CliError('fleet-file-invalid', head, { lines: [...lines.slice(0, shownFaults), ...tail] });
}

/** `LINE:COLUMN` of an offset, both from 1 on; columns are counted in UTF-16, as editors do. */
function placesIn(text: string): (offset: number) => string {
  const starts = [0];
  for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', end + 1)) starts.push(end + 1);
  return (offset) => {
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return `${low + 1}:${offset - (starts[low] ?? 0) + 1}`;
  };
}

/** A name from the file within a sentence: in quotes, on one line, and only its beginning if it is long. */
export function quoted(name: string): string {
  const letters = [...name];
  return `"${onOneLine(letters.slice(0, 60).join(''))}${letters.length > 60 ? '…' : ''}"`;
}

/** The same path, one key further. */
export function below(path: Path, key: string | number): Path {
  return [...path, key];
}
