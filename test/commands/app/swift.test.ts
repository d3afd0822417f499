import { describe, expect, test } from 'vitest';
import { lexSwift } from '../../../src/commands/app/swift/lexer.ts';
import { argumentOf, argumentsOf, callsOf } from '../../../src/commands/app/swift/meaning.ts';
import { placeAt, reaches, readSwift } from '../../../src/commands/app/swift/source.ts';

describe('code, strings and comments are told apart', () => {
  test.each<[string, string, readonly string[]]>([
    ['f() // g()', 'f()       ', []],
    ['f(/* g() */)', 'f(         )', []],
    ['/* a /* b */ c */ f()', '                  f()', []],
    ['/* never ends', '             ', []],
    ['f("g()")', 'f("   ")', ['g()']],
    ['"a // b" c', '"      " c', ['a // b']],
    ['"a \\" b" c', '"      " c', ['a " b']],
    ['"a \\(f("b")) c" d', '"   (f(" "))  " d', ['b', 'a  c']],
    ['"\\(a(b))"', '" (a(b))"', ['']],
    ['#"a " \\n b"# c', '#"        "# c', ['a " \\n b']],
    ['#"\\#(f())"#', '#"  (f())"#', ['']],
    ['"""\na "b" // c\n""" d', '"""\n          \n""" d', ['a "b" // c']],
    ['"""\n  a\n    b\n  """', '"""\n   \n     \n  """', ['a\n  b']],
    ['"""\n  a \\\n  b\\n\n  """', '"""\n     \n     \n  """', ['a b\n']],
    ['"""\n"""', '"""\n"""', ['']],
    ['"a\\t\\u{62}\\\\"', '"           "', ['a\tb\\']],
    ['"\\u{110000}"', '"          "', ['']],
    ['"never ends\nf()', '"          \nf()', ['never ends']],
  ])('%j', (text, code, strings) => {
    const lexed = lexSwift(text);
    expect([lexed.code, lexed.strings.map(({ value }) => value)]).toEqual([code, strings]);
  });

  test('however deep they stand in each other', () => {
    const text = '"\\('.repeat(100_000);
    expect(lexSwift(text).code).toHaveLength(text.length);
  });
});

test('a call has its arguments, by label', () => {
  const source = readSwift(
    'A.swift',
    '\nf(a: g(1, 2), b: { x, y in [x, y] },\n  c: "d, e: 1")\nfunc f(a: Int) {}',
  );
  const [call, ...others] = callsOf([source], 'f');
  expect(others).toEqual([]);
  if (call === undefined) throw new Error('no call');
  expect(placeAt(source, call.offset)).toEqual({ file: 'A.swift', line: 2 });
  const texts = argumentsOf(call).map(({ label, start, end }) => [label, source.code.slice(start, end)]);
  expect(texts).toEqual([
    ['a', 'g(1, 2)'],
    ['b', '{ x, y in [x, y] }'],
    ['c', '"       "'],
  ]);
  expect(argumentOf(call, 'e')).toBe(null);
});

test.each<[string, boolean]>([
  ['end()', true],
  ['a()', true],
  ['b()', false],
  ['c()', false],
])('%s leads to the end: %s', (code, expected) => {
  const source = readSwift(
    'A.swift',
    'func a() { middle { c() } }; func middle() { end() }; func b() {}; func c() { c() }',
  );
  expect(reaches([source], code, 'end')).toBe(expected);
});
