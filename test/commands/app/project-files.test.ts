import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readBuildSettings, readXcconfig } from '../../../src/commands/app/build-settings.ts';
import { filesBelow, readPropertyList } from '../../../src/commands/app/files.ts';
import { readProjectFile } from '../../../src/commands/app/project.ts';
import { applicationTargets } from '../../../src/commands/app/target.ts';
import { processorTime } from '../../support/processor-time.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { copyProject, type Edit, files, replaced } from './copied-project.ts';

/** The bound is far above what it takes, and far below what it took before. */
async function timed(work: () => void): Promise<void> {
  expect(await processorTime(work)).toBeLessThan(5_000);
}

const [values, elements] = ['<integer>9e9</integer>'.repeat(40_000), '<a/>'.repeat(19_000)];

test.each([
  `<plist><dict>${values}`,
  `<plist>${'<!--'.repeat(100_000)}</plist>`,
  `<plist>${'<dict>'.repeat(80_000)}</plist>`,
  `<plist><dict></dict></PLIST>${elements}</plist>`,
  `<plist version="1.0"<dict>${elements}</dict></plist>`,
  `<plist${' '.repeat(400_000)}`,
  '{ A = b; }',
  '<plist><dict><key>A</key><string>&b;</string></dict></plist>',
  '<html></html>',
])('%.40s… is no property list, and takes no time', async (text) => {
  const directory = temporaryDirectory();
  writeFileSync(join(directory, 'Info.plist'), text);
  await timed(() => expect(readPropertyList(join(directory, 'Info.plist'), directory)).toBeNull());
});

test('the strings of a list, and its lists of strings, are read', () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'Info.plist');
  const list = `<?xml version="1.0"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- a -> b --><!----> <plist version="1.0"><dict><key>A</key><string>b &lt;&amp;b;</string>
<key>B</key><dict><key>A</key><string>c</string></dict><key>C</key><array><string>d</string><true/><string/></array>
</dict></plist>
<!-- b -->
`;
  writeFileSync(path, list);
  const read = readPropertyList(path, directory);
  expect(read?.entries).toEqual(
    new Map<string, unknown>([
      ['A', 'b <&b;'],
      ['C', ['d', '']],
    ]),
  );
  expect(read?.placeOf('C')).toEqual({ file: 'Info.plist', line: 4 });
});

test('a file that includes itself on every line ends', async () => {
  const directory = temporaryDirectory();
  const path = join(directory, 'Shared.xcconfig');
  writeFileSync(path, `A = b\n${'#include "Shared.xcconfig"\n'.repeat(15_000)}`);
  await timed(() =>
    expect(readXcconfig(path, directory)[0]).toMatchObject({ key: 'A', value: 'b' }),
  );
});

test('a folder that holds itself is entered once', () => {
  const directory = copyProject('swiftui');
  const before = filesBelow(directory, directory, /^Drafts$/);
  symlinkSync('..', join(directory, 'Gatekeeper/Push/again'));
  symlinkSync('loop', join(directory, 'Gatekeeper/loop'));
  expect(filesBelow(directory, directory, /^Drafts$/)).toEqual(before);
  expect(before.length).toBeGreaterThan(5);
});

/** Of the project, and of the target, in both configurations. */
const inProject = (setting: string): Edit =>
  replaced('pbxproj', 'IPHONEOS_DEPLOYMENT_TARGET = 15.0;', setting);
const inTarget = (setting: string): Edit =>
  replaced('pbxproj', 'CODE_SIGN_STYLE = Automatic;', setting);
const inShared = (lines: string): Edit => replaced('shared', '// What', `${lines}\n// What`);
const inBundle = (lines: string): Edit => replaced('bundle', 'BUNDLE_PREFIX = com.example', lines);
/** The other spelling of a variable: `{NAME}` after a dollar sign. */
const braced = (name: string): string => `{${name}}`;

function settings(edits: readonly Edit[]): ReturnType<typeof readBuildSettings> {
  const project = readProjectFile(join(copyProject('classic', edits), 'Approver.xcodeproj'));
  const [target = project.root] = applicationTargets(project);
  return readBuildSettings(project, target, 'Release');
}

test.each<[expected: string | undefined, ...edits: Edit[]]>([
  [undefined],
  ['a', inProject('X = a;')],
  ['b', inProject('X = a;'), inTarget('X = b;')],
  ['a b', inProject('X = a;'), inTarget('X = "$(inherited) b";')],
  ['a b c 1', inTarget('X = (a, "b c", 1);')],
  ['a', inShared('X = a // b')],
  ['ab', inShared('X = a'), inProject(`X = "$${braced('inherited')}b";`)],
  ['a', inBundle('X = a')],
  ['b', inBundle('X = a\nX = b')],
  [
    'a',
    replaced('shared', 'Bundle.xcconfig"', 'Gone.xcconfig"'),
    replaced('shared', '= lab', '= lab\n#include? "Gone"\nX = a'),
  ],
  ['a', inTarget('"X[sdk=iphoneos*]" = a; X = b;')],
  ['b', inTarget('X = b; "X[sdk=macosx*]" = a; "X[sdk=iphoneos*][arch=arm64]" = a;')],
  ['a', inShared('X[sdk=iphoneos*] = a\nX[sdk=iphonesimulator*] = b')],
  ['Approver-Release', inTarget(`X = "$(TARGET_NAME)-$${braced('CONFIGURATION')}";`)],
  [undefined, inTarget('X = "$(NOBODY)";')],
  ['a', inTarget('X = "$(NOBODY:default=a)";')],
  ['My-App', inTarget('N = "My App"; X = "$(N:rfc1034identifier)";')],
  ['a'.repeat(501), inTarget('X = "a$(Y)"; Y = "$(X)";')],
])('X is %.20s by %j %j', (expected, ...edits) => {
  expect(settings(edits).get('X')).toBe(expected);
});

test('settings that name each other thousands of times take no time', () => {
  const before = process.cpuUsage();
  const own = `A = "${'$(A)'.repeat(16_000)}";`;
  expect(settings([inTarget(own)]).get('A')).toBeUndefined();
  expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
});

test('a setting has its place', () => {
  const places = ['BUNDLE_SUFFIX', 'INFOPLIST_FILE', 'MISSING'].map(settings([]).place);
  const [file, line] = [files.pbxproj, 178];
  expect(places).toEqual([
    { file: files.shared, line: 3 },
    { file, line: 182 },
    { file, line },
  ]);
});

test.each<[string, (project: string) => string, readonly string[]]>([
  ['out of the project has no files', () => temporaryDirectory(), []],
  ['within the project has its files', (project) => join(project, 'Shared'), ['App.swift']],
])('a linked folder that leads %s', (_what, targetIn, files) => {
  const project = temporaryDirectory();
  const target = targetIn(project);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, 'App.swift'), '');
  symlinkSync(target, join(project, 'Sources'));
  expect(filesBelow(join(project, 'Sources'), project, /^\./)).toEqual(files);
});
