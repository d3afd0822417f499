import type { StoryLine } from './parse.ts';
import type { Inputs } from './run-command.ts';
import type { World } from './world.ts';

/** The words of a line by the names in its form, and the text below it. */
export interface Given {
  readonly [name: string]: string | undefined;
}

/** A line that does something. */
export interface StepVerb {
  /** As the page shows it. */
  readonly form: string;
  readonly pattern: RegExp;
  readonly step: (world: World, given: Given, line: StoryLine) => unknown;
}

/** A line below a command that is given to it. */
export interface InputVerb {
  readonly form: string;
  readonly pattern: RegExp;
  readonly input: (inputs: Inputs, given: Given, line: StoryLine, world: World) => void;
}

/** A line that asserts something of the last command, of a tenant or of a file. */
export interface AssertionVerb {
  readonly form: string;
  readonly pattern: RegExp;
  readonly assert: (world: World, given: Given, line: StoryLine) => unknown;
}

/** What was expected did not happen. */
class Unexpected extends Error {
  readonly expected: string;
  readonly seen: string;

  constructor(expected: string, seen: string) {
    super(`expected: ${expected}\n    seen: ${seen}`);
    this.name = 'Unexpected';
    this.expected = expected;
    this.seen = seen;
  }
}

/** @throws {Unexpected} it does not hold */
export function expectThat(holds: boolean, expected: string, seen: string): void {
  if (!holds) throw new Unexpected(expected, seen);
}
