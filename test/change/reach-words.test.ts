import { expect, test } from 'vitest';
import type { Objection } from '../../src/change/judge-reach.ts';
import { unansweredRequest } from '../../src/change/judge-reach.ts';
import { mainObjection, wordsAgainst } from '../../src/change/reach-words.ts';

const expired: Objection = { code: 'certificate-expired', message: 'It expired.' };
const stranger: Objection = { code: 'issuer-not-apple', message: 'Nobody knows its issuer.' };

test.each<[string, readonly Objection[], string | null]>([
  ['nothing', [], null],
  ['a certain fact', [expired], 'Pushes will not reach phones, unless so: It expired.'],
  ['an unknown issuer', [stranger], 'Pushes may not reach phones: Nobody knows its issuer.'],
  [
    'a certain fact first',
    [stranger, expired],
    'Pushes will not reach phones, unless so: It expired.',
  ],
])('says of %s', (_what, against, words) => {
  expect(wordsAgainst(against, { unless: ', unless so' })).toBe(words);
});

test('leaves it open after a request whose outcome is unknown', () => {
  expect(wordsAgainst([unansweredRequest], { subject: 'Pushes for lab', place: ' at t1' })).toMatch(
    /^Pushes for lab may not reach phones at t1: The outcome /,
  );
  expect(mainObjection([unansweredRequest, expired])).toBe(expired);
});
