import { describe, expect, test } from 'vitest';
import { lexSwift } from '../../../src/apple/app/swift-lexer.ts';
import { argumentOf, callsOf, placeAt, readSwift } from '../../../src/apple/app/swift-source.ts';
import { reaches, stringsFor, valuesPassed } from '../../../src/apple/app/swift-values.ts';

describe('code, strings and comments are told apart', () => {
  test.each<[string, string, readonly string[]]>([
    ['f() // g()', 'f()       ', []],
    ['f(/* g() */)', 'f(         )', []],
    ['/* a /* b */ c */ f()', '                  f()', []],
    ['/* never ends', '             ', []],
    ['f("g()")', 'f("   ")', ['g()']],
    ['"a // b" c', '"      " c', ['a // b']],
    ['"a \\" b" c', '"      " c', ['a " b']],
    ['"a \\(f("b")) c" d', '"    f(" ")   " d', ['b', 'a  c']],
    ['"\\(a(b))"', '"  a(b) "', ['']],
    ['#"a " \\n b"# c', '#"        "# c', ['a " \\n b']],
    ['#"\\#(f())"#', '#"   f() "#', ['']],
    ['"""\na "b" // c\n""" d', '"""\n          \n""" d', ['\na "b" // c\n']],
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
  expect(['a', 'b', 'c', 'e'].map((label) => argumentOf(call, label)?.text)).toEqual([
    'g(1, 2)',
    '{ x, y in [x, y] }',
    '"       "',
    undefined,
  ]);
});

test.each<[string, readonly string[]]>([
  ['make(id: "a")', ['a']],
  ['let id = "a"; make(id: id)', ['a']],
  ['private static let id: String = "a"; make(id: Self.id)', ['a']],
  ['enum Action: String { case yes = "a", no = "b" }; make(id: Action.no.rawValue)', ['b']],
  ['make(id: compute())', []],
  ['make(id: elsewhere)', ['c']],
  ['let elsewhere = "here"; make(id: elsewhere)', ['here', 'c']],
])('the string that is given by %j', (text, expected) => {
  const sources = [readSwift('Other.swift', 'let elsewhere = "c"'), readSwift('A.swift', text)];
  const [call] = callsOf(sources, 'make');
  if (call === undefined) throw new Error('no call');
  expect(stringsFor(sources, call, 'id').map(({ value }) => value)).toEqual(expected);
});

test.each<[string, readonly string[]]>([
  ['handle(ok: true); handle(ok: false)', ['true', 'false']],
  ['handle(ok: action == .yes)', ['action == .yes']],
  ['func a(ok: Bool) { handle(ok: ok) }; a(ok: true); a(ok: false)', ['true', 'false']],
  ['func a(with ok: Bool) { handle(ok: ok) }; a(with: true)', ['true']],
  ['func a(ok: Bool) { b(x: ok) }; func b(x: Bool) { handle(ok: x) }; a(ok: false)', ['false']],
  ['func a(ok: Bool) { handle(ok: ok); a(ok: ok) }', []],
  ['func a(_ ok: Bool) { handle(ok: ok) }; a(true)', ['ok']],
  ['func a(ok: Bool) { handle(ok: ok) }', ['ok']],
  ['protocol P { func handle(ok: Bool) }; func a() { }', []],
  ['protocol P { func a(ok: Bool) }; let b = { handle(ok: ok) }; a(ok: true)', ['ok']],
])('the values that arrive by %j', (text, expected) => {
  expect(valuesPassed([readSwift('A.swift', text)], 'handle', 'ok').map((value) => value.text)).toEqual(
    expected,
  );
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
