import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bunVersion } from '../../runtime.ts';

/** How this program came to this machine. */
export interface Installation {
  readonly kind: 'npm' | 'clone' | 'homebrew' | 'scoop' | 'winget' | 'file';
  /** The one command that installs that version, or null. */
  commandFor(version: string): string | null;
}

const installations: readonly (Installation & { readonly place: RegExp })[] = [
  { kind: 'homebrew', place: /\/Cellar\//, commandFor: () => 'brew upgrade mfa-cli' },
  { kind: 'scoop', place: /\/scoop\/apps\//i, commandFor: () => 'scoop update mfa-cli' },
  { kind: 'winget', place: /\/WinGet\//i, commandFor: () => 'winget upgrade mfa-cli' },
  {
    kind: 'npm',
    place: /\/node_modules\//,
    commandFor: (version) => `npm install --global mfa-cli@${version}`,
  },
];

/** How the running program was installed. @param script that Node.js was started with */
export function findInstallation(script: string): Installation {
  const started = bunVersion === null ? script : process.execPath;
  const path = existsSync(started) ? realpathSync(started) : started;
  return installationAt(path, bunVersion === null && existsSync(join(dirname(dirname(path)), 'src')));
}

/** @param path of the program, without symbolic links @param hasSource whether it stands in a clone */
export function installationAt(path: string, hasSource: boolean): Installation {
  const found = installations.find(({ place }) => place.test(path.replaceAll('\\', '/')));
  if (found !== undefined) return found;
  return hasSource
    ? { kind: 'clone', commandFor: () => 'git pull && npm ci --ignore-scripts && npm run build' }
    : { kind: 'file', commandFor: () => null };
}
