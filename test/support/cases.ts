import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { CliError } from '../../src/errors/cli-error.ts';

/** The subject of a section; its parameters are those of each line. */
type Subject = (...given: never[]) => unknown;

/**
 * Tests subjects with the lines of a golden file: below `## SECTION`, each line is `NAME :: A | B → RESULT`, its name optional,
 * its parameters in JSON or as plain text, with `x×500` and `⟨ab⟩×500` for what is repeated. With `-u` Vitest writes the results; read them.
 * @param file below test/golden, without `.txt`
 */
export function testCases(file: string, subjects: Readonly<Record<string, Subject>>): void {
  test(`each line of golden/${file}.txt`, async () => {
    const path = fileURLToPath(new URL(`../golden/${file}.txt`, import.meta.url));
    const [lines, sections]: string[][] = [[], []];
    for (const line of readFileSync(path, 'utf8').trimEnd().split('\n')) {
      const heading = /^## (.*)/.exec(line)?.[1];
      if (heading !== undefined) sections?.push(heading);
      const isCase = line !== '' && !line.startsWith('#');
      lines?.push(isCase ? await resultOf(line, subjects[sections?.at(-1) ?? '']) : line);
    }
    expect(sections).toEqual(Object.keys(subjects));
    await expect(`${lines?.join('\n')}\n`).toMatchFileSnapshot(path);
  });
}

async function resultOf(line: string, subject: Subject | undefined): Promise<string> {
  const [given = ''] = line.split(' → ', 1);
  const parameters = given.replace(/^.*? :: /, '').split(' | ');
  const work = async () => subject?.(...(parameters.map(read) as never[]));
  return `${given} → ${await work().then(show, showFailure)}`;
}

function read(text: string): unknown {
  const whole = text.replaceAll(
    /(?:⟨([^⟩]*)⟩|(.))×(\d+);?/g,
    (_, unit = '', one = '', count: string) => `${unit}${one}`.repeat(Number(count)),
  );
  try {
    return JSON.parse(whole);
  } catch {
    return whole;
  }
}

function show(value: unknown): string {
  const isPlain =
    typeof value === 'string' && /^(?! )\P{C}+(?<! )$/u.test(value) && read(value) === value;
  const text = isPlain ? value : (JSON.stringify(value) ?? 'undefined');
  return text
    .replaceAll(
      /[\p{C}\u2028\u2029]/gu,
      (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
    .replaceAll(/(.)\1{29,}/g, (run, unit: string) => `${unit}×${run.length}`);
}

function showFailure(error: unknown): string {
  if (!(error instanceof CliError)) throw error;
  const facts = Object.keys(error.facts).length === 0 ? '' : ` ${JSON.stringify(error.facts)}`;
  return show(`${error.code}: ${error.message}${facts}`);
}
