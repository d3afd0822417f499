import { randomBytes } from 'node:crypto';
import { rename, rm, writeFile } from 'node:fs/promises';
import { CliError, systemCode } from '../errors.ts';

/**
 * Writes a file that may hold a secret: mode 0600, whole or not at all, and never over another one unless `replace`.
 * @throws {CliError} file-exists, file-unwritable
 */
export async function writePrivateFile(
  path: string,
  content: string | Uint8Array,
  replace: boolean,
): Promise<void> {
  try {
    if (!replace) {
      await writeFile(path, content, { flag: 'wx', mode: 0o600 });
      return;
    }
    const temporary = `${path}.${randomBytes(6).toString('hex')}`;
    await writeFile(temporary, content, { flag: 'wx', mode: 0o600 });
    await rename(temporary, path).catch(async (error: unknown) => {
      await rm(temporary, { force: true });
      throw error;
    });
  } catch (error) {
    if (systemCode(error) === 'EEXIST')
      throw new CliError('file-exists', `${path} exists already`, { cause: error });
    throw new CliError('file-unwritable', `${path} cannot be written`, { cause: error });
  }
}
