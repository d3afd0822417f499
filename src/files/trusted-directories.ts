import { realpathSync } from 'node:fs';
import { orNull } from '../errors/cli-error.ts';
import { trustVariable } from '../text/trust-variable.ts';

/**
 * Whether the user answers for a place, whatever the system tells of it.
 * @param path without links
 */
export function isTrusted(path: string): boolean {
  return trustedDirectories().some((each) => path === each || path.startsWith(`${each}/`));
}

function trustedDirectories(): readonly string[] {
  const given = process.env[trustVariable] ?? '';
  const absolute = given.split(':').filter((each) => each.startsWith('/'));
  return absolute.flatMap((each) => orNull(() => realpathSync.native(each)) ?? []);
}
