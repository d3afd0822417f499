import type { Stats } from 'node:fs';
import { CliError } from '../errors/cli-error.ts';
import { shellWord } from '../text/phrasing.ts';

/**
 * Whoever may write a file may have planted something in it: a session, a tenant that ours would be sent to, a user. Windows has no
 * such modes. @throws {CliError} file-unreadable
 */
export function requireOwn(path: string, { uid, mode }: Stats): void {
  const user = process.getuid?.();
  if (user === undefined) return;
  if (uid !== user && uid !== 0)
    throw new CliError('file-unreadable', `${path} belongs to another user`, {
      facts: { remedy: `chown ${user} ${shellWord(path)}` },
    });
  if ((mode & 0o022) !== 0)
    throw new CliError('file-unreadable', `${path} can be written by others`, {
      facts: { remedy: `chmod go-w ${shellWord(path)}` },
    });
}
