import { type CommandNode, flatten, type Value } from '../command-tree.ts';

/** A pattern and what is done where it fits, for the `case` of a shell. */
export type Case = readonly [pattern: string, action: string];

/** `file`, or `choice base64 pem p12`. */
export function kindOf(value: Value): string {
  return value.kind === 'choice' ? ['choice', ...value.choices].join(' ') : value.kind;
}

/** For `PATH OPTION`: which kind of value the option takes there; what takes none has no entry. */
export function optionCases(root: CommandNode, variable: string): readonly Case[] {
  return flatten(root)
    .flatMap(({ path, options }) =>
      options
        .filter(({ value }) => value.kind !== 'none')
        .flatMap(({ spellings, value }) =>
          spellings.map((spelling): Case => {
            const pattern = path === '' ? `*' ${spelling}'` : `'${path} ${spelling}'`;
            return [pattern, `${variable}='${kindOf(value)}'`];
          }),
        ),
    )
    .sort(([one], [other]) => Number(one.startsWith('*')) - Number(other.startsWith('*')));
}

/** For `PATH INDEX`: which kind of value the argument is. */
export function argumentCases(root: CommandNode, variable: string): readonly Case[] {
  return flatten(root).flatMap(({ path, arguments: list }) =>
    list.map(({ value }, index): Case => [`'${path} ${index}'`, `${variable}='${kindOf(value)}'`]),
  );
}

/** A `case` of bash and zsh. */
export function shellCase(subject: string, cases: readonly Case[], otherwise: string): string {
  return [
    `  case ${subject} in`,
    ...cases.map(([pattern, action]) => `    ${pattern}) ${action} ;;`),
    `    *) ${otherwise} ;;`,
    '  esac',
  ].join('\n');
}

/** The last word of a command's path. */
export function nameOf({ path }: CommandNode): string {
  return path.slice(path.lastIndexOf(' ') + 1);
}
