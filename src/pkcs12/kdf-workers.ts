import { hash } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { derivePkcs12, type Pkcs12Derivation } from './pkcs12-kdf.ts';
import { inTurns } from './turns.ts';

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
