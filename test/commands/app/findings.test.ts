import { expect, test } from 'vitest';
import { command } from '../../../src/commands/app/check.ts';
import { createStyle } from '../../../src/terminal/style.ts';
import { testNow } from '../../support/context.ts';
import { secretPassword as env, p12Path } from '../../support/fixtures.ts';
import { expectTranscript, wholeTranscript } from '../../support/transcript.ts';
import { check, checkEdited, keepProjects, toldOf, withEdits } from './copied-project.ts';

keepProjects();

/** Each case: a title, the options, and the edits of the project that follows the guide. */
test('what is wrong in a project, or only looks as if it were', {
  timeout: wholeTranscript,
}, async () => {
  const style = await createStyle(false, 120, false);
  await expectTranscript('app-check.txt', async (lines) => {
    const edits = lines.filter((line) => !/^[#$] /.test(line));
    const [, options = ''] =
      /^\$ (.*)/.exec(lines.find((line) => line.startsWith('$ ')) ?? '') ?? [];
    const argv = options.split(' ').filter(Boolean);
    const words = argv.map((word) => (word.startsWith('%') ? p12Path(word.slice(1)) : word));
    const { exitCode, report } = await withEdits(edits, (directory) =>
      check(directory, words, { env }),
    );
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

test.each<[string, string]>([
  ['quotes', '"""'.repeat(20_001)],
  ['comments', '/*'.repeat(40_000)],
  ['calls', 'handleMFAChallenge(isAccepted: '.repeat(10_000)],
  ['cases', `enum A { ${'case '.repeat(60_000)} }`],
  ['methods', 'func userNotificationCenter('.repeat(10_000)],
  ['types', 'struct A: '.repeat(30_000)],
  ['lists', 'requestAuthorization(options: ['.repeat(10_000)],
])('a source ends that is made of %s', async (_name, text) => {
  expect([0, 4]).toContain((await checkEdited(['category', `settings ¦¦${text}`])).exitCode);
});
