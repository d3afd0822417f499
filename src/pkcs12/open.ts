import type { Pace } from '../text/pace.ts';
import type { Secret } from '../text/secret.ts';
import { Unsupported } from './asn1.ts';
import { type EncodedPassword, encodings } from './derivation.ts';
import { judgeContents, judgeCounts, Work } from './limits.ts';
import { decodePfx, isEmpty, PasswordRefused, type Pfx } from './pfx.ts';
import { attempts, derivationsOf, type Locked, tryAll } from './protections.ts';
import { readSafeContents, type SafeBag, type SafePart } from './safe-contents.ts';

export interface KeyBag {
  readonly pkcs8: Uint8Array;
  readonly friendlyName: string | null;
  readonly inClear: boolean;
}

export interface CertificateBag {
  readonly der: Uint8Array;
  readonly friendlyName: string | null;
}

/**
 * Opens a PFX (RFC 7292 §5.2), and returns its contents in the order of the file. Checks
 * the contents and the counts, then the MAC, then the algorithms. The keys of one layer
 * are derived in parallel. Encrypted parts may contain encrypted keys: a second layer,
 * checked before its keys are derived.
 * @throws {PasswordRefused}
 * @throws {Malformed}
 */
export async function openPfx(
  bytes: Uint8Array,
  password: Secret | null,
  { signal, inOneGo }: Pace,
) {
  const work = new Work();
  const opening = { signal, work };
  const { pfx, safes, encryptedParts, outer, order } = await inOneGo(() =>
    readOuterLayer(bytes, password, work),
  );
  const first = await openLayer(outer, order, opening, pfx);

  const inner = await inOneGo(() => {
    for (const part of encryptedParts)
      safes.set(part, readSafeContents(plaintext(first.plain, part.encrypted)));
    const layer = shroudedKeys(safes).filter((key) => !first.plain.has(key));
    judge(safes, pfx, [...outer, ...layer]);
    work.require(derivationsOf(layer));
    return layer;
  });
  const second = await openLayer(inner, first.order, opening, null);

  const plain = new Map([...first.plain, ...second.plain]);
  const bags = pfx.parts.flatMap((part) => safes.get(part) ?? []);
  const counts = [pfx.mac?.iterations, ...[...plain.keys()].map(({ scheme }) => scheme.iterations)];
  const known = counts.filter((count) => typeof count === 'number');
  return {
    pfx,
    keys: bags.flatMap((bag) => readKey(bag, plain)),
    certificates: bags.flatMap((bag): CertificateBag[] =>
      bag.kind === 'certificate' ? [{ der: bag.certificate, friendlyName: bag.friendlyName }] : [],
    ),
    /** The names of the encryption schemes, without duplicates. */
    encryption: [...new Set([...plain.keys()].map(({ scheme }) => scheme.name))],
    iterations: {
      highest: Math.max(0, ...known),
      total: known.reduce((sum, count) => sum + count, 0),
    },
    passwordEmpty: isEmpty(password) || (pfx.mac === null && plain.size === 0),
  };
}

/** `safes`: the bags of each part that is not encrypted. */
function readOuterLayer(bytes: Uint8Array, password: Secret | null, work: Work) {
  const pfx = decodePfx(bytes);
  const safes = new Map<SafePart, SafeBag[]>();
  for (const part of pfx.parts)
    if (part.kind === 'clear') safes.set(part, readSafeContents(part.content));
  const encryptedParts = pfx.parts.filter((part) => part.kind === 'encrypted');
  const outer = [...encryptedParts.map((part) => part.encrypted), ...shroudedKeys(safes)];
  judge(safes, pfx, outer);
  const order = encodings(password);
  // The MAC's key is derived for each encoding of the password that differs.
  const mac = pfx.mac ? attempts({ scheme: pfx.mac, bytes: pfx.content }, order) : [];
  work.require(derivationsOf([...mac.map(({ locked }) => locked), ...outer]));
  return { pfx, safes, encryptedParts, outer, order };
}

function shroudedKeys(safes: ReadonlyMap<SafePart, readonly SafeBag[]>): Locked[] {
  return [...safes.values()]
    .flat()
    .flatMap((bag) => (bag.kind === 'shrouded-key' ? [bag.encrypted] : []));
}

/** @throws {Malformed} */
function judge(
  safes: ReadonlyMap<SafePart, readonly SafeBag[]>,
  { mac, parts }: Pfx,
  layers: readonly Locked[],
): void {
  const bags = [...safes.values()].flat();
  const certificates = bags.filter(({ kind }) => kind === 'certificate').length;
  judgeContents(bags.length - certificates, certificates, parts.length);
  const counts = [mac?.iterations, ...layers.map(({ scheme }) => scheme.iterations)];
  judgeCounts(counts.filter((count) => typeof count === 'number'));
}

function readKey(bag: SafeBag, plain: ReadonlyMap<Locked, Uint8Array>): KeyBag[] {
  const { kind, friendlyName } = bag;
  if (kind === 'key') return [{ pkcs8: bag.key, friendlyName, inClear: true }];
  return kind === 'shrouded-key'
    ? [{ pkcs8: plaintext(plain, bag.encrypted), friendlyName, inClear: false }]
    : [];
}

function plaintext(plain: ReadonlyMap<Locked, Uint8Array>, encrypted: Locked): Uint8Array {
  const bytes = plain.get(encrypted);
  if (bytes === undefined) throw new Error('a part that no layer opened');
  return bytes;
}

/** The encodings of the password, the right one first. */
type Order = readonly [EncodedPassword, ...EncodedPassword[]];

/**
 * Decrypts one layer; the outer one comes with its PFX, whose MAC is checked before
 * anything else is reported.
 * @throws {PasswordRefused}
 * @throws {Unsupported}
 */
async function openLayer(
  layer: readonly Locked[],
  order: Order,
  { work, signal }: { readonly work: Work; readonly signal: AbortSignal | undefined },
  pfx: Pfx | null,
): Promise<{ readonly plain: ReadonlyMap<Locked, Uint8Array>; readonly order: Order }> {
  const mac = pfx?.mac ?? null;
  if (mac?.lock === null) throw new Unsupported(`has a MAC of an unsupported kind: ${mac.name}`);
  const macAttempts = mac && pfx ? attempts({ scheme: mac, bytes: pfx.content }, order) : [];
  // With several encodings, the MAC shows the one for the keys of the parts.
  const [ahead, beside] = macAttempts.length > 1 ? [macAttempts, []] : [[], macAttempts];
  const aheads = await tryAll(ahead, signal);
  const confirmed = ahead.find((_, index) => aheads[index])?.encoded;
  if (ahead.length > 0 && confirmed === undefined) throw new PasswordRefused(false);
  const likeliest = confirmed === undefined ? order : headedBy(confirmed, order);
  const firstAttempts = layer.map((locked) => ({ locked, encoded: likeliest[0] }));
  const answers = await tryAll([...beside, ...firstAttempts], signal);
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
  const isAffordable = work.affords(derivationsOf(wanted.map(({ locked }) => locked)));
  const alternatives = isAffordable ? wanted : [];
  const others = await tryAll(alternatives, signal);
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

function headedBy(first: EncodedPassword, order: readonly EncodedPassword[]): Order {
  return [first, ...order.filter((encoded) => encoded !== first)];
}
