import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { check, copyOf, projectPath } from './copied-project.ts';

/** A folder with files; those of null are folders. */
function folderWith(files: Readonly<Record<string, string | null>>): string {
  const root = join(temporaryDirectory(), 'app');
  mkdirSync(root);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(root, text === null ? name : dirname(name)), { recursive: true });
    if (text !== null) writeFileSync(join(root, name), text);
  }
  return root;
}

const reactNative = '{ "dependencies": { "react-native": "0.81.0" } }';
const expo = '{ "dependencies": { "expo": "~54.0.0", "react-native": "0.81.0" } }';
const tuist = 'import ProjectDescription\nlet project = Project(name: "App")\n';
const flutter = 'dependencies:\n  flutter:\n    sdk: flutter\n';
const data = 'App.xcworkspace/contents.xcworkspacedata';

test.each<[files: Readonly<Record<string, string | null>>, message: string, hint: string]>([
  [{ 'Project.swift': tuist }, 'is a Tuist project', '`tuist generate --no-open`'],
  [{ 'Tuist/Config.swift': '', 'Package.swift': '' }, 'is a Tuist project', 'tuist generate'],
  [{ 'project.yml': 'name: App\ntargets:\n' }, 'is an XcodeGen project', '`xcodegen generate`'],
  [{ 'Package.swift': '' }, 'is a Swift package', '`mfa-cli app check PATH/TO/App.xcodeproj`'],
  [{ 'app.json': '{ "expo": {} }' }, 'is an Expo app', '`npx expo prebuild --platform ios`'],
  [{ 'app.config.ts': '', 'package.json': expo }, 'is an Expo app', 'npx expo prebuild'],
  [{ 'package.json': reactNative }, 'is a React Native app', 'Generate the project first'],
  [{ 'ios/Podfile': 'use_react_native!()' }, 'is a React Native app', 'Generate the project first'],
  [{ 'pubspec.yaml': flutter }, 'is a Flutter app', '`flutter create --platforms=ios .`'],
  [{ 'capacitor.config.ts': '', 'package.json': '{}' }, 'is a Capacitor app', '`npx cap add ios`'],
  [{ 'config.xml': '<widget id="a">' }, 'is a Cordova app', '`cordova platform add ios`'],
  [{ [data]: '' }, 'contains no Xcode project', 'Give the path of the .xcodeproj of the app'],
  [
    { 'package.json': '[', 'pubspec.yaml': 'name: a' },
    'contains no Xcode project',
    'Give the path of the .xcodeproj of the app',
  ],
])('without an Xcode project: %j', async (files, message, hint) => {
  const { exitCode, report } = await check(folderWith(files));
  expect([exitCode, report.error.code]).toEqual([3, 'project-not-recognised']);
  expect(`${report.error.message} ${report.error.hints}`).toMatch(new RegExp(` ${message}.*${hint}`));
});

test.each([
  ['App.xcworkspace', { [data]: '', 'project.yml': 'name: App' }, 'is an XcodeGen'],
  ['ios', { 'ios/.gitkeep': '', 'package.json': reactNative }, 'is a React Native'],
])('%s may be named instead of its folder', async (name, files, words) => {
  const { report } = await check(join(folderWith(files), name));
  expect(report.error.message).toContain(`${name} ${words}`);
});

test('what is not generated may be a folder further in', async () => {
  const { report } = await check(
    folderWith({ 'mobile/app.json': '{ "expo": {} }', 'core/Package.swift': '' }),
  );
  expect(report.error.message).toBe('mobile is an Expo app without its Xcode project');
});

test.each<[string, Readonly<Record<string, string>>, string, string, string]>([
  ['Flutter', { 'pubspec.yaml': flutter }, 'ios', 'Dart', '../pubspec.yaml'],
  ['React Native', { 'package.json': reactNative }, 'ios', 'JavaScript', '../package.json'],
  ['Expo', { 'package.json': expo, 'app.json': '{ "expo": {} }' }, 'ios', 'JavaScript', '../app.json'],
  ['Capacitor', { 'capacitor.config.json': '{}' }, 'ios/App', 'JavaScript', '../../capacitor.config.json'],
  ['Cordova', { 'config.xml': '<widget>' }, 'platforms/ios', 'JavaScript', '../../config.xml'],
])('the native side of %s is read', async (framework, files, folder, language, file) => {
  const root = folderWith(files);
  cpSync(projectPath('classic'), join(root, folder), { recursive: true });
  const { exitCode, report } = await check(root);
  expect([exitCode, report.project]).toEqual([0, join(root, folder, 'Approver.xcodeproj')]);
  const message = `${framework}: the native side was read, the ${language} side was not.`;
  expect(report.findings).toMatchObject([
    { code: 'other-side-not-read', level: 'info', message, file, line: null },
  ]);
});

