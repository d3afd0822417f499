import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createMachine, type RunOptions } from '../../support/context.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/**
 * A text of a file, wherever it stands, and what it is replaced by. Without a text the file is written anew; without a
 * replacement, it is removed.
 */
export type Edit = readonly [file: string, text: string | null, replacement: string | null];

/** The folder of a project of test/fixtures/app: `projectPath('classic')`. */
export function projectPath(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/app/${name}`, import.meta.url));
}

/** A copy of a project with edits, gone after the test. */
export function copyProject(name: string, edits: readonly Edit[] = []): string {
  const directory = join(temporaryDirectory(), name);
  cpSync(projectPath(name), directory, { recursive: true });
  for (const [file, text, replacement] of edits) {
    const path = join(directory, file);
    if (replacement === null) rmSync(path);
    else if (text === null) writeFileSync(path, replacement);
    else {
      // Latin-1 gives every byte of a binary file back.
      const before = readFileSync(path, 'latin1');
      if (!before.includes(text)) throw new Error(`${file} does not hold ${text}`);
      writeFileSync(
        path,
        before.replaceAll(text, () => replacement),
        'latin1',
      );
    }
  }
  return directory;
}

/** Files of the classic project and of the SwiftUI one, by the words that tests use for them. */
export const files: Readonly<Record<string, string>> = {
  delegate: 'Approver/AppDelegate.swift',
  category: 'Approver/Push/PushCategory.swift',
  responder: 'Approver/Push/ChallengeResponder.swift',
  settings: 'Approver/Settings.swift',
  info: 'Approver/Info.plist',
  entitlements: 'Approver/Approver.entitlements',
  identity: 'Approver/IdentityConfiguration.plist',
  pbxproj: 'Approver.xcodeproj/project.pbxproj',
  shared: 'Config/Shared.xcconfig',
  bundle: 'Config/Bundle.xcconfig',
  app: 'Gatekeeper/GatekeeperApp.swift',
  'ui-delegate': 'Gatekeeper/AppDelegate.swift',
  inbox: 'Gatekeeper/Push/ChallengeInbox.swift',
  'sign-in': 'Gatekeeper/Push/SignInCategory.swift',
  'ui-pbxproj': 'Gatekeeper.xcodeproj/project.pbxproj',
  'ui-info': 'Gatekeeper/Info.plist',
  'ui-entitlements': 'Gatekeeper/Gatekeeper.entitlements',
  'ui-identity': 'Shared/IdentityConfiguration.plist',
};

/**
 * An edit on a line: `delegate ¦.sound, ¦` takes a text away; `info ¦¦<html>` writes a file, `info` removes it. A line
 * break and a tab may be written ⏎ and ⇥.
 */
function edit(line: string): Edit {
  const written = line.replaceAll('⏎', '\n').replaceAll('⇥', '\t');
  const [word = '', text, replacement = null] = written.split('¦');
  const file = files[word.trim()] ?? word.trim();
  return [file, text === undefined || text === '' ? null : text, text === undefined ? null : replacement];
}

export const edits = (lines: readonly string[]): readonly Edit[] => lines.map(edit);

/** What `app check --json` of a folder prints. */
export async function check(
  directory: string,
  argv: readonly string[] = [],
  options: RunOptions = {},
  // biome-ignore lint/suspicious/noExplicitAny: the report, or the error in place of it
): Promise<{ exitCode: number; report: any; questions: readonly string[] }> {
  const result = await createMachine().run(['app', 'check', directory, '--json', ...argv], options);
  const { exitCode, stdout, questions } = result;
  return { exitCode, report: JSON.parse(stdout), questions };
}

/** `level code file:line,line` of each finding, but for `error `; files by their words. */
// biome-ignore lint/suspicious/noExplicitAny: a report
export function told({ findings }: any): string {
  const words = new Map(Object.entries(files).map(([word, file]) => [file, word]));
  const line = ({ code, level, file, line: at, also = [] }: Record<string, unknown>): string => {
    const lines = [at, ...(also as { line: unknown }[]).map((other) => other.line)].join();
    return `${level === 'error' ? '' : `${level} `}${code} ${words.get(String(file)) ?? file}:${lines}`;
  };
  return findings.map(line).join('; ');
}

/** The classic project, or the SwiftUI one, with edits. */
export function copyOf(lines: readonly string[]): string {
  const isUi = lines.some((line) => /^(?:app|inbox|sign-in|ui-)/.test(line));
  return copyProject(isUi ? 'swiftui' : 'classic', edits(lines));
}

/** What is found in it. */
export async function found(
  lines: readonly string[],
  argv: readonly string[] = [],
  options: RunOptions = {},
): Promise<string> {
  return told((await check(copyOf(lines), argv, options)).report);
}

/** The cells of a table whose rows are lines. */
export function rowsOf(table: string): readonly (readonly string[])[] {
  const rows = table.trim().split('\n');
  return rows.map((row) => row.split(' |').map((cell) => cell.trimStart()));
}
