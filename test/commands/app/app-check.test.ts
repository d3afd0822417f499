import { cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { createMachine, type RunOptions } from '../../support/context.ts';
import { secretPassword as env, p12Path } from '../../support/fixtures.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { copyProject, type Edit, projectPath } from './copied-project.ts';

const universal = p12Path('01-default-aes256');
const gatekeeper = 'Gatekeeper.xcodeproj/project.pbxproj';

async function check(
  directory: string,
  argv: readonly string[] = [],
  options: RunOptions = {},
  // biome-ignore lint/suspicious/noExplicitAny: the report, or the error in place of it
): Promise<{ exitCode: number; report: any; questions: readonly string[] }> {
  const machine = createMachine();
  const { exitCode, stdout, questions } = await machine.run(
    ['app', 'check', directory, '--json', ...argv],
    options,
  );
  return { exitCode, report: JSON.parse(stdout), questions };
}

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
    expect(
      stdout.replace(dirname(projectPath('classic')), '…'),
    ).toBe(`Project          …/classic/Approver.xcodeproj
Target           Approver, Release
Bundle ID        com.example.lab
aps-environment  development

✓ Background mode for remote notifications
✓ Push entitlement
✓ Authorization for badge, sound and alert
✓ Notification category and its two actions
✓ Registration of the device token
✓ Notification delegate
✓ Challenge read from the push
✓ Answer to the challenge
✓ IdentityConfiguration.plist filled in

✓ The app does what the guide asks.
`);
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
  const entitlements = 'Approver/Approver.entitlements';
  const toProduction: Edit = [entitlements, 'development', 'production'];
  const otherBundle: Edit = ['Config/Shared.xcconfig', '= lab', '= other'];
  const ownBundle: Edit = ['Approver/Info.plist', '$(PRODUCT_BUNDLE_IDENTIFIER)', 'com.example.own'];
  const debug = ['--configuration', 'Debug'];
  const mismatch = (level: string): unknown[] => [['environment-mismatch', level, entitlements, 5]];
  const bundle = (file: string, line: number): unknown[] => [['bundle-id-mismatch', 'error', file, line]];

  test.each<[string, string, Edit[], string[], unknown[]]>([
    ['the universal one serves all', '01-default-aes256', [toProduction], debug, []],
    ['sandbox only, production', '30-dev', [toProduction], [], mismatch('error')],
    ['sandbox only, development that becomes production', '30-dev', [], [], mismatch('warning')],
    ['sandbox only, development for debugging', '30-dev', [], debug, []],
    ['production only, production', '30-prod', [toProduction], [], []],
    ['production only, development that becomes production', '30-prod', [], [], mismatch('warning')],
    ['production only, development for debugging', '30-prod', [], debug, mismatch('error')],
    ['another bundle ID', '01-default-aes256', [otherBundle], [], bundle('Config/Bundle.xcconfig', 2)],
    [
      'another bundle ID in Info.plist',
      '01-default-aes256',
      [ownBundle],
      [],
      bundle('Approver/Info.plist', 5),
    ],
    [
      'no bundle ID',
      '01-default-aes256',
      [['Config/Bundle.xcconfig', 'PRODUCT_BUNDLE_IDENTIFIER', 'OTHER']],
      [],
      [['bundle-id-missing', 'error', 'Approver.xcodeproj/project.pbxproj', 178]],
    ],
    ['no topic', '30-dist', [], [], bundle('Config/Bundle.xcconfig', 2)],
  ])('%s', async (_name, p12, edits, argv, expected) => {
    const { report } = await check(copyProject('classic', edits), argv, {
      env: { ...env, MFA_CLI_P12: p12Path(p12) },
    });
    expect(
      report.findings.map((finding: Record<string, unknown>) =>
        ['code', 'level', 'file', 'line'].map((key) => finding[key]),
      ),
    ).toEqual(expected);
  });
});

