import { CliError, type ErrorFacts, systemReason } from '../errors/cli-error.ts';

/** The failure file-unwritable: `sentence` names the path, followed by the system's reason if there is one. */
export function unwritable(sentence: string, cause: unknown, facts: ErrorFacts = {}): CliError {
  const reason = systemReason(cause);
  return new CliError('file-unwritable', reason === undefined ? sentence : `${sentence}: ${reason}`, {
    cause,
    facts,
  });
}
