import { dirname } from 'node:path';
import type { Profiles } from '../../auth/profile.ts';
import { decodeProfiles } from '../../auth/profile-file.ts';
import { isInKeychain, noProfiles } from '../../auth/profiles.ts';
import { CliError, systemCode } from '../../errors/cli-error.ts';
import { isWritable, statsOf, statsOrError } from '../../files/directory.ts';
import { readOwnFile } from '../../files/own-file.ts';
import type { Settings } from '../../settings/settings.ts';
import { count } from '../../text/phrasing.ts';
import { failure, ok, type Verdict, warning } from './check.ts';

/** The store as it was found; it is not touched, not even where it is damaged. */
export interface FoundStore {
  readonly profiles: Profiles;
  readonly directory: Verdict;
  readonly file: Verdict;
}

/** @param path of the profile file @param platform whose modes tell who may read a file: those of Windows do not */
export function readStore(path: string, platform: NodeJS.Platform = process.platform): FoundStore {
  const hasModes = platform !== 'win32';
  return { ...readFile(path, hasModes), directory: checkDirectory(dirname(path), hasModes) };
}

/** Where the profile's session is kept; the keychain is asked where it is there, or is to be. @throws {CliError} keychain-unavailable, interrupted */
export async function checkKeychain({
  store,
  profile: { session },
  sessionStore,
}: Settings): Promise<Verdict> {
  const isKept = session !== null && isInKeychain(session);
  if (!isKept && sessionStore() === 'file')
    return ok('The keychain is not used: the session of the profile is kept in the file.');
  await store.checkKeychain();
  return ok(`The session of the profile ${isKept ? 'is' : 'will be'} kept in the keychain, which answers.`);
}

function checkDirectory(path: string, hasModes: boolean): Verdict {
  const found = statsOrError(path);
  if (found instanceof Error) {
    const missing = systemCode(found) === 'ENOENT' && isWritable(nearest(path));
    return missing
      ? ok(`${path} does not exist yet; the first sign-in makes it.`)
      : failure(`${path} cannot be used (${systemCode(found)}).`, directoryHint);
  }
  const mode = found.mode & 0o777;
  if (!found.isDirectory()) return failure(`${path} is not a directory.`, directoryHint);
  if (!isWritable(path)) return failure(`${path} cannot be written.`, directoryHint);
  if (!hasModes) return ok(`${path} is there; who else may enter it, its ACL tells.`);
  if (isOpen(mode))
    return warning(`${path} can be entered by others (mode ${octal(mode)}).`, `Run \`chmod 700 ${path}\`.`);
  return ok(`${path} is there, for this user alone.`);
}

const directoryHint = 'Give this user the directory, or name another one in MFA_CLI_CONFIG_DIR.';

function readFile(path: string, hasModes: boolean): Pick<FoundStore, 'profiles' | 'file'> {
  let text: string | null;
  try {
    text = readOwnFile(path);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const hint =
      error.facts.remedy === undefined ? 'Give this user the file.' : `Run \`${error.facts.remedy}\`.`;
    return { profiles: noProfiles, file: failure(`${error.message}.`, hint) };
  }
  if (text === null) return { profiles: noProfiles, file: ok('Nothing is stored yet.') };
  try {
    const profiles = decodeProfiles(text);
    return { profiles, file: checkContents(path, profiles, hasModes) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const hint = 'Sign in again with `mfa-cli login`, which sets the damaged file aside.';
    return { profiles: noProfiles, file: failure(`${path} is damaged.`, hint) };
  }
}

function checkContents(path: string, { profiles, foreign }: Profiles, hasModes: boolean): Verdict {
  const known = Object.keys(profiles).length;
  const unread = Object.keys(foreign ?? {});
  if (unread.length > 0)
    return warning(
      `${path} holds profiles that this version cannot read: ${unread.join(', ')}.`,
      'Update mfa-cli, or use other profiles with --profile NAME.',
    );
  const held = `it holds ${count(known, 'profile')}.`;
  if (!hasModes) return ok(`${path} is readable, and its ACL tells by whom; ${held}`);
  const mode = (statsOf(path)?.mode ?? 0) & 0o777;
  if (isOpen(mode))
    return failure(
      `${path} holds sessions and can be read by others (mode ${octal(mode)}).`,
      `Run \`chmod 600 ${path}\`, and sign in anew where others use this machine.`,
    );
  return ok(`${path} is readable, for this user alone; ${held}`);
}

function isOpen(mode: number): boolean {
  return (mode & 0o077) !== 0;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

/** The nearest directory above that exists. */
function nearest(path: string): string {
  const parent = dirname(path);
  return parent === path || statsOf(parent) !== null ? parent : nearest(parent);
}
