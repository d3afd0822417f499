import { CliError, systemCode } from '../errors.ts';

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENOSPC: 'no space left',
  EDQUOT: 'disk quota exceeded',
  EROFS: 'read-only file system',
};

/** The failure file-unwritable: `sentence` names the path, and the system's reason follows where it is a known one. */
export function unwritable(sentence: string, cause: unknown): CliError {
  const reason = reasons[systemCode(cause) ?? ''];
  return new CliError('file-unwritable', reason === undefined ? sentence : `${sentence}: ${reason}`, {
    cause,
  });
}
