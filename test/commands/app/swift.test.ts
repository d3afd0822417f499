import { expect, test } from 'vitest';
import { SwiftCode } from '../../../src/commands/app/swift/code.ts';
import { tokenize } from '../../../src/commands/app/swift/tokens.ts';
import { SwiftValues, type Value } from '../../../src/commands/app/swift/values.ts';

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

const two = 'enum Push { static let c = "a" }\nenum Other { static let c = "b" }';

test.each<[sources: string, expected: string]>([
  ['make(id: "a")', 'a'],
  ['make(id: """\n    a\n    """)', 'a'],
  ['make(id: true)', 'true'],
  // What is not evaluated
  ['let x = "b"\nmake(id: "a\\(x)")', '?'],
  ['make(id: x ? "a" : "b")', '?'],
  ['let x = "a"\n  + "b"\nmake(id: x)', '?'],
  ['let x = y\nlet y = x\nmake(id: x)', '?'],
  ['make(id: x)', '?'],
  // Constants, those in the same source before all others
  ['make(id: x)§let x = "a"', 'a'],
  ['let x = "a"\nmake(id: x)§let x = "b"', 'a'],
  ['let x: String\nlet y = "a"\nmake(id: x)', '?'],
  ['let `default` = "a"\nmake(id: `default`)', 'a'],
  ['let x = "a"\nfunc f() { let x = "b"; make(id: x) }', 'a,b'],
  ['let x = Push.c\nmake(id: x)§enum Push { static let c = "a" }', 'a'],
  // Members
  [`${two}\nmake(id: Push.c)\nmake(id: MyApp.Other.c)`, 'a | b'],
  ['enum A {}\nextension A { static let c = "a" }\nmake(id: A.c)', 'a'],
  ['enum A { static let c = "a" }§extension A { func f() { make(id: Self.c) } }', 'a'],
  ['extension String { static let c = "a" }\nlet c = "b"\nmake(id: .c)', 'a'],
  ['make(id: .c)\nmake(id: A.c)', '.c | .c'],
  ['struct A { let c = "a" }\nmake(id: x.c)', '?'],
  // What is bound at run time
  ['func f() { if let c = x() { make(id: c) } }§let c = "a"', '?'],
  ['for c in x { make(id: c) }§let c = "a"', '?'],
  ['for (c, d) in x { make(id: c) }§let c = "a"', '?'],
  ['let (c, d) = x\nmake(id: c)§let c = "a"', '?'],
  ['x.map { c in make(id: c) }§let c = "a"', '?'],
  ['x.map { (c: String) -> Int in make(id: c) }§let c = "a"', '?'],
  ['switch x { case .y(let c): make(id: c) }§let c = "a"', '?'],
  // Cases
  ['enum A: String { case c = "a", d = "b" }\nmake(id: A.d.rawValue)', 'b'],
  ['enum A: String { case c = "b", d }\nmake(id: A.d.rawValue)', 'd'],
  ['enum A: String { case c = "a" }\nlet x = A.c\nmake(id: x.rawValue)', '?'],
  ['extension A { func f() { make(id: rawValue) } }', '?'],
  // What is computed
  ['enum A { static var c = "a" }\nmake(id: A.c)', 'a,?'],
  ['enum A { static var c: String { "a" } }\nmake(id: A.c)', 'a'],
  ['enum A { static var c: String { return "a" } }\nmake(id: A.c)', 'a'],
  ['enum A { static var c: String { x() } }\nmake(id: A.c)', '?'],
  // Parameters
  ['func f(x: String) { make(id: x) }\nf(x: "a")\nf(x: "b")', 'a,b'],
  ['func f(with x: String) { make(id: x) }\nf(with: "a")', 'a'],
  ['func f(_ x: String) { make(id: x) }\nf("a")', '?'],
  ['func f(x: String = "a") { make(id: x) }\nf()\nf(x: "b")', '?,b'],
  ['func f(x: String) { make(id: x) }', '?'],
  ['func f(x: String) { make(id: x) }\nf(x: "a")\nxs.forEach(f)', '?'],
  ['class A { init(x: String) { make(id: x) } }\nA(x: "a")', '?'],
  ['func f(x: String) { g(y: x) }\nfunc g(y: String) { make(id: y) }\nf(x: "a")', 'a'],
  // Lists and calls
  ['make(id: [.a, .b])', '.a,.b'],
  ['enum B { static let mine: Options = [.b] }\nmake(id: B.mine)', '.b'],
  ['let x = A(\n  x: 1\n)\nmake(id: [x, .init(a: 2)])', 'made,made'],
  ['make(id: ["a": "b"])', '?'],
])('%s', (sources, expected) => {
  expect(given(sources)).toBe(expected);
});
