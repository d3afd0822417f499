import { readFileSync } from 'node:fs';
import { checkPushIdentity } from '../../../src/checks/check-push-identity.ts';
import { orderChain, readCertificateFile } from '../../../src/pkcs12/certificate-file.ts';
import type { PushIdentity } from '../../../src/pkcs12/model.ts';
import { readPrivateKey } from '../../../src/pkcs12/private-key.ts';
import { readPushIdentity } from '../../../src/pkcs12/push-identity.ts';
import { formatIdentity, reportCertificate, reportIdentity } from '../../../src/report/identity.ts';
import { unbounded } from '../../../src/text/pace.ts';
import { Secret } from '../../../src/text/secret.ts';
import type { Random } from '../mutate.ts';
import { mutateDer, mutatePem } from '../mutate-der.ts';
import { attempt, bytesOf, fixtures, type Seed, say, type Target, Violation } from '../target.ts';

const expected = JSON.parse(readFileSync('test/fixtures/p12/expected.json', 'utf8')) as Record<
  string,
  { password: string }
>;
const now = new Date('2026-11-24T16:00:00Z');
const wrong = new Secret('not-the-password');
const name = 'fuzz\u001b]0;PWNED\u0007.p12';

/** Without those of many iterations, which would leave no time for others. */
const seeds = fixtures(/^p12\/(?!.*(00k|5M)\.p12$).*\.p12$/);

const passwordOf = (seed: Seed): Secret => new Secret(expected[seed.name]?.password ?? 'secret');

/** The contents of the fixtures that have a MAC: nothing else may be opened with one. */
let known: Promise<ReadonlySet<string>> | undefined;

async function knownContents(): Promise<ReadonlySet<string>> {
  const contents = new Set<string>();
  for (const seed of seeds) {
    const opened = await attempt(() =>
      readPushIdentity({ name, bytes: seed.bytes }, passwordOf(seed)),
    );
    if (opened !== null) contents.add(contentOf(opened));
  }
  return contents;
}

function contentOf({ certificate, chain, privateKey, friendlyName }: PushIdentity): string {
  const key = privateKey?.export({ type: 'pkcs8', format: 'der' }).toString('base64');
  return JSON.stringify([
    certificate?.fingerprint,
    chain.map(({ fingerprint }) => fingerprint),
    key,
    friendlyName,
  ]);
}

/** A .p12, opened with its password and with another one. */
export const p12: Target = {
  name: 'p12',
  bytesLimit: 1024 * 1024,
  // Two readings, each of at most as many hashes as take four seconds of two cores under load.
  seconds: 16,
  async seeds() {
    known ??= knownContents();
    await known;
    return seeds;
  },
  mutate: ({ bytes }, all, random) => mutateDer(bytes, bytesOf(all), random),
  async judge(bytes, seed) {
    known ??= knownContents();
    const opened = await attempt(() => readPushIdentity({ name, bytes }, passwordOf(seed)));
    if (opened !== null) {
      const report = reportIdentity(opened, checkPushIdentity(opened, { now }), now);
      await say(report, (shown, style) => formatIdentity(shown, 'Opened', style));
      if (opened.container.mac !== null && !(await known).has(contentOf(opened)))
        throw new Violation('opens with a MAC, and holds what no fixture holds');
    }
    const other = await attempt(() => readPushIdentity({ name, bytes }, wrong));
    if (other !== null && (other.container.mac !== null || other.container.encryption.length > 0))
      throw new Violation('opens with a wrong password');
  },
};

/** One to three bytes of the content under the MAC changed: the right password must no longer open it. */
export const p12Mac: Target = {
  name: 'p12-mac',
  bytesLimit: 1024 * 1024,
  seconds: 8,
  seeds: async () => {
    const opened = await Promise.all(
      seeds.map((seed) =>
        attempt(() => readPushIdentity({ name, bytes: seed.bytes }, passwordOf(seed))),
      ),
    );
    return seeds.filter(
      ({ bytes }, index) => opened[index]?.container.mac != null && macedContent(bytes) !== null,
    );
  },
  mutate({ bytes }, _all, random) {
    const changed = Buffer.from(bytes);
    const [start, end] = macedContent(bytes) ?? [0, bytes.length];
    for (let count = 1 + random.below(3); count > 0; count--) flipBit(changed, start, end, random);
    return changed;
  },
  async judge(bytes, seed) {
    if (Buffer.from(bytes).equals(seed.bytes)) return;
    const opened = await attempt(() => readPushIdentity({ name, bytes }, passwordOf(seed)));
    if (opened !== null) throw new Violation('opens although what is under its MAC was changed');
  },
};

function flipBit(bytes: Buffer, start: number, end: number, random: Random): void {
  const at = start + random.below(end - start);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
}

/** The content of the OCTET STRING that the MAC covers (RFC 7292 §4); null if it is not in one piece. */
function macedContent(bytes: Uint8Array): Span | null {
  const pfx = valueAt(bytes, 0);
  const version = valueAt(bytes, pfx[0]);
  const authSafe = valueAt(bytes, version[1]);
  const type = valueAt(bytes, authSafe[0]);
  const [octets] = valueAt(bytes, type[1]);
  return bytes[octets] === 0x04 ? valueAt(bytes, octets) : null;
}

type Span = readonly [start: number, end: number];

/** The content of the DER value that begins there. */
function valueAt(bytes: Uint8Array, at: number): Span {
  const first = bytes[at + 1] ?? 0;
  const sizeBytes = first > 0x80 ? first - 0x80 : 0;
  const start = at + 2 + sizeBytes;
  const size =
    sizeBytes === 0
      ? first
      : Number(`0x${Buffer.from(bytes.subarray(at + 2, start)).toString('hex')}`);
  return [start, start + size];
}

/** Certificates, DER or PEM, and the chain built from them. */
export const certificate: Target = {
  name: 'certificate',
  bytesLimit: 1024 * 1024,
  seconds: 3,
  seeds: () => fixtures(/^(apple|tls)\/.*\.(cer|pem)$|^p12\/40-/),
  mutate: ({ bytes }, all, random) => mutatePem(bytes, bytesOf(all), random),
  async judge(bytes) {
    const file = { name: 'fuzz\u001b[2J.cer', bytes };
    const read = await attempt(() => readCertificateFile(file, unbounded));
    if (read === null) return;
    const container = { mac: null, encryption: [], keys: 0, certificates: read.length };
    const [leaf, ...others] = read;
    const chain = await attempt(() => orderChain(leaf, others));
    for (const each of [leaf, ...(chain ?? []).slice(0, 3)])
      await say(reportCertificate(each, now), (certificate, style) =>
        formatIdentity({ certificate, container, findings: [], ok: true }, 'Read', style),
      );
  },
};

const right = new Secret('correct horse');

/** A private key, encrypted or not, opened with its password and with another one. */
export const key: Target = {
  name: 'key',
  bytesLimit: 1024 * 1024,
  // Three seconds on each of two cores.
  seconds: 6,
  seeds: () =>
    fixtures(/^(apple|tls)\/(?!key-3m-).*(key.*\.(pem|der)|bags\.pem|\.key)$|^p12\/40-p8/),
  mutate: ({ bytes }, all, random) => mutatePem(bytes, bytesOf(all), random),
  async judge(bytes) {
    const stored = await attempt(() => readPrivateKey({ name: 'fuzz\u202e.key', bytes }));
    if (stored?.kind !== 'encrypted') return;
    await attempt(() => stored.decrypt(right, unbounded));
    const opened = await attempt(() => stored.decrypt(wrong, unbounded));
    if (opened !== null) throw new Violation('opens with a wrong password');
  },
};
