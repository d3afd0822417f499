import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { assertionVerbs } from '../support/stories/assertions.ts';
import { inputVerbs } from '../support/stories/inputs.ts';
import { parseStories } from '../support/stories/parse.ts';
import { playStory, verbOf } from '../support/stories/play.ts';
import { stepVerbs } from '../support/stories/steps.ts';

const page = readFileSync(new URL('README.md', import.meta.url), 'utf8');
const [example = ''] = /(?<=^```text\n)[\s\S]*?(?=^```$)/m.exec(page) ?? [];

const play = async (text: string): Promise<string> => {
  const [story] = parseStories(text);
  if (story === undefined) throw new Error('no story');
  try {
    await playStory('x.story', story);
    return 'holds';
  } catch (error) {
    return (error as Error).message;
  }
};

test('the example of the page holds', async () => {
  expect(await play(example)).toBe('holds');
});

test('the page shows every verb', () => {
  const verbs = [...stepVerbs, ...inputVerbs, ...assertionVerbs];
  const firstWords = verbs.map(({ form }) => form.split(/ [[A-Z%/|…]/, 1)[0] ?? form);
  expect(firstWords.filter((words) => !page.includes(`\`${words}`))).toEqual([]);
});

const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.story'));

test.each(files)('each line of %s is a command, or has exactly one verb', (file) => {
  const stories = parseStories(readFileSync(`${import.meta.dirname}/${file}`, 'utf8'));
  expect(stories).not.toEqual([]);
  const lines = stories.flatMap((story) => story.lines);
  for (const { text, number } of lines.filter((line) => !line.text.startsWith('$ ')))
    expect(() => verbOf(text), `line ${number}`).not.toThrow();
});

test('a line with two verbs is refused, and they are named', () => {
  const verbs = ['form A', 'form B'].map((form) => ({ form, pattern: /^form/, step: () => {} }));
  expect(() => verbOf('form x', verbs)).toThrow('in several ways: `form A`, `form B`');
});

test.each([
  ['write a: some words', 'file a has some words'],
  ['write a mode 0644: some words', 'file a mode 0644'],
  ['write a:', 'file a lacks some'],
  ['write a: ', 'files a'],
  ['write a mode 0644:', 'file a mode 0644'],
  ['write a:b: c', 'files a:b'],
  ['write a <<\nsome words\n>>', 'file a has some words'],
])('a file is written: %j', async (line, assertion) => {
  expect(await play(`## a\n${line}\n$ mfa-cli version\n${assertion}\n`)).toBe('holds');
});

test.each(['write a', 'write a mode 0644', 'write a: b <<\nc\n>>'])(
  'a file without a text, or with two, is refused: %j',
  async (line) => {
    expect(await play(`## a\n${line}\n`)).toContain('a file has its text behind a colon, or');
  },
);

test.each([
  ['json .sent is false', 'json .sent is true', 'expected: .sent is true\n    seen: false'],
  ['tenant holds nothing', 'tenant holds a.b', 'expected: a certificate for a.b'],
  ['exit 4', 'exit 0', 'seen: exit 4'],
  ['nothing sent', 'sent /Mobile/Set', 'expected: sent /Mobile/Set'],
  ['nothing sent', 'noting sent', 'no line of a story begins so'],
])('a line that does not hold is shown: %s → %s', async (line, wrong, words) => {
  const told = await play(example.replace(line, wrong));
  expect(told).toMatch(/^x\.story:\d+\n/);
  expect(told).toContain(`line: ${wrong}`);
  expect(told).toContain(words);
});

test('a command without an exit code ends with 0', async () => {
  expect(await play('## a\n$ mfa-cli nonsense\n')).toContain('expected: exit 0\n    seen: exit 2');
});

test('a file that is no story says where', () => {
  expect(() => parseStories('## a\nx\n## a\ny\n')).toThrow('line 3: a second story is called "a"');
  expect(() => parseStories('## a\nwhole <<\ntext\n')).toThrow('line 2: no line ">>"');
  expect(() => parseStories('## a\n')).toThrow('line 1: the story has no lines');
  const [one, two] = parseStories('## a <X>\neach X: 1 | 2\n$ mfa-cli <X>\n  more\n');
  expect([one?.title, two?.lines[0]?.text]).toEqual(['a 1', '$ mfa-cli 2 more']);
});
