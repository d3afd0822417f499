import { CliError } from '../errors.ts';
import type { Secret } from '../secret.ts';
import { type Spelling, spellings } from './derivation.ts';
import { judgeCounts } from './limits.ts';
import { attempts, encryptionLock, type Lock, macLock, tryAll } from './locks.ts';
import type { Mac } from './mac.ts';
import type { Pfx } from './pfx.ts';
import { type Encrypted, readSafeContents, type SafeBag, type SafePart } from './safe-contents.ts';

/** What stands in a PFX once it is decrypted, in the order of the file. */
export interface Opened {
  readonly keys: readonly KeyBag[];
  readonly certificates: readonly CertificateBag[];
  /** The names of the encryption schemes, each once, in the order met. */
  readonly encryption: readonly string[];
  readonly iterations: { readonly highest: number; readonly total: number };
  readonly passwordEmpty: boolean;
}

export interface KeyBag {
  readonly pkcs8: Uint8Array;
  readonly friendlyName: string | null;
  readonly inClear: boolean;
}

export interface CertificateBag {
  readonly der: Uint8Array;
  readonly friendlyName: string | null;
}

/** What holds for the whole opening of a file. */
interface Opening {
  readonly fileName: string;
  readonly passwordEmpty: boolean;
  readonly signal: AbortSignal | undefined;
}

/**
 * Opens a PFX (RFC 7292 §5.2). It judges the counts, then the MAC, then the algorithms; the keys of one layer are derived
 * side by side. Encrypted parts may hold encrypted keys: a second layer, whose counts are judged before it is derived.
 * @throws {CliError} pkcs12-unsupported, pkcs12-password-incorrect, pkcs12-password-required
 * @throws {Malformed}
 */
export async function openPfx(
  pfx: Pfx,
  fileName: string,
  password: Secret | null,
  signal?: AbortSignal,
): Promise<Opened> {
  const opening = { fileName, signal, passwordEmpty: password === null || password.reveal() === '' };
  const safes = new Map<SafePart, SafeBag[]>();
  for (const part of pfx.parts) if (part.kind === 'clear') safes.set(part, readSafeContents(part.content));
  const encryptedParts = pfx.parts.filter((part) => part.kind === 'encrypted');
  const outer = [...encryptedParts.map((part) => part.encrypted), ...shroudedKeys(safes)];
  judgeCounts(fileName, work(pfx.mac, outer));
  const first = await openLayer(outer, spellings(password), opening, pfx);

  for (const part of encryptedParts)
    safes.set(part, readSafeContents(plaintext(first.plain, part.encrypted)));
  const inner = shroudedKeys(safes).filter((key) => !first.plain.has(key));
  judgeCounts(fileName, work(pfx.mac, [...outer, ...inner]));
  const second = await openLayer(inner, first.order, opening, null);

  const plain = new Map([...first.plain, ...second.plain]);
  const bags = pfx.parts.flatMap((part) => safes.get(part) ?? []);
  const counts = [pfx.mac?.iterations, ...[...plain.keys()].map(({ encryption }) => encryption.iterations)];
  const known = counts.filter((count) => typeof count === 'number');
  return {
    keys: bags.flatMap((bag) => readKey(bag, plain)),
    certificates: bags.flatMap((bag) =>
      bag.kind === 'certificate' ? [{ der: bag.certificate, friendlyName: bag.friendlyName }] : [],
    ),
    encryption: [...new Set([...plain.keys()].map(({ encryption }) => encryption.name))],
    iterations: { highest: Math.max(0, ...known), total: known.reduce((sum, count) => sum + count, 0) },
    passwordEmpty: opening.passwordEmpty || (pfx.mac === null && plain.size === 0),
  };
}

interface Layer {
  readonly plain: ReadonlyMap<Encrypted, Uint8Array>;
  /** The spellings of the password, the one that fits first. */
  readonly order: readonly [Spelling, ...Spelling[]];
}

/** Another spelling of the password, which the MAC does not speak for, is worth so many iterations in all. */
const alternativeWork = 2_000_000;

