import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { copyProject, type Edit } from './copied-project.ts';

const category = 'Approver/Push/PushCategory.swift';
const responder = 'Approver/Push/ChallengeResponder.swift';
const settings = 'Approver/Settings.swift';
const right = '"MfaNotificationCategoryId"';

/** `code level file:line` of each finding of the classic project with edits. */
async function findings(edits: readonly Edit[]): Promise<readonly string[]> {
  const { stdout } = await createMachine().run(['app', 'check', copyProject('classic', edits), '--json']);
  return JSON.parse(stdout).findings.map(
    ({ code, level, file, line }: Record<string, unknown>) => `${code} ${level} ${file}:${line}`,
  );
}

/** The category is given what is written, next to declarations in a source of its own. */
function given(identifier: string, declarations: string): readonly Edit[] {
  return [
    [category, 'identifier: identifier,', `identifier: ${identifier},`],
    [category, `static let identifier = ${right}`, ''],
    [settings, 'enum Settings', `${declarations}\nenum Settings`],
  ];
}

const wrong = [`category-identifier-wrong error ${category}:19`];
const two = `enum Push { static let category = ${right} }\nenum Other { static let category = "Other" }`;

test.each<[string, readonly Edit[], readonly string[]]>([
  ['the one of two enumerations that is right', given('Push.category', two), []],
  ['the one of two enumerations that is wrong', given('Other.category', two), wrong],
  [
    'the right one, where the wrong one is in its own source',
    given('Push.category', two.replaceAll(right, '"Other"').replace('"Other"', right)),
    [],
  ],
  [
    'a nested type that is wrong',
    given(
      'Push.Ids.category',
      `struct Push { enum Ids { static let category = "x" } }\nenum Ids { static let category = ${right} }`,
    ),
    wrong,
  ],
  [
    'an extension that is wrong',
    given(
      'Push.category',
      `enum Push {}\nextension Push { static let category = "x" }\nenum Other { static let category = ${right} }`,
    ),
    wrong,
  ],
  [
    'Self that is wrong',
    [
      ...given('Self.category', two),
      [category, 'enum Action', 'static let category = "x"\n\n    enum Action'],
    ],
    [`category-identifier-wrong error ${category}:21`],
  ],
  [
    'a global that is wrong',
    given('named', `let named = "x"\nenum Push { static let category = ${right} }`),
    wrong,
  ],
  [
    'a local that is wrong, in place of a global',
    [
      ...given('named', `let named = ${right}`),
      [category, 'let approve', 'let named = "x"\n        let approve'],
    ],
    [`category-identifier-wrong error ${category}:20`],
  ],
  [
    'a local that is right, in place of a global',
    [
      ...given('named', 'let named = "x"'),
      [category, 'let approve', `let named = ${right}\n        let approve`],
    ],
    [],
  ],
  [
    'a text of several lines',
    given('"""\n                MfaNotificationCategoryId\n                """', ''),
    [],
  ],
  [
    'a constant of several lines',
    given(
      'Push.category',
      'enum Push {\n  static let category = """\n    MfaNotificationCategoryId\n    """\n}',
    ),
    [],
  ],
  [
    'a text of several lines that is wrong',
    given('"""\n    MfaNotificationCategory\n    Id\n    """', ''),
    wrong,
  ],
  [
    'what is put together',
    given('Push.prefix + "CategoryId"', 'enum Push { static let prefix = "MfaNotification" }'),
    [],
  ],
  [
    'what is interpolated',
    given('"\\(Push.prefix)CategoryId"', 'enum Push { static let prefix = "MfaNotification" }'),
    [],
  ],
  [
    'what only the app knows, where the sources have it',
    given(
      'Push.category()',
      `enum Push { static func category() -> String { read() } }\nlet other = ${right}`,
    ),
    [],
  ],
  [
    'what only the app knows',
    given('Push.category()', 'enum Push { static func category() -> String { read() } }'),
    [`category-identifier-wrong warning ${category}:19`],
  ],
])('the category has %s', async (_name, edits, expected) => {
  expect(await findings(edits)).toEqual(expected);
});

