import { expect, test } from 'vitest';
import { SwiftCode } from '../../../src/commands/app/swift/code.ts';
import { tokenize } from '../../../src/commands/app/swift/tokens.ts';
import { SwiftValues, type Value } from '../../../src/commands/app/swift/values.ts';
import { expectTranscript } from '../../support/transcript.ts';

/** Sources with `§` between them. */
function read(sources: string): SwiftCode {
  const all = sources.split('§').map((text, index) => tokenize(`${index}.swift`, text, 100_000));
  return new SwiftCode(all.flatMap((tokens) => tokens ?? []));
}

test.each<[text: string, code: string, strings: readonly string[]]>([
  ['/* a /* b */ c */ f()', 'f ( ) ', []],
  ['/* never ends', '', []],
  ['"a // b" c', '" c ', ['a // b']],
  ['"a \\" b" c', '" c ', ['a \\" b']],
  ['"a \\(f("b")) c" d', '" ( f ( " ) ) " d ', ['a ', 'b', ' c']],
  ['#"a " \\n b"# c', '" c ', ['a " \\n b']],
  ['#"\\#(f())"#', '" ( f ( ) ) " ', ['', '']],
  ['"never ends\nf()', '" f ( ) ', ['never ends']],
  ['"\\(never ends', '" ( never ends ', ['']],
  ['`case` a.b1 != 1.5', 'case a . b1 != 1.5 ', []],
  ['#if A && B // c\na\n#else\nb\n#endif', 'a b ', []],
])('%j is read as %j', (text, expected, strings) => {
  const { tokens } = read(text);
  expect(tokens.map((token) => token.text).join(' ')).toBe(expected);
  expect(tokens.flatMap(({ value }) => value ?? [])).toEqual(strings);
});

test('a source of too many tokens is not read', () => {
  expect([tokenize('A.swift', 'a b c', 2), tokenize('A.swift', 'a b', 2)?.length]).toEqual([null, 3]);
});

test('a call has its arguments, by label, and its place', () => {
  const code = read('func f(a: Int) {}\n\nf(a: g(1, 2), b: { x, y in [x, y] },\n  c: "d, e: 1")');
  const [call = { at: 0, from: 0, to: 0 }] = code.callsOf('f');
  expect([code.callsOf('f').length, code.placeAt(call.at)]).toEqual([1, { file: '0.swift', line: 3 }]);
  expect(code.itemsIn(call).map(({ label }) => label)).toEqual(['a', 'b', 'c']);
  expect([code.argumentOf(call, 'e'), code.text(code.argumentOf(call, 'c')?.from ?? 0)]).toEqual([null, '"']);
});

/** What `make(id: …)` is given: `?` for what only the app knows, `.name` for a member that is not declared. */
function given(sources: string): string {
  const code = read(sources);
  const values = new SwiftValues(code);
  const told = (value: Value): string => {
    if (value.kind === 'literal') return String(value.value);
    return value.kind === 'member' ? `.${value.name}` : value.kind === 'made' ? 'made' : '?';
  };
  const calls = code.callsOf('make').map((call) => code.argumentOf(call, 'id'));
  return calls.map((argument) => (argument === null ? '' : values.of(argument).map(told).join())).join(' | ');
}

test('the values that the sources give an argument', () =>
  expectTranscript('app-swift-values.txt', (lines) => [given(lines.join('\n').replaceAll('\n§\n', '§'))]));
