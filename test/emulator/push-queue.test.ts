import { expect, test } from 'vitest';
import { createPushQueue } from '../../src/emulator/push.ts';

const push = (apnsId: number) => ({ topic: 'com.example.lab', payload: {}, apnsId: String(apnsId) });
const here = new AbortController().signal;

test('a queue keeps the last hundred pushes of a token', async () => {
  const queue = createPushQueue();
  for (let id = 0; id <= 100; id++) queue.put('one', push(id));
  expect(await queue.take('one', 0, here)).toEqual(push(1));
  expect(await queue.take('two', 0, here)).toBeNull();
});

test('tokens that nobody asks for any more make room', async () => {
  const queue = createPushQueue();
  for (let id = 0; id <= 1000; id++) queue.put(`token ${id}`, push(id));
  expect(await queue.take('token 0', 0, here)).toBeNull();
  expect(await queue.take('token 1', 0, here)).toEqual(push(1));
});

test('of two who wait, one gets the push and the other goes on waiting', async () => {
  const queue = createPushQueue();
  const waiting = [queue.take('one', 60_000, here), queue.take('one', 60_000, here)];
  queue.put('one', push(1));
  queue.put('one', push(2));
  expect(await Promise.all(waiting)).toEqual([push(1), push(2)]);
});

test('nobody who has gone gets one', async () => {
  const queue = createPushQueue();
  const gone = new AbortController();
  const waiting = queue.take('one', 60_000, gone.signal);
  gone.abort();
  expect(await waiting).toBeNull();
  queue.put('one', push(1));
  expect(await queue.take('one', 0, gone.signal)).toBeNull();
  expect(await queue.take('one', 0, here)).toEqual(push(1));
});
