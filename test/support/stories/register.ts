import { test } from 'vitest';
import { isMissing } from '../tools.ts';
import { parseStories, type Story } from './parse.ts';
import { playStory } from './play.ts';

/** Registers each story of a file as a test. */
export function registerStories(file: string, text: string): void {
  for (const story of parseStories(text)) {
    test.skipIf(isMissing(...programsOf(story)))(story.title, () => playStory(file, story));
  }
}

/** What the lines `needs PROGRAM …` name. */
const programsOf = ({ lines }: Story): readonly string[] =>
  lines.flatMap(({ text }) => /^needs (.+)$/.exec(text)?.[1]?.split(' ') ?? []);
