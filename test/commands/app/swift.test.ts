import { describe, expect, test } from 'vitest';
import { type Conditions, holds, type Truth } from '../../../src/commands/app/swift/conditions.ts';
import { createEvaluation, type Meaning } from '../../../src/commands/app/swift/evaluation.ts';
import {
  argumentOf,
  argumentsOf,
  callsOf,
  functionsOf,
  placeAt,
  reaches,
  readSwift,
  type SwiftSource,
} from '../../../src/commands/app/swift/source.ts';
import { stringOf } from '../../../src/commands/app/swift/tokens.ts';
import { processorTime } from '../../support/processor-time.ts';

const conditions: Conditions = (name) => (name === 'SET' ? true : name === 'NOT_SET' ? false : null);

function read(text: string, file = 'A.swift'): SwiftSource {
  const source = readSwift(file, text, conditions);
  if (source === null) throw new Error('too large');
  return source;
}

describe('tokens', () => {
  const codeOf = ({ tokens }: SwiftSource): string => tokens.map(({ text }) => text).join(' ');

  test.each<[text: string, code: string, strings: readonly string[]]>([
    ['f() // g()', 'f ( )', []],
    ['f(/* g() */)', 'f ( )', []],
    ['/* a /* b */ c */ f()', 'f ( )', []],
    ['/* never ends', '', []],
    ['f("g()")', 'f ( " )', ['g()']],
    ['"a // b" c', '" c', ['a // b']],
    ['"a \\" b" c', '" c', ['a " b']],
    ['"a \\(f("b")) c" d', '" d', ['a  c', 'b']],
    ['#"a " \\n b"# c', '" c', ['a " \\n b']],
    ['#"\\#(f())"#', '"', ['']],
    ['"""\na "b" // c\n""" d', '" d', ['a "b" // c']],
    ['"""\n  a\n  b\n  """', '"', ['a\nb']],
    ['"""\n"""', '"', ['']],
    ['"a\\t\\u{62}\\\\"', '"', ['a\tb\\']],
    ['"\\u{110000}"', '"', ['']],
    ['"never ends\nf()', '" f ( )', ['never ends']],
    ['`case` a.b1 != 1.5', 'case a . b1 != 1.5', []],
  ])('%j', (text, code, strings) => {
    const source = read(text);
    expect([codeOf(source), source.strings.map(stringOf)]).toEqual([code, strings]);
  });

  test.each<[string, string]>([
    ['#if SET\na\n#endif\nb', 'a b'],
    ['#if NOT_SET\na\n#endif\nb', 'b'],
    ['#if SET\na\n#else\nb\n#endif', 'a'],
    ['#if NOT_SET\na\n#else\nb\n#endif', 'b'],
    ['#if NOT_SET\na\n#elseif SET\nb\n#elseif SET\nc\n#else\nd\n#endif', 'b'],
    ['#if UNKNOWN\na\n#else\nb\n#endif', 'a b'],
    ['#if UNKNOWN\na\n#elseif NOT_SET\nb\n#elseif SET\nc\n#else\nd\n#endif', 'a c'],
    ['#if SET\n#if NOT_SET\na\n#else\nb\n#endif\nc\n#endif', 'b c'],
    ['#if NOT_SET\n#if SET\na\n#endif\nb\n#else\nc\n#endif\nd', 'c d'],
    ['#if SET // && NOT_SET\na\n#endif', 'a'],
    ['f {\n  #if NOT_SET\n  a\n  #endif\n}', 'f { }'],
    ['f("""\n#if NOT_SET\n""")\na', 'f ( " ) a'],
    ['/*\n#if NOT_SET\n*/\na', 'a'],
    ['a\n#if NOT_SET\nb', 'a'],
    ['#endif\na\n#else\nb\n#elseif SET\nc', 'a b c'],
  ])('%j is compiled as %s', (text, expected) => {
    expect(codeOf(read(text))).toBe(expected);
  });

  test('what is left out is known still', () => {
    const source = read('#if NOT_SET\nlet a = "b"\n#endif\nlet c = "d"');
    expect(source.strings.map(stringOf)).toEqual(['d']);
    expect(source.whole?.strings.map(stringOf)).toEqual(['b', 'd']);
    expect(read('let c = "d"').whole).toBe(null);
  });
});

