import { join } from 'node:path';
import type { createMachine, RunOptions } from './context.ts';
import { shellWords } from './stories/shell-words.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** A text of this run, and its counterpart on the page. */
export type Pair = readonly [seen: string, shown: string];

/** What a block of a page needs before its first line. */
export interface Scene {
  readonly machine: ReturnType<typeof createMachine>;
  readonly options?: RunOptions;
  /** The paths of the files that the page names. */
  readonly files?: Readonly<Record<string, string>>;
  /** As long as each other, so that tables stay aligned. */
  readonly pairs?: readonly Pair[];
}

export type Scenes = Readonly<Record<string, () => Promise<Scene>>>;

const block = /(<!-- run: ([\w-]+)(?:, (\d+) lines?)? -->\n\n```console\n)([\s\S]*?)(?=^```$)/gm;

/**
 * The page with the output of its blocks, each played in the scene that its comment names.
 * With a number of lines, `…` stands for the rest.
 */
export async function playedPage(page: string, scenes: Scenes): Promise<string> {
  const parts: string[] = [];
  let end = 0;
  for (const match of page.matchAll(block)) {
    const [whole, head = '', name = '', lines, text = ''] = match;
    const open = scenes[name];
    if (open === undefined) throw new Error(`the page names an unknown scene: ${name}`);
    const limit = lines === undefined ? Number.POSITIVE_INFINITY : Number(lines);
    parts.push(page.slice(end, match.index), head, await played(text, await open(), limit));
    end = match.index + whole.length;
  }
  return parts.join('') + page.slice(end);
}

async function played(text: string, scene: Scene, limit: number): Promise<string> {
  const written = { 'new.p12': join(temporaryDirectory(), 'new.p12') };
  const files = Object.entries({ ...written, ...scene.files });
  const pairs = [...files.map(([shown, seen]): Pair => [seen, shown]), ...(scene.pairs ?? [])];
  const shown: string[] = [];
  for (const [, line = ''] of text.matchAll(/^\$ mfa-cli (.+)$/gm)) {
    const words = shellWords(line).map((word) => asSeen(word, pairs));
    const { stdout, stderr } = await scene.machine.run(words, scene.options);
    shown.push(`$ mfa-cli ${line}\n${shortened(asShown(stderr + stdout, pairs), limit)}`);
  }
  return shown.join('\n');
}

function asSeen(word: string, pairs: readonly Pair[]): string {
  return pairs.find(([, shown]) => word === shown)?.[0] ?? word;
}

function asShown(output: string, pairs: readonly Pair[]): string {
  const text = pairs.reduce((text, [seen, shown]) => text.replaceAll(seen, shown), output);
  // A tenant gives each refusal an ID of its own.
  return text.replace(/ErrorID [\w:-]+/g, 'ErrorID …');
}

function shortened(output: string, limit: number): string {
  const lines = output.trimEnd().split('\n');
  const shown = lines.length > limit ? [...lines.slice(0, limit), '…'] : lines;
  return `${shown.map((line) => line.trimEnd()).join('\n')}\n`;
}
