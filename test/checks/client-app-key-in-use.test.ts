import { describe, expect, it } from 'vitest';
import {
  checkSilenced,
  type KeyRequest,
  keysInUse,
  type ReportedKey,
} from '../../src/checks/client-app-key-in-use.ts';

/** `set old, set? new, delete old`: in this order, a day each; `?`: its answer is missing. */
function requests(words: string): readonly KeyRequest[] {
  return words
    .split(', ')
    .filter((word) => word !== '')
    .map((word, index) => {
      const [asked = '', clientAppKey = ''] = word.split(' ');
      return {
        clientAppKey,
        asked: asked.startsWith('set') ? 'set' : 'delete',
        answered: !asked.endsWith('?'),
        at: day(index + 1),
      };
    });
}

const day = (number: number): string => `2026-01-0${number}T00:00:00.000Z`;

/** The key that the tenant names; null: it does not tell; `-`: it says that there is none. */
function word(latest: string | null): ReportedKey {
  if (latest === null) return { outcome: 'unknown', clientAppKey: null };
  return latest === '-'
    ? { outcome: 'none', clientAppKey: null }
    : { outcome: 'told', clientAppKey: latest };
}

/** `old ignored 2, new used`: ignored since the second day. */
function told(words: string, latest: string | null): string {
  return [...keysInUse(requests(words), word(latest))]
    .map(([key, { inUse, inUseFrom, ignoredSince }]) => {
      const from = latest === null ? 'record' : 'tenant';
      expect(inUseFrom).toBe(inUse === null ? null : from);
      const since = ignoredSince === null ? '' : ` ${ignoredSince.slice(9, 10)}`;
      return `${key} ${inUse === null ? 'unknown' : inUse ? 'used' : 'not'}${since}`;
    })
    .join(', ');
}

describe('which key a tenant pushes with', () => {
  it.each([
    ['', ''],
    ['set a', 'a used'],
    ['set a, set b', 'a not 2, b used'],
    ['set a, set b, set c', 'a not 2, b not 3, c used'],
    ['set a, set b, set a', 'a used, b not 3'],
    ['delete a', 'a not'],
    // A key that was deleted: what the tenant pushes with then is unknown, whichever it was, until the next set.
    ['set a, set b, delete b', 'a unknown, b not'],
    ['set a, set b, delete a', 'a not, b unknown'],
    ['set a, set b, delete c', 'a unknown, b unknown, c not'],
    ['set a, set b, delete a, set b', 'a not, b used'],
    ['set a, delete a, set b', 'a not, b used'],
    // A set without an answer: that key, or the one that was used before.
    ['set? a', 'a unknown'],
    ['set a, set? b', 'a unknown, b unknown'],
    ['set a, set? a', 'a used'],
    ['set a, set b, set? c', 'a not 2, b unknown, c unknown'],
    ['set a, set b, set? a', 'a unknown, b unknown'],
    ['set a, set? b, set b', 'a not 3, b used'],
    ['set a, delete a, set? a', 'a unknown'],
    // A delete without an answer: what was ignored is not used, deleted or not.
    ['set a, delete? a', 'a unknown'],
    ['set a, set b, delete? a', 'a not 2, b unknown'],
    ['set a, set b, delete? b', 'a unknown, b unknown'],
    ['delete? a', 'a unknown'],
  ])('after %j by the record: %s', (words, expected) => expect(told(words, null)).toBe(expected));

  it.each([
    ['set a, set b', 'b', 'a not 2, b used'],
    ['set a, set b', 'a', 'a used, b not'],
    ['set a, set b', 'other', 'a not 2, b not, other used'],
    ['set a, set b, delete b', 'a', 'a used, b not'],
    ['set a, set? b', 'b', 'a not, b used'],
    ['set a, set b', '-', 'a not 2, b not'],
    ['set a, set? b', '-', 'a not, b not'],
    ['', '-', ''],
  ])('after %j, where the tenant names %s: %s', (words, latest, expected) =>
    expect(told(words, latest)).toBe(expected),
  );
});

describe('silences-other-app', () => {
  const silenced = (words: string, key: string, latest: string | null = null) =>
    checkSilenced(keysInUse(requests(words), word(latest)), key, null);

  it.each([
    ['', 'a', null],
    ['set a', 'a', null],
    ['set a, set b', 'b', null],
    ['set a, delete a', 'b', null],
    ['set a, set? a', 'a', null],
    ['set a', 'b', 'b'],
    ['', 'a', 'a'],
    ['set a', 'b', '-'],
  ])('after %j it is not said of a set of %s', (words, key, latest) =>
    expect(silenced(words, key, latest)).toEqual([]),
  );

  it.each([
    ['set a', 'b', null, '"a"'],
    ['set a, set b', 'c', null, '"b"'],
    ['set a, set b', 'a', null, '"b"'],
    ['set b', 'b', 'a', '"a"'],
    ['set b', 'b', 'z', '"z"'],
    ['set a, set? b', 'b', null, '"a"'],
    ['set a, set? b', 'c', null, '"a" and "b"'],
    ['set a, set b, delete a', 'c', null, '"b"'],
  ])('after %j a set of %s (the tenant names %s) silences %s', (words, key, latest, silencedKeys) =>
    expect(silenced(words, key, latest)).toMatchObject([
      {
        code: 'silences-other-app',
        level: 'warning',
        message: `After this, sign-in pushes go only to the app of the client app key that is set, no longer to ${silencedKeys}.`,
      },
    ]),
  );

  it('says where it is not known that the other one gets them now', () => {
    const doubt = 'Add --refresh to ask the tenant which client app key is in use';
    expect(silenced('set a, set? b', 'b')[0]?.hint).toContain(doubt);
    expect(silenced('set a', 'b')[0]?.hint).not.toContain(doubt);
  });
});
