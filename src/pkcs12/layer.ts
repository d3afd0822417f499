import { Unsupported } from './asn1.ts';
import type { EncodedPassword } from './derivation.ts';
import type { Work } from './limits.ts';
import { PasswordRefused, type Pfx } from './pfx.ts';
import {
  type Attempt,
  attempts,
  derivationsOf,
  encryptionProtection,
  macProtection,
  tryAll,
} from './protections.ts';
import type { Encrypted } from './safe-contents.ts';

interface Layer {
  readonly plain: ReadonlyMap<Encrypted, Uint8Array>;
  /** The encodings of the password, the one that fits first. */
  readonly order: readonly [EncodedPassword, ...EncodedPassword[]];
}

/**
 * Decrypts one layer; the outer one comes with its PFX, whose MAC is checked before anything else is reported.
 * @throws {PasswordRefused}
 * @throws {Unsupported}
 */
export async function openLayer(
  layer: readonly Encrypted[],
  order: readonly [EncodedPassword, ...EncodedPassword[]],
  opening: Opening,
  pfx: Pfx | null,
): Promise<Layer> {
  const mac = pfx?.mac ? macProtection(pfx.mac, pfx.content) : null;
  if (pfx?.mac && mac === null) throw new Unsupported(`has a MAC of an unsupported kind: ${pfx.mac.name}`);
  const protections = new Map(layer.map((encrypted) => [encrypted, encryptionProtection(encrypted)]));
  const macAttempts = mac === null ? [] : attempts(mac, order);
  // Where there are several encodings, the MAC tells which one to derive the parts' keys from.
  const [ahead, beside] = macAttempts.length > 1 ? [macAttempts, []] : [[], macAttempts];
  const told = await firstThatFits(ahead, opening.signal);
  if (ahead.length > 0 && told === undefined) throw new PasswordRefused(false);
  const likeliest = told === undefined ? order : headedBy(told, order);
  const firstAttempts = [...protections.values()].flatMap((protection) =>
    protection === null ? [] : [{ protection, encoded: likeliest[0] }],
  );
  const answers = await tryAll([...beside, ...firstAttempts], opening.signal);
  if (beside.length > 0 && !answers[0]) throw new PasswordRefused(false);

  for (const part of pfx?.parts ?? [])
    if (part.kind === 'unsupported')
      throw new Unsupported(`has content of an unsupported type: ${part.contentType}`);
  for (const [{ encryption }, protection] of protections)
    if (protection === null)
      throw new Unsupported(`is encrypted with an unsupported algorithm: ${encryption.name}`);

  const opened = new Map(
    firstAttempts.map(({ protection }, index) => [protection, answers[beside.length + index]]),
  );
  const shut = firstAttempts
    .map(({ protection }) => protection)
    .filter((protection) => !opened.get(protection));
  const wanted = shut.flatMap((protection) => attempts(protection, likeliest).slice(1));
  const alternatives = opening.work.affords(derivationsOf(wanted)) ? wanted : [];
  const others = await tryAll(alternatives, opening.signal);
  for (const [index, { protection }] of alternatives.entries()) opened.set(protection, others[index]);

  const plain = new Map<Encrypted, Uint8Array>();
  for (const [encrypted, protection] of protections) {
    const bytes = protection && opened.get(protection);
    if (!bytes) throw new PasswordRefused(mac !== null);
    plain.set(encrypted, bytes);
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
