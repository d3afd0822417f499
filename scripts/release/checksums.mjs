// SHA256SUMS: a line for each file of the release, as `sha256sum --check` reads it.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { release } from './project.mjs';

const list = 'SHA256SUMS';

/**
 * The SHA-256 of a file of the release, in lower-case hex.
 * @param {string} name
 */
export async function sha256Of(name) {
  const hash = createHash('sha256');
  await pipeline(createReadStream(join(release, name)), hash);
  return hash.digest('hex');
}

export async function makeChecksums() {
  const entries = await readdir(release, { withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() && entry.name !== list)
    .map(({ name }) => name);
  const lines = await Promise.all(
    names.sort().map(async (name) => `${await sha256Of(name)}  ${name}\n`),
  );
  await writeFile(join(release, list), lines.join(''));
  return [join(release, list)];
}
