import { dirname, join } from 'node:path';
import { realPathOf, statsOf } from '../../files/directory.ts';

/** How this program came to this machine. */
export interface Installation {
  readonly kind: 'npm' | 'clone' | 'homebrew' | 'scoop' | 'winget' | 'file';
  /** The one command that installs the newest release, or null. None takes what npm's registry has by our name alone. */
  readonly command: string | null;
}

const installations: readonly (Installation & { readonly place: RegExp })[] = [
  { kind: 'homebrew', place: /\/Cellar\//, command: 'brew upgrade mfa-cli' },
  { kind: 'scoop', place: /\/scoop\/apps\//i, command: 'scoop update mfa-cli' },
  { kind: 'winget', place: /\/WinGet\//i, command: 'winget upgrade mfa-cli' },
  { kind: 'npm', place: /\/node_modules\//, command: null },
];

/** How the running program was installed. @param program its path, perhaps a symbolic link */
export function findInstallation(program: string): Installation {
  const path = statsOf(program) === null ? program : realPathOf(program);
  return installationAt(path, statsOf(join(dirname(dirname(path)), 'src', 'main.ts')) !== null);
}

/** @param path of the program, without symbolic links @param hasSource whether it stands in a clone */
export function installationAt(path: string, hasSource: boolean): Installation {
  const found = installations.find(({ place }) => place.test(path.replaceAll('\\', '/')));
  if (found !== undefined) return found;
  return hasSource
    ? { kind: 'clone', command: 'git pull && npm ci --ignore-scripts && npm run build' }
    : { kind: 'file', command: null };
}
