import { expect, test } from 'vitest';
import { formatAnnotation, formatGauge } from '../../src/report/monitoring.ts';

test.each([
  ['plain', 'code', 'A sentence.', '::error title=code::A sentence.\n'],
  ['data escapes', 'code', '50%\r\n::warning::x, y', '::error title=code::50%25%0D%0A::warning::x, y\n'],
  ['property escapes', 'a:b,c%\r\nd', '', '::error title=a%3Ab%2Cc%25%0D%0Ad::\n'],
  ['what is escaped already', 'code', '%0A', '::error title=code::%250A\n'],
])('an annotation: %s', (_name, title, message, expected) => {
  expect(formatAnnotation('error', title, message)).toBe(expected);
});

test.each([
  ['plain', 'com.example', 'com.example'],
  ['a quote', 'a"b', 'a\\"b'],
  ['a backslash', 'a\\n', 'a\\\\n'],
  ['a line break', 'a\nb', 'a\\nb'],
  ['a control character, spelled and then escaped', 'a\u0007b', 'a\\\\u0007b'],
  ['what ends a label', '"} 1', '\\"} 1'],
])('a label: %s', (_name, value, expected) => {
  expect(formatGauge('days', 'Days left.', [{ labels: { app: value, other: 'x' }, value: -3 }])).toBe(
    `# HELP days Days left.\n# TYPE days gauge\ndays{app="${expected}",other="x"} -3\n`,
  );
});

test('a gauge without samples is declared', () => {
  expect(formatGauge('days', 'Days left.', [])).toBe('# HELP days Days left.\n# TYPE days gauge\n');
});