test.each<[string, readonly Edit[], readonly string[]]>([
  [
    'one of them alone, and one that only the app knows',
    [
      [category, 'identifier: Action.approve.rawValue', 'identifier: read()'],
      [category, 'MfaNotificationApproveActionId', 'Approve'],
    ],
    [`action-approve-missing warning ${category}:13`],
  ],
  [
    'one that is wrong, and one that only the app knows',
    [
      [category, 'identifier: Action.approve.rawValue', 'identifier: "Approve"'],
      [category, 'identifier: Action.deny.rawValue', 'identifier: read()'],
      [category, 'MfaNotification', 'Other'],
      [category, 'OtherCategoryId', 'MfaNotificationCategoryId'],
    ],
    [`action-approve-missing warning ${category}:18`, `action-deny-missing warning ${category}:18`],
  ],
  [
    'neither, and no category',
    [
      [category, 'UNNotificationCategory(', 'Category('],
      [category, 'UNNotificationAction(', 'Action('],
    ],
    ['category-missing error Approver/AppDelegate.swift:12'],
  ],
])('the actions are %s', async (_name, edits, expected) => {
  expect(await findings(edits)).toEqual(expected);
});

test('the finding tells what is used, and where it is declared', async () => {
  const { stdout } = await createMachine().run([
    'app',
    'check',
    copyProject('classic', given('Other.category', two)),
  ]);
  expect(
    stdout,
  ).toContain(`✗ error No UNNotificationCategory has the identifier MfaNotificationCategoryId: this one has "Other". [category-identifier-wrong]
    Approver/Push/PushCategory.swift:19
    The tenant's pushes name it: identifier: "MfaNotificationCategoryId". It is declared in Approver/Settings.swift:5.
`);
});

const set = 'setNotificationCategories([category])';
const make = (name: string): string =>
  `enum ${name} { static let category = UNNotificationCategory(identifier: "${name}", actions: [], intentIdentifiers: []) }\n`;

test.each<[string, readonly Edit[], readonly string[]]>([
  ['the category alone', [], []],
  [
    'another category alone',
    [
      [category, set, 'setNotificationCategories([Other.category])'],
      [settings, 'enum Settings', `${make('Other')}enum Settings`],
    ],
    [`category-not-registered error ${category}:25`],
  ],
  [
    'both',
    [
      [category, set, 'setNotificationCategories([Other.category, category])'],
      [settings, 'enum Settings', `${make('Other')}enum Settings`],
    ],
    [],
  ],
  [
    'none',
    [[category, set, 'setNotificationCategories([])']],
    [`category-not-registered error ${category}:25`],
  ],
  ['what is not known', [[category, set, 'setNotificationCategories(categories())']], []],
  [
    'the category among what is not known',
    [[category, set, 'setNotificationCategories([other(), category])']],
    [],
  ],
])('what is registered is %s', async (_name, edits, expected) => {
  expect(await findings(edits)).toEqual(expected);
});

const unlabelled: readonly Edit[] = [
  [responder, 'answer(isAccepted: Bool,', 'answer(_ isAccepted: Bool,'],
  [responder, 'answer(isAccepted: true,', 'answer(true,'],
];

