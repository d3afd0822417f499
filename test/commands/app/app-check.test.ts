import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readApp } from '../../../src/commands/app/app.ts';
import { checkMatch } from '../../../src/commands/app/check-property-lists.ts';
import { neverChecked } from '../../../src/commands/app/finding.ts';
import { readProjectFile } from '../../../src/commands/app/project.ts';
import { applicationTargets } from '../../../src/commands/app/target.ts';
import { applePath } from '../../support/apple-fixtures.ts';
import { createMachine } from '../../support/context.ts';
import { secretPassword as env, p12Path } from '../../support/fixtures.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { isMissing } from '../../support/tools.ts';
import {
  check,
  checkEdited,
  copyOf,
  copyProject,
  type Edit,
  files,
  keepProjects,
  projectPath,
  removed,
  replaced,
  told,
  written,
} from './copied-project.ts';

keepProjects();

const found = async (...edits: readonly Edit[]) => told((await checkEdited(edits)).report);

const first = ['push-entitlement', 'background-modes', 'authorization', 'category', 'registration'];
const last = ['delegate', 'challenge', 'answer', 'observer', 'completion', 'configuration'];
const guide = [...first, ...last];

test.skipIf(isMissing('openssl'))('a file with a key alone fits no app', async () => {
  const file = join(temporaryDirectory(), 'key.p12');
  const words = ['pkcs12', '-export', '-nocerts', '-inkey', applePath('key.pem')];
  const out = ['-out', file, '-passout', 'pass:secret'];
  execFileSync('openssl', [...words, ...out], { stdio: 'ignore' });
  const { exitCode, report } = await check(projectPath('classic'), ['--p12', file], { env });
  expect([exitCode, told(report)]).toEqual([4, 'certificate-missing bundle:2']);
});

test.each([
  ['classic', 'Approver', 'development'],
  ['swiftui', 'Gatekeeper', 'production'],
])(
  'a project that follows the guide has nothing against it: %s',
  async (name, target, apsEnvironment) => {
    const { exitCode, report } = await check(projectPath(name), [], {
      env: { ...env, MFA_CLI_P12: p12Path('01-default-aes256') },
    });
    expect(report).toEqual({
      project: `${projectPath(name)}/${target}.xcodeproj`,
      target,
      configuration: 'Release',
      app: null,
      bundleId: 'com.example.lab',
      apsEnvironment,
      certificate: {
        from: 'p12',
        topics: ['', '.voip', '.complication', '.voip-ptt'].map((end) => `com.example.lab${end}`),
        environments: ['sandbox', 'production'],
        team: 'ABCDE12345',
        notBefore: '2026-11-24T13:29:19Z',
        notAfter: '2027-12-24T13:29:19Z',
        environment: null,
      },
      steps: [...guide, 'certificate'].map((step) => ({
        step,
        title: expect.any(String),
        ok: true,
      })),
      notChecked: neverChecked,
      findings: [],
      ok: true,
    });
    expect(exitCode).toBe(0);
  },
);

test('what is wrong is told to a person, with file and line', async () => {
  const directory = copyOf([
    replaced('delegate', '.sound, '),
    replaced('identity', '<string></string>', '<string>hunter2</string>'),
  ]);
  const { exitCode, stdout } = await createMachine().run(['app', 'check', directory]);
  expect(stdout).toContain(
    '\n✓ Background mode for remote notifications\n✗ Authorization for badge, sound and alert\n',
  );
  expect(stdout.slice(stdout.indexOf('! Identity'))).toBe(`! IdentityConfiguration.plist filled in
i Not looked at: ${neverChecked.join('; ')}.

✗ The requested permission leaves out: sound. [authorization-incomplete] · Approver/AppDelegate.swift:20
  Call UNUserNotificationCenter.current().requestAuthorization(options: [.badge, .sound, .alert]) { … }.

! IdentityConfiguration.plist has a secret that anyone with the app can read: clientsecret. [client-secret-in-app] · Approver/IdentityConfiguration.plist:11
  Use a public client with PKCE (RFC 8252 §8.5), and leave these keys empty.

✗ The app cannot approve sign-ins yet: pushes are not shown in full (1 error and 1 warning).
`);
  expect(exitCode).toBe(4);
});

test('a certificate that is missing in a .p12 is an error, where the bundle ID is set', () => {
  const project = readProjectFile(join(projectPath('classic'), 'Approver.xcodeproj'));
  const [target = project.root] = applicationTargets(project);
  const findings = checkMatch(readApp(project, target, 'Release'), {
    certificates: null,
    now: new Date(),
  });
  expect(told({ findings })).toBe('certificate-missing bundle:2');
});

describe('a project that means harm', () => {
  test('names and texts that would move the cursor', async () => {
    const directory = copyOf([
      replaced('pbxproj', 'name = Approver;', 'name = "A\\U001b[2J\\nB";'),
      replaced('entitlements', 'development', 'dev\u001b[2Jelop'),
      replaced('identity', '<key>clientid</key>', '<key>client\u202e\n\u009bid</key>'),
      replaced('identity', '>approver-ios<', '><'),
    ]);
    const { stdout } = await createMachine().run(['app', 'check', directory]);
    for (const character of ['\u001b', '\u009b', '\u202e']) expect(stdout).not.toContain(character);
    expect(stdout).toContain('Target           A\\u001b[2J\\u000aB, Release');
  });

  test('a project file and sources of Objective-C that never end', async () => {
    const message = 'The project file of Approver.xcodeproj is damaged';
    expect(
      (await checkEdited([written('pbxproj', '('.repeat(100_000))])).report.error,
    ).toMatchObject({
      message,
    });
    const moved = [
      replaced('pbxproj', 'path = Settings.swift', 'path = Settings.m'),
      removed('settings'),
    ];
    for (const text of ['/*'.repeat(200_000), '"\\'.repeat(200_000)])
      expect(await found(...moved, written('Approver/Settings.m', text))).toBe('');
  });

  test('thousands of settings: twenty names are told', async () => {
    const keys = Array.from(
      { length: 3000 },
      (_, at) => `<key>${'k'.repeat(80)}${at}</key><string/>`,
    );
    const edits = [written('identity', `<plist><dict>${keys.join('\n')}</dict></plist>`)];
    const [finding] = (await checkEdited(edits)).report.findings;
    expect(told({ findings: [finding] })).toBe('configuration-incomplete identity:1');
    expect(finding.message).toMatch(/ filled in: (k{60}, ){20}…\.$/);
  });

  test('sources that are too large are one finding', async () => {
    const large = '/'.repeat(600 * 1024);
    expect(await found(written('category', large), written('responder', large))).toBe(
      'info source-not-read category:',
    );
  });
});

/** The classic project, in which a file is a link to where it lies now. */
function moved(word: string, isInProject: boolean, beside?: string): string {
  const directory = copyProject('classic');
  const outside = beside === undefined ? temporaryDirectory() : `${directory}${beside}`;
  const elsewhere = isInProject ? join(directory, 'elsewhere') : outside;
  mkdirSync(elsewhere, { recursive: true });
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

test('nor one into a folder beside the project whose name begins with that of the project', async () => {
  expect(told((await check(moved('info', false, '-private'))).report)).toContain(
    'info-plist-unreadable',
  );
});

test('a project file behind one is not read', async () => {
  expect((await check(moved('pbxproj', false))).report.error.code).toBe('project-not-recognized');
});
