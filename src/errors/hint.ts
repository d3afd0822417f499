import { shellLine } from '../text/shell.ts';

/**
 * Where the user's command goes, as far as its options and variables say. A command in a
 * hint repeats it.
 */
export interface Destination {
  /** As it was given, without anything that may be a secret. */
  readonly tenant: string | null;
  readonly profile: string | null;
  readonly appId: string | null;
  readonly clientId: string | null;
}

export const nowhere: Destination = {
  tenant: null,
  profile: null,
  appId: null,
  clientId: null,
};

/** An option that a command in a hint has if the user's command has a value for it. */
export interface GivenOption {
  readonly option: string;
  readonly given: keyof Destination;
}

export type CommandWord = string | GivenOption;

/**
 * How to fix something, in one sentence or more. `{command}` stands where the command is
 * printed, quoted for a shell, and `{NAME}` where the value of that name is. A value in
 * the text itself could contain such a place.
 */
export interface Hint {
  readonly text: string;
  readonly values?: Readonly<Record<string, string>>;
  readonly command: readonly CommandWord[];
}

export const givenTenant: GivenOption = { option: '--tenant', given: 'tenant' };
export const givenProfile: GivenOption = { option: '--profile', given: 'profile' };

/** The options of a command that connects to the tenant. */
export const destination: readonly GivenOption[] = [
  givenTenant,
  givenProfile,
  { option: '--app-id', given: 'appId' },
  { option: '--client-id', given: 'clientId' },
];

/** The words of a command of this program. */
export function mfaCli(...words: readonly CommandWord[]): readonly CommandWord[] {
  return ['mfa-cli', ...words];
}

/**
 * A file as a word of a command, never mistaken for an option.
 * @param path null: it has none
 * @param place what stands there instead, in a command with another file to fill in
 */
export function fileWord(path: string | null | undefined, place = 'FILE'): string {
  if (path == null) return place;
  return path.startsWith('-') ? `./${path}` : path;
}

export function formatHint(hint: string | Hint, to: Destination): string {
  if (typeof hint === 'string') return hint;
  const words = hint.command.flatMap((word) => {
    if (typeof word === 'string') return [word];
    const value = to[word.given];
    return value === null ? [] : [word.option, value];
  });
  const values: Hint['values'] = { ...hint.values, command: `\`${shellLine(words)}\`` };
  return hint.text.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
}
