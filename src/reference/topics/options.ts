import { formatEntries } from '../../text/layout.ts';
import { globalEntries } from '../global-entries.ts';

/** `mfa-cli help options`. */
export function optionsPage(columns: number): string {
  return `Options of every command, before or after its words.\n\n${formatEntries(globalEntries, columns, '  ')}`;
}
