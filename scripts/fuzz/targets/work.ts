import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { hostileTexts, mutateJson, type Random } from '../mutate.ts';
import { bytesOf, type Target } from '../target.ts';
import { envelope } from './answers.ts';

/** Bytes of the longest answer that is read. */
const longestAnswer = 8 * 1024 * 1024;

/** An answer of the tenant, of up to 8 MiB, with a piece of it repeated as often as fits. */
export const members: Target = {
  ...envelope,
  name: 'members',
  bytesLimit: longestAnswer,
  weight: 20,
  mutate(seed, seeds, random) {
    const piece = repeatable(
      random,
      Buffer.from(mutateJson(seed.bytes, bytesOf(seeds), random)).toString(),
    );
    const times = 1 + random.below((longestAnswer - 100) / (Buffer.byteLength(piece) + 1));
    const list = Array.from({ length: times }, () => piece).join();
    const isObject = piece.startsWith('"') && piece.includes('":');
    return Buffer.from(
      `{"success":${random.once(2)},"Result":${isObject ? `{${list}}` : `[${list}]`}}`,
    );
  },
};

function repeatable(random: Random, document: string): string {
  const text = JSON.stringify(random.pick(hostileTexts));
  return random.pick([
    '0',
    '""',
    '[]',
    '{}',
    '{"a":1}',
    '{"Password":"hunter2-secret"}',
    '{"access_token":"a","b":{"secret":"c"}}',
    '"a":1',
    '"Token":"hunter2-secret"',
    text,
    `{${text}:${text}}`,
    document === '' ? 'null' : document,
  ]);
}

/** Each regular expression of the program on a long text: a run of blanks, or of what the expression itself names. */
export const regularExpressions: Target = {
  name: 'regular-expressions',
  bytesLimit: 300_000,
  seconds: 3,
  async seeds() {
    // It reads the sources, with what no bundle can hold.
    const path = pathToFileURL(resolve('scripts/regexes/expressions.mjs')).href;
    const { expressions } = (await import(path)) as typeof import('../../regexes/expressions.mjs');
    return expressions.map(({ place, ...expression }) => ({
      name: place,
      bytes: Buffer.from(JSON.stringify(expression)),
    }));
  },
  mutate({ bytes }, _seeds, random) {
    const { pattern, longest } = read(bytes);
    const words = [
      ' ',
      '\t',
      '\n',
      '\r\n',
      '\u00a0',
      ...(pattern.match(/[\w=:;,.<>"'/-]+/g) ?? []),
      ...pattern,
    ];
    const few = () => Array.from({ length: random.below(4) }, () => random.pick(words)).join('');
    const long = random.pick(words);
    const text = `${few()}${long.repeat(longest / long.length)}`.slice(0, longest);
    return Buffer.from(text + few());
  },
  async judge(bytes, { bytes: seed }) {
    const { pattern, flags } = read(seed);
    const expression = new RegExp(pattern, flags);
    const text = Buffer.from(bytes).toString();
    if (!expression.global) expression.exec(text);
    else for (const _match of text.matchAll(expression));
  },
};

function read(bytes: Uint8Array): { pattern: string; flags: string; longest: number } {
  return JSON.parse(Buffer.from(bytes).toString());
}
