import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { copyProject, type Edit } from './copied-project.ts';

const category = 'Approver/Push/PushCategory.swift';
const delegate = 'Approver/AppDelegate.swift';
const pbxproj = 'Approver.xcodeproj/project.pbxproj';
const call = 'UNUserNotificationCenter.current().setNotificationCategories([category])';

/** The category is registered under a condition. */
function under(condition: string, otherwise = ''): Edit {
  return [category, call, `\n#if ${condition}\n${call}\n${otherwise}\n#endif\n`];
}

/** Where the build settings of the project begin, in Debug. */
const projectDebug =
  '/* Debug */ = {\n\t\t\tisa = XCBuildConfiguration;\n\t\t\tbaseConfigurationReference = A10000000000000000000008 /* Shared.xcconfig */;\n\t\t\tbuildSettings = {';
const inDebug = (settings: string): Edit => [pbxproj, projectDebug, `${projectDebug}\n${settings}`];
const flags = inDebug('SWIFT_ACTIVE_COMPILATION_CONDITIONS = "DEBUG STAGING $(inherited)";');

function codes(edits: readonly Edit[], configuration: string): Promise<readonly string[]> {
  return codesOf(copyProject('classic', edits), configuration);
}

async function codesOf(directory: string, configuration: string): Promise<readonly string[]> {
  const argv = ['app', 'check', directory, '--configuration', configuration, '--json'];
  const { stdout } = await createMachine().run(argv);
  return JSON.parse(stdout).findings.map(({ code }: { code: string }) => code);
}

const left = ['category-not-registered'];

test.each<[string, readonly Edit[], readonly string[], readonly string[]]>([
  ['DEBUG', [flags, under('DEBUG')], [], left],
  ['!DEBUG', [flags, under('!DEBUG')], left, []],
  ['DEBUG, which no setting sets', [under('DEBUG')], [], left],
  ['a flag of one configuration', [flags, under('STAGING')], [], left],
  ['a flag among others', [flags, under('STAGING && os(iOS) && !targetEnvironment(simulator)')], [], left],
  [
    'a flag that a compiler is given',
    [inDebug('OTHER_SWIFT_FLAGS = "-Xfrontend -DSTAGING -D MORE";'), under('STAGING && MORE')],
    [],
    left,
  ],
  [
    'a flag of an xcconfig',
    [
      ['Config/Shared.xcconfig', '// What', 'SWIFT_ACTIVE_COMPILATION_CONDITIONS = LIVE\n// What'],
      under('LIVE'),
    ],
    [],
    [],
  ],
  ['a flag that nobody sets', [under('LIVE')], [], []],
  ['the absence of a flag that nobody sets', [under('!LIVE')], [], []],
  ['a module that may be there', [under('canImport(Identity)')], [], []],
  ['frameworks of Apple', [under('canImport(UIKit) && canImport(UserNotifications)')], [], []],
  ['another system', [under('os(macOS)')], left, left],
  ['everything but another system', [under('os(watchOS)', `#else\n${call}`)], [], []],
  ['a simulator', [under('targetEnvironment(simulator)')], left, left],
  ['the other branch', [flags, under('DEBUG', `#else\n${call}`)], [], []],
  ['another branch', [flags, under('DEBUG', `#elseif os(iOS)\n${call}`)], [], []],
  ['false', [under('false')], left, left],
])('what stands under %s', async (_name, edits, debug, release) => {
  expect([await codes(edits, 'Debug'), await codes(edits, 'Release')]).toEqual([debug, release]);
});

test('constants differ by configuration', async () => {
  const constant: Edit = [
    category,
    'static let identifier = "MfaNotificationCategoryId"',
    '#if DEBUG\n    static let identifier = "Debug"\n    #else\n    static let identifier = "MfaNotificationCategoryId"\n    #endif',
  ];
  expect(await codes([flags, constant], 'Debug')).toEqual(['category-identifier-wrong']);
  expect(await codes([flags, constant], 'Release')).toEqual([]);
});

test('the finding says that the code is there, and left out', async () => {
  const edits = [flags, under('DEBUG'), [delegate, '.sound, ', '']] as const;
  const { stdout } = await createMachine().run(['app', 'check', copyProject('classic', edits), '--json']);
  const hints = JSON.parse(stdout).findings.map(({ hint }: { hint: string }) => hint);
  expect(hints).toEqual([
    'UNUserNotificationCenter.current().requestAuthorization(options: [.badge, .sound, .alert]) { … }',
    'The code that does it is left out of Release (#if). UNUserNotificationCenter.current().setNotificationCategories([category])',
  ]);
});

test('a package is built with DEBUG where the configuration is one to debug with', async () => {
  const edits: readonly Edit[] = [
    [pbxproj, '\t\t\t\tB10000000000000000000002 /* PushCategory.swift in Sources */,\n', ''],
    [
      pbxproj,
      'dependencies = (\n\t\t\t);\n\t\t\tname = Approver;',
      'packageProductDependencies = (X2); dependencies = (); name = Approver;',
    ],
    [
      pbxproj,
      '/* Begin PBXGroup section */',
      'X1 = {isa = XCLocalSwiftPackageReference; relativePath = Approver;}; X2 = {isa = XCSwiftPackageProductDependency; productName = Push;};',
    ],
    under('DEBUG && SWIFT_PACKAGE'),
  ];
  const directory = copyProject('classic', edits);
  cpSync(join(directory, category), join(directory, 'Approver/Sources/PushCategory.swift'));
  expect([await codesOf(directory, 'Debug'), await codesOf(directory, 'Release')]).toEqual([[], left]);
});
