import {
  appendFileSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** Tries, as a neighbour, to have each path read `evil`, in every way that its folders and links allow. */
const ways: readonly { readonly entries: readonly string[]; readonly file: string }[] = JSON.parse(
  readFileSync(0, 'utf8'),
);

function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // Forbidden.
  }
}

for (const { entries, file } of ways) {
  attempt(() => appendFileSync(file, 'evil'));
  attempt(() => writeFileSync(join(dirname(file), 'beside'), 'evil'));
  for (const entry of [...entries, file])
    attempt(() => {
      renameSync(entry, `${entry}.away`);
      const planted = `${entry}.planted`;
      mkdirSync(planted);
      // Whatever lies below it on the way, and it itself where it is the file.
      for (const name of ['below', 'own']) mkdirSync(join(planted, name), { recursive: true });
      for (const folder of [planted, join(planted, 'own')])
        writeFileSync(join(folder, basename(file)), 'evil');
      const isFile = entry === file || basename(entry) === 'file-link';
      symlinkSync(isFile ? join(planted, basename(file)) : planted, entry);
    });
}
