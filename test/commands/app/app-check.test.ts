import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
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
  keepProjects,
  projectPath,
  told,
} from './copied-project.ts';

keepProjects();

const found = async (...lines: readonly string[]) => told((await checkEdited(lines)).report);

const first = ['background-modes', 'push-entitlement', 'authorization', 'category', 'registration'];
const guide = [...first, 'delegate', 'challenge', 'answer', 'configuration'];

test.each([
  ['classic', 'Approver', 'development'],
  ['swiftui', 'Gatekeeper', 'production'],
])('a project that follows the guide has nothing against it: %s', async (name, target, apsEnvironment) => {
  const { exitCode, report } = await check(projectPath(name), [], {
    env: { ...env, MFA_CLI_P12: p12Path('01-default-aes256') },
  });
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

test('what is wrong is told to a person, with file and line', async () => {
  const directory = copyOf(['delegate ¦.sound, ¦', 'identity ¦<string></string>¦<string>hunter2</string>']);
  const { exitCode, stdout } = await createMachine().run(['app', 'check', directory]);
  expect(stdout).toContain('\n✓ Push entitlement\n✗ Authorization for badge, sound and alert\n');
  expect(stdout.slice(stdout.indexOf('! Identity'))).toBe(`! IdentityConfiguration.plist filled in

✗ The requested permission leaves out: sound. [authorization-incomplete] · Approver/AppDelegate.swift:20
  UNUserNotificationCenter.current().requestAuthorization(options: [.badge, .sound, .alert]) { … }

! clientsecret contains a secret, and anyone with the app can read it. [client-secret-in-app] · Approver/IdentityConfiguration.plist:11
  Use a public client with PKCE (RFC 8252 §8.5), and leave it empty.

✗ The app cannot approve sign-ins yet: pushes are not shown in full (1 error and 1 warning).
`);
  expect(exitCode).toBe(4);
});

test('a certificate that is missing in a .p12 is an error, where the bundle ID is set', () => {
  const project = readProjectFile(join(projectPath('classic'), 'Approver.xcodeproj'));
  const [target = project.root] = applicationTargets(project);
  const findings = checkCertificate(readApp(project, target, 'Release'), null);
  expect(told({ findings })).toBe('certificate-missing bundle:2');
});

test('the target is asked for in a terminal', async () => {
  const edits = ['ui-pbxproj ¦product-type.app-extension¦product-type.application'];
  const { report, questions } = await check(copyOf(edits), [], { answers: ['Gatekeeper'] });
  expect([report.target, report.ok, questions]).toEqual(['Gatekeeper', true, ['Target:']]);
});

describe('a project that means harm', () => {
  test('a binary list whose objects refer to each other ever more', async () => {
    const directory = copyProject('swiftui');
    writeFileSync(join(directory, 'Gatekeeper/Info.plist'), doublingList(60));
    expect(told((await check(directory)).report)).toBe('info-plist-unreadable ui-info:1');
  });

  test('a list that its parser would complain of', async () => {
    const complaints = vi.spyOn(console, 'error');
    const broken = '<plist><dict><key>a</key><string>&x;</strin></dict>';
    expect(await found(`info ¦¦${broken}`)).toBe('info-plist-unreadable info:1');
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

  test('a project file and sources of Objective-C that never end', async () => {
    const message = 'The project file of Approver.xcodeproj is damaged';
    expect((await checkEdited([`pbxproj ¦¦${'('.repeat(100_000)}`])).report.error).toMatchObject({ message });
    const moved = ['pbxproj ¦path = Settings.swift¦path = Settings.m', 'settings'];
    for (const text of ['/*'.repeat(200_000), '"\\'.repeat(200_000)])
      expect(await found(...moved, `Approver/Settings.m ¦¦${text}`)).toBe(
        'info objective-c-not-read Approver/Settings.m:',
      );
  });

  test('thousands of settings: a hundred places and twenty names are told', async () => {
    const keys = Array.from({ length: 3000 }, (_, at) => `<key>${'k'.repeat(80)}${at}</key><string/>`);
    const edits = [`identity ¦¦<plist><dict>${keys.join('\n')}</dict></plist>`];
    const [finding] = (await checkEdited(edits)).report.findings;
    expect(told({ findings: [finding] })).toMatch(/^configuration-incomplete identity:1,2,.*,100$/);
    expect(finding.message).toMatch(/^3000 values .* k{60}… \(line 1\), .* and 2980 more\.$/);
  });

  test('sources that are too large or too dense are one finding', async () => {
    const dense = '{}'.repeat(250_000);
    const isTold = expect.stringContaining('source-not-read responder:');
    expect(await found(`category ¦¦${dense}`, `responder ¦¦${dense}`)).toEqual(isTold);
    expect(await found(`responder ¦¦${'/'.repeat(600 * 1024)}`)).toEqual(isTold);
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
