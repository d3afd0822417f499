import { availableParallelism } from 'node:os';
import { hashSources } from './hash-source.ts';
import { type Digest, derivePkcs12, type Pkcs12Derivation, repeatWith } from './pkcs12-kdf.ts';
import { repeatShort } from './short-hash.ts';
import { inTurns } from './turns.ts';

/** So many hashes keep the event loop for some 40 ms, less than a worker takes to start and to warm up. */
const inlineHashes = 80_000;

/** The hashes of a derivation, weighed by what one costs in a worker. */
function cost(task: Pkcs12Derivation): number {
  const weight = task.digest === 'sha1' ? 1 : task.digest === 'sha256' ? 2 : 8;
  return weight * hashes(task);
}

function hashes(task: Pkcs12Derivation): number {
  return task.iterations * Math.ceil(task.length / task.output);
}

/** A value with the place that it has in its list. */
export type Numbered<T> = readonly [index: number, value: T];

/**
 * Derives all keys (RFC 7292 §B.2): few hashes at once, many in worker threads side by side, at most one a core, so that
 * the event loop stays free. An abort ends the workers, and then nothing is answered.
 */
export async function derivePkcs12Keys(
  tasks: readonly Numbered<Pkcs12Derivation>[],
  signal?: AbortSignal,
): Promise<Numbered<Uint8Array>[]> {
  const total = tasks.reduce((sum, [, task]) => sum + hashes(task), 0);
  if (total <= inlineHashes)
    return inTurns(tasks, ([index, task]) => [index, derivePkcs12(task, repeatShort)] as const, signal);
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
  for (const numbered of tasks.toSorted(([, a], [, b]) => cost(b) - cost(a))) {
    const idlest = cores.reduce((least, core) => (core.cost < least.cost ? core : least));
    idlest.batch.push(numbered);
    idlest.cost += cost(numbered[1]);
  }
  return cores.map((core) => core.batch);
}

async function runWorker(
  batch: readonly Numbered<Pkcs12Derivation>[],
  signal: AbortSignal | undefined,
): Promise<Numbered<Uint8Array>[]> {
  const { Worker } = await import('node:worker_threads');
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerSource(new Set(batch.map(([, task]) => task.digest))), {
      eval: true,
      env: {},
      execArgv: [],
      workerData: batch,
    });
    const abort = () => void worker.terminate();
    signal?.addEventListener('abort', abort, { once: true });
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => signal?.removeEventListener('abort', abort));
  });
}

/** The whole program of a worker. It is text because the bundle has no file of its own to start. */
function workerSource(used: ReadonlySet<Digest>): string {
  const fast = Object.entries(hashSources)
    .filter(([digest]) => used.has(digest as Digest))
    .map(([digest, source]) => `${digest}: ${source()}`);
  return `
    const { hash } = require('node:crypto');
    const { parentPort, workerData } = require('node:worker_threads');
    const fast = { ${fast.join()} };
    const derive = ${derivePkcs12.toString()};
    const slow = (${repeatWith.toString()})(hash);
    const repeat = (digest, message, times) => {
      if (!(digest in fast)) return slow(digest, message, times);
      const bytes = slow(digest, message, 1);
      const state = Int32Array.from({ length: bytes.length / 4 }, (_, index) => bytes.readInt32BE(4 * index));
      fast[digest](state, times - 1);
      state.forEach((word, index) => bytes.writeInt32BE(word, 4 * index));
      return bytes;
    };
    parentPort.postMessage(workerData.map(([index, task]) => [index, derive(task, repeat)]));`;
}
