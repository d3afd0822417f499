import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { createMachine, type RunOptions } from '../../support/context.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** The folder of a project of test/fixtures/app: `projectPath('classic')`. */
export function projectPath(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/app/${name}`, import.meta.url));
}

/**
 * A copy of a project with edits, gone after the test. An edit is a line: `delegate ¦.sound, ¦` takes a text away wherever it
 * stands, `info ¦¦<html>` writes a file, `info` removes it, `A.swift = delegate` copies one. A line break and a tab may be
 * written ⏎ and ⇥.
 */
export function copyProject(name: string, lines: readonly string[] = []): string {
  const directory = join(temporaryDirectory(), name);
  cpSync(projectPath(name), directory, { recursive: true });
  for (const line of lines) edit(directory, line);
  return directory;
}

/** Copies for tests that only edit them, which takes half the time of a new one; gone after the file that calls this. */
export function keepProjects(): void {
  afterAll(() => {
    for (const directory of kept.values()) rmSync(dirname(directory), { recursive: true });
    kept.clear();
  });
}
const kept = new Map<string, string>();

/** Works with a kept copy with edits, which are undone afterwards. */
export async function withEdits<T>(
  lines: readonly string[],
  work: (directory: string) => Promise<T>,
) {
  const name = projectOf(lines);
  const directory = kept.get(name) ?? join(mkdtempSync(join(tmpdir(), 'mfa-cli-')), name);
  if (!kept.has(name)) cpSync(projectPath(name), directory, { recursive: true });
  kept.set(name, directory);
  const edited: string[] = [];
  try {
    for (const line of lines) edited.push(edit(directory, line));
    return await work(directory);
  } finally {
    for (const file of edited) {
      const original = join(projectPath(name), file);
      if (existsSync(original)) cpSync(original, join(directory, file));
      else rmSync(join(directory, file), { force: true });
    }
  }
}

/** @returns the file that was edited */
function edit(directory: string, line: string): string {
  const [to = '', from] = line.split(' = ');
  if (from !== undefined && !line.includes('¦')) {
    mkdirSync(dirname(join(directory, to)), { recursive: true });
    cpSync(join(projectPath('classic'), files[from] ?? ''), join(directory, to));
    return to;
  }
  const written = line.replaceAll('⏎', '\n').replaceAll('⇥', '\t');
  const [word = '', text, replacement = ''] = written.split('¦');
  const file = files[word.trim()] ?? word.trim();
  const path = join(directory, file);
  if (text === undefined) rmSync(path);
  else if (text === '') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, replacement);
  } else {
    // Latin-1 gives every byte of a binary file back.
    const before = readFileSync(path, 'latin1');
    if (!before.includes(text)) throw new Error(`${file} does not hold ${text}`);
    writeFileSync(path, before.split(text).join(replacement), 'latin1');
  }
  return file;
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

/** What `app check --json` of a folder prints. */
export async function check(
  directory: string,
  argv: readonly string[] = [],
  options: RunOptions = {},
  // biome-ignore lint/suspicious/noExplicitAny: the report, or the error in place of it
): Promise<{ exitCode: number; report: any; questions: readonly string[] }> {
  const result = await createMachine().run(['app', 'check', directory, '--json', ...argv], options);
  return { ...result, report: JSON.parse(result.stdout) };
}

/** `level code file:line,line` of each finding, but for `error `; files by their words. */
// biome-ignore lint/suspicious/noExplicitAny: a report
export function told({ findings }: any): string {
  return findings.map(toldOf).join('; ');
}

const words = new Map(Object.entries(files).map(([word, file]) => [file, word]));
function toldOf({ code, level, file, line }: Record<string, unknown>): string {
  return `${level === 'error' ? '' : `${level} `}${code} ${words.get(String(file)) ?? file}:${line ?? ''}`;
}

/** The classic project, or the SwiftUI one, with edits. */
export function copyOf(lines: readonly string[]): string {
  return copyProject(projectOf(lines), lines);
}

function projectOf(lines: readonly string[]): string {
  return lines.some((line) => /^(?:app|inbox|sign-in|ui-)/.test(line)) ? 'swiftui' : 'classic';
}

/** The report on one of them with edits. */
export function checkEdited(lines: readonly string[]) {
  return withEdits(lines, (directory) => check(directory));
}
