import type { SettingName } from './table.ts';

/** The headings of options in the help, in its order. */
export const optionGroups = [
  'Saved plan',
  'Pace',
  'Application',
  'Role',
  'Service user',
  'Issuer',
  'File',
  'Push',
  'APNs',
  'Checks',
  'Sending',
  'Proof',
  'Output',
  'Ledger',
  'Tenant',
  'Sign-in',
  'Many tenants',
  'Hook',
] as const;

export type OptionGroup = (typeof optionGroups)[number];

/** The words of an option. Its flag comes from its key: `dryRun` is `--dry-run`. */
type Words = {
  /** Absent: it is among the first options of the help. */
  readonly group?: OptionGroup;
  /** The default as the help states it; absent if the help states none. */
  readonly default?: string | number;
  /** The variables in its help, where they are not simply those of its settings. */
  readonly variables?: string;
  /** Left out of the help. */
  readonly isHidden?: true;
} & (
  | { readonly meaning: string; readonly setting?: SettingName | readonly SettingName[] }
  /** The meaning is that of the setting, which also names its variables. */
  | { readonly meaning?: undefined; readonly setting: SettingName }
);

/** `--force`; a `negation` is true unless its `--no-…` is given. */
type Switch = Words & { readonly type: 'flag' | 'negation' };

/** `--verify` and `--no-verify`. */
interface Either {
  readonly type: 'either';
  readonly group?: OptionGroup;
  readonly meaning: string;
  readonly negation: string;
}

/**
 * The kind of a value, for the help and completions; `directory` may also be a bundle.
 */
export type ValueKind =
  | 'text'
  | 'number'
  | 'file'
  | 'directory'
  | 'p12'
  /** Names that this machine has stored. */
  | 'profile'
  | 'client-app-key';

/**
 * `--out <file>`; of a `list`, one value each time (`--hook-arg`), of a `series` all that
 * follow.
 */
type Valued = Words & {
  readonly type: 'text' | 'list' | 'series' | 'days' | 'seconds';
  /** The name of the value in the help. */
  readonly value: string;
  /** Absent: a number of `days` and `seconds`, else a text. */
  readonly kind?: ValueKind;
};

type Counted = Words & {
  readonly type: 'number';
  readonly value: string;
  readonly most: number;
};

type Choice = Words & {
  readonly type: 'choice';
  readonly value: string;
  readonly choices: readonly string[];
};

/** Names a program, which the command starts. */
type Program = Words & {
  readonly type: 'program';
  readonly value: string;
  /** The key of the list with its arguments. */
  readonly argumentsIn: string;
};

/**
 * A word without a flag: `<name>`, `[name]` if it may be missing, `<name...>`. Its key is
 * its name.
 */
interface Argument {
  readonly type: 'argument' | 'optional-argument' | 'arguments';
  readonly meaning: string;
  /** The default as the help states it; absent if the help states none. */
  readonly default?: string;
  /** Absent: a text. */
  readonly kind?: ValueKind;
  readonly choices?: readonly string[];
}

export type OptionDeclaration = Switch | Either | Valued | Counted | Choice | Program | Argument;

/**
 * The options and arguments of a command, or some that several commands have, in the
 * order of the help.
 */
export type OptionTable = Readonly<Record<string, OptionDeclaration>>;

interface ValueTypes {
  readonly flag: boolean | undefined;
  readonly negation: boolean;
  readonly either: boolean | undefined;
  readonly text: string | undefined;
  readonly program: string | undefined;
  readonly list: readonly string[] | undefined;
  readonly series: readonly string[] | undefined;
  readonly days: number | undefined;
  readonly seconds: number | undefined;
  readonly number: number | undefined;
  readonly argument: string;
  readonly 'optional-argument': string | undefined;
  readonly arguments: readonly string[];
}

type ValueOf<Declared> = Declared extends {
  readonly type: infer Type;
  readonly choices: readonly (infer Name)[];
}
  ? Type extends 'argument'
    ? Name
    : Name | undefined
  : Declared extends { readonly type: infer Type extends keyof ValueTypes }
    ? ValueTypes[Type]
    : never;

/** The values of declared options: every key, `undefined` where nothing was given. */
export type OptionsOf<Table> = { readonly [Key in keyof Table]: ValueOf<Table[Key]> };

/** The flag of an option by its key: `--dry-run`, `--no-encrypt` of a negation. */
export function flagOf<Table extends OptionTable>(table: Table, key: keyof Table & string): string {
  const name = key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  return table[key]?.type === 'negation' ? `--no-${name}` : `--${name}`;
}

/** The kind of the value of an option or argument. */
export function kindOf(declared: OptionDeclaration): ValueKind {
  if ('kind' in declared && declared.kind !== undefined) return declared.kind;
  return ['number', 'days', 'seconds'].includes(declared.type) ? 'number' : 'text';
}
