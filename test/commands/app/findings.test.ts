import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { check, copyOf, copyProject, edits, files, found, told } from './copied-project.ts';

/** The finding, and what is put into the project that follows the guide. */
const faults: readonly (readonly [finding: string, ...edits: string[]])[] = [
  ['background-mode-missing info:9', 'info ¦<string>remote-notification</string>¦'],
  ['background-mode-missing info:4', 'info ¦<key>UIBackgroundModes</key>¦<key>Modes</key>'],
  ['info-plist-missing pbxproj:182', 'pbxproj ¦Approver/Info.plist"¦Gone.plist"'],
  ['info-plist-missing pbxproj:178', 'pbxproj ¦INFOPLIST_FILE¦OTHER_FILE'],
  ['info-plist-unreadable info:1', 'info ¦¦<html>'],
  ['entitlements-missing pbxproj:178', 'pbxproj ¦CODE_SIGN_ENTITLEMENTS¦SIGNED_WITH'],
  ['entitlements-missing pbxproj:179', 'entitlements'],
  ['entitlements-unreadable entitlements:1', 'entitlements ¦¦'],
  ['aps-environment-missing entitlements:4', 'entitlements ¦<key>aps-environment¦<key>other'],
  ['aps-environment-unknown entitlements:5', 'entitlements ¦>development<¦>sandbox<'],
  ['authorization-missing delegate:12', 'delegate ¦.requestAuthorization(¦.askFor('],
  ['authorization-incomplete delegate:20', 'delegate ¦.sound, ¦'],
  ['category-missing delegate:12', 'category ¦UNNotificationCategory(¦Category('],
  ['category-identifier-wrong category:19,5', 'category ¦"MfaNotificationCategoryId"¦"MfaCategory"'],
  ['category-not-registered category:19', 'category ¦.setNotificationCategories(¦.keep('],
  [
    'category-not-registered category:19',
    'category ¦.setNotificationCategories([category])¦; "setNotificationCategories()"',
  ],
  ['action-approve-missing category:13,8', 'category ¦"MfaNotificationApproveActionId"¦"Approve"'],
  [
    'action-deny-missing category:18,9',
    'category ¦"MfaNotificationDenyActionId"¦"MfaNotificationDenyActionID"',
  ],
  ['action-deny-missing category:19', 'category ¦actions: [approve, deny]¦actions: [approve]'],
  ['remote-registration-missing delegate:20', 'delegate ¦.registerForRemoteNotifications()¦.register()'],
  ['push-token-not-handled delegate:29', 'delegate ¦CyberArk¦// CyberArk'],
  [
    'push-token-not-handled delegate:29',
    'delegate ¦CyberArk¦/* a /* b */ c */ "handlePushToken()" // CyberArk',
  ],
  ['push-token-not-handled delegate:12', 'delegate ¦didRegisterForRemoteNotificationsWithDeviceToken¦got'],
  ['delegate-missing delegate:12', 'delegate ¦.current().delegate = challenges¦.current()'],
  ['delegate-missing delegate:12', 'delegate ¦.current().delegate = challenges¦.other.delegate = challenges'],
  ['delegate-method-missing responder:5', 'responder ¦didReceive response¦received response'],
  ['challenge-not-read responder:26', 'responder ¦"ChallengeAnswer"¦"Challenge"'],
  ['challenge-not-read responder:26', 'responder ¦"Options"¦"options"'],
  ['challenge-not-answered responder:8', 'responder ¦.handleMFAChallenge(¦.handle('],
  ['answer-one-sided responder:18', 'responder ¦isAccepted: false¦isAccepted: true'],
  ['answer-one-sided responder:33', 'responder ¦isAccepted: isAccepted¦isAccepted: false'],
  ['configuration-missing pbxproj:118', 'identity', 'pbxproj ¦path = IdentityConfiguration.plist¦path = X'],
  ['configuration-not-in-target pbxproj:24', 'pbxproj ¦\t\t\t\tB10000000000000000000007¦\t\t\t\tB1'],
  ['configuration-not-in-target identity:', 'pbxproj ¦path = IdentityConfiguration.plist¦path = X'],
  ['configuration-unreadable identity:', 'identity ¦¦<plist>'],
  ['configuration-unreadable identity:', 'identity'],
  ['configuration-incomplete identity:9', 'identity ¦>approver-ios<¦><'],
  ['configuration-incomplete identity:5', 'identity ¦abc1234.id.cyberark.cloud¦tenant.example.com'],
  ['configuration-incomplete identity:7', 'identity ¦>approver<¦>&lt;application ID&gt;<'],
  ['configuration-incomplete identity:1', 'identity ¦¦<plist><dict/></plist>'],

  ['background-mode-missing ui-info:', 'ui-pbxproj ¦"remote-notification"¦audio'],
  [
    'background-mode-missing ui-info:',
    'ui-pbxproj ¦GENERATE_INFOPLIST_FILE = YES¦GENERATE_INFOPLIST_FILE = NO',
  ],
  [
    'aps-environment-unknown ui-entitlements:5',
    'ui-pbxproj ¦[sdk=iphoneos*]" = production¦[sdk=iphoneos*]" = live',
  ],
  ['app-delegate-not-connected app:4', 'app ¦@UIApplicationDelegateAdaptor(AppDelegate.self)¦@State'],
  ['authorization-incomplete ui-delegate:21', 'ui-delegate ¦[.alert, .badge, .sound]¦[.badge]'],
  ['push-token-not-handled ui-delegate:25', 'ui-delegate ¦handOver(deviceToken)¦print(deviceToken)'],
  ['delegate-missing ui-delegate:11', 'ui-delegate ¦center.delegate = inbox¦inbox.delegate = center'],
  ['action-approve-missing sign-in:7', 'sign-in ¦"MfaNotificationApproveActionId"¦"Approve"'],
  ['challenge-not-read inbox:7', 'inbox ¦payload.Options.ChallengeAnswer¦payload.ChallengeAnswer'],
  ['answer-one-sided inbox:14', 'inbox ¦response.actionIdentifier == "MfaNotificationApproveActionId"¦true'],
  ['configuration-not-in-target ui-identity:', 'ui-pbxproj ¦\t\t\t\tIdentityConfiguration.plist,¦'],
  ['configuration-incomplete ui-identity:', 'ui-identity ¦gatekeeper-ios¦YOUR_CLIENT_ID'],
];

