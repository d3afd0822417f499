import { CliError, type ErrorFacts } from '../errors/cli-error.ts';
import type { EncodedPassword } from './derivation.ts';
import type { Work } from './limits.ts';
import type { Pfx } from './pfx.ts';
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
 * @throws {CliError} pkcs12-unsupported, pkcs12-password-incorrect, pkcs12-password-required
 */
export async function openLayer(
  layer: readonly Encrypted[],
  order: readonly [EncodedPassword, ...EncodedPassword[]],
  opening: Opening,
  pfx: Pfx | null,
): Promise<Layer> {
  const mac = pfx?.mac ? macProtection(pfx.mac, pfx.content) : null;
  if (pfx?.mac && mac === null)
    throw unsupported(opening, `has a MAC of an unsupported kind: ${pfx.mac.name}`);
  const protections = new Map(layer.map((encrypted) => [encrypted, encryptionProtection(encrypted)]));
  const macAttempts = mac === null ? [] : attempts(mac, order);
  // Where there are several encodings, the MAC tells which one to derive the parts' keys from.
  const [ahead, beside] = macAttempts.length > 1 ? [macAttempts, []] : [[], macAttempts];
  const told = await firstThatFits(ahead, opening.signal);
  if (ahead.length > 0 && told === undefined) throw notOpened(opening);
  const likeliest = told === undefined ? order : headedBy(told, order);
  const firstAttempts = [...protections.values()].flatMap((protection) =>
    protection === null ? [] : [{ protection, encoded: likeliest[0] }],
  );
  const answers = await tryAll([...beside, ...firstAttempts], opening.signal);
  if (beside.length > 0 && !answers[0]) throw notOpened(opening);

  for (const part of pfx?.parts ?? [])
    if (part.kind === 'unsupported')
      throw unsupported(opening, `has content of an unsupported type: ${part.contentType}`);
  for (const [{ encryption }, protection] of protections)
    if (protection === null)
      throw unsupported(opening, `is encrypted with an unsupported algorithm: ${encryption.name}`);

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
    if (!bytes) throw mac === null ? notOpened(opening) : notDecrypted(opening);
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
export interface Opening {
  readonly fileName: string;
  readonly passwordEmpty: boolean;
  /** What the advice needs to know about a password that opens nothing. */
  readonly facts: ErrorFacts;
  readonly signal: AbortSignal | undefined;
  /** What it has taken so far. */
  readonly work: Work;
}

/** The error of a file that this program cannot open with any password: `what` completes a sentence about it. */
function unsupported({ fileName }: Opening, what: string): CliError {
  return new CliError('pkcs12-unsupported', `${fileName} ${what}`);
}

/** The error of a password that opens nothing. */
function notOpened({ fileName, passwordEmpty, facts }: Opening): CliError {
  if (passwordEmpty)
    return new CliError('pkcs12-password-required', `${fileName} does not open without a password`);
  return new CliError(
    'pkcs12-password-incorrect',
    `The password does not open ${fileName}, or the file is damaged: the two cannot be told apart`,
    { facts },
  );
}

/** The error of a password that the MAC accepts and a part does not. */
function notDecrypted({ fileName, passwordEmpty, facts }: Opening): CliError {
  if (passwordEmpty)
    return new CliError(
      'pkcs12-password-required',
      `${fileName} has an encrypted part that does not open without a password`,
    );
  return new CliError(
    'pkcs12-password-incorrect',
    `The password is the one of ${fileName}, but does not decrypt all of it: a part has another password or is damaged`,
    { facts },
  );
}
