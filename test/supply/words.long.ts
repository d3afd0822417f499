import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const script = fileURLToPath(new URL('../../scripts/words.mjs', import.meta.url));

/** Each habit of docs/style.md that a pattern can see, and how to write instead. */
const habits: Readonly<Record<string, readonly [found: readonly string[], plain: string]>> = {
  S1: [
    ['It is set at the tenant.', 'Upload it at Apple.', 'It holds one at a real tenant.'],
    "It is set on the tenant, at the tenant's address, and shown at Apple's portal.",
  ],
  S2: [
    ['The set settles it.', 'After a delete it is gone.', 'until the next set'],
    'A set request is sent, and then the set of tests.',
  ],
  S3: [
    ['It ends with 4.', 'It ends with `usage`.', 'Exit 6 if nothing was done.'],
    'It exits with 4. The name ends with .p12.',
  ],
  S4: [['It makes the application.', 'It made a file.'], 'It makes sense of the file.'],
  S5: [
    ['Give --tenant URL.', 'To sign in, provide `MFA_CLI_TOKEN`.'],
    'Use --tenant, set the rest.',
  ],
  S7: [['The tenant refuses it.', 'APNs refused it.'], 'mfa-cli refuses it.'],
  S8: [['In the same folder.', 'Folders are closed.'], 'In the same directory.'],
  S9: [['It was cancelled.', 'a colour', 'not recognised'], 'canceled, a color, recognized'],
  S10: [['It lasts some thirteen months.', 'some 100 ms'], 'about 100 ms, in some places'],
  S11: [['It lies beside it.', 'The session stays whole.'], 'next to the whole session'],
  S12: [['It stops and says so.', 'The tenant does not tell.'], 'It reports that.'],
  S13: [
    ['It is offline: so it needs no session.', 'It asks; otherwise it stops.'],
    'It is offline, so it needs: a file; a password.',
  ],
  S14: [['A key, which is new, which nobody has.'], 'A key, which is new. A file, which is old.'],
};

/** The numbers of the lines of a page in docs/ that the script finds. */
function foundIn(lines: readonly string[]): readonly number[] {
  const directory = join(temporaryDirectory(), 'docs');
  mkdirSync(directory);
  const page = join(directory, 'page.md');
  writeFileSync(page, lines.join('\n'));
  const { stdout } = spawnSync(process.execPath, [script, page], { encoding: 'utf8' });
  return [...stdout.matchAll(/page\.md:(\d+): /g)].map(([, line]) => Number(line));
}

test('npm run words finds the habits of docs/style.md, each once, and nothing plain', () => {
  const habitual = Object.values(habits).flatMap(([found]) => found);
  expect(foundIn(habitual)).toEqual(habitual.map((_line, index) => index + 1));
  expect(foundIn(Object.values(habits).map(([, plain]) => plain))).toEqual([]);
});
