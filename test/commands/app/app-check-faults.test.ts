import { expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { copyProject, type Edit } from './copied-project.ts';

type Fault = readonly [
  code: string,
  edits: readonly Edit[],
  file: string,
  line: number | null,
  /** The other lines of the same file that the finding names. */
  also?: readonly number[],
];

const delegate = 'Approver/AppDelegate.swift';
const category = 'Approver/Push/PushCategory.swift';
const settings = 'Approver/Settings.swift';
const responder = 'Approver/Push/ChallengeResponder.swift';
const info = 'Approver/Info.plist';
const entitlements = 'Approver/Approver.entitlements';
const configuration = 'Approver/IdentityConfiguration.plist';
const pbxproj = 'Approver.xcodeproj/project.pbxproj';

/** What is put into the classic project, and the place of the one finding that it leads to. */
const classic: readonly Fault[] = [
  ['background-mode-missing', [[info, '<string>remote-notification</string>', '']], info, 9],
  ['background-mode-missing', [[info, '<key>UIBackgroundModes</key>', '<key>Modes</key>']], info, 4],
  ['info-plist-missing', [[pbxproj, 'Approver/Info.plist"', 'Gone.plist"']], pbxproj, 182],
  ['info-plist-missing', [[pbxproj, 'INFOPLIST_FILE', 'OTHER_FILE']], pbxproj, 178],
  ['info-plist-unreadable', [[info, null, '<html>']], info, 1],
  ['entitlements-missing', [[pbxproj, 'CODE_SIGN_ENTITLEMENTS', 'SIGNED_WITH']], pbxproj, 178],
  ['entitlements-missing', [[entitlements, null, null]], pbxproj, 179],
  ['entitlements-unreadable', [[entitlements, null, '']], entitlements, 1],
  ['aps-environment-missing', [[entitlements, '<key>aps-environment', '<key>other']], entitlements, 4],
  ['aps-environment-unknown', [[entitlements, '>development<', '>sandbox<']], entitlements, 5],
  ['authorization-missing', [[delegate, '.requestAuthorization(', '.askFor(']], delegate, 12],
  ['authorization-incomplete', [[delegate, '.sound, ', '']], delegate, 20],
  ['category-missing', [[category, 'UNNotificationCategory(', 'Category(']], delegate, 12],
  [
    'category-identifier-wrong',
    [[category, '"MfaNotificationCategoryId"', '"MfaCategory"']],
    category,
    19,
    [5],
  ],
  ['category-not-registered', [[category, '.setNotificationCategories(', '.keep(']], category, 19],
  [
    'category-not-registered',
    [[category, '.setNotificationCategories([category])', '; "setNotificationCategories()"']],
    category,
    19,
  ],
  [
    'action-approve-missing',
    [[category, '"MfaNotificationApproveActionId"', '"Approve"']],
    category,
    13,
    [8],
  ],
  [
    'action-deny-missing',
    [[category, '"MfaNotificationDenyActionId"', '"MfaNotificationDenyActionID"']],
    category,
    18,
    [9],
  ],
  ['action-deny-missing', [[category, 'actions: [approve, deny]', 'actions: [approve]']], category, 19],
  [
    'remote-registration-missing',
    [[delegate, '.registerForRemoteNotifications()', '.register()']],
    delegate,
    20,
  ],
  ['push-token-not-handled', [[delegate, 'CyberArk', '// CyberArk']], delegate, 29],
  [
    'push-token-not-handled',
    [[delegate, 'CyberArk', '/* a /* b */ c */ "handlePushToken()" // CyberArk']],
    delegate,
    29,
  ],
  [
    'push-token-not-handled',
    [[delegate, 'didRegisterForRemoteNotificationsWithDeviceToken', 'got']],
    delegate,
    12,
  ],
  ['delegate-missing', [[delegate, '.current().delegate = challenges', '.current()']], delegate, 12],
  [
    'delegate-missing',
    [[delegate, '.current().delegate = challenges', '.other.delegate = challenges']],
    delegate,
    12,
  ],
  ['delegate-method-missing', [[responder, 'didReceive response', 'received response']], responder, 5],
  ['challenge-not-read', [[responder, '"ChallengeAnswer"', '"Challenge"']], responder, 26],
  ['challenge-not-read', [[responder, '"Options"', '"options"']], responder, 26],
  ['challenge-not-answered', [[responder, '.handleMFAChallenge(', '.handle(']], responder, 8],
  ['answer-one-sided', [[responder, 'isAccepted: false', 'isAccepted: true']], responder, 18],
  ['answer-one-sided', [[responder, 'isAccepted: isAccepted', 'isAccepted: false']], responder, 33],
  [
    'configuration-missing',
    [
      [configuration, null, null],
      [pbxproj, 'path = IdentityConfiguration.plist', 'path = X'],
    ],
    pbxproj,
    118,
  ],
  ['configuration-not-in-target', [[pbxproj, '\t\t\t\tB10000000000000000000007', '\t\t\t\tB1']], pbxproj, 24],
  [
    'configuration-not-in-target',
    [[pbxproj, 'path = IdentityConfiguration.plist', 'path = X']],
    configuration,
    null,
  ],
  ['configuration-unreadable', [[configuration, null, '<plist>']], configuration, null],
  ['configuration-unreadable', [[configuration, null, null]], configuration, null],
  ['configuration-incomplete', [[configuration, '>approver-ios<', '><']], configuration, 9],
  [
    'configuration-incomplete',
    [[configuration, 'abc1234.id.cyberark.cloud', 'tenant.example.com']],
    configuration,
    5,
  ],
  ['configuration-incomplete', [[configuration, '>approver<', '>&lt;application ID&gt;<']], configuration, 7],
  ['configuration-incomplete', [[configuration, null, '<plist><dict/></plist>']], configuration, 1],
];

const app = 'Gatekeeper/GatekeeperApp.swift';
const appDelegate = 'Gatekeeper/AppDelegate.swift';
const inbox = 'Gatekeeper/Push/ChallengeInbox.swift';
const signIn = 'Gatekeeper/Push/SignInCategory.swift';
const gatekeeper = 'Gatekeeper.xcodeproj/project.pbxproj';

/** The same for the SwiftUI project. */
const swiftui: readonly Fault[] = [
  [
    'background-mode-missing',
    [[gatekeeper, '"remote-notification"', 'audio']],
    'Gatekeeper/Info.plist',
    null,
  ],
  [
    'background-mode-missing',
    [[gatekeeper, 'GENERATE_INFOPLIST_FILE = YES', 'GENERATE_INFOPLIST_FILE = NO']],
    'Gatekeeper/Info.plist',
    null,
  ],
  [
    'aps-environment-unknown',
    [[gatekeeper, '[sdk=iphoneos*]" = production', '[sdk=iphoneos*]" = live']],
    'Gatekeeper/Gatekeeper.entitlements',
    5,
  ],
  [
    'app-delegate-not-connected',
    [[app, '@UIApplicationDelegateAdaptor(AppDelegate.self)', '@State']],
    app,
    4,
  ],
  ['authorization-incomplete', [[appDelegate, '[.alert, .badge, .sound]', '[.badge]']], appDelegate, 21],
  ['push-token-not-handled', [[appDelegate, 'handOver(deviceToken)', 'print(deviceToken)']], appDelegate, 25],
  [
    'delegate-missing',
    [[appDelegate, 'center.delegate = inbox', 'inbox.delegate = center']],
    appDelegate,
    11,
  ],
  ['action-approve-missing', [[signIn, '"MfaNotificationApproveActionId"', '"Approve"']], signIn, 7],
  ['challenge-not-read', [[inbox, 'payload.Options.ChallengeAnswer', 'payload.ChallengeAnswer']], inbox, 7],
  [
    'answer-one-sided',
    [[inbox, 'response.actionIdentifier == "MfaNotificationApproveActionId"', 'true']],
    inbox,
    14,
  ],
  [
    'configuration-not-in-target',
    [[gatekeeper, '\t\t\t\tIdentityConfiguration.plist,', '']],
    'Shared/IdentityConfiguration.plist',
    null,
  ],
  [
    'configuration-incomplete',
    [['Shared/IdentityConfiguration.plist', 'gatekeeper-ios', 'YOUR_CLIENT_ID']],
    'Shared/IdentityConfiguration.plist',
    null,
  ],
];

/** Other ways to write what the guide asks for, in which nothing is missed. */
const spellings: readonly Edit[] = [
  [signIn, 'UNNotificationCategory(', 'UNNotificationCategory.init('],
  [signIn, 'UNNotificationAction(', '.init('],
  [signIn, '"MfaNotificationCategoryId"', '#"MfaNotificationCategoryId"#'],
  [appDelegate, 'center.delegate = inbox', 'connect(center)'],
  [
    appDelegate,
    'private func handOver',
    'func connect(_ c: UNUserNotificationCenter) { c.delegate = inbox }\n    private func handOver',
  ],
  [inbox, '"payload.Options.ChallengeAnswer"', '"aps"'],
  [
    inbox,
    'final class',
    'enum CodingKeys: String, CodingKey { case payload, Options, ChallengeAnswer }\nfinal class',
  ],
];

/** Each is another way to write one thing that the guide asks for. */
const ways: readonly (readonly [name: string, edits: readonly Edit[]])[] = [
  [
    'options that a constant of the type holds',
    [
      [delegate, 'options: [.badge, .sound, .alert]', 'options: Self.wanted'],
      [
        delegate,
        'var window',
        'static let wanted: UNAuthorizationOptions = [.alert, .sound, .badge]\n    var window',
      ],
    ],
  ],
  [
    'options that a constant of another source holds',
    [
      [delegate, 'options: [.badge, .sound, .alert]', 'options: .wanted'],
      [
        settings,
        'enum',
        'extension UNAuthorizationOptions { static let wanted: Self = [.alert, .sound, .badge] }\nenum',
      ],
    ],
  ],
  [
    'a permission for photos, too',
    [
      [
        delegate,
        'var window',
        'func a() { PHPhotoLibrary.requestAuthorization(for: .readWrite) {} }\n    var window',
      ],
    ],
  ],
  [
    'a method in place of a closure',
    [
      [
        delegate,
        'async {\n                UIApplication.shared.registerForRemoteNotifications()\n            }',
        'async(execute: UIApplication.shared.registerForRemoteNotifications)',
      ],
    ],
  ],
  [
    'raw values that are the names of the cases',
    [
      [category, 'approve = "MfaNotificationApproveActionId"', 'MfaNotificationApproveActionId, other'],
      [category, 'deny = "MfaNotificationDenyActionId"', 'another = "", MfaNotificationDenyActionId'],
      [category, 'Action.approve', 'Action.MfaNotificationApproveActionId'],
      [category, 'Action.deny', 'Action.MfaNotificationDenyActionId'],
    ],
  ],
  [
    'actions that a function makes, and constants of the names of its parameters',
    [
      [category, 'let approve = UNNotificationAction', 'let approve = make'],
      [category, 'let deny = UNNotificationAction', 'let deny = make'],
      [
        category,
        'static func register',
        `static func make(identifier: String, title: String, options: UNNotificationActionOptions) -> UNNotificationAction {
        let action = UNNotificationAction(identifier: identifier, title: title, options: options)
        return action
    }

    static func register`,
      ],
    ],
  ],
  [
    'actions of all cases',
    [
      [
        category,
        'let deny = UNNotificationAction(identifier: Action.deny.rawValue',
        'let other = Other(x: ""',
      ],
      [
        category,
        'let approve = UNNotificationAction(\n            identifier: Action.approve.rawValue',
        'let made = Action.allCases.map { action in UNNotificationAction(\n            identifier: action.id',
      ],
      [category, 'options: [.authenticationRequired]\n        )', 'options: []) }'],
      [category, '[approve, deny]', 'made'],
      [settings, 'enum', 'class Cell { static let id = "Cell" }\nenum'],
    ],
  ],
  [
    'an action of a name that is local to a property',
    [
      [category, 'let approve = UNNotificationAction', 'let allow = Other'],
      [
        category,
        'static func register',
        `static var approve: UNNotificationAction {
        let action = UNNotificationAction(identifier: Action.approve.rawValue, title: "")
        return action
    }

    static func register`,
      ],
    ],
  ],
  [
    'keys that follow a key with a value of its own',
    [
      [responder, 'userInfo["payload"]', 'userInfo[Keys.payload.rawValue]'],
      [responder, '/// Answers', 'enum Keys: String { case options = "Options", payload }\n\n/// Answers'],
    ],
  ],
  [
    'a centre that another source names',
    [
      [delegate, 'UNUserNotificationCenter.current().delegate', 'Hub.notifications.delegate'],
      [settings, 'enum', 'enum Hub { static let notifications = UNUserNotificationCenter.current() }\nenum'],
    ],
  ],
  [
    'old names of build settings',
    [[pbxproj, '$(SRCROOT)/Approver/Info.plist', '$(SRCROOT)/$(TARGETNAME)/Info.plist']],
  ],
];

test.each(ways)('%s', async (_name, edits) => {
  const { stdout } = await createMachine().run(['app', 'check', copyProject('classic', edits), '--json']);
  expect(JSON.parse(stdout).findings).toEqual([]);
});

test('a device token that is kept for later is no error', async () => {
  const directory = copyProject('classic', [
    [
      delegate,
      'CyberArkAuthProvider.handlePushToken(token: deviceToken, baseURL: Settings.tenant)',
      'Settings.token = deviceToken',
    ],
    [
      settings,
      'enum',
      'func signedIn() { CyberArkAuthProvider.handlePushToken(token: Settings.token) }\nlet start = signedIn\nenum',
    ],
  ]);
  const { exitCode, stdout } = await createMachine().run(['app', 'check', directory, '--json']);
  expect(JSON.parse(stdout).findings).toMatchObject([
    { code: 'push-token-not-handled', level: 'warning', file: delegate, line: 29 },
  ]);
  expect(exitCode).toBe(0);
});

test('other spellings', async () => {
  const { stdout } = await createMachine().run(['app', 'check', copyProject('swiftui', spellings), '--json']);
  expect(JSON.parse(stdout).findings).toEqual([]);
});

const faults = [
  ...classic.map((fault) => ['classic', ...complete(fault)] as const),
  ...swiftui.map((fault) => ['swiftui', ...complete(fault)] as const),
];

function complete([code, edits, file, line, also = []]: Fault): Required<Fault> {
  return [code, edits, file, line, also];
}

test.each(faults)('%s: %s %j', async (project, code, edits, file, line, also) => {
  const directory = copyProject(project, edits);
  const { exitCode, stdout } = await createMachine().run(['app', 'check', directory, '--json']);
  const { findings, ok } = JSON.parse(stdout);
  expect(findings).toEqual([
    {
      code,
      level: 'error',
      message: expect.stringMatching(/^\S.*\.$/),
      hint: expect.stringMatching(/\S/),
      file,
      line,
      ...(also.length === 0 ? {} : { also: also.map((each) => ({ file, line: each })) }),
    },
  ]);
  expect([exitCode, ok]).toEqual([4, false]);
});