describe('targets and configurations', () => {
  const extension = 'product-type.app-extension';
  const twoApps: readonly Edit[] = [[gatekeeper, extension, 'product-type.application']];

  test('the target is asked for on a terminal', async () => {
    const { report, questions } = await check(copyProject('swiftui', twoApps), [], {
      answers: ['Gatekeeper'],
    });
    expect([report.target, report.ok, questions]).toEqual(['Gatekeeper', true, ['Which target?']]);
  });

  test('the target that is named is checked, with its own settings and files', async () => {
    const { exitCode, report } = await check(copyProject('swiftui', twoApps), ['--target', 'Widget']);
    expect(report).toMatchObject({
      target: 'Widget',
      bundleId: 'com.example.lab.widget',
      apsEnvironment: null,
    });
    expect(report.findings.map(({ code }: { code: string }) => code)).toContain('delegate-missing');
    expect(exitCode).toBe(4);
  });

  test('an application for a watch is passed over', async () => {
    const widget = 'PRODUCT_BUNDLE_IDENTIFIER = com.example.lab.widget;';
    const watch: Edit = [gatekeeper, widget, `${widget} SDKROOT = watchos;`];
    const { report } = await check(copyProject('swiftui', [...twoApps, watch]));
    expect([report.target, report.ok]).toEqual(['Gatekeeper', true]);
  });

  test('the configuration that is named has its own settings', async () => {
    const { report } = await check(projectPath('swiftui'), ['--configuration', 'Debug']);
    expect(report).toMatchObject({ configuration: 'Debug', apsEnvironment: 'development', ok: true });
  });

  test.each<[string, readonly Edit[], string[], object]>([
    [
      'several applications',
      twoApps,
      [],
      {
        code: 'usage',
        message: 'Gatekeeper has several applications: Gatekeeper, Widget',
        hints: ['Give --target NAME.'],
      },
    ],
    [
      'a target that is not there',
      [],
      ['--target', 'Gate'],
      { code: 'usage', message: 'No application target is called Gate; there are: Gatekeeper' },
    ],
    [
      'a configuration that is not there',
      [],
      ['--configuration', 'Beta'],
      { code: 'usage', message: 'No configuration is called Beta; there are: Debug, Release' },
    ],
    [
      'no application',
      [[gatekeeper, 'product-type.application', 'product-type.tool']],
      [],
      { code: 'project-not-recognised', message: 'Gatekeeper has no target that is an application' },
    ],
  ])('%s', async (_name, edits, argv, error) => {
    const { report } = await check(copyProject('swiftui', edits), argv);
    expect(report.error).toMatchObject(error);
  });
});

