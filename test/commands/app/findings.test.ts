import { expect, test } from 'vitest';
import { command } from '../../../src/commands/app/check.ts';
import { createStyle } from '../../../src/terminal/style.ts';
import { testNow } from '../../support/context.ts';
import { secretPassword as env, p12Path } from '../../support/fixtures.ts';
import { expectTranscript, wholeTranscript } from '../../support/transcript.ts';
import { check, checkEdited, keepProjects, toldOf, withEdits } from './copied-project.ts';

keepProjects();

/** Each case: a title, the options, and the edits of the project that follows the guide. */
test('what is wrong in a project, or only looks as if it were', { timeout: wholeTranscript }, async () => {
  const style = await createStyle(false, 120, false);
  await expectTranscript('app-check.txt', async (lines) => {
    const edits = lines.filter((line) => !/^[#$] /.test(line));
    const [, options = ''] = /^\$ (.*)/.exec(lines.find((line) => line.startsWith('$ ')) ?? '') ?? [];
    const argv = options.split(' ').filter(Boolean);
    const words = argv.map((word) => (word.startsWith('%') ? p12Path(word.slice(1)) : word));
    const { exitCode, report } = await withEdits(edits, (directory) => check(directory, words, { env }));
    if (report.error) return [`${exitCode} ${report.error.message}`, ...report.error.hints];
    expect(exitCode).toBe(report.ok ? 0 : 4);
    const verdict = String(command.format(report, style, {}, testNow))
      .trimEnd()
      .split('\n')
      .at(-1);
    const steps: readonly { step: string; ok: boolean | null }[] = report.steps;
    const unjudged = steps.filter(({ ok }) => ok === null).map(({ step }) => `? ${step}`);
    return [...report.findings.flatMap(wordsOf), ...unjudged, `${exitCode} ${verdict}`];
  });
});

function wordsOf(finding: Readonly<Record<string, string>>): readonly string[] {
  const { message = '', hint = '' } = finding;
  expect([message, hint]).toEqual([expect.stringMatching(/^\S.*\.$/), expect.stringMatching(/\S/)]);
  return [toldOf(finding), `  ${message}`, ...(finding.level === 'error' ? [] : [`  ${hint}`])];
}

const maker = 'func make(id: String) { UNNotificationCategory(identifier: id, actions: []) }\n';
const chain = Array.from({ length: 5000 }, (_, at) => `let a${at} = [a${at + 1}, a${at + 1}]`);

test.each<[string, string]>([
  ['strings in strings', '"\\('.repeat(20_000)],
  ['brackets that open', '([{'.repeat(20_000)],
  ['functions in functions', `${'func a('.repeat(7_000)}${')'.repeat(7_000)}{`],
  ['constants', 'let a: b; '.repeat(10_000)],
  ['types in types', 'struct A {'.repeat(12_000)],
  ['extensions', 'extension Push { static let other = category }\n'.repeat(2_000)],
  ['cases', `enum A { case ${'a, '.repeat(37_000)} }`],
  ['names for each other', chain.join(';')],
  ['lists in lists', `let identifier = ${'['.repeat(50_000)}`],
  ['members of members', `let identifier = ${'a.'.repeat(50_000)}a`],
  ['calls in calls', `${maker}${'make(id: '.repeat(15_000)}`],
  ['calls', `${maker}${'make(id: a)\n'.repeat(10_000)}`],
  ['categories', 'UNNotificationCategory(identifier: a.b.c, actions: [a, b]);'.repeat(2000)],
  ['tokens, where the device token is passed in turn', 'func a() { a(); handlePushToken() };'.repeat(9_000)],
  ['closures', '{ [weak self] (a, b) async -> C in '.repeat(3_000)],
  ['parameters', `func make(${'a: Int, '.repeat(12_000)}) {}`],
])('a source ends that is made of %s', async (_name, text) => {
  const given = ['category ¦identifier: identifier¦identifier: a0', `settings ¦¦${text}`];
  expect([0, 4]).toContain((await checkEdited(given)).exitCode);
});
