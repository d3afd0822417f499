import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { expectTranscript } from '../../support/transcript.ts';
import { check, edit, projectPath, toldOf } from './copied-project.ts';

/** A folder by lines: `FILE ¦ TEXT`, `FOLDER = PROJECT`, and `FOLDER: EDIT` of that project. */
function folderWith(lines: readonly string[]): string {
  const root = join(temporaryDirectory(), 'app');
  mkdirSync(root);
  for (const line of lines) {
    const [, copied, project = ''] = /^(\S+) = (\w+)$/.exec(line) ?? [];
    const [, edited, change = ''] = /^(\S+): (.*)$/.exec(line) ?? [];
    if (copied !== undefined) cpSync(projectPath(project), join(root, copied), { recursive: true });
    else if (edited !== undefined) edit(join(root, edited), change);
    else {
      const [name = '', text = ''] = line.split(/ ¦ ?/);
      mkdirSync(join(root, dirname(name)), { recursive: true });
      writeFileSync(join(root, name), text.replaceAll('⏎', '\n'));
    }
  }
  return root;
}

test('the project is found, or the error says what there is instead and how to make one', () =>
  expectTranscript('app-layouts.txt', async (lines) => {
    const root = folderWith(lines.filter((line) => !/^[#$] /.test(line)));
    const [, path = ''] = /^\$ (.*)/.exec(lines[1] ?? '') ?? [];
    const { exitCode, report } = await check(join(root, path));
    const shown = (text: string): string => text.replaceAll(root, 'APP');
    const { error, project, findings } = report;
    if (error) return [`${exitCode} ${error.code}: ${shown(error.message)}`, ...error.hints];
    const told = findings.flatMap((each: Record<string, string>) =>
      each.level === 'error' ? toldOf(each) : [`${toldOf(each)} ${each.message}`, `  ${each.hint}`],
    );
    return [`${exitCode} ${shown(project)}`, ...told];
  }));

test('the current folder is checked where none is named', async () => {
  const here = process.cwd();
  process.chdir(folderWith(['project.yml ¦ name: App']));
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
  const root = folderWith([`package.json ¦ ${'['.repeat(900_000)}`, 'a\u001b[2J/app.json ¦ { "expo": {} }']);
  const { exitCode, stdout, stderr } = await createMachine().run(['app', 'check', root]);
  expect([exitCode, stdout, stderr.includes('\u001b')]).toEqual([3, '', false]);
  expect(stderr).toContain('a\\u001b[2J is an Expo app');
});

test('a manifest that a link leads out to is not read', async () => {
  const root = folderWith(['a/.gitkeep ¦']);
  const elsewhere = folderWith(['pubspec.yaml ¦ flutter:⏎']);
  symlinkSync(join(elsewhere, 'pubspec.yaml'), join(root, 'pubspec.yaml'));
  expect((await check(root)).report.error.message).toContain('contains no Xcode project');
});
