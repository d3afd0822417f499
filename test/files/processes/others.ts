import { statSync } from 'node:fs';
import { changeableByOthers, secretDoubt } from '../../../src/files/others.ts';

/** Prints as JSON who else may change each path, or each `secret PATH`; null: nobody. */
const paths: readonly string[] = JSON.parse(process.argv[2] ?? '[]');
const doubts = paths.map((path) => {
  const [, secret] = /^secret (.*)$/.exec(path) ?? [];
  if (secret === undefined) return changeableByOthers(path);
  return secretDoubt(secret, statSync(secret));
});
process.stdout.write(JSON.stringify(doubts.map((doubt) => doubt?.sentence ?? null)));