test.each(faults)('%s: %j %j', async (finding, ...lines) => {
  const { exitCode, report } = await check(copyOf(lines));
  expect([told(report), exitCode, report.ok]).toEqual([finding, 4, false]);
  const words = { message: expect.stringMatching(/^\S.*\.$/), hint: expect.stringMatching(/\S/) };
  expect(report.findings).toMatchObject([words]);
});

const right = '"MfaNotificationCategoryId"';
/** The category is given what is written, next to declarations in a source of its own. */
const given = (identifier: string, declarations: string): readonly string[] => [
  `category ¦identifier: identifier,¦identifier: ${identifier},`,
  `category ¦static let identifier = ${right}¦`,
  `settings ¦enum Settings¦${declarations}\nenum Settings`,
];
const two = `enum Push { static let category = ${right} }\nenum Other { static let category = "Other" }`;
const wrong = 'category-identifier-wrong category:19';
const computed = 'enum Push { static func category() -> String { read() } }';
const make = (name: string): string =>
  `enum ${name} { static let category = UNNotificationCategory(identifier: "${name}", actions: [], intentIdentifiers: []) }\n`;
const registered = (list: string): readonly string[] => [
  `category ¦setNotificationCategories([category])¦setNotificationCategories(${list})`,
  `settings ¦enum Settings¦${make('Other')}enum Settings`,
];
const unlabelled = [
  'responder ¦answer(isAccepted: Bool,¦answer(_ isAccepted: Bool,',
  'responder ¦answer(isAccepted: true,¦answer(true,',
];
const before = (what: string, file = 'settings', anchor = 'enum'): string =>
  `${file} ¦${anchor}¦${what}\n${anchor}`;

