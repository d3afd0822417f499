import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openAppender } from '../../src/change/ledger-append.ts';
import { otherLedger, readLedger } from '../../src/change/ledger-file.ts';
import { fill, isMountable, mountDisk, unmount } from '../support/small-disk.ts';
import { factsOf, start } from './examples.ts';

test.runIf(isMountable())(
  'a line that has no room is told, and the ledger is as it was',
  async () => {
    const disk = mountDisk() ?? '';
    onTestFinished(() => unmount(disk));
    const directory = join(disk, 'own');
    mkdirSync(directory, { mode: 0o700 });
    const place = otherLedger(join(directory, 'fleet.ledger.jsonl'));
    const ledger = openAppender(place, { now: () => new Date(start) });
    const first = await ledger.append(factsOf());
    const before = readFileSync(place.path, 'utf8');
    fill(disk);
    // What the lock and the rest of the page have room for, and then more.
    let failure: unknown = null;
    const written: string[] = [];
    for (let index = 0; index < 100 && failure === null; index++)
      await ledger.append(factsOf({ owner: 'x'.repeat(8000) })).then(
        ({ id }) => written.push(id),
        (error: unknown) => {
          failure = error;
        },
      );
    await ledger.close();
    expect(failure).toMatchObject({ code: 'file-unwritable' });
    expect(String(failure)).toContain('no space left on device');
    expect(readFileSync(place.path, 'utf8').startsWith(before)).toBe(true);
    const read = await readLedger(place);
    expect(read.warnings).toEqual([]);
    expect(read.lines.map(({ id }) => id)).toEqual([first.id, ...written]);
  },
);
