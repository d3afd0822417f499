import { describe, expect, test } from 'vitest';
import { inJson, printable, uncommandedJson, uncontrolled } from '../../src/text/printable.ts';

/** Texts are searched by parts of some 65,000 units. */
const near = Array.from({ length: 24 }, (_, index) => 65_520 + index);

describe('in a long text, wherever its parts end,', () => {
  test.each(['##[x', '##vso[x', '##teamcity[x'])('%s is no command', (command) => {
    for (const length of near) {
      const text = `${'-'.repeat(length)}${command}`;
      expect(uncontrolled(text).slice(length)).toBe(command.replace('#', '# '));
      expect(uncommandedJson(text).slice(length)).toBe(command.replace('#', '\\u0023'));
      expect(inJson(text)).toBe(`"${'-'.repeat(length)}${command.replace('#', '\\u0023')}"`);
    }
  });

  test('a color stays, and a character of two units is escaped as a whole', () => {
    for (const length of near) {
      const before = '-'.repeat(length);
      expect(printable(`${before}\u001b[31;1mred`)).toBe(`${before}\u001b[31;1mred`);
      expect(printable(`${before}\u{e0041}`)).toBe(`${before}\\udb40\\udc41`);
      expect(inJson(`${before}\u{e0041}`)).toBe(`"${before}\\udb40\\udc41"`);
    }
  });
});

test('half a character is escaped, so that two names that differ do not look alike', () => {
  expect(['\ud800x', 'x\udfff', '\ud83d\ude00'].map(uncontrolled)).toEqual([
    '\\ud800x',
    'x\\udfff',
    '\u{1f600}',
  ]);
});
