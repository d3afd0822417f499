import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encryptedPart, pbes2, pfx } from '../pkcs12/build.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** A file that takes two seconds of two cores to be found to have another password. */
export function slowFile(): string {
  const path = join(temporaryDirectory(), 'slow.p12');
  // In small parts: the end of a process waits for the keys that are being derived.
  const part = () => encryptedPart(pbes2('1.2.840.113549.2.11', 250_000), Buffer.alloc(32));
  writeFileSync(path, pfx(Array.from({ length: 20 }, part)));
  return path;
}
