import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
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

test('the project is found, or the error says what there is instead', () =>
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
      'The current folder contains no Xcode project',
    ]);
  } finally {
    process.chdir(here);
  }
});
