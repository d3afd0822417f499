import { cpSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { readApp } from '../../../src/commands/app/app.ts';
import { checkCertificate } from '../../../src/commands/app/check-property-lists.ts';
import { readProjectFile } from '../../../src/commands/app/project.ts';
import { applicationTargets } from '../../../src/commands/app/target.ts';
import { createMachine } from '../../support/context.ts';
import { secretPassword as env, p12Path } from '../../support/fixtures.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import {
  check,
  checkEdited,
  copyOf,
  copyProject,
  files,
  found,
  keepProjects,
  projectPath,
  rowsOf,
  told,
} from './copied-project.ts';

keepProjects();

const universal = p12Path('01-default-aes256');

const first = ['background-modes', 'push-entitlement', 'authorization', 'category', 'registration'];
const guide = [...first, 'delegate', 'challenge', 'answer', 'configuration'];

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
    expect(stdout).toMatch(/(?:\n✓ .*){9}\n\n✓ The app follows the guide\.\n$/);
  });
});

test('what is wrong is told to a person, with file and line', async () => {
  const directory = copyOf(['delegate ¦.sound, ¦', 'identity ¦<string></string>¦<string>hunter2</string>']);
  const { exitCode, stdout } = await createMachine().run(['app', 'check', directory]);
  expect(stdout).toContain('\n✓ Push entitlement\n✗ Authorization for badge, sound and alert\n');
  expect(stdout.slice(stdout.indexOf('! Identity'))).toBe(`! IdentityConfiguration.plist filled in

✗ The requested permission leaves out: sound. [authorization-incomplete]
  Approver/AppDelegate.swift:20
  UNUserNotificationCenter.current().requestAuthorization(options: [.badge, .sound, .alert]) { … }

! clientsecret contains a secret, and anyone with the app can read it. [client-secret-in-app]
  Approver/IdentityConfiguration.plist:11
  Use a public client with PKCE (RFC 8252 §8.5), and leave it empty.

✗ The app cannot approve sign-ins yet: pushes are not shown in full (1 error, 1 warning).
`);
  expect(exitCode).toBe(4);
});

const certificates = `
01-default-aes256 Debug | | entitlements ¦development¦production
30-dev Release | environment-mismatch entitlements:5 | entitlements ¦development¦production
30-dev Release | warning environment-mismatch entitlements:5
30-dev Debug |
30-prod Release | | entitlements ¦development¦production
30-prod Release | warning environment-mismatch entitlements:5
30-prod Debug | environment-mismatch entitlements:5
01-default-aes256 Release | bundle-id-mismatch bundle:2 | shared ¦= lab¦= other
01-default-aes256 Release | bundle-id-mismatch info:5 | info ¦$(PRODUCT_BUNDLE_IDENTIFIER)¦com.example.own
01-default-aes256 Release | bundle-id-missing pbxproj:178 | bundle ¦PRODUCT_BUNDLE_IDENTIFIER¦OTHER
30-dist Release | bundle-id-mismatch bundle:2
`;

test.each(rowsOf(certificates))('the certificate %s: %s, with %s', async (given = '', finding, ...lines) => {
  const [p12 = '', configuration = ''] = given.split(' ');
  const options = { env: { ...env, MFA_CLI_P12: p12Path(p12) } };
  expect(await found(lines, ['--configuration', configuration], options)).toBe(finding);
});

test('a certificate that is missing in a .p12 is an error, where the bundle ID is set', () => {
  const project = readProjectFile(join(projectPath('classic'), 'Approver.xcodeproj'));
  const [target = project.root] = applicationTargets(project);
  const findings = checkCertificate(readApp(project, target, 'Release'), null);
  expect(told({ findings })).toBe('certificate-missing bundle:2');
});

