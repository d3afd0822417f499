import { basename } from 'node:path';
import { inPowerShell, shellWord } from '../../text/shell.ts';

/**
 * How a kind of shell sets and unsets variables, reads a file that does, and speaks to a
 * person.
 */
interface Shell {
  readonly title: string;
  readonly names: readonly string[];
  readonly ending: string;
  readonly set: (environment: Readonly<Record<string, string>>) => string;
  readonly unset: (names: readonly string[]) => string;
  readonly read: (file: string) => string;
  /** On stderr. */
  readonly say: (words: string) => string;
}

const inFish = (value: string): string => `'${value.replace(/['\\]/g, '\\$&')}'`;

export const shells: readonly Shell[] = [
  {
    title: 'bash, zsh',
    names: ['bash', 'zsh', 'sh', 'dash', 'ksh'],
    ending: 'sh',
    set: (environment) =>
      `export ${Object.entries(environment)
        .map(([name, value]) => `${name}=${shellWord(value, 'linux')}`)
        .join(' ')}`,
    unset: (names) => `unset ${names.join(' ')}`,
    read: (file) => `. ${shellWord(file, 'linux')}`,
    say: (words) => `echo ${shellWord(words, 'linux')} >&2`,
  },
  {
    title: 'fish',
    names: ['fish'],
    ending: 'fish',
    set: (environment) =>
      Object.entries(environment)
        .map(([name, value]) => `set -gx ${name} ${inFish(value)}`)
        .join('; '),
    unset: (names) => `set -e ${names.join(' ')}`,
    read: (file) => `source ${inFish(file)}`,
    say: (words) => `echo ${inFish(words)} >&2`,
  },
  {
    title: 'PowerShell',
    names: ['powershell', 'pwsh'],
    ending: 'ps1',
    set: (environment) =>
      Object.entries(environment)
        .map(([name, value]) => `$env:${name} = ${inPowerShell(value)}`)
        .join('; '),
    unset: (names) => `Remove-Item ${names.map((name) => `Env:${name}`).join(', ')}`,
    read: (file) => `. ${inPowerShell(file)}`,
    say: (words) => `[Console]::Error.WriteLine(${inPowerShell(words)})`,
  },
];

/** The shell of that name or path; all where it is none of them. */
export function shellsNamed(name: string): readonly Shell[] {
  const own = shells.filter(({ names }) => names.includes(basename(name)));
  return own.length === 0 ? shells : own;
}
