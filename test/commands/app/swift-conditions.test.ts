import { describe, expect, test } from 'vitest';
import { type Conditions, holds, type Truth } from '../../../src/commands/app/swift/conditions.ts';
import { lexSwift } from '../../../src/commands/app/swift/lexer.ts';
import { argumentOf, argumentsOf, callsOf } from '../../../src/commands/app/swift/meaning.ts';
import { placeAt, reaches, readSwift } from '../../../src/commands/app/swift/source.ts';

const flags = new Map([
  ['SET', true],
  ['NOT_SET', false],
]);
const conditions: Conditions = { flag: (name) => flags.get(name) ?? null, language: 5 };

test.each<[string, Truth]>([
  ['SET', true],
  ['NOT_SET', false],
  ['NOBODY_KNOWS', null],
  ['true', true],
  ['false', false],
  ['!SET', false],
  ['!!SET', true],
  ['!NOBODY_KNOWS', null],
  ['SET && NOT_SET', false],
  ['SET && NOBODY_KNOWS', null],
  ['NOT_SET && NOBODY_KNOWS', false],
  ['SET || NOBODY_KNOWS', true],
  ['NOT_SET || NOBODY_KNOWS', null],
  ['SET || SET && NOT_SET', true],
  ['(SET || SET) && NOT_SET', false],
  ['!(SET && NOT_SET)', true],
  ['! SET||!NOT_SET', true],
  ['os(iOS)', true],
  ['os(macOS) || os( iOS )', true],
  ['os(watchOS)', false],
  ['!os(macOS)', true],
  ['targetEnvironment(simulator)', false],
  ['targetEnvironment(macCatalyst)', false],
  ['arch(arm64)', true],
  ['arch(x86_64)', false],
  ['canImport(UIKit)', true],
  ['canImport(UserNotifications) && canImport(SwiftUI)', true],
  ['canImport(AppKit)', false],
  ['canImport(Identity)', null],
  ['canImport(UIKit, _version: 17)', null],
  ['swift(>=5.9)', true],
  ['swift(>=5.10)', true],
  ['swift(>=6)', false],
  ['swift(<6)', true],
  ['compiler(>=5.9)', true],
  ['compiler(>=6.0)', true],
  ['compiler(<6)', false],
  ['compiler(>=7)', null],
  ['compiler(newest)', null],
  ['hasFeature(StrictConcurrency)', null],
  ['somethingNew(iOS)', null],
  ['', null],
  ['SET SET', null],
  ['SET &&', null],
  ['(SET', null],
  ['os(iOS', null],
  [`${'('.repeat(100_000)}SET`, null],
  ['!'.repeat(100_000), null],
])('%.40s is %s', (condition, expected) => {
  expect(holds(condition, conditions)).toBe(expected);
});

test.each<[number | null, string, Truth]>([
  [4, '>=4.2', true],
  [4, '>=5', false],
  [6, '>=6', true],
  [6, '>=5.10', true],
  [6, '>=7', false],
  [6, '>=6.2', null],
  [null, '>=4.2', true],
  [null, '>=5', null],
])('in the language of version %s, swift(%s) is %s', (language, version, expected) => {
  expect(holds(`swift(${version})`, { ...conditions, language })).toBe(expected);
});

/** The lines that are compiled. */
function compiled(text: string): string {
  const { code } = readSwift('A.swift', text, conditions);
  expect(code).toHaveLength(text.length);
  return code.split(/\s+/).join('');
}

test.each<[string, string, string]>([
  ['one branch', '#if SET\na\n#endif\nb', 'ab'],
  ['no branch', '#if NOT_SET\na\n#endif\nb', 'b'],
  ['the first of two', '#if SET\na\n#else\nb\n#endif', 'a'],
  ['the second of two', '#if NOT_SET\na\n#else\nb\n#endif', 'b'],
  ['the first that holds', '#if NOT_SET\na\n#elseif SET\nb\n#elseif SET\nc\n#else\nd\n#endif', 'b'],
  ['both where it is not known', '#if NOBODY_KNOWS\na\n#else\nb\n#endif', 'ab'],
  [
    'what may hold, until one surely does',
    '#if NOBODY_KNOWS\na\n#elseif NOT_SET\nb\n#elseif SET\nc\n#else\nd\n#endif',
    'ac',
  ],
  ['branches in branches', '#if SET\n#if NOT_SET\na\n#else\nb\n#endif\nc\n#endif', 'bc'],
  ['branches in what is left out', '#if NOT_SET\n#if SET\na\n#endif\nb\n#else\nc\n#endif\nd', 'cd'],
  ['a condition with a comment', '#if SET // && NOT_SET\na\n#endif', 'a'],
  ['a directive behind blanks', 'f {\n  #if NOT_SET\n  a\n  #endif\n}', 'f{}'],
  ['a directive that is text', 'f("""\n#if NOT_SET\n""")\na', 'f("""""")a'],
  ['a directive that is a comment', '/*\n#if NOT_SET\n*/\na', 'a'],
  ['one that never ends', 'a\n#if NOT_SET\nb', 'a'],
  ['ends of nothing', '#endif\na\n#else\nb\n#elseif SET\nc', 'abc'],
])('%s', (_name, text, expected) => {
  expect(compiled(text)).toBe(expected);
});

test('what is left out is known still, and its strings are not read', () => {
  const source = readSwift('A.swift', '#if NOT_SET\nlet a = "b"\n#endif\nlet c = "d"', conditions);
  expect(source.strings.map(({ value }) => value)).toEqual(['d']);
  expect(source.whole?.strings.map(({ value }) => value)).toEqual(['b', 'd']);
  expect(readSwift('A.swift', 'let c = "d"', conditions).whole).toBe(null);
});

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
