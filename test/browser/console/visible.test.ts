import { expect, test } from 'vitest';
import { visible } from '../../../src/emulator/browser/shown.ts';

test.each([
  ['plain', 'Uma’s iPhone 15 – هاتف', 'Uma’s iPhone 15 – هاتف'],
  ['an override', 'a\u202egnp.exe', 'a\\u{202e}gnp.exe'],
  ['isolates and marks', '\u2066x\u2069\u200e\u061c', '\\u{2066}x\\u{2069}\\u{200e}\\u{61c}'],
  ['what has no width', 'a\u200b\ufeff\u00ad\u2060b', 'a\\u{200b}\\u{feff}\\u{ad}\\u{2060}b'],
  ['fillers and tags', '\u3164\u{e0041}', '\\u{3164}\\u{e0041}'],
  ['controls and ends of lines', 'a\r\n\u001b[31m\u2028', 'a\\u{d}\\u{a}\\u{1b}[31m\\u{2028}'],
  ['emoji of several', '👩‍💻 🏳️‍🌈 👍🏽', '👩‍💻 🏳️‍🌈 👍🏽'],
  ['a joiner without emoji', 'a\u200db', 'a\\u{200d}b'],
  ['blanks and nothing else', ' \u3000', '\\u{20}\\u{3000}'],
  ['markup, which is the element’s to escape', '<img onerror>', '<img onerror>'],
])('of %s nothing is hidden', (_name, text, shown) => {
  expect(visible(text)).toBe(shown);
});