test.each<[string, Truth]>([
  ['SET', true],
  ['NOT_SET', false],
  ['UNKNOWN', null],
  ['true', true],
  ['false', false],
  ['!SET', false],
  ['!!SET', true],
  ['!UNKNOWN', null],
  ['SET && NOT_SET', false],
  ['SET && UNKNOWN', null],
  ['NOT_SET && UNKNOWN', false],
  ['SET || UNKNOWN', true],
  ['NOT_SET || UNKNOWN', null],
  ['SET || SET && NOT_SET', true],
  ['(SET || SET) && NOT_SET', false],
  ['!(SET && NOT_SET)', true],
  ['! SET||!NOT_SET', true],
  ['os(macOS) || os( iOS )', true],
  ['os(watchOS)', false],
  ['targetEnvironment(simulator)', false],
  ['targetEnvironment(macCatalyst)', false],
  ['canImport(UIKit)', null],
  ['swift(>=5.9)', null],
  ['hasFeature(StrictConcurrency)', null],
  ['', null],
  ['SET SET', null],
  ['SET &&', null],
  ['(SET', null],
  ['os(iOS', null],
  [`${'('.repeat(100_000)}SET`, null],
  ['!'.repeat(100_000), null],
])('%.40s is %s', (condition, expected) => {
  const tokens = read(condition).tokens.map(({ text }) => text);
  expect(holds(tokens, conditions)).toBe(expected);
});

test('a call has its arguments, by label', () => {
  const source = read('\nf(a: g(1, 2), b: { x, y in [x, y] },\n  c: "d, e: 1")\nfunc f(a: Int) {}');
  const [call, ...others] = callsOf([source], 'f');
  if (call === undefined) throw new Error('no call');
  expect(others).toEqual([]);
  expect(placeAt(source, call.at)).toEqual({ file: 'A.swift', line: 2 });
  const textOf = (from: number, to: number) =>
    source.tokens
      .slice(from, to)
      .map(({ text }) => text)
      .join('');
  expect(argumentsOf(call).map(({ label, from, to }) => [label, textOf(from, to)])).toEqual([
    ['a', 'g(1,2)'],
    ['b', '{x,yin[x,y]}'],
    ['c', '"'],
  ]);
  expect(argumentOf(call, 'e')).toBe(null);
});

test.each([
  ['start { end() }', true],
  ['start { a() }', true],
  ['start { b() }', false],
  ['start { c() }', false],
])('%s leads to the end: %s', (code, expected) => {
  const all = 'func a() { middle { c() } }; func middle() { end() }; func b() {}; func c() { c() }';
  const source = read(`func ${code.replace('start', 'start()')}; ${all}`);
  const at = functionsOf(source)[0]?.body ?? 0;
  expect(reaches([source], { source, at }, 'end')).toBe(expected);
});

test('functions within functions are searched for a bounded time', async () => {
  const source = read(`func start() { ${'func a() {'.repeat(5_000)}`);
  const search = () => expect(reaches([source], { source, at: 4 }, 'nowhere')).toBe(true);
  expect(await processorTime(search)).toBeLessThan(5_000);
});

/** What `make(id: …)` is given: `?` for what only the app knows, `.name` for a member that is not declared. */
function given(texts: readonly string[], type: string): string {
  const sources = texts.map((text, index) => read(text, `${index}.swift`));
  const evaluate = createEvaluation(sources);
  const calls = callsOf(sources, 'make').map((call) => {
    const argument = argumentOf(call, 'id');
    return argument === null ? '' : evaluate(call.source, argument, type).map(told).join();
  });
  return calls.join(' | ');
}

function told(meaning: Meaning): string {
  switch (meaning.kind) {
    case 'literal':
      return String(meaning.value);
    case 'member':
      return `.${meaning.name}`;
    case 'list':
      return `[${meaning.items.map((item) => item.map(told).join('/'))}]`;
    case 'instance':
      return 'made';
    default:
      return meaning.kind === 'unknown' ? '?' : meaning.kind;
  }
}

const push = 'enum Push { static let c = "a" }';
const two = `${push}\nenum Other { static let c = "b" }`;

