import { expect, test } from 'vitest';
import {
  harmless,
  inAnnotation,
  inAnnotationProperty,
  inCsv,
  inHtml,
  inLabel,
  onOneLine,
  printable,
  uncontrolled,
} from '../../src/text/printable.ts';

test.each([
  ['plain', 'Größe 🔑\n\tx', 'Größe 🔑\n\tx'],
  ['a colour of ours', '\u001b[31mred\u001b[39m', '\u001b[31mred\u001b[39m'],
  ['a cleared screen', 'a\u001b[2Jb', 'a\\u001b[2Jb'],
  ['a title', '\u001b]0;pwned\u0007', '\\u001b]0;pwned\\u0007'],
  ['a carriage return', 'good\rbad', 'good\\u000dbad'],
  ['an 8-bit control', 'a\u009b2J', 'a\\u009b2J'],
  ['a turned direction', 'a\u202eb', 'a\\u202eb'],
  ['JSON, which stays what it is', JSON.stringify('a\u009b\u202eb'), '"a\\u009b\\u202eb"'],
])('%s', (_name, text, expected) => {
  expect(printable(text)).toBe(expected);
});

test('a name makes no line of its own', () => {
  expect(onOneLine('cert\n✓ This file can be set.')).toBe('cert\\u000a✓ This file can be set.');
  expect(onOneLine('\u001b[8mhidden')).toBe('\\u001b[8mhidden');
});

test.each([
  ['of Azure', '##vso[task.complete]x', '# #vso[task.complete]x'],
  ['of GitHub, in the old way', 'a ##[error]b', 'a # #[error]b'],
  ['of TeamCity', "##teamcity[testFailed name='x']", "# #teamcity[testFailed name='x']"],
  ['with more signs before it', '###[x', '## #[x'],
  ['of GitHub', '::error::x', ': :error::x'],
  ['after blanks', ' \t::error::x', ' \t: :error::x'],
  ['in a later line', 'a\n\n  ::set-output name=x::y', 'a\n\n  : :set-output name=x::y'],
  ['none: a heading', '## Result [1]', '## Result [1]'],
  ['none: an address', 'http://[::1]:8080 and ::1', 'http://[::1]:8080 and ::1'],
])('a command to a runner of CI: %s', (_case, text, expected) => {
  expect(uncontrolled(text)).toBe(expected);
  expect(uncontrolled(expected)).toBe(expected);
  expect(harmless({ [text]: [text] })).toEqual({ [expected]: [expected] });
  if (!/[\n\t]/.test(text)) expect(onOneLine(text)).toBe(expected);
});

test('the search for commands takes time in proportion to the text', () => {
  for (const part of ['#', '##', ' ', '\n', '\n ', '##a', '::', ' :', '##'.padEnd(100, 'a')])
    expect(uncontrolled(part.repeat(200_000)).length).toBeGreaterThanOrEqual(200_000);
});

test.each<[string, (text: string) => string, string, string]>([
  ['HTML', inHtml, `<a b="&'">`, '&#60;a b=&#34;&#38;&#39;&#34;&#62;'],
  ['CSV', inCsv, 'a "b", c', '"a ""b"", c"'],
  ['CSV, a formula', inCsv, '=1+1', "'=1+1"],
  ['an annotation', inAnnotation, '5% a,b:c\r\n', '5%25 a,b:c%0D%0A'],
  ['a property of one', inAnnotationProperty, 'a,b:c%', 'a%2Cb%3Ac%25'],
  ['a label', inLabel, 'a\\"b"\n\u001b', 'a\\\\\\"b\\"\\n\\\\u001b'],
])('%s', (_case, clean, text, expected) => {
  expect(clean(text)).toBe(expected);
});
