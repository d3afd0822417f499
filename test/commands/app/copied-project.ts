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

/** A change of a file, which is named by its path or by a word of `files`. */
export interface Edit {
  readonly file: string;
  /** Every place of it is replaced; null: the whole file. */
  readonly from: string | null;
  /** Null: the file is removed. */
  readonly to: string | null;
}

export const replaced = (file: string, from: string, to = ''): Edit => ({ file, from, to });
export const written = (file: string, to: string): Edit => ({ file, from: null, to });
export const removed = (file: string): Edit => ({ file, from: null, to: null });

/** A copy of a project with edits, gone after the test. */
export function copyProject(name: string, edits: readonly Edit[] = []): string {
  const directory = join(temporaryDirectory(), name);
  cpSync(projectPath(name), directory, { recursive: true });
  for (const each of edits) edit(directory, each);
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
async function withEdits<T>(edits: readonly Edit[], work: (directory: string) => Promise<T>) {
  const name = projectOf(edits);
  const directory = kept.get(name) ?? join(mkdtempSync(join(tmpdir(), 'mfa-cli-')), name);
  if (!kept.has(name)) cpSync(projectPath(name), directory, { recursive: true });
  kept.set(name, directory);
  const edited: string[] = [];
  try {
    for (const each of edits) edited.push(edit(directory, each));
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
function edit(directory: string, { file: name, from, to }: Edit): string {
  const file = files[name] ?? name;
  const path = join(directory, file);
  if (to === null) {
    rmSync(path);
  } else if (from === null) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, to);
  } else {
    // Latin-1 gives every byte of a binary file back.
    const before = readFileSync(path, 'latin1');
    if (!before.includes(from)) throw new Error(`${file} does not hold ${from}`);
    writeFileSync(path, before.split(from).join(to), 'latin1');
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
export function copyOf(edits: readonly Edit[]): string {
  return copyProject(projectOf(edits), edits);
}

function projectOf(edits: readonly Edit[]): string {
  const isSwiftUi = edits.some(({ file }) => /^(?:app|inbox|sign-in|ui-)/.test(file));
  return isSwiftUi ? 'swiftui' : 'classic';
}

/** The report on one of them with edits. */
export function checkEdited(edits: readonly Edit[]) {
  return withEdits(edits, (directory) => check(directory));
}
