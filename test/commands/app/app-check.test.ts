import { cpSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { readApp } from '../../../src/commands/app/app.ts';
import { checkCertificate } from '../../../src/commands/app/check-capabilities.ts';
import { readProjectFile } from '../../../src/commands/app/project.ts';
import { applicationTargets } from '../../../src/commands/app/target.ts';
import { createMachine } from '../../support/context.ts';
import { secretPassword as env, p12Path } from '../../support/fixtures.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { check, copyProject, edits, files, found, projectPath, told } from './copied-project.ts';

const universal = p12Path('01-default-aes256');

const guide = ['background-modes', 'push-entitlement', 'authorization', 'category', 'registration'].concat([
  'delegate',
  'challenge',
  'answer',
  'configuration',
]);

describe('a project that follows the guide', () => {
  test.each([
    ['classic', 'Approver', 'development'],
    ['swiftui', 'Gatekeeper', 'production'],
  ])('%s', async (name, target, apsEnvironment) => {
    const { exitCode, report } = await check(projectPath(name), ['--p12', universal], { env });
    expect(report).toEqual({
      project: `${projectPath(name)}/${target}.xcodeproj`,
      target,
      configuration: 'Release',
      bundleId: 'com.example.lab',
      apsEnvironment,
      certificate: {
        topics: ['', '.voip', '.complication', '.voip-ptt'].map((end) => `com.example.lab${end}`),
        environments: ['sandbox', 'production'],
      },
      steps: [...guide, 'certificate'].map((step) => ({ step, title: expect.any(String), ok: true })),
      findings: [],
      ok: true,
    });
    expect(exitCode).toBe(0);
  });

  test('is compared with no certificate where none is given', async () => {
    const { report } = await check(projectPath('classic'));
    expect(report).toMatchObject({ certificate: null, steps: guide.map((step) => ({ step })), ok: true });
  });

  test('is told to a person', async () => {
    const { stdout } = await createMachine().run(['app', 'check', projectPath('classic')]);
    expect(stdout).toMatch(/^Project {10}.*\nTarget {11}Approver, Release\nBundle ID {8}com\.example\.lab\n/);
    expect(stdout).toMatch(/(?:\n✓ .*){9}\n\n✓ The app does what the guide asks\.\n$/);
  });
});

test('what is wrong is told to a person, with file and line', async () => {
  const directory = copyProject('classic', [
    ['Approver/AppDelegate.swift', '.sound, ', ''],
    ['Approver/IdentityConfiguration.plist', '<string></string>', '<string>hunter2</string>'],
  ]);
  const { exitCode, stdout } = await createMachine().run(['app', 'check', directory]);
  expect(stdout.slice(stdout.indexOf('✓'))).toBe(`✓ Background mode for remote notifications
✓ Push entitlement
✗ Authorization for badge, sound and alert
✓ Notification category and its two actions
✓ Registration of the device token
✓ Notification delegate
✓ Challenge read from the push
✓ Answer to the challenge
! IdentityConfiguration.plist filled in

✗ error The requested permission leaves out: sound. [authorization-incomplete]
    Approver/AppDelegate.swift:20
    UNUserNotificationCenter.current().requestAuthorization(options: [.badge, .sound, .alert]) { … }
! warning clientsecret contains a secret, and anybody who has the app can read it. [client-secret-in-app]
    Approver/IdentityConfiguration.plist:11
    Use a public client with PKCE (RFC 8252 §8.5), and leave it empty.

✗ The app will not approve sign-ins as it is: pushes are not shown in full (1 error, 1 warning).
`);
  expect(exitCode).toBe(4);
});

describe('the certificate', () => {
  const toProduction = 'entitlements ¦development¦production';
  const debug = ['--configuration', 'Debug'];
  const error = 'environment-mismatch entitlements:5';

  test.each<[p12: string, edits: string[], argv: string[], finding: string]>([
    ['01-default-aes256', [toProduction], debug, ''],
    ['30-dev', [toProduction], [], error],
    ['30-dev', [], [], `warning ${error}`],
    ['30-dev', [], debug, ''],
    ['30-prod', [toProduction], [], ''],
    ['30-prod', [], [], `warning ${error}`],
    ['30-prod', [], debug, error],
    ['01-default-aes256', ['shared ¦= lab¦= other'], [], 'bundle-id-mismatch bundle:2'],
    [
      '01-default-aes256',
      ['info ¦$(PRODUCT_BUNDLE_IDENTIFIER)¦com.example.own'],
      [],
      'bundle-id-mismatch info:5',
    ],
    ['01-default-aes256', ['bundle ¦PRODUCT_BUNDLE_IDENTIFIER¦OTHER'], [], 'bundle-id-missing pbxproj:178'],
    ['30-dist', [], [], 'bundle-id-mismatch bundle:2'],
  ])('%s %j %j: %s', async (p12, lines, argv, finding) => {
    const options = { env: { ...env, MFA_CLI_P12: p12Path(p12) } };
    const { report } = await check(copyProject('classic', edits(lines)), argv, options);
    expect(told(report)).toBe(finding);
  });

  test('that is missing in a .p12 is an error, where the bundle ID is set', () => {
    const project = readProjectFile(join(projectPath('classic'), 'Approver.xcodeproj'));
    const [target] = applicationTargets(project);
    if (target === undefined) throw new Error('no target');
    const findings = checkCertificate(readApp(project, target, 'Release'), null);
    expect(told({ findings })).toBe('certificate-missing bundle:2');
  });
});

describe('targets and configurations', () => {
  const twoApps = 'ui-pbxproj ¦product-type.app-extension¦product-type.application';
  const swiftui = (...lines: string[]): string => copyProject('swiftui', edits(lines));

  test('the target is asked for on a terminal', async () => {
    const { report, questions } = await check(swiftui(twoApps), [], { answers: ['Gatekeeper'] });
    expect([report.target, report.ok, questions]).toEqual(['Gatekeeper', true, ['Which target?']]);
  });

  test('the target that is named is checked, with its own settings and files', async () => {
    const { exitCode, report } = await check(swiftui(twoApps), ['--target', 'Widget']);
    const own = { target: 'Widget', bundleId: 'com.example.lab.widget', apsEnvironment: null };
    expect([exitCode, report]).toMatchObject([4, own]);
    expect(told(report)).toContain('delegate-missing');
  });

  test('an application for a watch is passed over', async () => {
    const widget = 'PRODUCT_BUNDLE_IDENTIFIER = com.example.lab.widget;';
    const { report } = await check(swiftui(twoApps, `ui-pbxproj ¦${widget}¦${widget} SDKROOT = watchos;`));
    expect([report.target, report.ok]).toEqual(['Gatekeeper', true]);
  });

  test('the configuration that is named has its own settings', async () => {
    const { report } = await check(projectPath('swiftui'), ['--configuration', 'Debug']);
    expect(report).toMatchObject({ configuration: 'Debug', apsEnvironment: 'development', ok: true });
  });

  const noApp = 'ui-pbxproj ¦product-type.application¦product-type.tool';
  test.each<[edits: string[], argv: string[], code: string, message: string]>([
    [[twoApps], [], 'usage', 'Gatekeeper has several applications: Gatekeeper, Widget'],
    [[], ['--target', 'Gate'], 'usage', 'No application target is called Gate; there are: Gatekeeper'],
    [[], ['--configuration', 'Beta'], 'usage', 'No configuration is called Beta; there are: Debug, Release'],
    [[noApp], [], 'project-not-recognised', 'Gatekeeper has no target that is an application'],
  ])('%j %j: %s', async (lines, argv, code, message) => {
    const { error } = (await check(swiftui(...lines), argv)).report;
    expect(error).toMatchObject({ code, message });
    if (lines.includes(twoApps)) expect(error.hints).toEqual(['Give --target NAME.']);
  });
});

describe('code that the application is linked with', () => {
  const source = 'pbxproj ¦\t\t\t\tB10000000000000000000002 /* PushCategory.swift in Sources */,\n¦';
  const dependencies = 'dependencies = (\n\t\t\t);\n\t\t\tname = Approver;';
  const objects = (text: string): string => `pbxproj ¦/* Begin PBXGroup section */¦${text}`;
  const framework =
    'T1 = {isa = PBXNativeTarget; name = Push; productType = "com.apple.product-type.framework"; productReference = R1; buildPhases = (P1);}; P1 = {isa = PBXSourcesBuildPhase; files = (B10000000000000000000002);};';
  const middle =
    'T2 = {isa = PBXNativeTarget; name = Middle; productType = "com.apple.product-type.library.static"; buildPhases = (P2);}; P2 = {isa = PBXFrameworksBuildPhase; files = (F2);}; F2 = {isa = PBXBuildFile; fileRef = R1;};';

  test.each([
    ['a framework that it depends on', 'D1', 'D1 = {isa = PBXTargetDependency; target = T1;};'],
    [
      'a library that is itself linked with one',
      'D2',
      `D2 = {isa = PBXTargetDependency; target = T2;}; ${middle}`,
    ],
  ])('%s', async (_name, dependency, more) => {
    const linked = (list: string): readonly string[] => [
      source,
      `pbxproj ¦${dependencies}¦dependencies = (${list}); name = Approver;`,
      'pbxproj ¦targets = (¦targets = (T1, T2,',
      objects(`${framework} ${more}`),
    ];
    expect(await found(linked(dependency))).toBe('');
    expect(await found(linked(''))).toContain('category-missing');
  });

  test.each([
    ['a package', 'isa = XCLocalSwiftPackageReference; relativePath = Push;'],
    [
      'a package of before Xcode 15',
      'isa = PBXFileReference; lastKnownFileType = wrapper; path = Push; sourceTree = "<group>";',
    ],
  ])('%s', async (_name, reference) => {
    const uses = 'packageProductDependencies = (X2); dependencies = (); name = Approver;';
    const product = 'X2 = {isa = XCSwiftPackageProductDependency; productName = Push;};';
    const lines = [source, `pbxproj ¦${dependencies}¦${uses}`, objects(`X1 = {${reference}}; ${product}`)];
    const directory = copyProject('classic', edits(lines));
    const sources = join(directory, 'Push/Sources/Push');
    mkdirSync(sources, { recursive: true });
    writeFileSync(join(directory, 'Push/Package.swift'), '');
    cpSync(join(directory, 'Approver/Push/PushCategory.swift'), join(sources, 'PushCategory.swift'));
    expect((await check(directory)).report.findings).toEqual([]);
  });
});

describe('the path', () => {
  test.each([
    ['', 'the folder of the project'],
    ['Approver.xcodeproj', 'the project'],
    ['Approver.xcodeproj/project.pbxproj', 'its file'],
    ['Approver.xcodeproj/project.xcworkspace', 'the workspace in it'],
    ['Approver.xcworkspace', 'the workspace beside it'],
  ])('%s is %s', async (path) => {
    const directory = copyProject('classic');
    mkdirSync(join(directory, path, path.endsWith('workspace') ? 'xcshareddata' : '..'), { recursive: true });
    expect((await check(join(directory, path))).report.ok).toBe(true);
  });

  test('is a folder above, and projects of others are passed over', async () => {
    const root = temporaryDirectory();
    for (const folder of ['ios/app', 'ios/Pods/Other', 'build/Old', 'deep/down/below/it'])
      cpSync(projectPath('classic'), join(root, folder), { recursive: true });
    expect((await check(root)).report.project).toBe(join(root, 'ios/app/Approver.xcodeproj'));
  });

  test.each([
    ['gone', 'file-not-found', 'does not exist'],
    ['', 'project-not-recognised', 'contains no Xcode project'],
    ['A.plist', 'project-not-recognised', 'is not an Xcode project'],
    ['A.xcodeproj', 'project-not-recognised', 'contains no project.pbxproj'],
  ])('%s is none: %s', async (name, code, message) => {
    const root = temporaryDirectory();
    mkdirSync(join(root, 'A.xcodeproj'));
    writeFileSync(join(root, 'A.plist'), '');
    const path = join(root, name);
    const { exitCode, report } = await check(path);
    expect([exitCode, report.error]).toMatchObject([3, { code, message: `${path} ${message}` }]);
  });

  test.each([
    ['nothing', ''],
    ['no property list', '<html></html>'],
    ['an end too early', '// !$*UTF8*$!\n{ objects = { A = { isa = PBXProject;'],
    ['no objects', '{ rootObject = A; }'],
    ['a root of another kind', '{ rootObject = A; objects = { A = { isa = PBXGroup; }; }; }'],
    ['brackets without end', '('.repeat(100_000)],
  ])('is a project file with %s', async (_name, text) => {
    const path = 'Approver.xcodeproj/project.pbxproj';
    const { exitCode, report } = await check(copyProject('classic', [[path, null, text]]));
    expect([exitCode, report.error]).toMatchObject([
      3,
      { code: 'project-not-recognised', message: 'The project file of Approver.xcodeproj is damaged' },
    ]);
  });
});

describe('a project that means harm', () => {
  test.each<[name: string, edits: string[], finding: string]>([
    [
      'entities that expand without bound',
      [
        'info ¦<plist version¦<!DOCTYPE p [<!ENTITY a "&b;&b;"><!ENTITY b "&a;">]><plist version',
        'info ¦fetch¦&a;',
      ],
      '',
    ],
    [
      'an Info.plist that never ends',
      ['pbxproj ¦$(SRCROOT)/Approver/Info.plist¦/dev/zero'],
      'info-plist-missing',
    ],
    ['a path that is none', ['pbxproj ¦$(SRCROOT)/Approver/Info.plist¦a\\U0000b'], 'info-plist-missing'],
    [
      'files that include each other',
      ['bundle ¦¦#include "Shared.xcconfig"\n#include "Bundle.xcconfig"\n'],
      '',
    ],
    [
      'variables that name each other',
      ['bundle ¦¦A = $(B)$(B)$(B)\nB = $(A)$(A)$(A)\nPRODUCT_BUNDLE_IDENTIFIER = $(A)\n'],
      '',
    ],
    [
      'groups that hold each other',
      ['pbxproj ¦\t\t\t\tA10000000000000000000012 /* Push */,¦\t\t\t\tA10000000000000000000011,'],
      'source-not-read',
    ],
    ['a source that is too large', [`settings ¦¦${'/'.repeat(6 * 1024 * 1024)}`], 'source-not-read'],
  ])('%s', async (_name, lines, finding) => {
    expect(await found(lines)).toContain(finding);
  });

  test('a binary list whose objects refer to each other ever more', async () => {
    const directory = copyProject('swiftui');
    writeFileSync(join(directory, 'Gatekeeper/Info.plist'), doublingList(60));
    expect(told((await check(directory)).report)).toBe('info-plist-unreadable ui-info:1');
  });

  test('a list that its parser would complain of', async () => {
    const complaints = vi.spyOn(console, 'error');
    const broken = '<plist><dict><key>a</key><string>&x;</strin></dict>';
    expect(await found([`info ¦¦${broken}`])).toBe('info-plist-unreadable info:1');
    expect(complaints).not.toHaveBeenCalled();
    complaints.mockRestore();
  });

  test('a folder that holds itself', async () => {
    const directory = copyProject('swiftui');
    symlinkSync('..', join(directory, 'Gatekeeper/Push/again'));
    symlinkSync('loop', join(directory, 'Gatekeeper/loop'));
    expect(told((await check(directory)).report)).toBe('');
  });

  test('names and texts that would move the cursor', async () => {
    const lines = [
      'pbxproj ¦name = Approver;¦name = "A\\U001b[2J\\nB";',
      'category ¦"MfaNotificationCategoryId"¦"a\\u{1b}[2J"',
    ];
    const directory = copyProject('classic', [
      ...edits(lines),
      [files.entitlements ?? '', 'development', 'dev\u001b[2Jelop'],
      [files.identity ?? '', '<key>clientid</key>', '<key>client\u202e\n\u009bid</key>'],
      [files.identity ?? '', '>approver-ios<', '><'],
    ]);
    const { stdout } = await createMachine().run(['app', 'check', directory]);
    for (const character of ['\u001b', '\u009b', '\u202e']) expect(stdout).not.toContain(character);
    expect(stdout).toContain('Target           A\\u001b[2J\\u000aB, Release');
    expect(stdout).toContain('this one has "a\\u{1b}[2J"');
  });
});

/** A binary property list of arrays, each of which holds the next one twice. */
function doublingList(arrays: number): Buffer {
  const objects = Array.from({ length: arrays }, (_, index) => Buffer.from([0xa2, index + 1, index + 1]));
  const offsets = Buffer.from([...objects.map((_, index) => 8 + 3 * index), 8 + 3 * arrays]);
  const trailer = Buffer.alloc(32);
  trailer.set([1, 1], 6);
  trailer.writeBigUInt64BE(BigInt(arrays + 1), 8);
  trailer.writeBigUInt64BE(BigInt(9 + 3 * arrays), 24);
  return Buffer.concat([Buffer.from('bplist00'), ...objects, Buffer.from([0x09]), offsets, trailer]);
}

test('entitlements in the old style are read', async () => {
  const lines = ['entitlements ¦¦{ "aps-environment" = production; }'];
  const { report } = await check(copyProject('classic', edits(lines)));
  expect([report.apsEnvironment, report.findings]).toEqual(['production', []]);
});

const placeholders = [
  'identity ¦https://abc1234.id.cyberark.cloud¦https://tenant.example.com',
  'identity ¦>approver<¦>&lt;application ID&gt;<',
  'identity ¦>approver-ios<¦><',
];
const secret = 'identity ¦<string></string>¦<string>hunter2</string>';

describe('the settings of the SDK', () => {
  const messages = async (...lines: string[]): Promise<readonly string[]> =>
    (
      await check(copyProject(lines[0]?.startsWith('ui') ? 'swiftui' : 'classic', edits(lines)))
    ).report.findings.map(
      ({ message, line, also }: Record<string, unknown>) =>
        `${line} ${message}${also === undefined ? '' : ` ${(also as object[]).length} more`}`,
    );

  test.each<[string, string[], RegExp]>([
    [
      'placeholders are one finding with their lines',
      placeholders,
      /^5 3 values of IdentityConfiguration\.plist are empty or placeholders: domainautho \(line 5\), applicationid \(line 7\), clientid \(line 9\)\. 2 more$/,
    ],
    [
      'a key that is commented out is not where one stands',
      ['identity ¦<dict>¦<!-- <key>clientid</key> --><dict>', 'identity ¦>approver-ios<¦><'],
      /^9 clientid is empty in IdentityConfiguration\.plist\.$/,
    ],
    [
      'a binary list has no lines',
      ['ui-identity ¦gatekeeper-ios¦YOUR_CLIENT_ID', 'ui-identity ¦gatekeeper:/¦example.com:'],
      /^null 2 values .*: \w+, \w+\.$/,
    ],
    [
      'of many keys some are told, and long ones are cut',
      [
        `identity ¦¦<plist><dict>${Array.from({ length: 3000 }, (_, at) => `<key>${'k'.repeat(80)}${at}</key><string/>`).join('\n')}</dict></plist>`,
      ],
      /^1 3000 values .* k{60}… \(line 1\), .* and 2980 more\. 99 more$/,
    ],
    [
      'secrets are one finding',
      [`${secret}\n<key>othersecret</key><string>hunter3</string>`],
      /^11 clientsecret \(line 11\), othersecret \(line 13\) contain secrets, and anybody who has the app can read them\. 1 more$/,
    ],
  ])('%s', async (_name, lines, expected) => {
    expect(await messages(...lines)).toEqual([expect.stringMatching(expected)]);
  });
});

describe('the findings', () => {
  const delegate = 'delegate ¦.current().delegate = challenges¦.current()';
  const everything = [
    ...placeholders,
    secret,
    'info ¦remote-notification¦audio',
    'entitlements ¦aps-environment¦other',
    'shared ¦= lab¦= other',
    'delegate ¦.sound, ¦',
    delegate,
    'delegate ¦CyberArk¦// CyberArk',
    'category ¦"MfaNotificationCategoryId"¦"Other"',
    'responder ¦"ChallengeAnswer"¦"Challenge"',
    'responder ¦isAccepted: false¦isAccepted: true',
    'settings',
  ];

  test('come with what matters most first', async () => {
    const directory = copyProject('classic', edits(everything));
    const { report } = await check(directory, ['--p12', universal], { env });
    expect(report.findings.map(({ code, level }: Record<string, string>) => `${level} ${code}`)).toEqual([
      'error aps-environment-missing',
      'error background-mode-missing',
      'error bundle-id-mismatch',
      'error push-token-not-handled',
      'error authorization-incomplete',
      'error category-identifier-wrong',
      'error delegate-missing',
      'error challenge-not-read',
      'error answer-one-sided',
      'error configuration-incomplete',
      'warning client-secret-in-app',
      'info source-not-read',
    ]);
  });

  test.each<[string[], string]>([
    [everything, '✗ The app will not approve sign-ins as it is: no push reaches it (9 errors, 1 warning).'],
    [
      [delegate],
      '✗ The app will not approve sign-ins as it is: it does not learn which of the two was chosen (1 error).',
    ],
    [[secret], '! The app does what the guide asks, as far as it is seen (1 warning).'],
  ])('%j come to a verdict', async (lines, verdict) => {
    const { stdout } = await createMachine().run(['app', 'check', copyProject('classic', edits(lines))]);
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(verdict);
  });
});

describe('Objective-C', () => {
  const [delegate, category, responder] = ['AppDelegate', 'PushCategory', 'ChallengeResponder'] as const;
  /** A source is Objective-C instead. */
  const objectiveC = (name: string, text: string): readonly string[] => {
    const path = Object.values(files)
      .find((file) => file.endsWith(`/${name}.swift`))
      ?.slice(0, -'.swift'.length);
    return [`pbxproj ¦path = ${name}.swift¦path = ${name}.m`, `${path}.swift`, `${path}.m ¦¦${text}`];
  };
  const empty = '@implementation A\n@end\n';
  const appDelegate = `#import "AppDelegate.h"
// UNNotificationCategory
@implementation AppDelegate
- (BOOL)application:(UIApplication *)application didFinishLaunchingWithOptions:(NSDictionary *)options {
    UNUserNotificationCenter *center = [UNUserNotificationCenter currentNotificationCenter];
    center.delegate = self.responder;
    [center requestAuthorizationWithOptions:UNAuthorizationOptionSound completionHandler:^(BOOL granted, NSError *error) {
        [application registerForRemoteNotifications];
    }];
    return YES;
}
- (void)application:(UIApplication *)application didRegisterForRemoteNotificationsWithDeviceToken:(NSData *)token {
    [Push handOver:token];
}
@end
`;

  test.each<[name: string, edits: readonly string[], codes: string, unjudged: string]>([
    ['an app delegate', objectiveC(delegate, appDelegate), '', 'authorization registration delegate'],
    [
      'an app of nothing else',
      [
        ...objectiveC(delegate, appDelegate),
        ...[category, responder, 'Settings'].flatMap((name) => objectiveC(name, empty)),
        'info ¦remote-notification¦audio',
      ],
      'background-mode-missing',
      'authorization category registration delegate challenge answer',
    ],
    [
      'an app delegate beside Swift that is wrong',
      [
        ...objectiveC(delegate, appDelegate),
        'category ¦"MfaNotificationCategoryId"¦"Other"',
        'responder ¦isAccepted: false¦isAccepted: true',
      ],
      'category-identifier-wrong answer-one-sided',
      'authorization registration delegate',
    ],
    ['nothing of it', objectiveC(category, empty), 'category-missing', ''],
    [
      'a comment of it',
      objectiveC(category, '/* UNNotificationCategory */ // UNNotificationAction'),
      'category-missing',
      '',
    ],
    ['a comment that never ends', objectiveC(category, '/* UNNotificationCategory'), 'category-missing', ''],
    [
      'all of it',
      objectiveC(
        category,
        '[UNNotificationCategory categoryWithIdentifier:@"a"]; [UNNotificationAction actionWithIdentifier:@"//"]; setNotificationCategories',
      ),
      '',
      'category',
    ],
    [
      'main.m with a Swift app delegate',
      [
        ...objectiveC('Settings', 'int main() { return UIApplicationMain(0, nil, nil, @"AppDelegate"); }'),
        'delegate ¦.requestAuthorization(¦.ask(',
      ],
      'authorization-missing',
      '',
    ],
    ['comments that never end', objectiveC('Settings', '/*'.repeat(200_000)), '', ''],
    ['strings that never end', objectiveC('Settings', '"\\'.repeat(200_000)), '', ''],
  ])('%s: %s', async (_name, lines, codes, unjudged) => {
    const { report } = await check(copyProject('classic', edits(lines)));
    const told = report.findings.map(({ code }: { code: string }) => code);
    expect(told.join(' ')).toBe(`${codes} objective-c-not-read`.trim());
    const steps = report.steps.filter(({ ok }: { ok: unknown }) => ok === null);
    expect(steps.map(({ step }: { step: string }) => step).join(' ')).toBe(unjudged);
  });

  test('is told to a person', async () => {
    const directory = copyProject('classic', edits(objectiveC(delegate, appDelegate)));
    const { stdout, exitCode } = await createMachine().run(['app', 'check', directory]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('\n? Authorization for badge, sound and alert\n✓ Notification category');
    expect(stdout.slice(stdout.indexOf('i info'))).toBe(
      `i info The app delegate is Objective-C, which is not read. [objective-c-not-read]
    Approver/AppDelegate.m
    Check by hand what is not judged: Authorization for badge, sound and alert; Registration of the device token; Notification delegate.

! The app does what the guide asks, as far as it is seen (3 steps not judged).
`,
    );
  });
});

describe('links', () => {
  /** The classic project, in which a file is a link to where it lies now. */
  function moved(file: string, isInRepository: boolean): string {
    const directory = copyProject('classic');
    const elsewhere = isInRepository ? join(directory, '..', 'elsewhere') : temporaryDirectory();
    mkdirSync(elsewhere, { recursive: true });
    if (isInRepository) mkdirSync(join(directory, '..', '.git'));
    const [path, target] = [join(directory, file), join(elsewhere, 'file')];
    renameSync(path, target);
    symlinkSync(target, path);
    return directory;
  }

  test.each([
    ['category', 'source-not-read'],
    ['info', 'info-plist-unreadable'],
    ['entitlements', 'entitlements-unreadable'],
    ['identity', 'configuration-unreadable'],
  ])('that lead out of the project are not followed: %s', async (word, code) => {
    const findings = async (isInRepository: boolean) =>
      told((await check(moved(files[word] ?? '', isInRepository))).report);
    expect([await findings(false), await findings(true)]).toEqual([expect.stringContaining(code), '']);
  });

  test('a project file behind one is not read', async () => {
    const { report } = await check(moved(files.pbxproj ?? '', false));
    expect(report.error.code).toBe('project-not-recognised');
  });
});

test('sources that are missing, or do not fit into the memory for them, are one finding', async () => {
  const { report } = await check(copyProject('classic', edits(['category', 'responder'])));
  expect(report.findings.at(-1)).toMatchObject({
    code: 'source-not-read',
    message: '2 Swift sources were not read.',
    file: files.category,
    also: [{ file: files.responder, line: null }],
  });
  const dense = '{}'.repeat(250_000);
  expect(await found([`category ¦¦${dense}`, `responder ¦¦${dense}`])).toContain(
    'source-not-read responder:',
  );
});
