import { test } from 'vitest';
import { parseStories } from './parse.ts';
import { playStory } from './play.ts';

/** Registers each story of a file as a test. */
export function registerStories(file: string, text: string): void {
  for (const story of parseStories(text)) {
    test(story.title, () => playStory(file, story));
  }
}