/** Sources, with `§` between them, and what the calls are given. */
const meanings: readonly (readonly [sources: string, expected: string])[] = [
  // Literals, sums and interpolations
  ['make(id: "a")', 'a'],
  ['make(id: #"a"#)', 'a'],
  ['make(id: """\n    a\n    """)', 'a'],
  ['let x = "b"\nmake(id: "a" + x + "c")', 'abc'],
  ['let x = "a"\n  + "b"\nmake(id: x)', 'ab'],
  ['make(id: "a" + x())', '?'],
  ['let x = "b"\nmake(id: "a\\(x)c")', 'abc'],
  ['make(id: "a\\(x)c")', '?'],
  ['enum E { case a }\nmake(id: "\\(E.a)b")', 'ab'],
  ['make(id: ("a"))', 'a'],
  ['make(id: "a".lowercased())', '?'],
  ['make(id: x ? "a" : "b")', '?'],
  // Globals
  ['make(id: x)§let x = "a"', 'a'],
  ['let x = "a"\nmake(id: x)§let x = "b"', 'a'],
  ['func f() { make(id: x) }\nlet x = "a"', 'a'],
  ['make(id: x)', '?'],
  ['let x = "a", y = "b"\nmake(id: y)', 'b'],
  ['let x: String = "a"\nmake(id: x)', 'a'],
  ['let x: String\nlet y = "a"\nmake(id: x)', '?'],
  ['let `default` = "a"\nmake(id: `default`)', 'a'],
  ['enum Schlüssel { static let größe = "a" }\nmake(id: Schlüssel.größe)', 'a'],
  ['let x = y\nlet y = x\nmake(id: x)', '?'],
  [`${push}\nlet mine = Push.c\nlet x = mine\nmake(id: x)`, 'a'],
  // Members
  [`${two}\nmake(id: Push.c)\nmake(id: Other.c)`, 'a | b'],
  [`make(id: Other.c)§${two}`, 'b'],
  ['private enum P { static let c = "a" }\nmake(id: P.c)§private enum P { static let c = "b" }', 'a'],
  [`${two}\nmake(id: MyApp.Push.c)`, 'a'],
  [
    'struct A { enum B { static let c = "a" } }\nstruct D { enum B { static let c = "b" } }\nmake(id: D.B.c)',
    'b',
  ],
  [
    'struct A { enum B { static let c = "a" }\n func f() { make(id: B.c) } }\nenum B { static let c = "b" }',
    'a',
  ],
  ['struct A { static let c = "a"\n struct B { func f() { make(id: c) } } }\nlet c = "b"', 'a'],
  ['let c = "b"\nstruct A { static let c = "a"\n func f() { make(id: Self.c) } }', 'a'],
  ['struct A { let c = "a"\n func f() { let c = "b"; make(id: self.c) } }', 'a'],
  ['enum A {}\nextension A { static let c = "a" }\nmake(id: A.c)', 'a'],
  ['enum A { enum B {} }\nextension A.B { static let c = "a" }\nmake(id: A.B.c)', 'a'],
  ['enum A { static let d = "" }\nmake(id: A.c)§extension A { static let c = "a" }', 'a'],
  ['enum A { static let c = "a" }§extension A { func f() { make(id: Self.c) } }', 'a'],
  ['extension Notification.Name { static let c = "a" }\nmake(id: Notification.Name.c)', 'a'],
  ['extension String { static let c = "a" }\nenum B { static let c = "b" }\nmake(id: .c)', 'a'],
  ['make(id: .c)', '.c'],
  ['class A { static let c = "a" }\nclass B: A { func f() { make(id: Self.c) } }', 'a'],
  ['protocol P {}\nextension P { static var c: String { "a" } }\nstruct B: P {}\nmake(id: B.c)', 'a'],
  ['struct A { let c = "a" }\nclass B { let x: A\n func f() { make(id: x.c) } }', 'a,?'],
  ['class A { static let shared = A()\n let c = "a" }\nmake(id: A.shared.c)', 'a,?'],
  // Locals
  ['let c = "b"\nfunc f() { let c = "a"; if true { make(id: c) } }', 'a'],
  ['let c = "a"\nfunc f() { if true { let c = "b" }; make(id: c) }', 'a'],
  ['let c = "a"\nfunc g() { let c = "b" }\nfunc f() { make(id: c) }', 'a'],
  ['let c = "a"\nfunc f() { make(id: c); let c = "b" }', 'a'],
  [
    'func f() {\n  let c = A(\n    x: 1\n  )\n  make(id: c)\n  let d =\n    "a"\n  make(id: d)\n}',
    'made | a',
  ],
  ['func f() { let c = "b"; do { let c = "a"; make(id: c) } }', 'a'],
  ['struct A { static let c = "b"\n static func f() { let c = "a"; make(id: c) } }', 'a'],
  ['let c = "a"\nfunc f() { if let c = x() { make(id: c) } }', '?'],
  ['let c = "a"\nfunc f() { guard let c = x() else { return }; make(id: c) }', '?'],
  ['let c = "a"\nfunc f() { for c in x { make(id: c) } }', '?'],
  ['let c = "a"\nlet f = x.map { c in make(id: c) }', '?'],
  ['let c = "a"\nlet g = x.map { (c: String) -> Int in make(id: c) }', '?'],
  ['let c = "a"\nlet f = { [weak self] in make(id: c) }', 'a'],
  ['let c = "a"\nfunc f() { switch x { case .y(let c): make(id: c) } }', '?'],
  // Cases
  ['enum A: String { case c = "a", d = "b" }\nmake(id: A.d.rawValue)', 'b'],
  ['enum A: String { case c = "b", d }\nmake(id: A.d.rawValue)', 'd'],
  ['enum A: String { case c = "a" }\nlet x = A.c\nmake(id: x.rawValue)', 'a'],
  // What is computed
  ['enum A { static var c = "a" }\nmake(id: A.c)', 'a,?'],
  ['enum A { static var c: String { "a" } }\nmake(id: A.c)', 'a'],
  ['enum A { static var c: String { get { return "a" } set {} } }\nmake(id: A.c)', 'a'],
  ['enum A { case c\n static var x: String { switch y { case .c: "a" } } }\nmake(id: A.x)', 'a,?'],
  ['func c() -> String { "a" }\nmake(id: c())', 'a'],
  ['enum A { static func c() -> String { return "a" } }\nmake(id: A.c())', 'a'],
  // Parameters
  ['func f(x: String) { make(id: x) }\nf(x: "a")\nf(x: "b")', 'a,b'],
  ['func f(with x: String) { make(id: x) }\nf(with: "a")', 'a'],
  ['func f(_ y: Int, _ x: String) { make(id: x) }\nf(1, "a")', 'a'],
  ['func f(_ x: String, done: () -> Void) { make(id: x) }\nf("a") { }', 'a'],
  ['func f(x: String = "a") { make(id: x) }\nf()\nf(x: "b")', 'a,b'],
  ['func f(x: String) { make(id: x) }', '?'],
  ['func f(_ x: String) { make(id: x) }\nf("a")\nxs.forEach(f)', 'a,?'],
  ['class A { init(x: String) { make(id: x) } }\nA(x: "a")\nlet b: A = .init(x: "b")\nB(x: "c")', 'a,b'],
  ['func f(x: String) { g(x) }\nfunc g(_ y: String) { make(id: y) }\nf(x: "a")', 'a'],
  ['func f(x: String) { make(id: x); f(x: x) }', '?'],
  ['func f(x: String) { make(id: x) }\nfunc f(y: String) {}\nf(x: "a")\nf(y: "b")', 'a'],
];

test.each(meanings)('%s', (sources, expected) => {
  expect(given(sources.split('§'), 'String')).toBe(expected);
});

test.each([
  ['make(id: [.a, .b])', '[.a,.b]'],
  ['make(id: .a)', '.a'],
  ['make(id: [Options.a, .b])', '[.a,.b]'],
  ['extension Options { static let mine: Self = [.a, .b] }\nmake(id: .mine)', '[.a,.b]'],
  ['enum B { static let mine: Options = [.b] }\nmake(id: B.mine)', '[.b]'],
  ['var x: Options = [.a]\nx.insert(.b)\nmake(id: x)', '[.a],?'],
  ['make(id: [Options(a: 1), .init(a: 2)])', '[made,made]'],
])('options: %s', (text, expected) => {
  expect(given([text], 'Options')).toBe(expected);
});
