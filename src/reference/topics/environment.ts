import { variableSettings } from '../../settings/table.ts';
import { type Entry, fitted, formatEntries } from '../../text/layout.ts';

/** What holds for all of them, a sentence or two each. */
export const precedence = [
  'An option beats the environment, which beats the profile, which beats the default.',
  'A variable that is set to nothing counts as unset, except MFA_CLI_P12_PASSWORD.',
  'No option takes a secret, since others can read a command line: secrets come from a variable, a file, stdin or a hidden prompt.',
] as const;

/** Name and meaning, with the option and the default. */
export const variableEntries: readonly Entry[] = variableSettings.map((setting) => [
  setting.variable,
  [
    setting.isSwitch ? `1: ${setting.meaning}` : setting.meaning,
    ...(setting.option === undefined ? [] : [`option: ${setting.option.split(' ')[0]}`]),
    ...(setting.default === undefined ? [] : [`default: ${setting.default}`]),
  ].join('; '),
]);

/** `mfa-cli help environment`. */
export function environmentPage(columns: number): string {
  const text = fitted(precedence.join('\n'), columns);
  return `Environment variables that mfa-cli reads.\n\n${text}\n\n${formatEntries(variableEntries, columns, '  ')}`;
}
