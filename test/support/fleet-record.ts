import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { historyOf, lastDone, type PastRequest, unansweredFor } from '../../src/change/history.ts';
import { mergedLines } from '../../src/change/ledger.ts';
import { decodeLine, type LedgerLine } from '../../src/change/ledger-line.ts';
import { readFleet } from '../../src/commands/fleet/file/read-fleet.ts';

/** What a record has of a key at a tenant in the end. */
export interface RecordedKey {
  /** Its name in the fleet file; without one, what its key ends with. */
  readonly name: string;
  readonly tenant: string;
  readonly clientAppKey: string;
  readonly state: 'set' | 'deleted' | 'unknown';
  readonly topic: string | null;
  readonly fingerprint: string | null;
  readonly notAfter: string | null;
  /** Of a request without an answer: the state before it. */
  readonly before: Pick<RecordedKey, 'state' | 'topic'> | null;
}

/** The lines of a ledger; a half one at its end does not count. */
export function linesIn(path: string): readonly LedgerLine[] {
  if (!existsSync(path)) return [];
  const texts = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return texts.map((text) => {
    const line = decodeLine(text);
    if (line === null) throw new Error(`${path} has a damaged line: ${text}`);
    return line;
  });
}

/** What a ledger has of each key, by name. @param file the fleet file, which names the keys */
export function recordIn(path: string, file: string): readonly RecordedKey[] {
  const { tenants } = historyOf(mergedLines([linesIn(path)]));
  const names = namesIn(file);
  const found = [...tenants.values()].flatMap((history) => {
    const keys = new Set(history.requests.map(({ line }) => line.clientAppKey));
    return [...keys].flatMap((key): RecordedKey | [] => {
      const done = lastDone(history, key);
      const open = unansweredFor(history, key).at(-1);
      const last = open ?? done;
      if (last === null) return [];
      const { tenant, topic, fingerprint, notAfter } = last.line;
      const before = open === undefined || done === null ? null : done;
      return {
        name: names.get(`${tenant} ${key}`) ?? key.split('.').at(-1) ?? '',
        tenant,
        clientAppKey: key,
        state: stateOf(last),
        topic,
        fingerprint,
        notAfter,
        before: before && { state: stateOf(before), topic: before.line.topic },
      };
    });
  });
  return found.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}

function stateOf({ outcome, line }: PastRequest): RecordedKey['state'] {
  if (outcome !== 'done') return 'unknown';
  return line.asked === 'set' ? 'set' : 'deleted';
}

/** The topic of the tests' usual certificate. */
const usualKey = 'com.example.lab';

function namesIn(file: string): ReadonlyMap<string, string> {
  if (!existsSync(file)) return new Map();
  try {
    const fleet = readFleet(readFileSync(file, 'utf8'), { file, directory: dirname(file) });
    return new Map(
      fleet.tenants.map(({ name, url, clientAppKey, certificate }) => [
        `${url} ${clientAppKey ?? certificate?.topic ?? usualKey}`,
        name,
      ]),
    );
  } catch {
    return new Map();
  }
}