test.each<[string, readonly Edit[], readonly string[]]>([
  ['both, without a label', [...unlabelled, [responder, 'answer(isAccepted: false,', 'answer(false,']], []],
  [
    'one, without a label',
    [...unlabelled, [responder, 'answer(isAccepted: false,', 'answer(true,']],
    [`answer-one-sided error ${responder}:18`],
  ],
  [
    'one, by a constant',
    [
      [responder, 'answer(isAccepted: false,', 'answer(isAccepted: yes,'],
      [settings, 'enum Settings', 'let yes = true\nenum Settings'],
    ],
    [`answer-one-sided error ${settings}:4`],
  ],
  [
    'one, by a default',
    [
      [responder, 'isAccepted: Bool,', 'isAccepted: Bool = true,'],
      [responder, 'isAccepted: false, ', ''],
    ],
    [`answer-one-sided error ${responder}:24`],
  ],
  ['what is handed on', [...unlabelled, [responder, 'answer(isAccepted: false,', 'later(answer, ']], []],
  [
    'a variable that changes',
    [
      [responder, 'isAccepted: isAccepted,', 'isAccepted: accepted,'],
      [
        responder,
        'guard let payload',
        'var accepted = false\n        if isAccepted { accepted = true }\n        guard let payload',
      ],
    ],
    [],
  ],
])('the answer is %s', async (_name, edits, expected) => {
  expect(await findings(edits)).toEqual(expected);
});

test.each<[string, string]>([
  ['strings in strings', '"\\('.repeat(80_000)],
  ['brackets that open', '([{'.repeat(80_000)],
  ['brackets that close', '}])'.repeat(80_000)],
  ['blocks in blocks', '{'.repeat(200_000)],
  ['functions in functions', `${'func a('.repeat(30_000)}${')'.repeat(30_000)}{`],
  ['functions', 'func a(x: Int) { }; '.repeat(20_000)],
  ['constants', 'let a = b; '.repeat(40_000)],
  ['constants that are bound', 'if let a = b '.repeat(38_000)],
  ['types', 'struct A '.repeat(55_000)],
  ['types in types', 'struct A {'.repeat(50_000)],
  ['extensions', 'extension Push { static let other = category }\n'.repeat(10_000)],
  ['cases', `enum A { case ${'a, '.repeat(150_000)} }`],
  ['conditions', '#if A\n'.repeat(80_000)],
  ['one condition', `#if ${'('.repeat(400_000)}`],
  [
    'names that stand for more of each other',
    Array.from({ length: 5000 }, (_, index) => `let a${index} = a${index + 1} + a${index + 1}`).join('\n'),
  ],
  ['lists in lists', `let identifier = ${'['.repeat(200_000)}`],
  ['members of members', `let identifier = ${'a.'.repeat(200_000)}a`],
  ['terms', `let identifier = ${'"a" + '.repeat(80_000)}"a"`],
  [
    'calls in calls',
    `func make(_ identifier: String) { UNNotificationCategory(identifier: identifier, actions: []) }\n${'make('.repeat(80_000)}`,
  ],
  [
    'calls',
    `func make(_ identifier: String) { UNNotificationCategory(identifier: identifier, actions: []) }\n${'make(a)\n'.repeat(40_000)}`,
  ],
  ['categories', 'UNNotificationCategory(identifier: a.b.c, actions: [a, b]);'.repeat(8000)],
  ['blanks', `${' '.repeat(250_000)}make(${'\n'.repeat(250_000)}`],
  ['comments', '/* make( */ make '.repeat(30_000)],
  ['blocks of words', '{ some words, more\n  words\n\n'.repeat(18_000)],
  ['a block of names', `{ ${'a, '.repeat(150_000)}`],
  ['closures', '{ [weak self] (a, b) async -> C in '.repeat(15_000)],
  ['loops', `for ${' '.repeat(290)}`.repeat(1700)],
  ['parameters', `func make(${'a: Int, '.repeat(50_000)}) {}`],
  ['returns', `var identifier: String { ${'return "a" + '.repeat(30_000)} }`],
])('a source ends that is made of %s', async (_name, text) => {
  const directory = copyProject('classic', [
    [category, 'identifier: identifier', 'identifier: a0 + identifier'],
  ]);
  writeFileSync(join(directory, settings), text);
  const { exitCode } = await createMachine().run(['app', 'check', directory, '--json']);
  expect([0, 4]).toContain(exitCode);
});
