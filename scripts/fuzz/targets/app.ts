import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ProfileStore } from '../../../src/auth/profile.ts';
import { command } from '../../../src/commands/app/check.ts';
import { checkOptions } from '../../../src/commands/app/options.ts';
import type { Context } from '../../../src/context.ts';
import { readCommandLine } from '../../../src/settings/command-line.ts';
import { globalOptions } from '../../../src/settings/global-options.ts';
import { type ParsedOptions, readOptions } from '../../../src/settings/parser.ts';
import { createPrompt } from '../../../src/terminal/prompt.ts';
import { createTerminal } from '../../../src/terminal/terminal.ts';
import { unbounded } from '../../../src/text/pace.ts';
import { mutateText } from '../mutate.ts';
import { attempt, bytesOf, say, type Target, wordsIn } from '../target.ts';

const project = 'test/fixtures/app/classic';
const checkOf = (parsed: ParsedOptions) =>
  readOptions({ ...globalOptions, ...checkOptions }, parsed);
const { stdin, stdout, stderr } = process;
const env = { CI: '1' };
const terminal = createTerminal({ stdin, stdout, stderr }, env, readCommandLine([], env).flags);
const context: Partial<Context> = {
  terminal,
  prompt: createPrompt(terminal, new AbortController().signal),
  env: {},
  timeout: null,
  now: () => new Date('2026-11-24T16:00:00Z'),
  bounded: (_bound, work) => work(unbounded),
  // No certificate is on record there.
  profiles: async () =>
    ({ path: join(tmpdir(), 'mfa-cli-fuzz-none', 'config.json') }) as ProfileStore,
};

/** Checks and prints what is at a path, as the program does. */
export async function checkAt(path: string): Promise<void> {
  const report = await attempt(() =>
    command.work(checkOf({ path }), context as Context, undefined as never),
  );
  if (report === null) return;
  await say(report, (shown, style) => command.format(shown, style, checkOf({}), new Date()));
}

/** One copy of the project for all cases of the process; each restores its file. */
let copy: string | undefined;

function copied(): string {
  if (copy !== undefined) return copy;
  const directory = mkdtempSync(join(tmpdir(), 'mfa-cli-fuzz-app-'));
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }));
  cpSync(project, directory, { recursive: true });
  copy = directory;
  return directory;
}

/** The check of a project with one file replaced; the seed's name is its path. */
function appTarget(name: string, paths: readonly string[], words: readonly string[]): Target {
  return {
    name,
    bytesLimit: 512 * 1024,
    seconds: 3,
    seeds: () => paths.map((path) => ({ name: path, bytes: readFileSync(join(project, path)) })),
    mutate: ({ bytes }, all, random) => mutateText(bytes, bytesOf(all), words, random),
    async judge(bytes, seed) {
      const path = paths.includes(seed.name) ? seed.name : (paths[0] ?? '');
      const directory = copied();
      writeFileSync(join(directory, path), bytes);
      try {
        await checkAt(directory);
      } finally {
        cpSync(join(project, path), join(directory, path));
      }
    },
  };
}

export const appTargets: readonly Target[] = [
  appTarget(
    'swift',
    [
      'Approver/AppDelegate.swift',
      'Approver/Push/PushCategory.swift',
      'Approver/Push/ChallengeResponder.swift',
      'Approver/Settings.swift',
    ],
    wordsIn(
      '{¦}¦(¦)¦[¦"¦"""¦#"¦\\(¦/*¦*/¦//¦#if DEBUG\n¦#endif\n¦#else\n¦func a() {¦static let a = b\n' +
        '¦a.b¦a(¦ + a¦.init(¦class A { ¦extension A {¦ ?? ¦ ? a : b',
    ),
  ),
  appTarget(
    'pbxproj',
    ['Approver.xcodeproj/project.pbxproj'],
    wordsIn(
      // biome-ignore lint/suspicious/noTemplateCurlyInString: Xcode's spelling of a variable
      '{¦}¦(¦)¦;¦,¦ = ¦"¦/*¦*/¦//¦isa¦$(A)¦${A}¦$(A:b=c)¦../¦/¦A = "$(A)$(A)";',
    ),
  ),
  appTarget(
    'plist',
    ['Approver/Info.plist', 'Approver/Approver.entitlements'],
    wordsIn(
      '<dict>¦</dict>¦<key>¦</key>¦<string>¦<array>¦<!--¦-->¦<![CDATA[¦<!DOCTYPE a [<!ENTITY a "aa">]>' +
        '¦&a;¦<data>¦<integer>9e9</integer>¦<',
    ),
  ),
  appTarget(
    'xcconfig',
    ['Config/Shared.xcconfig', 'Config/Bundle.xcconfig'],
    wordsIn(
      '#include "Shared.xcconfig"\n¦#include? "¦[sdk=iphoneos*]¦ = ¦$(A)¦$(inherited)' +
        '¦A = $(B)\nB = $(A)\n¦A = $(A)$(A)\n¦//¦\n',
    ),
  ),
];
