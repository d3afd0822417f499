import { describe, expect, test } from 'vitest';
import {
  certificatesAt,
  historyOf,
  isAlerted,
  keyUsesAt,
  lastDone,
  latestCertificate,
  latestProof,
  type PastRequest,
  tenantHistory,
  unansweredFor,
  withoutRepeats,
} from '../../src/change/history.ts';
import type { LedgerLine } from '../../src/change/ledger-line.ts';
import { settledByWord, settlementFacts } from '../../src/change/refresh/settle-past-requests.ts';
import type { ReportedKey } from '../../src/checks/client-app-key-in-use.ts';
import { acme, doneAt, fingerprint, lineOf } from './examples.ts';

const app = 'com.example.app';
const other = { clientAppKey: 'com.example.other', topic: 'com.example.other' };
const deleted = { asked: 'delete', topic: null, fingerprint: null } as const;

const at = (lines: readonly LedgerLine[], tenant = acme) => tenantHistory(historyOf(lines), tenant);
const told = (clientAppKey: string): ReportedKey => ({ outcome: 'told', clientAppKey });
const idsOf = (requests: readonly PastRequest[]) => requests.map(({ id }) => id);

test('nothing is known of a tenant without lines', () => {
  const history = at([]);
  expect(history.requests).toEqual([]);
  expect([lastDone(history, app), latestCertificate(history), history.sentAs]).toEqual([
    null,
    null,
    null,
  ]);
  expect([...keyUsesAt(history)]).toEqual([]);
});

describe('outcomes', () => {
  test('the last line of a request decides, and its first names it', () => {
    const history = at([
      ...doneAt('a', 0),
      lineOf('b', 5),
      lineOf('b2', 6, { outcome: 'not-done', of: 'b' }),
    ]);
    expect(history.requests.map(({ id, outcome }) => [id, outcome])).toEqual([
      ['a', 'done'],
      ['b', 'not-done'],
    ]);
    expect(lastDone(history, app)?.id).toBe('a');
    expect(history.sentAs).toBe('json');
  });

  test('what was only ever being sent is unknown', () => {
    expect(at([lineOf('a', 0)]).unanswered).toMatchObject([{ id: 'a', outcome: 'unknown' }]);
  });

  test('a later set or delete of the key settles it, and none of another key', () => {
    const open = [lineOf('a', 0), lineOf('a2', 1, { outcome: 'unknown', of: 'a' })];
    expect(idsOf(at([...open, ...doneAt('b', 5)]).unanswered)).toEqual([]);
    expect(idsOf(at([...open, ...doneAt('b', 5, deleted)]).unanswered)).toEqual([]);
    expect(idsOf(at([...open, ...doneAt('b', 5, other)]).unanswered)).toEqual(['a']);
    expect(idsOf(at([...doneAt('b', -5), ...open]).unanswered)).toEqual(['a']);
    expect(
      idsOf(
        at([...open, lineOf('b', 5), lineOf('b2', 6, { outcome: 'not-done', of: 'b' })]).unanswered,
      ),
    ).toEqual(['a']);
  });

  test('a later line whose request is lost stands for it', () => {
    expect(at([lineOf('a2', 1, { outcome: 'done', of: 'a', sentAs: 'form' })])).toMatchObject({
      requests: [{ id: 'a', outcome: 'done' }],
      sentAs: 'form',
    });
  });

  test('one that asked the same again is told once', () => {
    const open = at([lineOf('a', 0), lineOf('b', 1), lineOf('c', 2, other)]).unanswered;
    expect(idsOf(withoutRepeats(open))).toEqual(['b', 'c']);
  });

  test('a deletion and a set of one certificate are told both, in either order', () => {
    const [deletion, set] = [lineOf('a', 0, { asked: 'delete' }), lineOf('b', 1)];
    const later = { ...deletion, id: 'c', at: lineOf('c', 2).at };
    expect(idsOf(withoutRepeats(at([deletion, set]).unanswered))).toEqual(['a', 'b']);
    expect(idsOf(withoutRepeats(at([set, later]).unanswered))).toEqual(['b', 'c']);
  });
});

