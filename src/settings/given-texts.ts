import { CliError } from '../errors/cli-error.ts';
import { isNote, longestNote } from '../text/note.ts';
import { typingMistake } from '../text/typing.ts';

/**
 * Refuses a user's name that was pasted with quotes or a wrong dash.
 * @throws {CliError} usage
 */
export function requireUserName(name: string | undefined, option: string): void {
  const slip = typingMistake(name ?? '');
  if (slip !== null)
    throw new CliError('usage', `The user name ${name} ${slip}`, { facts: { option } });
}

/** True for an Apple team or key ID, else the reason. */
export function judgeAppleId(text: string, what: 'team' | 'key'): true | string {
  return (
    /^[A-Z0-9]{10}$/.test(text) ||
    `"${text}" is not a ${what} ID, which has ten characters, A to Z and 0 to 9`
  );
}

/**
 * True for a bundle ID that Apple accepts (letters, digits and hyphens in parts separated
 * by dots), else the reason.
 */
export function judgeBundleId(text: string): true | string {
  return (
    /^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$/.test(text) ||
    `"${text}" is not a bundle ID, such as com.example.app`
  );
}

/** A text about a certificate, trimmed; null: none was given. @throws {CliError} usage */
export function givenNote(text: string | undefined, option: string): string | null {
  if (text === undefined) return null;
  if (isNote(text.trim())) return text.trim();
  throw new CliError('usage', `${option} must be one line of at most ${longestNote} characters`);
}
