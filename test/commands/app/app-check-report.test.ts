import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readApp } from '../../../src/commands/app/app.ts';
import { checkCertificate } from '../../../src/commands/app/check-capabilities.ts';
import { filesBelow, readText } from '../../../src/commands/app/files.ts';
import { readProjectFile } from '../../../src/commands/app/plist.ts';
import { applicationTargets } from '../../../src/commands/app/target.ts';
import { createMachine } from '../../support/context.ts';
import { p12Path, secretPassword } from '../../support/fixtures.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { copyProject, type Edit, projectPath } from './copied-project.ts';

const configuration = 'Approver/IdentityConfiguration.plist';
const delegate = 'Approver/AppDelegate.swift';

// biome-ignore lint/suspicious/noExplicitAny: the report
async function check(edits: readonly Edit[], argv: readonly string[] = []): Promise<any> {
  const { stdout } = await createMachine().run(
    ['app', 'check', copyProject('classic', edits), '--json', ...argv],
    { env: secretPassword },
  );
  return JSON.parse(stdout);
}

const placeholders: readonly Edit[] = [
  [configuration, 'https://abc1234.id.cyberark.cloud', 'https://tenant.example.com'],
  [configuration, '>approver<', '>&lt;application ID&gt;<'],
  [configuration, '>approver-ios<', '><'],
];

test('placeholders are one finding with their lines', async () => {
  const { findings } = await check(placeholders);
  expect(findings).toEqual([
    {
      code: 'configuration-incomplete',
      level: 'error',
      message:
        '3 values of IdentityConfiguration.plist are empty or placeholders: domainautho (line 5), applicationid (line 7), clientid (line 9).',
      hint: "Give them the tenant's values.",
      file: configuration,
      line: 5,
      also: [7, 9].map((line) => ({ file: configuration, line })),
    },
  ]);
});

test('a key that is commented out is not where one stands', async () => {
  const [comment] = await check([
    [configuration, '<dict>', '<!-- <key>clientid</key> --><dict>'],
    [configuration, '>approver-ios<', '><'],
  ]).then(({ findings }) => findings);
  expect(comment).toMatchObject({ message: 'clientid is empty in IdentityConfiguration.plist.', line: 9 });
});

test('a binary list has no lines', async () => {
  const { stdout } = await createMachine().run([
    'app',
    'check',
    copyProject('swiftui', [
      ['Shared/IdentityConfiguration.plist', 'gatekeeper-ios', 'YOUR_CLIENT_ID'],
      ['Shared/IdentityConfiguration.plist', 'gatekeeper:/', 'example.com:'],
    ]),
    '--json',
  ]);
  expect(JSON.parse(stdout).findings).toEqual([
    expect.objectContaining({
      message: expect.stringMatching(/^2 values .*: \w+, \w+\.$/),
      line: null,
    }),
  ]);
});

test('of many keys some are told, and long ones are cut', async () => {
  const keys = Array.from({ length: 3000 }, (_, index) => `<key>${'k'.repeat(80)}${index}</key><string/>`);
  const { findings } = await check([[configuration, null, `<plist><dict>${keys.join('\n')}</dict></plist>`]]);
  expect(findings).toHaveLength(1);
  expect(findings[0].message).toMatch(/^3000 values .* k{60}… \(line 1\), .* and 2980 more\.$/);
  expect(findings[0].also).toHaveLength(99);
});

test('secrets are one finding', async () => {
  const { findings } = await check([
    [
      configuration,
      '<string></string>',
      '<string>hunter2</string>\n<key>othersecret</key><string>hunter3</string>',
    ],
  ]);
  expect(findings).toEqual([
    expect.objectContaining({
      level: 'warning',
      message:
        'clientsecret (line 11), othersecret (line 13) contain secrets, and anybody who has the app can read them.',
      also: [{ file: configuration, line: 13 }],
    }),
  ]);
});

const everything: readonly Edit[] = [
  ...placeholders,
  [configuration, '<string></string>', '<string>hunter2</string>'],
  ['Approver/Info.plist', 'remote-notification', 'audio'],
  ['Approver/Approver.entitlements', 'aps-environment', 'other'],
  ['Config/Shared.xcconfig', '= lab', '= other'],
  [delegate, '.sound, ', ''],
  [delegate, '.current().delegate = challenges', '.current()'],
  [delegate, 'CyberArk', '// CyberArk'],
  ['Approver/Push/PushCategory.swift', '"MfaNotificationCategoryId"', '"Other"'],
  ['Approver/Push/ChallengeResponder.swift', '"ChallengeAnswer"', '"Challenge"'],
  ['Approver/Push/ChallengeResponder.swift', 'isAccepted: false', 'isAccepted: true'],
  ['Approver/Settings.swift', null, null],
];