describe('what the tenant tells', () => {
  const before = doneAt('a', 0, { topic: 'com.example.old' });
  const unknown = { outcome: 'unknown', clientAppKey: null } as const;
  const settled = (
    lines: readonly LedgerLine[],
    topic: string | null,
    latest: ReportedKey = unknown,
  ): readonly (readonly string[])[] => {
    const settlements = settledByWord(at(lines), app, { topic, latest });
    return settlements.map(({ request, outcome }) => [request.id, outcome]);
  };

  test.each<[string, readonly LedgerLine[], string | null, readonly (readonly string[])[]]>([
    ['the new topic', [...before, lineOf('b', 5)], app, [['b', 'done']]],
    ['the topic before', [...before, lineOf('b', 5)], 'com.example.old', [['b', 'not-done']]],
    ['a third topic', [...before, lineOf('b', 5)], 'com.example.third', []],
    ['the topic of both, at a renewal', [...doneAt('a', 0), lineOf('b', 5)], app, []],
    ['nothing, where nothing was', [lineOf('b', 5)], null, [['b', 'not-done']]],
    ['nothing, after a delete', [...before, lineOf('b', 5, deleted)], null, [['b', 'done']]],
    ['nothing, where nothing was to delete', [lineOf('b', 5, deleted)], null, []],
    [
      'the topic of one that was tried twice',
      [...before, lineOf('b', 5), lineOf('c', 6)],
      app,
      [
        ['b', 'done'],
        ['c', 'done'],
      ],
    ],
    [
      'the topic of two certificates',
      [...before, lineOf('b', 5), lineOf('c', 6, { fingerprint: 'cd'.repeat(32) })],
      app,
      [],
    ],
  ])('%s', (_what, lines, held, expected) => {
    expect(settled(lines, held)).toEqual(expected);
  });

  test.each<[string, readonly LedgerLine[], ReportedKey, readonly (readonly string[])[]]>([
    ['is another app’s', doneAt('a', 0, other), told(other.clientAppKey), []],
    ['is this one, in place of another', doneAt('a', 0, other), told(app), [['b', 'done']]],
    ['is not told', doneAt('a', 0, other), unknown, []],
    ['is this one, and no other is known', [], told(app), []],
    [
      'is this one, and the deletion of the other has no answer',
      [...doneAt('a', 0, other), lineOf('d', 3, { ...other, asked: 'delete' })],
      told(app),
      [],
    ],
  ])('of a first set, where the latest key %s', (_what, earlier, latest, expected) => {
    expect(settled([...earlier, lineOf('b', 5)], app, latest)).toEqual(expected);
  });

  test('its line settles the request, and makes it no later than what came after', () => {
    const lines = [...before, lineOf('b', 5), ...doneAt('c', 10, other)];
    const [settlement] = settledByWord(at(lines), app, { topic: app, latest: unknown });
    if (settlement === undefined) throw new Error('nothing is settled');
    const facts = settlementFacts(settlement);
    expect(facts).toMatchObject({ outcome: 'done', of: 'b', sentAs: null, topic: app });
    const after = at([...lines, { ...facts, ...{ id: 'd', at: '2027-03-02T00:00:00.000Z' } }]);
    expect(after.unanswered).toEqual([]);
    expect(keyUsesAt(after).get(other.clientAppKey)?.inUse).toBe(true);
    expect(after.sentAs).toBe('json');
  });
});

