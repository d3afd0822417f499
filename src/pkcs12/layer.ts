import type { Spelling } from './derivation.ts';
import { type Attempt, attempts, encryptionLock, macLock, tryAll } from './locks.ts';
import type { Pfx } from './pfx.ts';
import { notDecrypted, notOpened, type Opening, unsupported } from './refusals.ts';
import type { Encrypted } from './safe-contents.ts';

interface Layer {
  readonly plain: ReadonlyMap<Encrypted, Uint8Array>;
  /** The spellings of the password, the one that fits first. */
  readonly order: readonly [Spelling, ...Spelling[]];
}

/** Another spelling of the password, which the MAC does not speak for, is worth so many iterations in all. */
const alternativeWork = 2_000_000;

/**
 * Decrypts one layer; the outer one comes with its PFX, whose MAC is judged before anything else is said.
 * @throws {CliError} pkcs12-unsupported, pkcs12-password-incorrect, pkcs12-password-required
 */
export async function openLayer(
  layer: readonly Encrypted[],
  order: readonly [Spelling, ...Spelling[]],
  opening: Opening,
  pfx: Pfx | null,
): Promise<Layer> {
  const mac = pfx?.mac ? macLock(pfx.mac, pfx.content) : null;
  if (pfx?.mac && mac === null)
    throw unsupported(opening, `has a MAC of an unsupported kind: ${pfx.mac.name}`);
  const locks = new Map(layer.map((encrypted) => [encrypted, encryptionLock(encrypted)]));
  const macAttempts = mac === null ? [] : attempts(mac, order);
  // Of several spellings the MAC tells the one that the parts are worth deriving keys with.
  const [ahead, beside] = macAttempts.length > 1 ? [macAttempts, []] : [[], macAttempts];
  const told = await firstThatFits(ahead, opening.signal);
  if (ahead.length > 0 && told === undefined) throw notOpened(opening);
  const likeliest = told === undefined ? order : headedBy(told, order);
  const firstAttempts = [...locks.values()].flatMap((lock) =>
    lock === null ? [] : [{ lock, spelling: likeliest[0] }],
  );
  const answers = await tryAll([...beside, ...firstAttempts], opening.signal);
  if (beside.length > 0 && !answers[0]) throw notOpened(opening);

  for (const part of pfx?.parts ?? [])
    if (part.kind === 'unsupported')
      throw unsupported(opening, `has content of an unsupported type: ${part.contentType}`);
  for (const [{ encryption }, lock] of locks)
    if (lock === null)
      throw unsupported(opening, `is encrypted with an unsupported algorithm: ${encryption.name}`);

  const opened = new Map(firstAttempts.map(({ lock }, index) => [lock, answers[beside.length + index]]));
  const shut = firstAttempts.map(({ lock }) => lock).filter((lock) => !opened.get(lock));
  const affordable = shut.reduce((sum, lock) => sum + lock.work, 0) <= alternativeWork;
  const alternatives = affordable ? shut.flatMap((lock) => attempts(lock, likeliest).slice(1)) : [];
  const others = await tryAll(alternatives, opening.signal);
  for (const [index, { lock }] of alternatives.entries()) opened.set(lock, others[index]);

  const plain = new Map<Encrypted, Uint8Array>();
  for (const [encrypted, lock] of locks) {
    const bytes = lock && opened.get(lock);
    if (!bytes) throw mac === null ? notOpened(opening) : notDecrypted(opening);
    plain.set(encrypted, bytes);
  }
  const found = mac === null ? alternatives.find((_, index) => others[index])?.spelling : undefined;
  return { plain, order: found === undefined ? likeliest : headedBy(found, likeliest) };
}

async function firstThatFits(
  list: readonly Attempt[],
  signal: AbortSignal | undefined,
): Promise<Spelling | undefined> {
  const answers = await tryAll(list, signal);
  return list.find((_, index) => answers[index])?.spelling;
}

function headedBy(first: Spelling, order: readonly Spelling[]): readonly [Spelling, ...Spelling[]] {
  return [first, ...order.filter((spelling) => spelling !== first)];
}
