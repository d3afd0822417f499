import type { Command, Option } from 'commander';
import { usage } from './words.ts';

/**
 * Options and arguments in one object: `inspect FILE --json` is `{file, json}`.
 * @throws {CliError} usage
 */
export function givenTo(command: Command, words: readonly string[]): Record<string, unknown> {
  const options = parsedOptions(command);
  for (const option of command.options) {
    const value = options[option.attributeName()];
    if (value !== undefined) requireValue(option, value, command, words);
  }
  for (const [index, argument] of command.registeredArguments.entries()) {
    const value: unknown = command.processedArgs[index];
    // A required one may be empty: `profile set KEY ""`.
    if (value === '' && !argument.required)
      throw usage(`The value of [${argument.name()}] is empty`, command);
    if (value !== undefined) options[argument.name()] = value;
  }
  return options;
}

/** The options before and after a command's words. The last one wins. */
function parsedOptions(command: Command): Record<string, unknown> {
  return { ...(command.parent === null ? {} : parsedOptions(command.parent)), ...command.opts() };
}

/**
 * Rejects an empty value, and one that is spelled like an option unless it follows `=`.
 * @throws {CliError} usage
 */
function requireValue(
  { long, flags }: Option,
  value: unknown,
  command: Command,
  words: readonly string[],
): void {
  if (value === '') throw usage(`The value of ${long} is empty`, command);
  const own = command.options.flatMap((option) => [option.short, option.long]);
  const options = new Set(['-h', '--help', ...own]);
  const isMissing = (word: unknown): boolean =>
    typeof word === 'string' && options.has(word) && !words.includes(`${long}=${word}`);
  if ([value].flat().some(isMissing))
    throw usage(`Option ${long} needs a value: ${flags}`, command);
}