/** What is found where the guide's calls are written in other ways. */
const ways: readonly (readonly [name: string, finding: string, ...edits: string[]])[] = [
  ['the right one of two enumerations', '', ...given('Push.category', two)],
  ['the wrong one of two enumerations', `${wrong},5`, ...given('Other.category', two)],
  [
    'Self',
    'category-identifier-wrong category:21,7',
    ...given('Self.named', two.replaceAll('category', 'named')),
    'category ¦enum Action¦static let named = "x"\n\n    enum Action',
  ],
  [
    'a global',
    `${wrong},4`,
    ...given('named', `let named = "x"\nenum Push { static let category = ${right} }`),
  ],
  [
    'a local in place of a global',
    'category-identifier-wrong category:20,13',
    ...given('named', `let named = ${right}`),
    'category ¦let approve¦let named = "x"\n        let approve',
  ],
  [
    'a text of several lines',
    '',
    ...given('"""\n                MfaNotificationCategoryId\n                """', ''),
  ],
  ['a wrong text of several lines', wrong, ...given('"""\n    MfaNotificationCategory\n    Id\n    """', '')],
  [
    'a sum, which is not read',
    `warning ${wrong}`,
    ...given('Push.a + "CategoryId"', 'enum Push { static let a = "MfaNotification" }'),
  ],
  [
    'what only the app knows, where the sources have it',
    '',
    ...given('Push.category()', `${computed}\nlet other = ${right}`),
  ],
  ['what only the app knows', `warning ${wrong}`, ...given('Push.category()', computed)],

  [
    'an action that only the app knows',
    'warning action-approve-missing category:13',
    'category ¦identifier: Action.approve.rawValue¦identifier: read()',
    'category ¦MfaNotificationApproveActionId¦Approve',
  ],
  [
    'a wrong action, and one that only the app knows',
    'warning action-approve-missing category:18; warning action-deny-missing category:18',
    'category ¦identifier: Action.approve.rawValue¦identifier: "Approve"',
    'category ¦identifier: Action.deny.rawValue¦identifier: read()',
    'category ¦MfaNotification¦Other',
    'category ¦OtherCategoryId¦MfaNotificationCategoryId',
  ],
  [
    'neither actions nor category',
    'category-missing delegate:12',
    'category ¦UNNotificationCategory(¦Category(',
    'category ¦UNNotificationAction(¦Action(',
  ],

  [
    'another category alone is registered',
    'category-not-registered category:25',
    ...registered('[Other.category]'),
  ],
  ['both are registered', '', ...registered('[Other.category, category]')],
  ['none is registered', 'category-not-registered category:25', ...registered('[]')],
  ['what is not known is registered', '', ...registered('categories()')],
  ['it is registered among what is not known', '', ...registered('[other(), category]')],

  ['both answers without a label', '', ...unlabelled, 'responder ¦answer(isAccepted: false,¦answer(false,'],
  [
    'one answer by a constant',
    'answer-one-sided settings:4',
    'responder ¦answer(isAccepted: false,¦answer(isAccepted: yes,',
    before('let yes = true'),
  ],
  ['an answer that is handed on', '', ...unlabelled, 'responder ¦answer(isAccepted: false,¦later(answer, '],
  [
    'an answer in a variable',
    '',
    'responder ¦isAccepted: isAccepted,¦isAccepted: accepted,',
    before(
      'var accepted = false\n        if isAccepted { accepted = true }',
      'responder',
      'guard let payload',
    ),
  ],

  [
    'options in a constant',
    '',
    'delegate ¦options: [.badge, .sound, .alert]¦options: Self.wanted',
    before('static let wanted: UNAuthorizationOptions = [.alert, .sound, .badge]', 'delegate', 'var window'),
  ],
  [
    'options in a constant of another source',
    '',
    'delegate ¦options: [.badge, .sound, .alert]¦options: .wanted',
    before('extension UNAuthorizationOptions { static let wanted: Self = [.alert, .sound, .badge] }'),
  ],
  [
    'a permission for photos, too',
    '',
    before('func a() { PHPhotoLibrary.requestAuthorization(for: .readWrite) {} }', 'delegate', 'var window'),
  ],
  [
    'a method in place of a closure',
    '',
    'delegate ¦async {\n                UIApplication.shared.registerForRemoteNotifications()\n            }¦async(execute: UIApplication.shared.registerForRemoteNotifications)',
  ],
  [
    'raw values that are the names of the cases',
    '',
    'category ¦approve = "MfaNotificationApproveActionId"¦MfaNotificationApproveActionId, other',
    'category ¦deny = "MfaNotificationDenyActionId"¦another = "", MfaNotificationDenyActionId',
    'category ¦Action.approve¦Action.MfaNotificationApproveActionId',
    'category ¦Action.deny¦Action.MfaNotificationDenyActionId',
  ],
  [
    'actions that a function makes',
    '',
    'category ¦let approve = UNNotificationAction¦let approve = make',
    'category ¦let deny = UNNotificationAction¦let deny = make',
    before(
      'static func make(identifier: String, title: String, options: UNNotificationActionOptions) -> UNNotificationAction {\n        let action = UNNotificationAction(identifier: identifier, title: title, options: options)\n        return action\n    }',
      'category',
      'static func register',
    ),
  ],
  [
    'actions of all cases',
    '',
    'category ¦let deny = UNNotificationAction(identifier: Action.deny.rawValue¦let other = Other(x: ""',
    'category ¦let approve = UNNotificationAction(\n            identifier: Action.approve.rawValue¦let made = Action.allCases.map { action in UNNotificationAction(\n            identifier: action.id',
    'category ¦options: [.authenticationRequired]\n        )¦options: []) }',
    'category ¦[approve, deny]¦made',
    before('class Cell { static let id = "Cell" }'),
  ],
  [
    'an action of a name that is local to a property',
    '',
    'category ¦let approve = UNNotificationAction¦let allow = Other',
    before(
      'static var approve: UNNotificationAction {\n        let action = UNNotificationAction(identifier: Action.approve.rawValue, title: "")\n        return action\n    }',
      'category',
      'static func register',
    ),
  ],
  [
    'keys that follow a key with a value of its own',
    '',
    'responder ¦userInfo["payload"]¦userInfo[Keys.payload.rawValue]',
    before('enum Keys: String { case options = "Options", payload }', 'responder', '/// Answers'),
  ],
  [
    'a centre that another source names',
    '',
    'delegate ¦UNUserNotificationCenter.current().delegate¦Hub.notifications.delegate',
    before('enum Hub { static let notifications = UNUserNotificationCenter.current() }'),
  ],
  [
    'old names of build settings',
    '',
    'pbxproj ¦$(SRCROOT)/Approver/Info.plist¦$(SRCROOT)/$(TARGETNAME)/Info.plist',
  ],
  [
    'a device token that is kept for later',
    'warning push-token-not-handled delegate:29',
    'delegate ¦CyberArkAuthProvider.handlePushToken(token: deviceToken, baseURL: Settings.tenant)¦Settings.token = deviceToken',
    before(
      'func signedIn() { CyberArkAuthProvider.handlePushToken(token: Settings.token) }\nlet start = signedIn',
    ),
  ],
  [
    'initializers, raw strings, keys of a decoder, and a delegate that is passed',
    '',
    'sign-in ¦UNNotificationCategory(¦UNNotificationCategory.init(',
    'sign-in ¦UNNotificationAction(¦.init(',
    'sign-in ¦"MfaNotificationCategoryId"¦#"MfaNotificationCategoryId"#',
    'ui-delegate ¦center.delegate = inbox¦connect(center)',
    before(
      'func connect(_ c: UNUserNotificationCenter) { c.delegate = inbox }',
      'ui-delegate',
      'private func handOver',
    ),
    'inbox ¦"payload.Options.ChallengeAnswer"¦"aps"',
    before(
      'enum CodingKeys: String, CodingKey { case payload, Options, ChallengeAnswer }',
      'inbox',
      'final class',
    ),
  ],
];