describe('targets and configurations', () => {
  const twoApps = 'ui-pbxproj ¦product-type.app-extension¦product-type.application';
  const swiftui = (...lines: string[]): string => copyProject('swiftui', lines);

  test('the target is asked for on a terminal', async () => {
    const { report, questions } = await check(swiftui(twoApps), [], { answers: ['Gatekeeper'] });
    expect([report.target, report.ok, questions]).toEqual(['Gatekeeper', true, ['Target:']]);
  });

  const widget = 'PRODUCT_BUNDLE_IDENTIFIER = com.example.lab.widget;';
  const watch = `ui-pbxproj ¦${widget}¦${widget} SDKROOT = watchos;`;
  const own = { target: 'Widget', bundleId: 'com.example.lab.widget', apsEnvironment: null, ok: false };

  test.each<[edits: string[], argv: string[], report: Record<string, unknown>]>([
    [[twoApps], ['--target', 'Widget'], own],
    [[twoApps, watch], [], { target: 'Gatekeeper', ok: true }],
    [[], ['--configuration', 'Debug'], { configuration: 'Debug', apsEnvironment: 'development', ok: true }],
  ])('%j %j have settings of their own', async (lines, argv, report) => {
    expect((await check(swiftui(...lines), argv)).report).toMatchObject(report);
  });

  const noApp = 'ui-pbxproj ¦product-type.application¦product-type.tool';
  test.each<[edits: string[], argv: string[], code: string, message: string]>([
    [[twoApps], [], 'usage', 'Gatekeeper has several applications: Gatekeeper, Widget'],
    [[], ['--target', 'Gate'], 'usage', 'No application target is called Gate. There are: Gatekeeper'],
    [[], ['--configuration', 'Beta'], 'usage', 'No configuration is called Beta. There are: Debug, Release'],
    [[noApp], [], 'project-not-recognised', 'Gatekeeper has no application target'],
  ])('%j %j: %s', async (lines, argv, code, message) => {
    const { error } = (await check(swiftui(...lines), argv)).report;
    expect(error).toMatchObject({ code, message });
    if (lines.includes(twoApps)) expect(error.hints).toEqual(['Give --target NAME.']);
  });
});

/** Sources that a target is linked with: what the target has, and the other objects of the project. */
const linked = `
the framework that it depends on | dependencies = (D1); | D1 = {isa = PBXTargetDependency; target = T1;};
a library that is linked with the framework | dependencies = (D2); | D2 = {isa = PBXTargetDependency; target = T2;};
a package | packageProductDependencies = (X2); | X1 = {isa = XCLocalSwiftPackageReference; relativePath = Push;};
a package of before Xcode 15 | packageProductDependencies = (X2); | X1 = {isa = PBXFileReference; lastKnownFileType = wrapper; path = Push; sourceTree = "<group>";};
neither | |
`;

test.each(rowsOf(linked))('code is read in %s', async (name, owned = '', objects = '') => {
  const source = '⇥⇥⇥⇥B10000000000000000000002 /* PushCategory.swift in Sources */,⏎';
  const own = '⇥⇥⇥dependencies = (⏎⇥⇥⇥);⏎⇥⇥⇥name = Approver;';
  const framework =
    'productType = "com.apple.product-type.framework"; productReference = R1; buildPhases = (P1);';
  const library = 'productType = "com.apple.product-type.library.static"; buildPhases = (P2);';
  const others = [
    `T1 = {isa = PBXNativeTarget; name = Push; ${framework}};`,
    'P1 = {isa = PBXSourcesBuildPhase; files = (B10000000000000000000002);};',
    `T2 = {isa = PBXNativeTarget; name = Middle; ${library}};`,
    'P2 = {isa = PBXFrameworksBuildPhase; files = (F2);}; F2 = {isa = PBXBuildFile; fileRef = R1;};',
    'X2 = {isa = XCSwiftPackageProductDependency; productName = Push;};',
  ];
  const directory = copyOf([
    `pbxproj ¦${source}¦`,
    `pbxproj ¦${own}¦${owned} name = Approver;`,
    'pbxproj ¦targets = (¦targets = (T1, T2,',
    `pbxproj ¦/* Begin PBXGroup section */¦${objects} ${others.join(' ')}`,
  ]);
  mkdirSync(join(directory, 'Push/Sources/Push'), { recursive: true });
  writeFileSync(join(directory, 'Push/Package.swift'), '');
  cpSync(join(directory, files.category ?? ''), join(directory, 'Push/Sources/Push/PushCategory.swift'));
  const codes = (await check(directory)).report.findings.map(({ code }: { code: string }) => code);
  expect(codes).toEqual(name === 'neither' ? ['category-missing'] : []);
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
    '',
    '<html></html>',
    '// !$*UTF8*$!\n{ objects = { A = { isa = PBXProject;',
    '{ rootObject = A; }',
    '{ rootObject = A; objects = { A = { isa = PBXGroup; }; }; }',
    '('.repeat(100_000),
  ])('is a project file that is damaged: %.40s', async (text) => {
    const { exitCode, report } = await checkEdited([`pbxproj ¦¦${text}`]);
    const message = 'The project file of Approver.xcodeproj is damaged';
    expect([exitCode, report.error]).toMatchObject([3, { code: 'project-not-recognised', message }]);
  });
});

