import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Writable } from 'node:stream';
import { hintsFor } from '../../src/errors/advice.ts';
import { CliError } from '../../src/errors/cli-error.ts';
import { nowhere } from '../../src/errors/hint.ts';
import { readCommandLine } from '../../src/settings/command-line.ts';
import { createStyle, type Style } from '../../src/terminal/style.ts';
import { createTerminal } from '../../src/terminal/terminal.ts';
import { harmless } from '../../src/text/printable.ts';
import type { Random } from './mutate.ts';

/** The origin of a case: a fixture, or a text written here. */
export interface Seed {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** One kind of input. */
export interface Target {
  readonly name: string;
  /** Longer inputs are truncated: the program does not read them. */
  readonly bytesLimit: number;
  /** Processor time allowed for one case. */
  readonly seconds: number;
  /** How many cases of others one of it takes as long as: a number of cases is divided by it. */
  readonly weight?: number;
  seeds(): readonly Seed[] | Promise<readonly Seed[]>;
  mutate(seed: Seed, seeds: readonly Seed[], random: Random): Uint8Array;
  /** Reads the input as the program does. Throws Violation, or whatever the program should not throw. */
  judge(input: Uint8Array, seed: Seed): Promise<void>;
}

/** Something came out that must not. */
export class Violation extends Error {}

/** The result of the work; null if it ends with a command's error, which is printed. */
export async function attempt<T>(work: () => T | Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const said = capture();
    await said.terminal.error(error.lines, hintsFor(error, nowhere));
    said.texts.forEach(requireHarmless);
    return null;
  }
}

/** Prints a report as a command does. */
export async function say<Report>(
  report: Report,
  format: (report: Report, style: Style) => string | Uint8Array,
): Promise<void> {
  const said = capture();
  said.terminal.print(format(harmless(report), await createStyle(false, 100, false)));
  said.terminal.print(`${JSON.stringify(report, null, 2)}\n`);
  said.texts.forEach(requireHarmless);
}

/** @throws {Violation} if a terminal would obey the text, or change its direction */
export function requireHarmless(text: string): void {
  const found = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u.exec(text);
  if (found !== null)
    throw new Violation(`prints U+${found[0].charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A terminal, and the texts that it prints. */
function capture() {
  const texts: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write: (text: string, _encoding, done) => {
      texts.push(text);
      done();
    },
  });
  const streams = { stdin: process.stdin, stdout: stream, stderr: stream };
  return { terminal: createTerminal(streams, {}, readCommandLine([], {}).flags), texts };
}

/** The files in test/fixtures whose path matches; the working directory is the project's folder. */
export function fixtures(matching: RegExp, largest = 100_000): readonly Seed[] {
  return readdirSync('test/fixtures', { recursive: true, encoding: 'utf8' })
    .sort()
    .filter((path) => matching.test(path))
    .map((path) => ({ name: basename(path), bytes: readFileSync(`test/fixtures/${path}`) }))
    .filter(({ bytes }) => bytes.length <= largest);
}

/** Each text as a seed, named by its position. */
export function written(...texts: readonly string[]): readonly Seed[] {
  return texts.map((text, index) => ({ name: `text ${index}`, bytes: Buffer.from(text) }));
}

/** The bytes that mutations take pieces from. */
export function bytesOf(seeds: readonly Seed[]): readonly Uint8Array[] {
  return seeds.map(({ bytes }) => bytes);
}

/** The words of a format, given in a row with a `¦` between them. */
export function wordsIn(row: string): readonly string[] {
  return row.split('¦');
}
