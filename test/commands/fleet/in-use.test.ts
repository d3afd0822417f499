import { expect, test } from 'vitest';
import { keyUsesOf, settleByWord } from '../../../src/commands/fleet/in-use.ts';
import type { RecordEntry } from '../../../src/commands/fleet/record.ts';
import { fleetTenant, setEntry } from '../../support/fleet-status.ts';

const gone = { topic: null, fingerprint: null, notAfter: null };
const was = (topic: string | null) => {
  const { fingerprint, notAfter, setAt } = setEntry('acme', 100);
  return topic === null
    ? ({ ...gone, state: 'deleted', setAt } as const)
    : ({ state: 'set', topic, fingerprint, notAfter, setAt } as const);
};
const sending = (more: Partial<RecordEntry>) =>
  setEntry('acme', 300, { state: 'sending', outcome: 'unknown', ...more });

/** What a request without an answer comes to, by the topic that the tenant tells. */
test.each<[string, RecordEntry, string | null | undefined, string]>([
  ['a first set was taken', sending({ before: null }), 'com.example.app', 'set com.example.app'],
  ['a first set was not taken', sending({ before: null }), null, 'nothing'],
  ['a first set, and a third topic is there', sending({ before: null }), 'com.example.third', 'sending'],
  [
    'another topic was taken',
    sending({ before: was('com.example.old') }),
    'com.example.app',
    'set com.example.app',
  ],
  [
    'another topic was not taken',
    sending({ before: was('com.example.old') }),
    'com.example.old',
    'set com.example.old',
  ],
  ['a renewal changes no topic', sending({ before: was('com.example.app') }), 'com.example.app', 'sending'],
  ['after a deletion it was taken', sending({ before: was(null) }), 'com.example.app', 'set com.example.app'],
  ['after a deletion it was not taken', sending({ before: was(null) }), null, 'deleted null'],
  ['a deletion was done', sending({ ...gone, before: was('com.example.app') }), null, 'deleted null'],
  [
    'a deletion was not done',
    sending({ ...gone, before: was('com.example.app') }),
    'com.example.app',
    'set com.example.app',
  ],
  ['what an earlier version noted, without what was there', sending({}), 'com.example.app', 'sending'],
  ['the tenant does not say', sending({ before: null }), undefined, 'sending'],
])('%s', (_case, entry, topic, expected) => {
  const answer =
    topic === undefined
      ? ({ outcome: 'unknown', why: 'it does not tell' } as const)
      : ({ outcome: 'told', topic } as const);
  const { record, settled } = settleByWord(
    { entries: [entry] },
    [{ tenant: fleetTenant('acme'), clientAppKey: entry.clientAppKey }],
    new Map([['acme', answer]]),
  );
  const [now] = record.entries;
  const words =
    now === undefined ? 'nothing' : now.state === 'sending' ? 'sending' : `${now.state} ${now.topic}`;
  expect(words).toBe(expected);
  expect(now?.outcome).toBe(expected === 'sending' ? 'unknown' : undefined);
  expect(settled.map(({ taken }) => taken)).toEqual(
    expected === 'sending' ? [] : [entry.topic === (topic ?? null)],
  );
});

test('the order of the requests counts, wherever the record has them', () => {
  const entries = [
    setEntry('acme', 300, { clientAppKey: 'a', setAt: '2026-01-03T00:00:00Z' }),
    setEntry('acme', 300, { clientAppKey: 'b', setAt: '2026-01-01T00:00:00+01:00' }),
  ];
  const uses = keyUsesOf({ entries }, [], new Map())(entries[0]?.tenant ?? '');
  expect([uses.get('a')?.inUse, uses.get('b')?.inUse]).toEqual([true, false]);
});
