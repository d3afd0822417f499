import { isoDay } from '../../../checks/validity.ts';
import { statsOf } from '../../../files/directory.ts';
import { flagOf, kindOf } from '../../../settings/define.ts';
import { globalOptions } from '../../../settings/global-options.ts';
import { count } from '../../../text/phrasing.ts';
import { onOneLine } from '../../../text/printable.ts';
import { shellWord } from '../../../text/shell.ts';
import { type RenewOptions, renewOptions } from './options.ts';
import type { Renewal } from './renewal.ts';

const day = 24 * 60 * 60 * 1000;

/** The options that a later run does without, or that its command has anyway. */
const ofThisRun: ReadonlySet<keyof RenewOptions> = new Set([
  'bundleId',
  'teamId',
  'dir',
  'cert',
  'issueAgain',
  'json',
  'compact',
  'quiet',
  'debug',
  'input',
  'color',
]);

const table = { ...globalOptions, ...renewOptions };

/**
 * Whether the value of a file's option names no file: it may be a password, typed there
 * by mistake.
 */
function isNoFile(name: keyof RenewOptions, value: RenewOptions[typeof name]): boolean {
  // A ledger is made where there is none.
  const isFile = name !== 'record' && kindOf(table[name]) === 'file';
  return isFile && value !== '-' && statsOf(String(value))?.isFile() !== true;
}

/** The user's command line, which goes to the same tenant and issuer. */
export function sameCommand({ options, state: { bundleId, teamId }, directory }: Renewal): string {
  const given = Object.keys(options) as (keyof RenewOptions)[];
  const names = given.filter((name) => options[name] !== undefined && !ofThisRun.has(name));
  const unknown = names.filter((name) => isNoFile(name, options[name]));
  const words = names.flatMap((name) => {
    const value = options[name];
    if (value === undefined) return [];
    const flag = flagOf(table, name);
    if (unknown.includes(name))
      return ` ${flag} ${unknown.length === 1 ? 'FILE' : flag.slice(2).toUpperCase()}`;
    if (typeof value === 'boolean')
      return value === (table[name].type === 'negation') ? [] : ` ${flag}`;
    const texts = [value].flat().map((each) => onOneLine(String(each)));
    return texts.map((text) => ` ${flag}${text.startsWith('-') ? '=' : ' '}${shellWord(text)}`);
  });
  const place = shellWord(onOneLine(directory));
  const required = `--bundle-id ${bundleId} --team-id ${teamId} --dir ${place}`;
  return `\`mfa-cli apns renew ${required}${words.join('')}\``;
}

export function stepLater(renewal: Renewal, notAfter: string, bound: number): string {
  const from = isoDay(new Date(Date.parse(notAfter) - bound * day));
  return `Run ${sameCommand(renewal)} again from ${from} on, with ${count(bound, 'day')} left.`;
}
