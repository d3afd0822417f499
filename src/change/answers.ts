import type { CliError } from '../errors/cli-error.ts';

/**
 * Whether the tenant may have done what was asked, although no answer says so.
 * @param isKnown whether the host is known to be a tenant: only then does a page in place of
 *   an answer come from something in between
 */
export function mayBeDone(error: CliError, isKnown: boolean): boolean {
  if (error.code === 'outcome-unknown') return true;
  return error.code === 'tenant-not-json' && (isKnown || error.facts.answered === 'before');
}

/** How often a request without an answer was sent. */
export function triesOf(error: CliError): number {
  return error.code === 'outcome-unknown' ? (error.facts.tries ?? 1) : 1;
}
