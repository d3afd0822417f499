import { expect, test } from 'vitest';
import { createEvaluation } from '../../../src/commands/app/swift/evaluation.ts';
import type { Meaning } from '../../../src/commands/app/swift/meaning.ts';
import { argumentOf, callsOf } from '../../../src/commands/app/swift/meaning.ts';
import { readSwift } from '../../../src/commands/app/swift/source.ts';

/** What `make(id: …)` is given: `?` for what only the app knows, `.name` for a member that is not declared. */
function given(texts: readonly string[], type = 'String'): readonly string[] {
  const sources = texts.map((text, index) => readSwift(`${index}.swift`, text));
  const evaluate = createEvaluation(sources);
  return callsOf(sources, 'make').flatMap((call) => {
    const argument = argumentOf(call, 'id');
    return argument === null ? [] : evaluate(call.source, argument, type).map(told);
  });
}

function told(meaning: Meaning): string {
  switch (meaning.kind) {
    case 'literal':
      return String(meaning.value);
    case 'member':
      return `.${meaning.name}`;
    case 'list':
      return `[${meaning.items.map((item) => item.map(told).join('|')).join(', ')}]`;
    case 'instance':
      return `${meaning.type}${meaning.call === null ? '' : '()'}`;
    case 'unknown':
      return '?';
    default:
      return meaning.kind;
  }
}

const two = 'enum Push { static let category = "a" }\nenum Other { static let category = "b" }\n';

