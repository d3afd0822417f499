import { assertionVerbs } from './assertions.ts';
import { inputVerbs } from './inputs.ts';
import type { Story, StoryLine } from './parse.ts';
import { noInputs, runCommand, shown } from './run-command.ts';
import { stepVerbs } from './steps.ts';
import type { AssertionVerb, Given, InputVerb, StepVerb } from './verbs.ts';
import { createWorld, type World } from './world.ts';

/** A line that did not hold, with its place in the file. */
class StoryFailure extends Error {
  constructor(file: string, { number, text }: StoryLine, cause: unknown, world: World) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${file}:${number}\n    line: ${text}\n${reason}${lastEnd(world)}`);
    this.name = 'StoryFailure';
    this.stack = `${this.name}: ${this.message}\n    at story (${file}:${number}:1)`;
  }
}

/** What the last command ended with, below a failure. */
function lastEnd(world: World): string {
  const { ended } = world;
  if (ended === null) return '';
  const parts = [
    `\n\nexit ${ended.exitCode}`,
    ...ended.requests.map((request) => `sent ${shown(request, world)}`),
    ...ended.questions.map((question) => `asked ${question}`),
    `stderr:\n${shown(ended.stderr, world)}`,
    `stdout:\n${shown(ended.stdout, world)}`,
  ];
  return parts.join('\n');
}

/** Plays a story in a world of its own. @throws {StoryFailure} with the line, what it expects and what was seen */
export async function playStory(file: string, story: Story): Promise<void> {
  const world = createWorld();
  const before = process.cwd();
  process.chdir(world.directory);
  try {
    for (let index = 0; index < story.lines.length; index++) {
      const line = story.lines[index] as StoryLine;
      const below = belowCommand(story.lines, index);
      try {
        await playLine(line, below, world);
      } catch (error) {
        throw new StoryFailure(file, line, error, world);
      }
    }
  } finally {
    process.chdir(before);
  }
}

/** The lines below a command, up to the next command or step. */
function belowCommand(lines: readonly StoryLine[], index: number): readonly StoryLine[] {
  const below = lines.slice(index + 1);
  const end = below.findIndex(({ text }) => text.startsWith('$ ') || isStep(text));
  return end === -1 ? below : below.slice(0, end);
}

const isStep = (text: string): boolean => stepVerbs.some(({ pattern }) => pattern.test(text));

async function playLine(line: StoryLine, below: readonly StoryLine[], world: World): Promise<void> {
  const { text } = line;
  if (text.startsWith('$ ')) return playCommand(line, below, world);
  const verb = verbOf(text);
  const given = givenIn(verb.pattern, text) ?? {};
  if ('step' in verb) await verb.step(world, given, line);
  else if ('assert' in verb) await verb.assert(world, given, line);
}

type Verb = StepVerb | InputVerb | AssertionVerb;
const everyVerb: readonly Verb[] = [...stepVerbs, ...inputVerbs, ...assertionVerbs];

/** The verb of a line that is no command. @throws {Error} it has none, or several */
export function verbOf(text: string, verbs = everyVerb): Verb {
  const [verb, ...others] = verbs.filter(({ pattern }) => pattern.test(text));
  if (verb === undefined)
    throw new Error('no line of a story begins so: test/stories/README.md lists them');
  if (others.length > 0) {
    const forms = [verb, ...others].map(({ form }) => `\`${form}\``);
    throw new Error(`the line is understood in several ways: ${forms.join(', ')}`);
  }
  return verb;
}

function givenIn(pattern: RegExp, text: string): Given | null {
  const match = pattern.exec(text);
  return match === null ? null : (match.groups ?? {});
}

/** Runs the command with its inputs. Without a line `exit N` it must end with 0. */
async function playCommand(
  { text }: StoryLine,
  below: readonly StoryLine[],
  world: World,
): Promise<void> {
  const inputs = noInputs();
  for (const line of below) {
    for (const { pattern, input } of inputVerbs) {
      const given = givenIn(pattern, line.text);
      if (given !== null) input(inputs, given, line, world);
    }
  }
  const { exitCode } = await runCommand(text.slice(2), inputs, world);
  for (const rule of world.rules) rule();
  const isNamed = below.some((line) => line.text.startsWith('exit '));
  if (!isNamed && exitCode !== 0) throw new Error(`expected: exit 0\n    seen: exit ${exitCode}`);
}