test('what matters most is first', async () => {
  const { findings } = await check(everything, ['--p12', p12Path('01-default-aes256')]);
  expect(findings.map(({ code, level }: Record<string, string>) => `${level} ${code}`)).toEqual([
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

test.each<[string, readonly Edit[], string]>([
  [
    'everything',
    everything,
    '✗ The app will not approve sign-ins as it is: no push reaches it (9 errors, 1 warning).',
  ],
  [
    'one thing',
    [[delegate, '.current().delegate = challenges', '.current()']],
    '✗ The app will not approve sign-ins as it is: it does not learn which of the two was chosen (1 error).',
  ],
  [
    'a secret',
    [[configuration, '<string></string>', '<string>hunter2</string>']],
    '! The app does what the guide asks, as far as it is seen (1 warning).',
  ],
  ['nothing', [], '✓ The app does what the guide asks.'],
])('the verdict on %s', async (_name, edits, verdict) => {
  const { stdout } = await createMachine().run(['app', 'check', copyProject('classic', edits)]);
  expect(stdout.trimEnd().split('\n').at(-1)).toBe(verdict);
});

test('a word of a project is no command to the terminal', async () => {
  const { stdout } = await createMachine().run([
    'app',
    'check',
    copyProject('classic', [
      ['Approver/Push/PushCategory.swift', '"MfaNotificationCategoryId"', '"a\\u{1b}[2J\\u{202e}"'],
      [configuration, '<key>clientid</key>', '<key>client\u202e\n\u009bid</key>'],
      [configuration, '>approver-ios<', '><'],
    ]),
  ]);
  for (const character of ['\u001b', '\u009b', '\u202e']) expect(stdout).not.toContain(character);
  expect(stdout).toContain('this one has "a\\u001b[2J\\u202e"');
});

test('a .p12 without a certificate is an error, where the bundle ID is set', () => {
  const project = readProjectFile(join(projectPath('classic'), 'Approver.xcodeproj'));
  const [target] = applicationTargets(project);
  if (target === undefined) throw new Error('no target');
  expect(checkCertificate(readApp(project, target, 'Release'), null)).toEqual([
    {
      code: 'certificate-missing',
      level: 'error',
      message: 'The .p12 file holds no certificate to compare the app with.',
      hint: 'Export the push certificate together with its key.',
      file: 'Config/Bundle.xcconfig',
      line: 2,
    },
  ]);
});

/** A project below a folder, with links to what is beside it. */
function linked(): { root: string; project: string } {
  const root = temporaryDirectory();
  const project = join(root, 'project');
  for (const folder of ['project/a', 'project/b', 'project/passed-over', 'beside'])
    mkdirSync(join(root, folder), { recursive: true });
  for (const file of ['project/a/1', 'project/b/2', 'project/passed-over/3', 'beside/4'])
    writeFileSync(join(root, file), file);
  symlinkSync('..', join(project, 'a/up'));
  symlinkSync('itself', join(project, 'itself'));
  symlinkSync('../beside', join(project, 'c'));
  symlinkSync('../beside/4', join(project, 'd'));
  symlinkSync('b', join(project, 'e'));
  return { root, project };
}

const enters = (name: string): boolean => name !== 'passed-over';

test('links are followed, into no folder twice, and not out of the project', () => {
  const { project } = linked();
  expect(filesBelow(project, project, enters)).toEqual(['a/1', 'b/2']);
  expect(filesBelow(join(project, 'c'), project, enters)).toEqual([]);
});

test('links are followed within the repository of the project', () => {
  const { root, project } = linked();
  mkdirSync(join(root, '.git'));
  expect(filesBelow(project, project, enters)).toEqual(['a/1', 'b/2', 'c/4', 'd']);
});

test('a file is read where the project names it, but for one that a link leads out to', () => {
  const { root, project } = linked();
  const read = (path: string): string | null => readText(join(project, path), project);
  expect(['a/1', 'e/2', '../beside/4', 'd', 'c/4', 'gone'].map(read)).toEqual([
    'project/a/1',
    'project/b/2',
    'beside/4',
    null,
    null,
    null,
  ]);
  expect(readText(join(root, 'beside/4'), project)).toBe('beside/4');
});
