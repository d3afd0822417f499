import { expect, test } from 'vitest';
import { checkEdited, keepProjects, removed, written } from './copied-project.ts';

keepProjects();

test.each<[string, string]>([
  ['quotes', '"""'.repeat(20_001)],
  ['comments', '/*'.repeat(40_000)],
  ['calls', 'handleMFAChallenge(isAccepted: '.repeat(10_000)],
  ['cases', `enum A { ${'case '.repeat(60_000)} }`],
  ['methods', 'func userNotificationCenter('.repeat(10_000)],
  ['types', 'struct A: '.repeat(30_000)],
  ['lists', 'requestAuthorization(options: ['.repeat(10_000)],
])('a source ends that is made of %s', async (_name, text) => {
  expect([0, 4]).toContain(
    (await checkEdited([removed('category'), written('settings', text)])).exitCode,
  );
});
