import { getEventListeners, once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { derivePkcs12Key, digests, type Pkcs12Derivation } from '../../src/pkcs12/pkcs12-kdf.ts';

/** The workers that this thread has begun. */
const begun: Worker[] = [];
const count = (worker: Worker) => begun.push(worker);
beforeEach(() => {
  begun.length = 0;
  process.on('worker', count);
});
afterEach(async () => {
  process.off('worker', count);
  await Promise.all(begun.map((worker) => worker.terminate()));
});

const task = (iterations: number, length = 20): Pkcs12Derivation => ({
  ...digests.sha1,
  digest: 'sha1',
  purpose: 1,
  salt: Buffer.from('salt'),
  password: Buffer.from('00610000', 'hex'),
  iterations,
  length,
});

test.each<[string, Pkcs12Derivation, number]>([
  ['120,000 hashes begin none', task(120_000), 0],
  ['one more begins one', task(120_001), 1],
  ['a key of two digests takes twice as many', task(60_001, 40), 1],
  ['a key of one digest takes a few', task(200), 0],
])('the event loop is kept free by workers: %s', async (_case, derivation, workers) => {
  const key = await derivePkcs12Key(derivation);
  expect([key.length, begun.length]).toEqual([derivation.length, workers]);
});

test('an abort terminates the worker', async () => {
  const abort = new AbortController();
  const endless = task(1_000_000_000);
  void derivePkcs12Key(endless, abort.signal);
  const [worker] = await once(process, 'worker');
  const ended = once(worker, 'exit');
  await once(worker, 'online');
  abort.abort();
  // A worker that came to its end has 0.
  expect(await ended).toEqual([1]);
});

test('an abort before the worker begins is told, and none begins', async () => {
  const derived = derivePkcs12Key(task(120_001), AbortSignal.abort(new Error('enough')));
  await expect(derived).rejects.toThrow('enough');
  expect(begun).toEqual([]);
});

test('no worker that has ended listens to the signal', async () => {
  const { signal } = new AbortController();
  await derivePkcs12Key(task(120_001), signal);
  await Promise.all(begun.map((worker) => worker.threadId === -1 || once(worker, 'exit')));
  expect([begun.length, getEventListeners(signal, 'abort')]).toEqual([1, []]);
});

test('what fails in a worker fails here', async () => {
  const unknown = { ...task(120_001), digest: 'none' } as never;
  await expect(derivePkcs12Key(unknown)).rejects.toThrow('none');
});