describe('code that the application is linked with', () => {
  const pbxproj = 'Approver.xcodeproj/project.pbxproj';
  const dependencies = 'dependencies = (\n\t\t\t);\n\t\t\tname = Approver;';
  const source = '\t\t\t\tB10000000000000000000002 /* PushCategory.swift in Sources */,\n';

  test.each<[string, string, string]>([
    [
      'a framework that it depends on',
      'dependencies = (D1);',
      'D1 = {isa = PBXTargetDependency; target = T1;};',
    ],
    [
      'a library that is linked, and itself linked with another',
      'dependencies = (D2);',
      'D2 = {isa = PBXTargetDependency; target = T2;}; T2 = {isa = PBXNativeTarget; name = Middle; productType = "com.apple.product-type.library.static"; buildPhases = (P2);}; P2 = {isa = PBXFrameworksBuildPhase; files = (F2);}; F2 = {isa = PBXBuildFile; fileRef = R1;};',
    ],
  ])('%s', async (_name, depends, objects) => {
    const framework =
      'T1 = {isa = PBXNativeTarget; name = Push; productType = "com.apple.product-type.framework"; productReference = R1; buildPhases = (P1);}; P1 = {isa = PBXSourcesBuildPhase; files = (B10000000000000000000002);};';
    const edits: readonly Edit[] = [
      [pbxproj, source, ''],
      [pbxproj, dependencies, `${depends} name = Approver;`],
      [pbxproj, 'targets = (', 'targets = (T1, T2,'],
      [pbxproj, '/* Begin PBXGroup section */', `${framework} ${objects}`],
    ];
    const { report } = await check(copyProject('classic', edits));
    expect(report.findings).toEqual([]);
    const { report: unlinked } = await check(
      copyProject('classic', [...edits, [pbxproj, depends, 'dependencies = ();']]),
    );
    expect(unlinked.ok).toBe(false);
  });

  test.each([
    ['a package', 'X1 = {isa = XCLocalSwiftPackageReference; relativePath = Push;};'],
    [
      'a package of before Xcode 15',
      'X1 = {isa = PBXFileReference; lastKnownFileType = wrapper; path = Push; sourceTree = "<group>";};',
    ],
  ])('%s', async (_name, reference) => {
    const uses = 'packageProductDependencies = (X2); dependencies = ();';
    const directory = copyProject('classic', [
      [pbxproj, source, ''],
      [pbxproj, dependencies, `${uses} name = Approver;`],
      [
        pbxproj,
        '/* Begin PBXGroup section */',
        `${reference} X2 = {isa = XCSwiftPackageProductDependency; productName = Push;};`,
      ],
    ]);
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
    const { report } = await check(join(directory, path));
    expect(report.ok).toBe(true);
  });

  test('is a folder above, and projects of others are passed over', async () => {
    const root = temporaryDirectory();
    for (const folder of ['ios/app', 'ios/Pods/Other', 'build/Old', 'deep/down/below/it']) {
      cpSync(projectPath('classic'), join(root, folder), { recursive: true });
    }
    const { report } = await check(root);
    expect(report.project).toBe(join(root, 'ios/app/Approver.xcodeproj'));
  });

  test.each<[string, (root: string) => void, string, string]>([
    ['nothing', (root) => rmSync(root, { recursive: true }), 'file-not-found', 'does not exist'],
    ['an empty folder', () => {}, 'project-not-recognised', 'contains no Xcode project'],
    [
      'a folder with two projects',
      (root) =>
        ['classic', 'swiftui'].forEach((name) => {
          cpSync(projectPath(name), root, { recursive: true });
        }),
      'project-not-recognised',
      'contains several Xcode projects: Approver.xcodeproj, Gatekeeper.xcodeproj',
    ],
  ])('%s', async (_name, prepare, code, message) => {
    const root = join(temporaryDirectory(), 'app');
    mkdirSync(root);
    prepare(root);
    const { exitCode, report } = await check(root);
    expect([exitCode, report.error]).toMatchObject([3, { code, message: `${root} ${message}` }]);
  });

  test('is a file of another kind', async () => {
    const { report } = await check(join(projectPath('classic'), 'Approver/Info.plist'));
    expect(report.error.code).toBe('project-not-recognised');
  });

  test.each([
    ['nothing', ''],
    ['no property list', '<html></html>'],
    ['an end too early', '// !$*UTF8*$!\n{ objects = { A = { isa = PBXProject;'],
    ['no objects', '{ rootObject = A; }'],
    ['a root of another kind', '{ rootObject = A; objects = { A = { isa = PBXGroup; }; }; }'],
    ['brackets without end', '('.repeat(100_000)],
  ])('is a project file with %s', async (_name, text) => {
    const root = join(temporaryDirectory(), 'App.xcodeproj');
    mkdirSync(root);
    writeFileSync(join(root, 'project.pbxproj'), text);
    const { exitCode, report } = await check(root);
    expect([exitCode, report.error]).toMatchObject([
      3,
      { code: 'project-not-recognised', message: 'The project file of App.xcodeproj is damaged' },
    ]);
  });
});

