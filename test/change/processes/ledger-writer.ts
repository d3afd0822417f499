import { openAppender } from '../../../src/change/ledger-append.ts';
import { otherLedger } from '../../../src/change/ledger-file.ts';
import { laterFacts } from '../../../src/change/ledger-line.ts';
import { factsOf } from '../examples.ts';

/**
 * A process that writes sets and their outcomes to a ledger, one after the other, and says each
 * line's id once the line is on the disk. `--import torn-write.mjs` ends it in the middle of one.
 */
const [path = '', name = '', count = '1'] = process.argv.slice(2);
const ledger = openAppender(otherLedger(path), { now: () => new Date('2027-03-01T08:00:00.000Z') });
for (let index = 0; index < Number(count); index++) {
  const sending = await ledger.append(factsOf({ clientAppKey: `${name}-${index}` }));
  process.stdout.write(`${sending.id}\n`);
  const done = await ledger.append(laterFacts(sending, { outcome: 'done', sentAs: 'json' }));
  process.stdout.write(`${done.id}\n`);
}