/** Decrypts one layer, and verifies the MAC before it says anything of it. */
async function openLayer(
  layer: readonly Encrypted[],
  order: readonly [Spelling, ...Spelling[]],
  opening: Opening,
  pfx: Pfx | null,
): Promise<Layer> {
  const mac = pfx?.mac ? supportedMac(pfx.mac, pfx.content, opening) : null;
  const locks = new Map(layer.map((encrypted) => [encrypted, encryptionLock(encrypted)]));
  const macAttempts = mac === null ? [] : attempts(mac, order);
  const firstAttempts = [...locks.values()].flatMap((lock) =>
    lock === null ? [] : [{ lock, spelling: order[0] }],
  );
  const answers = await tryAll([...macAttempts, ...firstAttempts], opening.signal);
  const fitting = macAttempts.find((_, index) => answers[index])?.spelling;
  if (mac !== null && fitting === undefined) throw notOpened(opening);
  if (pfx !== null) requireContentTypes(pfx, opening);
  requireAlgorithms(locks, opening);

  const opened = new Map(firstAttempts.map(({ lock }, index) => [lock, answers[macAttempts.length + index]]));
  const shut = firstAttempts.map(({ lock }) => lock).filter((lock) => !opened.get(lock));
  const affordable = shut.reduce((sum, lock) => sum + lock.work, 0) <= alternativeWork;
  const alternatives = shut
    .flatMap((lock) => attempts(lock, order).slice(1))
    .filter(({ spelling }) => affordable || spelling === fitting);
  const others = await tryAll(alternatives, opening.signal);
  for (const [index, { lock }] of alternatives.entries()) opened.set(lock, others[index]);

  const plain = new Map<Encrypted, Uint8Array>();
  for (const [encrypted, lock] of locks) {
    const bytes = lock && opened.get(lock);
    if (!bytes) throw mac === null ? notOpened(opening) : notDecrypted(opening);
    plain.set(encrypted, bytes);
  }
  const found = fitting ?? alternatives.find((_, index) => others[index])?.spelling ?? order[0];
  return { plain, order: [found, ...order.filter((spelling) => spelling !== found)] };
}

function supportedMac(mac: Mac, content: Uint8Array, { fileName }: Opening): Lock {
  const lock = macLock(mac, content);
  if (lock === null)
    throw new CliError('pkcs12-unsupported', `${fileName} has a MAC of an unsupported kind: ${mac.name}`);
  return lock;
}

function requireContentTypes({ parts }: Pfx, { fileName }: Opening): void {
  for (const part of parts) {
    if (part.kind !== 'unsupported') continue;
    throw new CliError(
      'pkcs12-unsupported',
      `${fileName} has content of an unsupported type: ${part.contentType}`,
    );
  }
}

function requireAlgorithms(locks: ReadonlyMap<Encrypted, Lock | null>, { fileName }: Opening): void {
  for (const [{ encryption }, lock] of locks) {
    if (lock !== null) continue;
    throw new CliError(
      'pkcs12-unsupported',
      `${fileName} is encrypted with an unsupported algorithm: ${encryption.name}`,
    );
  }
}

function notOpened({ fileName, passwordEmpty }: Opening): CliError {
  if (passwordEmpty)
    return new CliError('pkcs12-password-required', `${fileName} does not open without a password`);
  return new CliError(
    'pkcs12-password-incorrect',
    `The password does not open ${fileName}, or the file is damaged: the two cannot be told apart`,
  );
}

function notDecrypted({ fileName, passwordEmpty }: Opening): CliError {
  if (passwordEmpty)
    return new CliError(
      'pkcs12-password-required',
      `${fileName} has an encrypted part that does not open without a password`,
    );
  return new CliError(
    'pkcs12-password-incorrect',
    `The password is the one of ${fileName}, but does not decrypt all of it: a part has another password or is damaged`,
  );
}

function shroudedKeys(safes: ReadonlyMap<SafePart, readonly SafeBag[]>): Encrypted[] {
  return [...safes.values()].flat().flatMap((bag) => (bag.kind === 'shrouded-key' ? [bag.encrypted] : []));
}

function work(mac: Mac | null, layers: readonly Encrypted[]): number[] {
  const macWork = mac?.iterations ?? null;
  return [
    ...(macWork === null ? [] : [macWork]),
    ...layers.flatMap(({ encryption }) => encryption.work ?? []),
  ];
}

function readKey(bag: SafeBag, plain: ReadonlyMap<Encrypted, Uint8Array>): KeyBag[] {
  const { kind, friendlyName } = bag;
  if (kind === 'key') return [{ pkcs8: bag.key, friendlyName, inClear: true }];
  return kind === 'shrouded-key'
    ? [{ pkcs8: plaintext(plain, bag.encrypted), friendlyName, inClear: false }]
    : [];
}

function plaintext(plain: ReadonlyMap<Encrypted, Uint8Array>, encrypted: Encrypted): Uint8Array {
  const bytes = plain.get(encrypted);
  if (bytes === undefined) throw new Error('a part that no layer opened');
  return bytes;
}