test.each(ways)('%s: %s', async (_name, finding, ...lines) => {
  expect(await found(lines)).toBe(finding);
});

test('the finding tells what is used, and where it is declared', async () => {
  const directory = copyProject('classic', edits(given('Other.category', two)));
  const { stdout } = await createMachine().run(['app', 'check', directory]);
  expect(
    stdout,
  ).toContain(`✗ error No UNNotificationCategory has the identifier MfaNotificationCategoryId: this one has "Other". [category-identifier-wrong]
    Approver/Push/PushCategory.swift:19
    The tenant's pushes name it: identifier: "MfaNotificationCategoryId". It is declared in Approver/Settings.swift:5.
`);
});

test('code is read whatever condition it is under', async () => {
  const call = 'UNUserNotificationCenter.current().setNotificationCategories([category])';
  const constant = `category ¦static let identifier = ${right}¦#if DEBUG\n    static let identifier = "Debug"\n    #else\n    static let identifier = ${right}\n    #endif`;
  expect(await found([constant, `category ¦${call}¦\n#if os(iOS) && DEBUG\n${call}\n#endif\n`])).toBe('');
});

const maker =
  'func make(_ identifier: String) { UNNotificationCategory(identifier: identifier, actions: []) }\n';

test.each<[string, string]>([
  ['strings in strings', '"\\('.repeat(20_000)],
  ['brackets that open', '([{'.repeat(20_000)],
  ['brackets that close', '}])'.repeat(20_000)],
  ['blocks in blocks', '{'.repeat(50_000)],
  ['functions in functions', `${'func a('.repeat(7_000)}${')'.repeat(7_000)}{`],
  ['functions', 'func a(x: Int) { }; '.repeat(5_000)],
  ['constants', 'let a = b; '.repeat(10_000)],
  ['constants that are bound', 'if let a = b '.repeat(9_000)],
  ['types', 'struct A '.repeat(13_000)],
  ['types in types', 'struct A {'.repeat(12_000)],
  ['extensions', 'extension Push { static let other = category }\n'.repeat(2_000)],
  ['cases', `enum A { case ${'a, '.repeat(37_000)} }`],
  ['conditions', '#if A\n'.repeat(20_000)],
  ['one condition', `#if ${'('.repeat(100_000)}`],
  [
    'names that stand for each other',
    Array.from({ length: 5000 }, (_, at) => `let a${at} = a${at + 1} + a${at + 1}`).join('\n'),
  ],
  ['lists in lists', `let identifier = ${'['.repeat(50_000)}`],
  ['members of members', `let identifier = ${'a.'.repeat(50_000)}a`],
  ['terms', `let identifier = ${'"a" + '.repeat(20_000)}"a"`],
  ['calls in calls', `${maker}${'make('.repeat(20_000)}`],
  ['calls', `${maker}${'make(a)\n'.repeat(10_000)}`],
  ['categories', 'UNNotificationCategory(identifier: a.b.c, actions: [a, b]);'.repeat(2000)],
  ['blanks', `static let identifier:${' '.repeat(62_000)}make(${'\n'.repeat(62_000)}`],
  ['comments', '/* make( */ make '.repeat(7_000)],
  ['a block of names', `{ ${'a, '.repeat(37_000)}`],
  ['closures', '{ [weak self] (a, b) async -> C in '.repeat(3_000)],
  ['loops', `for ${' '.repeat(290)}`.repeat(1700)],
  ['parameters', `func make(${'a: Int, '.repeat(12_000)}) {}`],
  ['returns', `var identifier: String { ${'return "a" + '.repeat(7_000)} }`],
])('a source ends that is made of %s', async (_name, text) => {
  const given = copyProject(
    'classic',
    edits(['category ¦identifier: identifier¦identifier: a0 + identifier']),
  );
  writeFileSync(join(given, files.settings ?? ''), text);
  expect([0, 4]).toContain((await check(given)).exitCode);
});
