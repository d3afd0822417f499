import { hash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { inTurns } from './turns.ts';

/**
 * The digests of the PKCS #12 key derivation and MAC, by Node's names, with their output and block size in bytes (RFC 7292
 * §B.2, which ends with SHA-2). The block of SHA-3 is its rate, as for HMAC (FIPS 202 §7): so OpenSSL derives with it.
 */
export const digests = {
  md5: { output: 16, block: 64 },
  sha1: { output: 20, block: 64 },
  sha224: { output: 28, block: 64 },
  sha256: { output: 32, block: 64 },
  sha384: { output: 48, block: 128 },
  sha512: { output: 64, block: 128 },
  'sha512-224': { output: 28, block: 128 },
  'sha512-256': { output: 32, block: 128 },
  'sha3-224': { output: 28, block: 144 },
  'sha3-256': { output: 32, block: 136 },
  'sha3-384': { output: 48, block: 104 },
  'sha3-512': { output: 64, block: 72 },
} as const;
export type Digest = keyof typeof digests;

/** One derivation: its purpose (1 key, 2 IV, 3 MAC) and its password (a BMPString with its two zero bytes). */
export interface Pkcs12Derivation {
  readonly digest: Digest;
  readonly output: number;
  readonly block: number;
  readonly purpose: 1 | 2 | 3;
  readonly password: Uint8Array;
  readonly salt: Uint8Array;
  readonly iterations: number;
  readonly length: number;
}

/**
 * The key derivation of PKCS #12 (RFC 7292 §B.2); `hash` is that of node:crypto. Digests pass through binary strings, at
 * half the cost of a Buffer for each.
 * Its source text also runs in workers: it uses nothing but its parameters.
 */
export function derivePkcs12(task: Pkcs12Derivation, hash: typeof import('node:crypto').hash): Uint8Array {
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
    for (let done = 1; done < task.iterations; done++) part.write(hash(digest, part, 'binary'), 'binary');
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

/** This many block the event loop for about 40 ms; beyond that workers are faster. */
const inlineHashes = 40_000;

/** What a derivation costs: a call into Node's crypto takes longer than any digest of so few bytes. */
function hashes(task: Pkcs12Derivation): number {
  return task.iterations * Math.ceil(task.length / task.output);
}

/** A value with its index in a list. */
export type Numbered<T> = readonly [index: number, value: T];

/**
 * Derives all keys (RFC 7292 §B.2): inline where few hashes are needed, else in parallel worker threads, at most one per
 * core, so that the event loop stays free. An abort ends the workers, and the promise then stays pending.
 */
export async function derivePkcs12Keys(
  tasks: readonly Numbered<Pkcs12Derivation>[],
  signal?: AbortSignal,
): Promise<Numbered<Uint8Array>[]> {
  const total = tasks.reduce((sum, [, task]) => sum + hashes(task), 0);
  if (total <= inlineHashes)
    return inTurns(tasks, ([index, task]) => [index, derivePkcs12(task, hash)] as const, signal);
  const derived = await Promise.all(batches(tasks).map((batch) => runWorker(batch, signal)));
  return derived.flat();
}

/** Each takes some 10 MB. */
const mostWorkers = 4;

/** Spreads the derivations over the cores, the costliest first, each to the batch with the least to do. */
function batches(tasks: readonly Numbered<Pkcs12Derivation>[]): Numbered<Pkcs12Derivation>[][] {
  const width = Math.min(availableParallelism(), mostWorkers, tasks.length);
  const cores = Array.from({ length: width }, () => ({
    batch: [] as Numbered<Pkcs12Derivation>[],
    cost: 0,
  }));
  for (const numbered of tasks.toSorted(([, a], [, b]) => hashes(b) - hashes(a))) {
    const idlest = cores.reduce((least, core) => (core.cost < least.cost ? core : least));
    idlest.batch.push(numbered);
    idlest.cost += hashes(numbered[1]);
  }
  return cores.map((core) => core.batch);
}

/** The whole program of a worker. It is text, so a bundle has no file to look for, wherever it is installed. */
const program = `
  const { hash } = require('node:crypto');
  const { parentPort, workerData } = require('node:worker_threads');
  const derive = ${derivePkcs12};
  parentPort.postMessage(workerData.map(([index, task]) => [index, derive(task, hash)]));`;

async function runWorker(
  batch: readonly Numbered<Pkcs12Derivation>[],
  signal: AbortSignal | undefined,
): Promise<Numbered<Uint8Array>[]> {
  const { Worker } = await import('node:worker_threads');
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const worker = new Worker(program, { eval: true, env: {}, execArgv: [], workerData: batch });
    const abort = () => void worker.terminate();
    signal?.addEventListener('abort', abort, { once: true });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => signal?.removeEventListener('abort', abort));
  });
}
