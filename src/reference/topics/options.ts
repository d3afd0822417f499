import { formatEntries } from '../../text/layout.ts';
import { globalEntries } from '../global-entries.ts';

/** `mfa-cli help options`. */
export function optionsPage(columns: number): string {
  return `Options for every command. They can come before or after the command's words.\n\n${formatEntries(globalEntries, columns, '  ')}`;
}
