import { Unsupported } from './asn1.ts';
import type { EncodedPassword } from './derivation.ts';
import type { Work } from './limits.ts';
import { PasswordRefused, type Pfx } from './pfx.ts';
import { type Attempt, attempts, derivationsOf, type Locked, tryAll } from './protections.ts';

interface Layer {
  readonly plain: ReadonlyMap<Locked, Uint8Array>;
  /** The encodings of the password, the one that fits first. */
  readonly order: readonly [EncodedPassword, ...EncodedPassword[]];
}

/**
 * Decrypts one layer; the outer one comes with its PFX, whose MAC is checked before anything else is reported.
 * @throws {PasswordRefused}
 * @throws {Unsupported}
 */
export async function openLayer(
  layer: readonly Locked[],
  order: readonly [EncodedPassword, ...EncodedPassword[]],
  opening: Opening,
  pfx: Pfx | null,
): Promise<Layer> {
  const mac = pfx?.mac ?? null;
  if (mac?.lock === null) throw new Unsupported(`has a MAC of an unsupported kind: ${mac.name}`);
  const macAttempts = mac && pfx ? attempts({ scheme: mac, bytes: pfx.content }, order) : [];
  // Where there are several encodings, the MAC tells which one to derive the parts' keys from.
  const [ahead, beside] = macAttempts.length > 1 ? [macAttempts, []] : [[], macAttempts];
  const told = await firstThatFits(ahead, opening.signal);
  if (ahead.length > 0 && told === undefined) throw new PasswordRefused(false);
  const likeliest = told === undefined ? order : headedBy(told, order);
  const firstAttempts = layer.map((locked) => ({ locked, encoded: likeliest[0] }));
  const answers = await tryAll([...beside, ...firstAttempts], opening.signal);
  if (beside.length > 0 && !answers[0]) throw new PasswordRefused(false);

  for (const part of pfx?.parts ?? [])
    if (part.kind === 'unsupported')
      throw new Unsupported(`has content of an unsupported type: ${part.contentType}`);
  for (const { scheme } of layer)
    if (scheme.lock === null)
      throw new Unsupported(`is encrypted with an unsupported algorithm: ${scheme.name}`);

  const opened = new Map(layer.map((locked, index) => [locked, answers[beside.length + index]]));
  const shut = layer.filter((locked) => !opened.get(locked));
  const wanted = shut.flatMap((locked) => attempts(locked, likeliest).slice(1));
  const isAffordable = opening.work.affords(derivationsOf(wanted.map(({ locked }) => locked)));
  const alternatives = isAffordable ? wanted : [];
  const others = await tryAll(alternatives, opening.signal);
  for (const [index, { locked }] of alternatives.entries())
    if (!opened.get(locked)) opened.set(locked, others[index]);

  const plain = new Map<Locked, Uint8Array>();
  for (const [locked, bytes] of opened) {
    if (!bytes) throw new PasswordRefused(mac !== null);
    plain.set(locked, bytes);
  }
  const found = mac === null ? alternatives.find((_, index) => others[index])?.encoded : undefined;
  return { plain, order: found === undefined ? likeliest : headedBy(found, likeliest) };
}

async function firstThatFits(
  list: readonly Attempt[],
  signal: AbortSignal | undefined,
): Promise<EncodedPassword | undefined> {
  const answers = await tryAll(list, signal);
  return list.find((_, index) => answers[index])?.encoded;
}

function headedBy(
  first: EncodedPassword,
  order: readonly EncodedPassword[],
): readonly [EncodedPassword, ...EncodedPassword[]] {
  return [first, ...order.filter((encoded) => encoded !== first)];
}

/** What stays the same while a file is opened. */
interface Opening {
  readonly signal: AbortSignal | undefined;
  /** What it has taken so far. */
  readonly work: Work;
}
