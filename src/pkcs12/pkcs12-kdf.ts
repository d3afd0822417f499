import { hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';

const rsadsi = '1.2.840.113549.2';
const nist = '2.16.840.1.101.3.4.2';

/**
 * The digests of the PKCS #12 key derivation and MAC, by Node's names, with their output
 * and block size in bytes (RFC 7292 §B.2, which ends with SHA-2), and the object
 * identifiers of the digest and its HMAC (RFC 8018 §B.1; NIST's for SHA-3). The block of
 * SHA-3 is its rate, as for HMAC (FIPS 202 §7): so OpenSSL derives with it.
 */
export const digests = {
  md5: { output: 16, block: 64, id: `${rsadsi}.5`, hmac: `${rsadsi}.6` },
  sha1: { output: 20, block: 64, id: '1.3.14.3.2.26', hmac: `${rsadsi}.7` },
  sha224: { output: 28, block: 64, id: `${nist}.4`, hmac: `${rsadsi}.8` },
  sha256: { output: 32, block: 64, id: `${nist}.1`, hmac: `${rsadsi}.9` },
  sha384: { output: 48, block: 128, id: `${nist}.2`, hmac: `${rsadsi}.10` },
  sha512: { output: 64, block: 128, id: `${nist}.3`, hmac: `${rsadsi}.11` },
  'sha512-224': { output: 28, block: 128, id: `${nist}.5`, hmac: `${rsadsi}.12` },
  'sha512-256': { output: 32, block: 128, id: `${nist}.6`, hmac: `${rsadsi}.13` },
  'sha3-224': { output: 28, block: 144, id: `${nist}.7`, hmac: `${nist}.13` },
  'sha3-256': { output: 32, block: 136, id: `${nist}.8`, hmac: `${nist}.14` },
  'sha3-384': { output: 48, block: 104, id: `${nist}.9`, hmac: `${nist}.15` },
  'sha3-512': { output: 64, block: 72, id: `${nist}.10`, hmac: `${nist}.16` },
} as const;
export type Digest = keyof typeof digests;

/** The digest with that object identifier, its own or its HMAC's; null: unknown. */
export function digestBy(kind: 'id' | 'hmac', identifier: string): Digest | null {
  const names = Object.keys(digests) as Digest[];
  return names.find((name) => digests[name][kind] === identifier) ?? null;
}

/** Parameters of a derivation that repeats a digest; `length` of the key in bytes. */
export interface Iterated {
  readonly digest: Digest;
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly length: number;
}

/**
 * One derivation: its purpose (1 key, 2 IV, 3 MAC) and its password (a BMPString with its
 * two zero bytes).
 */
export interface Pkcs12Derivation extends Iterated {
  readonly output: number;
  readonly block: number;
  readonly purpose: 1 | 2 | 3;
  readonly password: Uint8Array;
}

/**
 * The key derivation of PKCS #12 (RFC 7292 §B.2); `hash` is that of node:crypto. Digests
 * pass through binary strings, at half the cost of a Buffer for each. Its source text
 * also runs in workers: it uses nothing but its parameters.
 */
export function derivePkcs12(
  task: Pkcs12Derivation,
  hash: typeof import('node:crypto').hash,
): Uint8Array {
  const { digest, block, output, length } = task;
  const saltBytes = block * Math.ceil(task.salt.length / block);
  const inputBytes = saltBytes + block * Math.ceil(task.password.length / block);
  const message = new Uint8Array(block + inputBytes).fill(task.purpose, 0, block);
  for (let at = 0; at < inputBytes; at++) {
    const [source, offset] = at < saltBytes ? [task.salt, at] : [task.password, at - saltBytes];
    message[block + at] = source[offset % source.length] ?? 0;
  }
  const key = new Uint8Array(length);
  for (let derived = 0; derived < length; derived += output) {
    const part = hash(digest, message, 'buffer');
    for (let done = 1; done < task.iterations; done++)
      part.write(hash(digest, part, 'binary'), 'binary');
    key.set(part.subarray(0, length - derived), derived);
    for (let start = block; derived + output < length && start < message.length; start += block) {
      let carry = 1;
      for (let at = block - 1; at >= 0; at--) {
        carry += (message[start + at] ?? 0) + (part[at % output] ?? 0);
        message[start + at] = carry & 255;
        carry >>= 8;
      }
    }
  }
  return key;
}

/**
 * Hashes that block the event loop for about 120 ms; a worker takes 40 ms to start, so a
 * hostile file starts few.
 */
const inlineHashes = 120_000;

/**
 * The cost of a derivation, in hashes: a call into Node.js's crypto takes longer than a
 * digest of so few bytes.
 */
function hashes(task: Pkcs12Derivation): number {
  return task.iterations * Math.ceil(task.length / task.output);
}

/**
 * Derives a key (RFC 7292 §B.2), off the event loop if it takes long. An abort ends the
 * worker, and the promise stays pending.
 */
export async function derivePkcs12Key(
  task: Pkcs12Derivation,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  if (hashes(task) > inlineHashes) return runWorker(task, signal);
  await setImmediate();
  return derivePkcs12(task, hash);
}

/** The whole program of a worker, as text: a bundle needs no file for it. */
const program = `
  const { hash } = require('node:crypto');
  const { parentPort, workerData } = require('node:worker_threads');
  const derive = ${derivePkcs12};
  parentPort.postMessage(derive(workerData, hash));`;

async function runWorker(
  task: Pkcs12Derivation,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  const { Worker } = await import('node:worker_threads');
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const worker = new Worker(program, { eval: true, env: {}, execArgv: [], workerData: task });
    const abort = () => void worker.terminate();
    signal?.addEventListener('abort', abort, { once: true });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => signal?.removeEventListener('abort', abort));
  });
}
