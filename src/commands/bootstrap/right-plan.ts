import { CliError } from '../../errors/cli-error.ts';
import type { AdministrativeRight } from '../../tenant/administration/admin-client.ts';
import { sameText } from '../../tenant/administration/admin-client.ts';

/** The right to manage push certificates, among those that a tenant has. */
export type RightChoice =
  | { readonly kind: 'one'; readonly right: AdministrativeRight }
  | { readonly kind: 'several'; readonly candidates: readonly AdministrativeRight[] };

/** What the vendor calls it; some of its pages know more than one. */
const likely = /\bdevice management\b/i;

/**
 * Chooses the right by its description: the one that was named, one that the role has already, or the only likely one.
 * @throws {CliError} usage, where nothing fits
 */
export function chooseRight(
  rights: readonly AdministrativeRight[],
  held: readonly string[],
  named: string | null,
): RightChoice {
  const facts = { option: '--right NAME' };
  if (named !== null) {
    const right = rights.find(({ description }) => sameText(description, named));
    if (right !== undefined) return { kind: 'one', right };
    const names = rights.map(({ description }) => description).join(', ');
    throw new CliError('usage', `The tenant has no right "${named}", but these: ${names}`, { facts });
  }
  const candidates = rights.filter(({ description }) => likely.test(description));
  const [only] = candidates;
  if (only === undefined)
    throw new CliError('usage', 'The tenant lists no right that is called Device Management', { facts });
  if (candidates.length === 1) return { kind: 'one', right: only };
  const had = candidates.find(({ path }) => held.includes(path));
  return had === undefined ? { kind: 'several', candidates } : { kind: 'one', right: had };
}