test('what the other side may do is no error, and what is native is', async () => {
  const root = folderWith({ 'pubspec.yaml': 'flutter:\n' });
  const changed = copyOf([
    'delegate ¦.requestAuthorization(¦.askFor(',
    'delegate ¦.registerForRemoteNotifications()¦.register()',
    'responder ¦.handleMFAChallenge(¦.handle(',
  ]);
  cpSync(changed, join(root, 'ios'), { recursive: true });
  const { report } = await check(root);
  expect(report.findings.map(({ code, level }: Record<string, string>) => [code, level])).toEqual([
    ['challenge-not-answered', 'error'],
    ['remote-registration-missing', 'warning'],
    ['authorization-missing', 'warning'],
    ['other-side-not-read', 'info'],
  ]);
  expect(report.findings[2].hint).toMatch(/^Dart, which is not read, may contain it\. /);
});

test.each([
  ['a project that is generated', '.', { 'Project.swift': tuist, 'project.yml': 'name: Approver\n' }],
  ['an app beside one of another framework', 'native', { 'package.json': reactNative }],
])('%s is read, and has no other side', async (_name, folder, files) => {
  const root = folderWith(files);
  cpSync(projectPath('classic'), join(root, folder), { recursive: true });
  expect((await check(root)).report.findings).toEqual([]);
});

/** Two projects, of which one is an app for phones where the other is changed. */
function twoProjects(other: string): string {
  const root = folderWith({ [data]: '', 'Pods/Pods.xcodeproj/project.pbxproj': '' });
  cpSync(projectPath('classic'), join(root, 'ios'), { recursive: true });
  cpSync(copyOf([`ui-pbxproj ¦${other}`]), join(root, 'macos'), { recursive: true });
  return root;
}

test.each(['', 'App.xcworkspace'])(
  'of several projects the only app for phones is read: %s',
  async (name) => {
    const other = twoProjects('SDKROOT = iphoneos¦SDKROOT = macosx');
    expect((await check(join(other, name))).report.project).toBe(join(other, 'ios/Approver.xcodeproj'));
    const library = twoProjects('product-type.application¦product-type.framework');
    expect((await check(join(library, name))).report.target).toBe('Approver');
    const path = join(twoProjects('SDKROOT¦SDKROOT'), name);
    const { exitCode, report } = await check(path);
    expect([exitCode, report.error.hints, report.error.message]).toEqual([
      3,
      ['Give the path of the app: `mfa-cli app check PATH/TO/App.xcodeproj`.'],
      `${path} contains several Xcode projects: ios/Approver.xcodeproj, macos/Gatekeeper.xcodeproj`,
    ]);
  },
);

test('the current folder is checked where none is named', async () => {
  const here = process.cwd();
  const root = folderWith({ 'project.yml': 'name: App\n' });
  process.chdir(root);
  try {
    const { stdout, exitCode } = await createMachine().run(['app', 'check', '--json']);
    expect([exitCode, JSON.parse(stdout).error.message]).toEqual([
      3,
      'The current folder is an XcodeGen project whose Xcode project has not been generated',
    ]);
  } finally {
    process.chdir(here);
  }
});

test('what a stranger wrote ends, and moves no cursor', async () => {
  const root = folderWith({ 'package.json': '['.repeat(900_000), 'a\u001b[2J/app.json': '{ "expo": {} }' });
  const { exitCode, stdout, stderr } = await createMachine().run(['app', 'check', root]);
  expect([exitCode, stdout, stderr.includes('\u001b')]).toEqual([3, '', false]);
  expect(stderr).toContain('a\\u001b[2J is an Expo app');
});

test('a manifest that a link leads out to is not read', async () => {
  const root = folderWith({ 'a/.gitkeep': '' });
  symlinkSync(join(folderWith({ 'pubspec.yaml': flutter }), 'pubspec.yaml'), join(root, 'pubspec.yaml'));
  expect((await check(root)).report.error.message).toContain('contains no Xcode project');
});
