import { expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { checkEdited, copyOf, found, keepProjects, told } from './copied-project.ts';

keepProjects();

/** The finding, and what is put into the project that follows the guide. */
const faults = `
background-mode-missing info:9 | info ¦<string>remote-notification</string>¦
background-mode-missing info:4 | info ¦<key>UIBackgroundModes</key>¦<key>Modes</key>
info-plist-missing pbxproj:182 | pbxproj ¦Approver/Info.plist"¦Gone.plist"
info-plist-missing pbxproj:178 | pbxproj ¦INFOPLIST_FILE¦OTHER_FILE
info-plist-unreadable info:1 | info ¦¦<html>
entitlements-missing pbxproj:178 | pbxproj ¦CODE_SIGN_ENTITLEMENTS¦SIGNED_WITH
entitlements-missing pbxproj:179 | entitlements
entitlements-unreadable entitlements:1 | entitlements ¦¦
aps-environment-missing entitlements:4 | entitlements ¦<key>aps-environment¦<key>other
aps-environment-unknown entitlements:5 | entitlements ¦>development<¦>sandbox<
authorization-missing delegate:12 | delegate ¦.requestAuthorization(¦.askFor(
authorization-incomplete delegate:20 | delegate ¦.sound, ¦
category-missing delegate:12 | category ¦UNNotificationCategory(¦Category(
category-identifier-wrong category:19,5 | category ¦"MfaNotificationCategoryId"¦"MfaCategory"
category-not-registered category:19 | category ¦.setNotificationCategories(¦.keep(
category-not-registered category:19 | category ¦.setNotificationCategories([category])¦; "setNotificationCategories()"
action-approve-missing category:13,8 | category ¦"MfaNotificationApproveActionId"¦"Approve"
action-deny-missing category:18,9 | category ¦"MfaNotificationDenyActionId"¦"MfaNotificationDenyActionID"
action-deny-missing category:19 | category ¦actions: [approve, deny]¦actions: [approve]
remote-registration-missing delegate:20 | delegate ¦.registerForRemoteNotifications()¦.register()
push-token-not-handled delegate:29 | delegate ¦CyberArk¦// CyberArk
push-token-not-handled delegate:29 | delegate ¦CyberArk¦/* a /* b */ c */ "handlePushToken()" // CyberArk
push-token-not-handled delegate:12 | delegate ¦didRegisterForRemoteNotificationsWithDeviceToken¦got
delegate-missing delegate:12 | delegate ¦.current().delegate = challenges¦.current()
delegate-missing delegate:12 | delegate ¦.current().delegate = challenges¦.other.delegate = challenges
delegate-method-missing responder:5 | responder ¦didReceive response¦received response
challenge-not-read responder:26 | responder ¦"ChallengeAnswer"¦"Challenge"
challenge-not-read responder:26 | responder ¦"Options"¦"options"
challenge-not-answered responder:8 | responder ¦.handleMFAChallenge(¦.handle(
answer-one-sided responder:18 | responder ¦isAccepted: false¦isAccepted: true
answer-one-sided responder:33 | responder ¦isAccepted: isAccepted¦isAccepted: false
configuration-missing pbxproj:118 | identity ‖ pbxproj ¦path = IdentityConfiguration.plist¦path = X
configuration-not-in-target pbxproj:24 | pbxproj ¦⇥⇥⇥⇥B10000000000000000000007¦⇥⇥⇥⇥B1
configuration-not-in-target identity: | pbxproj ¦path = IdentityConfiguration.plist¦path = X
configuration-unreadable identity: | identity ¦¦<plist>
configuration-unreadable identity: | identity
configuration-incomplete identity:9 | identity ¦>approver-ios<¦><
configuration-incomplete identity:5 | identity ¦abc1234.id.cyberark.cloud¦tenant.example.com
configuration-incomplete identity:7 | identity ¦>approver<¦>&lt;application ID&gt;<
configuration-incomplete identity:1 | identity ¦¦<plist><dict/></plist>
background-mode-missing ui-info: | ui-pbxproj ¦"remote-notification"¦audio
background-mode-missing ui-info: | ui-pbxproj ¦GENERATE_INFOPLIST_FILE = YES¦GENERATE_INFOPLIST_FILE = NO
aps-environment-unknown ui-entitlements:5 | ui-pbxproj ¦[sdk=iphoneos*]" = production¦[sdk=iphoneos*]" = live
app-delegate-not-connected app:4 | app ¦@UIApplicationDelegateAdaptor(AppDelegate.self)¦@State
authorization-incomplete ui-delegate:21 | ui-delegate ¦[.alert, .badge, .sound]¦[.badge]
push-token-not-handled ui-delegate:25 | ui-delegate ¦handOver(deviceToken)¦print(deviceToken)
delegate-missing ui-delegate:11 | ui-delegate ¦center.delegate = inbox¦inbox.delegate = center
action-approve-missing sign-in:7 | sign-in ¦"MfaNotificationApproveActionId"¦"Approve"
challenge-not-read inbox:7 | inbox ¦payload.Options.ChallengeAnswer¦payload.ChallengeAnswer
answer-one-sided inbox:14 | inbox ¦response.actionIdentifier == "MfaNotificationApproveActionId"¦true
configuration-not-in-target ui-identity: | ui-pbxproj ¦⇥⇥⇥⇥IdentityConfiguration.plist,¦
configuration-incomplete ui-identity: | ui-identity ¦gatekeeper-ios¦YOUR_CLIENT_ID
`;

test.each(faults.trim().split('\n'))('%s', async (fault) => {
  const [finding, ...lines] = fault.split(/ [|‖] /);
  const { exitCode, report } = await checkEdited(lines);
  expect([told(report), exitCode, report.ok]).toEqual([finding, 4, false]);
  const words = { message: expect.stringMatching(/^\S.*\.$/), hint: expect.stringMatching(/\S/) };
  expect(report.findings).toMatchObject([words]);
});

/** What is found where the guide's calls are written in other ways. */
const ways = `
the right one of two enumerations:
  category ¦identifier: identifier,¦identifier: Push.category,
  category ¦static let identifier = "MfaNotificationCategoryId"¦
  settings ¦enum Settings¦enum Push { static let category = "MfaNotificationCategoryId" }⏎enum Other { static let category = "Other" }⏎enum Settings
the wrong one of two enumerations: category-identifier-wrong category:19,5
  category ¦identifier: identifier,¦identifier: Other.category,
  category ¦static let identifier = "MfaNotificationCategoryId"¦
  settings ¦enum Settings¦enum Push { static let category = "MfaNotificationCategoryId" }⏎enum Other { static let category = "Other" }⏎enum Settings
a sum, which is not read: warning category-identifier-wrong category:19
  category ¦identifier: identifier,¦identifier: Push.a + "CategoryId",
  category ¦static let identifier = "MfaNotificationCategoryId"¦
  settings ¦enum Settings¦enum Push { static let a = "MfaNotification" }⏎enum Settings
what only the app knows, where the sources have it:
  category ¦identifier: identifier,¦identifier: Push.category(),
  category ¦static let identifier = "MfaNotificationCategoryId"¦
  settings ¦enum Settings¦enum Push { static func category() -> String { read() } }⏎let other = "MfaNotificationCategoryId"⏎enum Settings
what only the app knows: warning category-identifier-wrong category:19
  category ¦identifier: identifier,¦identifier: Push.category(),
  category ¦static let identifier = "MfaNotificationCategoryId"¦
  settings ¦enum Settings¦enum Push { static func category() -> String { read() } }⏎enum Settings
a wrong action, and one that only the app knows: warning action-approve-missing category:18; warning action-deny-missing category:18
  category ¦identifier: Action.approve.rawValue¦identifier: "Approve"
  category ¦identifier: Action.deny.rawValue¦identifier: read()
  category ¦MfaNotification¦Other
  category ¦OtherCategoryId¦MfaNotificationCategoryId
neither actions nor category: category-missing delegate:12
  category ¦UNNotificationCategory(¦Category(
  category ¦UNNotificationAction(¦Action(
another category alone is registered: category-not-registered category:25
  category ¦setNotificationCategories([category])¦setNotificationCategories([Other.category])
  settings ¦enum Settings¦enum Other { static let category = UNNotificationCategory(identifier: "Other", actions: [], intentIdentifiers: []) }⏎enum Settings
both are registered:
  category ¦setNotificationCategories([category])¦setNotificationCategories([Other.category, category])
  settings ¦enum Settings¦enum Other { static let category = UNNotificationCategory(identifier: "Other", actions: [], intentIdentifiers: []) }⏎enum Settings
it is registered in a set:
  category ¦setNotificationCategories([category])¦setNotificationCategories(Set([category]))
it is registered among what is not known:
  category ¦setNotificationCategories([category])¦setNotificationCategories([other(), category])
  settings ¦enum Settings¦enum Other { static let category = UNNotificationCategory(identifier: "Other", actions: [], intentIdentifiers: []) }⏎enum Settings
both answers without a label:
  responder ¦answer(isAccepted: Bool,¦answer(_ isAccepted: Bool,
  responder ¦answer(isAccepted: true,¦answer(true,
  responder ¦answer(isAccepted: false,¦answer(false,
one answer by a constant: answer-one-sided settings:4
  responder ¦answer(isAccepted: false,¦answer(isAccepted: yes,
  settings ¦enum¦let yes = true⏎enum
an answer that is handed on:
  responder ¦answer(isAccepted: Bool,¦answer(_ isAccepted: Bool,
  responder ¦answer(isAccepted: true,¦answer(true,
  responder ¦answer(isAccepted: false,¦later(answer, 
options in a constant:
  delegate ¦options: [.badge, .sound, .alert]¦options: Self.wanted
  delegate ¦var window¦static let wanted: UNAuthorizationOptions = [.alert, .sound, .badge]⏎var window
options in a constant of another source:
  delegate ¦options: [.badge, .sound, .alert]¦options: .wanted
  settings ¦enum¦extension UNAuthorizationOptions { static let wanted: Self = [.alert, .sound, .badge] }⏎enum
options of which one is known at run time:
  delegate ¦options: [.badge, .sound, .alert]¦options: [.badge, Config.more]
a permission for photos, too:
  delegate ¦var window¦func a() { PHPhotoLibrary.requestAuthorization(for: .readWrite) {} }⏎var window
raw values that are the names of the cases:
  category ¦approve = "MfaNotificationApproveActionId"¦MfaNotificationApproveActionId, other
  category ¦deny = "MfaNotificationDenyActionId"¦another = "", MfaNotificationDenyActionId
  category ¦Action.approve¦Action.MfaNotificationApproveActionId
  category ¦Action.deny¦Action.MfaNotificationDenyActionId
actions that a function makes:
  category ¦let approve = UNNotificationAction¦let approve = make
  category ¦let deny = UNNotificationAction¦let deny = make
  category ¦static func register¦static func make(identifier: String, title: String, options: UNNotificationActionOptions) -> UNNotificationAction {⏎        let action = UNNotificationAction(identifier: identifier, title: title, options: options)⏎        return action⏎    }⏎static func register
actions of all cases:
  category ¦let deny = UNNotificationAction(identifier: Action.deny.rawValue¦let other = Other(x: ""
  category ¦let approve = UNNotificationAction(⏎            identifier: Action.approve.rawValue¦let made = Action.allCases.map { action in UNNotificationAction(⏎            identifier: action.id
  category ¦options: [.authenticationRequired]⏎        )¦options: []) }
  category ¦[approve, deny]¦made
  settings ¦enum¦class Cell { static let id = "Cell" }⏎enum
keys that follow a key with a value of its own:
  responder ¦userInfo["payload"]¦userInfo[Keys.payload.rawValue]
  responder ¦/// Answers¦enum Keys: String { case options = "Options", payload }⏎/// Answers
a centre that another source names:
  delegate ¦UNUserNotificationCenter.current().delegate¦Hub.notifications.delegate
  settings ¦enum¦enum Hub { static let notifications = UNUserNotificationCenter.current() }⏎enum
code and constants under conditions, of which all are read:
  category ¦static let identifier¦#if DEBUG⏎static let identifier = "Debug"⏎#else⏎static let identifier
  category ¦Id"⏎¦Id"⏎#endif⏎
  category ¦UNUserNotificationCenter.current()¦#if os(iOS) && DEBUG⏎UNUserNotificationCenter.current()
  category ¦[category])¦[category])⏎#endif
old names of build settings:
  pbxproj ¦$(SRCROOT)/Approver/Info.plist¦$(SRCROOT)/$(TARGETNAME)/Info.plist
a device token that is kept for later: warning push-token-not-handled delegate:29
  delegate ¦CyberArkAuthProvider.handlePushToken(token: deviceToken, baseURL: Settings.tenant)¦Settings.token = deviceToken
  settings ¦enum¦func signedIn() { CyberArkAuthProvider.handlePushToken(token: Settings.token) }⏎let start = signedIn⏎enum
initializers, raw strings, keys of a decoder, and a delegate that is passed:
  sign-in ¦UNNotificationCategory(¦UNNotificationCategory.init(
  sign-in ¦UNNotificationAction(¦.init(
  sign-in ¦"MfaNotificationCategoryId"¦#"MfaNotificationCategoryId"#
  ui-delegate ¦center.delegate = inbox¦connect(center)
  ui-delegate ¦private func handOver¦func connect(_ c: UNUserNotificationCenter) { c.delegate = inbox }⏎private func handOver
  inbox ¦"payload.Options.ChallengeAnswer"¦"aps"
  inbox ¦final class¦enum CodingKeys: String, CodingKey { case payload, Options, ChallengeAnswer }⏎final class
`;

test.each(ways.trim().split(/\n(?! )/))('%s', async (way) => {
  const [named = '', ...lines] = way.split(/\n {2}/);
  expect(await found(lines)).toBe(named.slice(named.indexOf(':') + 1).trim());
});

test('the finding tells what is used, and where it is declared', async () => {
  const declared = 'settings ¦enum Settings¦let named = "Other"⏎enum Settings';
  const directory = copyOf(['category ¦identifier: identifier,¦identifier: named,', declared]);
  const { stdout } = await createMachine().run(['app', 'check', directory]);
  expect(
    stdout,
  ).toContain(`✗ No UNNotificationCategory has the identifier MfaNotificationCategoryId: this one has "Other". [category-identifier-wrong]
  Approver/Push/PushCategory.swift:19
  The tenant's pushes name it: identifier: "MfaNotificationCategoryId". It is declared in Approver/Settings.swift:4.
`);
});

const maker = 'func make(id: String) { UNNotificationCategory(identifier: id, actions: []) }\n';

const chain = Array.from({ length: 5000 }, (_, at) => `let a${at} = [a${at + 1}, a${at + 1}]`);

test.each<[string, string]>([
  ['strings in strings', '"\\('.repeat(20_000)],
  ['brackets that open', '([{'.repeat(20_000)],
  ['functions in functions', `${'func a('.repeat(7_000)}${')'.repeat(7_000)}{`],
  ['constants', 'let a: b; '.repeat(10_000)],
  ['types in types', 'struct A {'.repeat(12_000)],
  ['extensions', 'extension Push { static let other = category }\n'.repeat(2_000)],
  ['cases', `enum A { case ${'a, '.repeat(37_000)} }`],
  ['names for each other', chain.join(';')],
  ['lists in lists', `let identifier = ${'['.repeat(50_000)}`],
  ['members of members', `let identifier = ${'a.'.repeat(50_000)}a`],
  ['calls in calls', `${maker}${'make(id: '.repeat(15_000)}`],
  ['calls', `${maker}${'make(id: a)\n'.repeat(10_000)}`],
  ['categories', 'UNNotificationCategory(identifier: a.b.c, actions: [a, b]);'.repeat(2000)],
  ['tokens, where the device token is passed in turn', 'func a() { a(); handlePushToken() };'.repeat(9_000)],
  ['closures', '{ [weak self] (a, b) async -> C in '.repeat(3_000)],
  ['parameters', `func make(${'a: Int, '.repeat(12_000)}) {}`],
])('a source ends that is made of %s', async (_name, text) => {
  const given = ['category ¦identifier: identifier¦identifier: a0', `settings ¦¦${text}`];
  expect([0, 4]).toContain((await checkEdited(given)).exitCode);
});