describe('a project that means harm', () => {
  const harm = `
entities without bound | | info ¦<plist version¦<!DOCTYPE p [<!ENTITY a "&b;&b;"><!ENTITY b "&a;">]><plist version | info ¦fetch¦&a;
an Info.plist that never ends | info-plist-missing | pbxproj ¦$(SRCROOT)/Approver/Info.plist¦/dev/zero
a path that is none | info-plist-missing | pbxproj ¦$(SRCROOT)/Approver/Info.plist¦a\\U0000b
files that include each other | | bundle ¦¦#include "Shared.xcconfig"⏎#include "Bundle.xcconfig"⏎
variables that name each other | | bundle ¦¦A = $(B)$(B)$(B)⏎B = $(A)$(A)$(A)⏎PRODUCT_BUNDLE_IDENTIFIER = $(A)⏎
groups that hold each other | source-not-read | pbxproj ¦⇥A10000000000000000000012 /* Push */,¦⇥A10000000000000000000011,
`;

  test.each(rowsOf(harm))('%s', async (_name, finding, ...lines) => {
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

  test('names and texts that would move the cursor', async () => {
    const directory = copyOf([
      'pbxproj ¦name = Approver;¦name = "A\\U001b[2J\\nB";',
      'category ¦"MfaNotificationCategoryId"¦"a\\u{1b}[2J"',
      'entitlements ¦development¦dev\u001b[2Jelop',
      'identity ¦<key>clientid</key>¦<key>client\u202e\n\u009bid</key>',
      'identity ¦>approver-ios<¦><',
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
  const { report } = await checkEdited(['entitlements ¦¦{ "aps-environment" = production; }']);
  expect([report.apsEnvironment, report.findings]).toEqual(['production', []]);
});

const placeholders = [
  'identity ¦https://abc1234.id.cyberark.cloud¦https://tenant.example.com',
  'identity ¦>approver<¦>&lt;application ID&gt;<',
  'identity ¦>approver-ios<¦><',
];
const secret = 'identity ¦<string></string>¦<string>hunter2</string>';

const keys = Array.from({ length: 3000 }, (_, at) => `<key>${'k'.repeat(80)}${at}</key><string/>`);

test.each<[lines: string[], told: string, words: RegExp]>([
  [
    placeholders,
    'identity:5,7,9',
    /: domainautho \(line 5\), applicationid \(line 7\), clientid \(line 9\)\.$/,
  ],
  [
    ['identity ¦<dict>¦<!-- <key>clientid</key> --><dict>', 'identity ¦>approver-ios<¦><'],
    'identity:9',
    /^clientid is empty in IdentityConfiguration\.plist\.$/,
  ],
  [
    ['ui-identity ¦gatekeeper-ios¦YOUR_CLIENT_ID', 'ui-identity ¦gatekeeper:/¦example.com:'],
    'ui-identity:',
    /^2 values .*: \w+, \w+\.$/,
  ],
  [
    [`identity ¦¦<plist><dict>${keys.join('\n')}</dict></plist>`],
    `identity:${keys.slice(0, 100).map((_, at) => at + 1)}`,
    /^3000 values .* k{60}… \(line 1\), .* and 2980 more\.$/,
  ],
  [
    [`${secret}⏎<key>othersecret</key><string>hunter3</string>`],
    'identity:11,13',
    /^clientsecret \(line 11\), othersecret \(line 13\) contain secrets, and anyone with the app can read them\.$/,
  ],
])('settings of the SDK: %.80j', async (lines, places, words) => {
  const { report } = await checkEdited(lines);
  expect(told(report)).toMatch(new RegExp(`^[\\w -]+ ${places}$`));
  expect(report.findings[0].message).toMatch(words);
});

const everything = [
  ...placeholders,
  secret,
  'info ¦remote-notification¦audio',
  'entitlements ¦aps-environment¦other',
  'shared ¦= lab¦= other',
  'delegate ¦.sound, ¦',
  'delegate ¦.current().delegate = challenges¦.current()',
  'delegate ¦CyberArk¦// CyberArk',
  'category ¦"MfaNotificationCategoryId"¦"Other"',
  'responder ¦"ChallengeAnswer"¦"Challenge"',
  'responder ¦isAccepted: false¦isAccepted: true',
  'settings',
];

test('findings come with what matters most first', async () => {
  const codes = 'aps-environment-missing background-mode-missing bundle-id-mismatch push-token-not-handled';
  const others = 'authorization-incomplete category-identifier-wrong delegate-missing challenge-not-read';
  const last = 'answer-one-sided configuration-incomplete client-secret-in-app source-not-read';
  const { report } = await checkEdited(everything, ['--p12', universal], { env });
  const levels = [...Array<string>(10).fill('error'), 'warning', 'info'];
  expect(report.findings).toMatchObject(
    `${codes} ${others} ${last}`.split(' ').map((code, at) => ({ code, level: levels[at] })),
  );
});

test.each<[string[], string]>([
  [everything, '✗ The app cannot approve sign-ins yet: no push reaches it (9 errors, 1 warning).'],
  [
    ['responder ¦isAccepted: false¦isAccepted: true'],
    '✗ The app cannot approve sign-ins yet: the tenant does not get the answer (1 error).',
  ],
  [[secret], '! The app follows the guide as far as it was checked (1 warning).'],
])('%.60j come to a verdict', async (lines, verdict) => {
  const { stdout } = await createMachine().run(['app', 'check', copyOf(lines)]);
  expect(stdout.trimEnd().split('\n').at(-1)).toBe(verdict);
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
  const appDelegate = `@implementation AppDelegate // UNNotificationCategory
- (BOOL)application:(UIApplication *)application didFinishLaunchingWithOptions:(NSDictionary *)options {
    UNUserNotificationCenter *center = [UNUserNotificationCenter currentNotificationCenter];
    [center requestAuthorizationWithOptions:UNAuthorizationOptionSound completionHandler:^(BOOL granted) {
        [application registerForRemoteNotifications];
    }];
}
- (void)application:(UIApplication *)application didRegisterForRemoteNotificationsWithDeviceToken:(NSData *)token
`;
  const makes =
    '[UNNotificationCategory new]; [UNNotificationAction identifier:@"//"]; setNotificationCategories';

  test.each<[edits: readonly string[], codes: string, unjudged: string]>([
    [objectiveC(delegate, appDelegate), '', 'authorization registration delegate'],
    [
      [delegate, category, responder, 'Settings'].flatMap((name) => objectiveC(name, empty)),
      '',
      'authorization category registration delegate challenge answer',
    ],
    [
      [...objectiveC(delegate, appDelegate), 'category ¦"MfaNotificationCategoryId"¦"Other"'],
      'category-identifier-wrong',
      'authorization registration delegate',
    ],
    [objectiveC(category, empty), 'category-missing', ''],
    [objectiveC(category, '/* UNNotificationCategory */ // UNNotificationAction'), 'category-missing', ''],
    [objectiveC(category, '/* UNNotificationCategory'), 'category-missing', ''],
    [objectiveC(category, makes), '', 'category'],
    // With main.m, the delegate may still be Swift.
    [
      [...objectiveC('Settings', 'UIApplicationMain(0, nil)'), 'delegate ¦.requestAuthorization(¦.ask('],
      'authorization-missing',
      '',
    ],
    [objectiveC('Settings', '/*'.repeat(200_000)), '', ''],
    [objectiveC('Settings', '"\\'.repeat(200_000)), '', ''],
  ])('%.80j: %s', async (lines, codes, unjudged) => {
    const { report } = await checkEdited(lines);
    const told = report.findings.map(({ code }: { code: string }) => code);
    expect(told.join(' ')).toBe(`${codes} objective-c-not-read`.trim());
    const steps = report.steps.filter(({ ok }: { ok: unknown }) => ok === null);
    expect(steps.map(({ step }: { step: string }) => step).join(' ')).toBe(unjudged);
  });

  test('is told to a person', async () => {
    const all = [delegate, category].flatMap((name) => objectiveC(name, appDelegate));
    const { stdout, exitCode } = await createMachine().run(['app', 'check', copyOf(all)]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('\n? Authorization for badge, sound and alert\n? Notification category');
    expect(stdout.slice(stdout.indexOf('i The app'))).toBe(
      `i The app delegate is Objective-C, which is not read. [objective-c-not-read]
  Approver/AppDelegate.m
  Check these steps by hand: Authorization for badge, sound and alert; Notification category and its two actions; Registration of the device token; Notification delegate.

! The app follows the guide as far as it was checked (4 steps not checked).
`,
    );
  });
});

/** The classic project, in which a file is a link to where it lies now. */
function moved(word: string, isInRepository: boolean): string {
  const directory = copyProject('classic');
  const elsewhere = isInRepository ? join(directory, '..', 'elsewhere') : temporaryDirectory();
  mkdirSync(elsewhere, { recursive: true });
  if (isInRepository) mkdirSync(join(directory, '..', '.git'));
  const [path, target] = [join(directory, files[word] ?? ''), join(elsewhere, 'file')];
  renameSync(path, target);
  symlinkSync(target, path);
  return directory;
}

test.each([
  ['category', 'source-not-read'],
  ['info', 'info-plist-unreadable'],
  ['entitlements', 'entitlements-unreadable'],
  ['identity', 'configuration-unreadable'],
])('a link that leads out of the project is not followed: %s', async (word, code) => {
  expect(told((await check(moved(word, false))).report)).toContain(code);
  expect(told((await check(moved(word, true))).report)).toBe('');
});

test('a project file behind one is not read', async () => {
  expect((await check(moved('pbxproj', false))).report.error.code).toBe('project-not-recognised');
});

test('sources that are missing, too large or too many are one finding', async () => {
  const { report } = await check(copyProject('classic', ['category', 'responder']));
  expect(report.findings.at(-1)).toMatchObject({
    code: 'source-not-read',
    message: '2 Swift sources were not read.',
    file: files.category,
    also: [{ file: files.responder, line: null }],
  });
  const dense = '{}'.repeat(250_000);
  const isTold = expect.stringContaining('source-not-read responder:');
  expect(await found([`category ¦¦${dense}`, `responder ¦¦${dense}`])).toEqual(isTold);
  expect(await found([`responder ¦¦${'/'.repeat(600 * 1024)}`])).toEqual(isTold);
});