describe('the key in use', () => {
  test('is the one that was set last', () => {
    const uses = keyUsesAt(at([...doneAt('a', 0), ...doneAt('b', 5, other)]));
    expect(uses.get(app)).toMatchObject({ inUse: false, inUseFrom: 'record' });
    expect(uses.get(other.clientAppKey)).toMatchObject({ inUse: true });
  });

  test('is the one that was answered last, whichever left first', () => {
    const [first, answered] = doneAt('a', 0);
    const between = doneAt('b', 5, other);
    const late = { ...answered, at: lineOf('late', 30).at } as LedgerLine;
    const history = at([first as LedgerLine, ...between, late]);
    expect(keyUsesAt(history).get(app)?.inUse).toBe(true);
    expect(idsOf(history.requests)).toEqual(['b', 'a']);
    expect(lastDone(history, app)?.at).toBe(late.at);
  });

  test('is unknown after a set without an answer, and not after a refused one', () => {
    const set = [...doneAt('a', 0), lineOf('b', 5, other)];
    expect(keyUsesAt(at(set)).get(app)?.inUse).toBeNull();
    const refused = [...set, lineOf('b2', 6, { ...other, outcome: 'not-done', of: 'b' })];
    expect(keyUsesAt(at(refused)).get(app)?.inUse).toBe(true);
  });

  test('is what the tenant tells', () => {
    expect(keyUsesAt(at(doneAt('a', 0)), told('com.example.third')).get(app)).toMatchObject({
      inUse: false,
      inUseFrom: 'tenant',
    });
  });

  test('is none where the tenant tells none', () => {
    const none = { outcome: 'none', clientAppKey: null } as const;
    expect(keyUsesAt(at(doneAt('a', 0)), none).get(app)).toMatchObject({
      inUse: false,
      inUseFrom: 'tenant',
    });
  });
});

test('the certificates of a tenant are those that were not deleted since', () => {
  const sets = [...doneAt('a', 0), ...doneAt('b', 5, other)];
  expect(idsOf(certificatesAt(at(sets)))).toEqual(['a', 'b']);
  expect(latestCertificate(at(sets))?.id).toBe('b');
  expect(latestCertificate(at(sets), app)?.id).toBe('a');
  const without = at([
    ...sets,
    ...doneAt('c', 10, { ...deleted, clientAppKey: other.clientAppKey }),
  ]);
  expect(idsOf(certificatesAt(without))).toEqual(['a']);
  expect(latestCertificate(without)?.id).toBe('a');
  expect(latestCertificate(without, other.clientAppKey)).toBeNull();
});

test('the last proof of a certificate for a key decides, and alerts are told once', () => {
  const prove = { asked: 'prove', sentAs: null } as const;
  const history = historyOf([
    lineOf('a', 0, { ...prove, outcome: 'denied', appConfirmed: null }),
    lineOf('b', 1, { ...prove, outcome: 'approved', appConfirmed: true }),
    lineOf('c', 2, { ...prove, fingerprint: 'cd'.repeat(32), outcome: 'no-push' }),
    lineOf('d', 3, { asked: 'alert', outcome: '30' }),
  ]);
  const tenant = tenantHistory(history, acme);
  expect(latestProof(tenant, { clientAppKey: app, fingerprint })?.id).toBe('b');
  expect(latestProof(tenant, { clientAppKey: 'com.example.b', fingerprint })).toBeNull();
  expect(tenant.requests).toEqual([]);
  expect([isAlerted(history, fingerprint, 30), isAlerted(history, fingerprint, 7)]).toEqual([
    true,
    false,
  ]);
});

test('each line is looked at a few times, however many there are', () => {
  const looksAt = (count: number): number => {
    let looks = 0;
    const counted = (line: LedgerLine): LedgerLine =>
      new Proxy(line, {
        get(target, name, receiver) {
          looks += 1;
          return Reflect.get(target, name, receiver);
        },
      });
    const lines = Array.from({ length: count }, (_, index) =>
      // A thousand requests without an answer, and many keys of one tenant, are the worst.
      doneAt(`${index}`, index * 10, { clientAppKey: `key-${index % 50}` }).slice(
        0,
        1 + (index % 2),
      ),
    );
    const history = at(lines.flat().map(counted));
    keyUsesAt(history);
    unansweredFor(history, 'key-1');
    certificatesAt(history);
    return looks;
  };
  expect(looksAt(8_000) / looksAt(1_000)).toBeLessThan(8.5);
});

test("a tenant's answer stands, whatever was concluded from its word meanwhile", () => {
  const done = doneAt('a', 0);
  const concluded = lineOf('a-late', 9, { outcome: 'not-done', of: 'a' });
  expect(lastDone(at([...done, concluded]), app)?.outcome).toBe('done');
});