describe('a project that means harm', () => {
  const ends = async (directory: string): Promise<readonly string[]> =>
    (await check(directory)).report.findings.map(({ code }: { code: string }) => code);

  test.each<[string, readonly Edit[], readonly string[]]>([
    [
      'entities that expand without bound',
      [
        [
          'Approver/Info.plist',
          '<plist version',
          '<!DOCTYPE p [<!ENTITY a "&b;&b;"><!ENTITY b "&a;">]><plist version',
        ],
        ['Approver/Info.plist', 'fetch', '&a;'],
      ],
      [],
    ],
    [
      'an Info.plist that never ends',
      [['Approver.xcodeproj/project.pbxproj', '$(SRCROOT)/Approver/Info.plist', '/dev/zero']],
      ['info-plist-missing'],
    ],
    [
      'a path that is none',
      [['Approver.xcodeproj/project.pbxproj', '$(SRCROOT)/Approver/Info.plist', 'a\\U0000b']],
      ['info-plist-missing'],
    ],
    [
      'xcconfig files that include each other',
      [['Config/Bundle.xcconfig', null, '#include "Shared.xcconfig"\n#include "Bundle.xcconfig"\n']],
      [],
    ],
    [
      'variables that name each other',
      [
        [
          'Config/Bundle.xcconfig',
          null,
          'A = $(B)$(B)$(B)\nB = $(A)$(A)$(A)\nPRODUCT_BUNDLE_IDENTIFIER = $(A)\n',
        ],
      ],
      [],
    ],
    [
      'groups that hold each other',
      [
        [
          'Approver.xcodeproj/project.pbxproj',
          '\t\t\t\tA10000000000000000000012 /* Push */,',
          '\t\t\t\tA10000000000000000000011,',
        ],
      ],
      ['source-not-read'],
    ],
    [
      'a source that is too large',
      [['Approver/Settings.swift', null, '/'.repeat(6 * 1024 * 1024)]],
      ['source-not-read'],
    ],
  ])('%s', async (_name, edits, codes) => {
    expect(await ends(copyProject('classic', edits))).toEqual(expect.arrayContaining([...codes]));
  });

  test('a binary list whose objects refer to each other ever more', async () => {
    const directory = copyProject('swiftui');
    writeFileSync(join(directory, 'Gatekeeper/Info.plist'), doublingList(60));
    expect(await ends(directory)).toEqual(['info-plist-unreadable']);
  });

  test('a list that its parser would complain of', async () => {
    const complaints = vi.spyOn(console, 'error');
    const broken = '<plist><dict><key>a</key><string>&x;</strin></dict>';
    expect(await ends(copyProject('classic', [['Approver/Info.plist', null, broken]]))).toHaveLength(1);
    expect(complaints).not.toHaveBeenCalled();
    complaints.mockRestore();
  });

  test('a folder that holds itself', async () => {
    const directory = copyProject('swiftui');
    symlinkSync('..', join(directory, 'Gatekeeper/Push/again'));
    symlinkSync('loop', join(directory, 'Gatekeeper/loop'));
    expect(await ends(directory)).toEqual([]);
  });

  test('names that would move the cursor', async () => {
    const directory = copyProject('classic', [
      ['Approver.xcodeproj/project.pbxproj', 'name = Approver;', 'name = "A\\U001b[2J\\nB";'],
      ['Approver/Approver.entitlements', 'development', 'dev\u001b[2Jelop'],
    ]);
    const { stdout } = await createMachine().run(['app', 'check', directory]);
    expect(stdout).not.toContain('\u001b');
    expect(stdout).toContain('Target           A\\u001b[2J\\u000aB, Release');
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

test('Objective-C is said not to be read', async () => {
  const pbxproj = 'Approver.xcodeproj/project.pbxproj';
  const directory = copyProject('classic', [
    [pbxproj, 'path = Settings.swift', 'path = Settings.m'],
    ['Approver/Settings.m', null, '@implementation Settings\n@end\n'],
  ]);
  const { exitCode, report } = await check(directory);
  expect([exitCode, report.findings]).toEqual([
    0,
    [
      {
        code: 'objective-c-not-read',
        level: 'info',
        message: 'Objective-C is not read: 1 source of the target.',
        hint: expect.any(String),
        file: 'Approver/Settings.m',
        line: null,
      },
    ],
  ]);
  expect(basename(report.project)).toBe('Approver.xcodeproj');
});

test('entitlements in the old style are read', async () => {
  const { report } = await check(
    copyProject('classic', [['Approver/Approver.entitlements', null, '{ "aps-environment" = production; }']]),
  );
  expect([report.apsEnvironment, report.findings]).toEqual(['production', []]);
});