test.each<[string, readonly string[], readonly string[]]>([
  ['a literal', ['make(id: "a")'], ['a']],
  ['a raw literal', ['make(id: #"a"#)'], ['a']],
  ['a literal of several lines', ['make(id: """\n    a\n    """)'], ['a']],
  ['a constant of several lines', ['let x = """\n  a\n  """\nmake(id: x)'], ['a']],
  ['parts', ['let x = "b"\nmake(id: "a" + x + "c")'], ['abc']],
  ['parts on lines of their own', ['let x = "a"\n  + "b"\nmake(id: x)'], ['ab']],
  ['a part that is not known', ['make(id: "a" + x())'], ['?']],
  ['an interpolation', ['let x = "b"\nmake(id: "a\\(x)c")'], ['abc']],
  ['an interpolation that is not known', ['make(id: "a\\(x)c")'], ['?']],
  ['an interpolated case', ['enum E { case a }\nmake(id: "\\(E.a)b")'], ['ab']],
  ['parentheses', ['make(id: ("a"))'], ['a']],
  ['something else behind', ['make(id: "a".lowercased())'], ['?']],
  ['a choice', ['make(id: x ? "a" : "b")'], ['?']],
  ['one or the other', ['let x = "b"\nmake(id: x ?? "a")'], ['b', 'a']],

  ['a global', ['let x = "a"\nmake(id: x)'], ['a']],
  ['a global of another source', ['make(id: x)', 'let x = "a"'], ['a']],
  ['a global, the own first', ['let x = "a"\nmake(id: x)', 'let x = "b"'], ['a']],
  ['a global that stands later', ['func f() { make(id: x) }\nlet x = "a"'], ['a']],
  ['a name that nobody declares', ['make(id: x)'], ['?']],
  ['a name of a list', ['let x = "a", y = "b"\nmake(id: y)'], ['b']],
  ['a type that is written', ['let x: String = "a"\nmake(id: x)'], ['a']],
  ['a name in ticks', ['let `default` = "a"\nmake(id: `default`)'], ['a']],
  [
    'a name of another alphabet',
    ['enum Schlüssel { static let größe = "a" }\nmake(id: Schlüssel.größe)'],
    ['a'],
  ],

  ['the first of two types', [`${two}make(id: Push.category)`], ['a']],
  ['the second of two types', [`${two}make(id: Other.category)`], ['b']],
  ['two types in other sources', ['make(id: Other.category)', two], ['b']],
  [
    'types of one name, the own first',
    ['private enum P { static let c = "a" }\nmake(id: P.c)', 'private enum P { static let c = "b" }'],
    ['a'],
  ],
  ['a module before it', [`${two}make(id: MyApp.Push.category)`], ['a']],
  [
    'a nested type',
    [
      'struct A { enum B { static let c = "a" } }\nstruct D { enum B { static let c = "b" } }\nmake(id: D.B.c)',
    ],
    ['b'],
  ],
  [
    'a nested type, from inside',
    [
      'struct A { enum B { static let c = "a" }\n func f() { make(id: B.c) } }\nenum B { static let c = "b" }',
    ],
    ['a'],
  ],
  [
    'a member of the type around',
    ['struct A { static let c = "a"\n struct B { func f() { make(id: c) } } }\nlet c = "b"'],
    ['a'],
  ],
  ['Self', ['let c = "b"\nstruct A { static let c = "a"\n func f() { make(id: Self.c) } }'], ['a']],
  ['self', ['struct A { let c = "a"\n func f() { let c = "b"; make(id: self.c) } }'], ['a']],
  [
    'a static and an instance of one name',
    ['struct A { static let c = "a"\n let c = "b"\n func f() { make(id: Self.c); make(id: self.c) } }'],
    ['a', 'b'],
  ],
  ['an extension', ['enum A {}\nextension A { static let c = "a" }\nmake(id: A.c)'], ['a']],
  [
    'an extension of a nested type',
    ['enum A { enum B {} }\nextension A.B { static let c = "a" }\nmake(id: A.B.c)'],
    ['a'],
  ],
  [
    'an extension in another source',
    ['enum A { static let d = "" }\nmake(id: A.c)', 'extension A { static let c = "a" }'],
    ['a'],
  ],
  [
    'Self in an extension',
    ['enum A { static let c = "a" }', 'extension A { func f() { make(id: Self.c) } }'],
    ['a'],
  ],
  [
    'a type of the SDK that is extended',
    ['extension Notification.Name { static let c = "a" }\nmake(id: Notification.Name.c)'],
    ['a'],
  ],
  [
    'a dot before',
    ['extension String { static let c = "a" }\nenum B { static let c = "b" }\nmake(id: .c)'],
    ['a'],
  ],
  ['a dot before what is not declared', ['make(id: .c)'], ['.c']],
  [
    'what a class inherits',
    ['class A { static let c = "a" }\nclass B: A { func f() { make(id: Self.c) } }'],
    ['a'],
  ],
  [
    'what a protocol gives',
    ['protocol P {}\nextension P { static var c: String { "a" } }\nstruct B: P {}\nmake(id: B.c)'],
    ['a'],
  ],
  ['an alias', [`${two}typealias P = Push\nmake(id: P.category)`], ['a']],
  [
    'an alias in a type',
    [`${two}struct A { typealias P = Other\n func f() { make(id: P.category) } }\ntypealias P = Push`],
    ['b'],
  ],
  ['a constant that stands for one', [`${two}let mine = Push.category\nlet x = mine\nmake(id: x)`], ['a']],
  ['constants in a circle', ['let x = y\nlet y = x\nmake(id: x)'], ['?']],
  ['a member of what is made', ['struct A { let c = "a" }\nlet x = A()\nmake(id: x.c)'], ['a']],
  [
    'a member that is given to what is made',
    ['struct A { let c: String }\nlet x = A(c: "a")\nmake(id: x.c)'],
    ['a'],
  ],
  [
    'a member of a shared instance',
    ['class A { static let shared = A()\n let c = "a" }\nmake(id: A.shared.c)'],
    ['a'],
  ],
  ['a member of a type that is written', ['struct A { let c = "a" }\nfunc f(x: A) { make(id: x.c) }'], ['?']],
  [
    'a member of a property',
    ['struct A { let c = "a" }\nclass B { let x: A\n func f() { make(id: x.c) } }'],
    ['a'],
  ],
  [
    'a raw value that is wrapped',
    ['struct A { let rawValue: String\n static let c = A(rawValue: "a") }\nmake(id: A.c.rawValue)'],
    ['a'],
  ],

  ['a local', ['let c = "b"\nfunc f() { let c = "a"; make(id: c) }'], ['a']],
  ['a local of a block around', ['let c = "b"\nfunc f() { let c = "a"; if true { make(id: c) } }'], ['a']],
  ['a local of another block', ['let c = "a"\nfunc f() { if true { let c = "b" }; make(id: c) }'], ['a']],
  ['a local of another function', ['let c = "a"\nfunc g() { let c = "b" }\nfunc f() { make(id: c) }'], ['a']],
  ['a local that is declared later', ['let c = "a"\nfunc f() { make(id: c); let c = "b" }'], ['a']],
  [
    'a local behind one that is set over several lines',
    [
      'func f() {\n  let c = A(\n    x: 1\n  )\n  make(id: c)\n  let d =\n    "a"\n  make(id: d)\n  let e = B\n    .c\n  make(id: e)\n}',
    ],
    ['A()', 'a', '.c'],
  ],
  [
    'a name that stands in what a local of the name is set to',
    ['let c = "a"\nfunc f() {\n  let c = A(\n    x: make(id: c)\n  )\n  make(id: c.x)\n}'],
    ['a', '?'],
  ],
  ['the latter of two locals', ['func f() { let c = "b"; do { let c = "a"; make(id: c) } }'], ['a']],
  [
    'a local in place of a member',
    ['struct A { static let c = "b"\n static func f() { let c = "a"; make(id: c) } }'],
    ['a'],
  ],
  [
    'what `if let` binds',
    ['let c = "a"\nfunc f() { if let c = x() { make(id: c) }; make(id: c) }'],
    ['?', 'a'],
  ],
  [
    'what `if let` binds behind a closure',
    ['let c = "a"\nfunc f() { if let c = x({ 1 }), y { make(id: c) } }'],
    ['?'],
  ],
  [
    'what `guard let` binds',
    ['let c = "a"\nfunc f() { guard let c = x() else { return }; make(id: c) }'],
    ['?'],
  ],
  ['what a loop binds', ['let c = "a"\nfunc f() { for c in x { make(id: c) }; make(id: c) }'], ['?', 'a']],
  [
    'what a closure is given',
    ['let c = "a"\nlet f = x.map { c in make(id: c) }\nlet g = x.map { (c: String) -> Int in make(id: c) }'],
    ['?', '?'],
  ],
  ['what a closure captures', ['let c = "a"\nlet f = { [weak self] in make(id: c) }'], ['a']],
  ['what a pattern binds', ['let c = "a"\nfunc f() { switch x { case .y(let c): make(id: c) } }'], ['?']],

  ['a case', ['enum A: String { case c = "a", d = "b" }\nmake(id: A.d.rawValue)'], ['b']],
  ['a case without a value', ['enum A: String { case c, d }\nmake(id: A.d.rawValue)'], ['d']],
  ['a case behind one with a value', ['enum A: String { case c = "b", d }\nmake(id: A.d.rawValue)'], ['d']],
  [
    'a case of two enumerations',
    ['enum A: String { case c = "a" }\nenum B: String { case c = "b" }\nmake(id: B.c.rawValue)'],
    ['b'],
  ],
  [
    'a constant that is a case',
    ['enum A: String { case c = "a" }\nlet x = A.c\nmake(id: x.rawValue)'],
    ['a'],
  ],
  [
    'what is computed for a case',
    [
      'enum A { case c, d\n var x: String { switch self { case .c: return "a"\n case .d: return "b" } } }\nmake(id: A.c.x)',
    ],
    ['a', 'b'],
  ],
  [
    'what is computed without a return',
    ['enum A { case c\n var x: String { switch self { case .c: "a" } } }\nmake(id: A.c.x)'],
    ['a', '?'],
  ],

  ['a variable', ['enum A { static var c = "a" }\nmake(id: A.c)'], ['a']],
  [
    'a variable that is changed',
    ['enum A { static var c = "a" }\nfunc f() { A.c = "b" }\nmake(id: A.c)'],
    ['a', '?'],
  ],
  ['what is computed', ['enum A { static var c: String { "a" } }\nmake(id: A.c)'], ['a']],
  [
    'what is computed with `get`',
    ['enum A { static var c: String { get { return "a" } set {} } }\nmake(id: A.c)'],
    ['a'],
  ],
  ['a closure that is called', ['enum A { static let c: String = { return "a" }() }\nmake(id: A.c)'], ['a']],
  ['a function', ['func c() -> String { "a" }\nmake(id: c())'], ['a']],
  ['a function of a type', ['enum A { static func c() -> String { return "a" } }\nmake(id: A.c())'], ['a']],
  ['String of something', ['make(id: String("a"))'], ['a']],

  ['a parameter', ['func f(x: String) { make(id: x) }\nf(x: "a")\nf(x: "b")'], ['a', 'b']],
  ['a parameter with a label', ['func f(with x: String) { make(id: x) }\nf(with: "a")'], ['a']],
  ['a parameter without a label', ['func f(_ y: Int, _ x: String) { make(id: x) }\nf(1, "a")'], ['a']],
  [
    'a parameter without a label, before a closure',
    ['func f(_ x: String, done: () -> Void) { make(id: x) }\nf("a") { }'],
    ['a'],
  ],
  ['a parameter with a default', ['func f(x: String = "a") { make(id: x) }\nf()\nf(x: "b")'], ['a', 'b']],
  ['a parameter of a function that nobody calls', ['func f(x: String) { make(id: x) }'], ['?']],
  [
    'a parameter of a function that is handed on',
    ['func f(_ x: String) { make(id: x) }\nf("a")\nxs.forEach(f)'],
    ['a', '?'],
  ],
  [
    'a parameter of an initialiser',
    ['class A { init(x: String) { make(id: x) } }\nA(x: "a")\nlet b: A = .init(x: "b")\nB(x: "c")'],
    ['a', 'b'],
  ],
  [
    'a parameter through two functions',
    ['func f(x: String) { g(x) }\nfunc g(_ y: String) { make(id: y) }\nf(x: "a")'],
    ['a'],
  ],
  ['a parameter that the function gives itself', ['func f(x: String) { make(id: x); f(x: x) }'], ['?']],
  [
    'a parameter with a type of its own',
    [
      'enum A: String { case c = "a" }\nenum B: String { case c = "b" }\nfunc f(x: A) { make(id: x.rawValue) }\nf(x: .c)',
    ],
    ['a'],
  ],
  [
    'functions of one name',
    ['func f(x: String) { make(id: x) }\nfunc f(y: String) {}\nf(x: "a")\nf(y: "b")'],
    ['a'],
  ],
])('%s', (_name, texts, expected) => {
  expect(given(texts)).toEqual(expected);
});

test.each<[string, string, string]>([
  ['a list', 'make(id: [.a, .b])', '[.a, .b]'],
  ['an option alone', 'make(id: .a)', '.a'],
  ['the type before it', 'make(id: [Options.a, .b])', '[.a, .b]'],
  [
    'a constant of the type',
    'extension Options { static let mine: Self = [.a, .b] }\nmake(id: .mine)',
    '[.a, .b]',
  ],
  [
    'a constant of two',
    'enum A { static let mine: Options = [.a] }\nenum B { static let mine: Options = [.b] }\nmake(id: B.mine)',
    '[.b]',
  ],
  ['a list that grows', 'var x: Options = [.a]\nx.insert(.b)\nmake(id: x)', '[.a],?'],
  ['what is made', 'make(id: [Options(a: 1), .init(a: 2)])', '[Options(), Options()]'],
])('%s', (_name, text, expected) => {
  expect(given([text], 'Options').join()).toBe(expected);
});
