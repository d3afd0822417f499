import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { reserveRoom } from '../../src/files/durable.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

let directory: string;
let path: string;
beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory, 'config.json');
});

test('room for the file and a session more is taken, and its user alone may read it', () => {
  const room = reserveRoom(path, 1000);
  const { size, mode } = statSync(room.path);
  expect([size, mode & 0o777]).toEqual([1000 + 64 * 1024, 0o600]);
  expect(existsSync(path)).toBe(false);
});

test('a text takes the room and the place of the file', () => {
  const room = reserveRoom(path, 1000);
  room.use('text');
  expect(readFileSync(path, 'utf8')).toBe('text');
  expect(existsSync(room.path)).toBe(false);
});

test('what is given back is gone, however often it is given back', () => {
  const room = reserveRoom(path, 0);
  room.free();
  expect(existsSync(room.path)).toBe(false);
  room.free();
});

test.runIf(existsSync('/proc/self/fd'))('no file stays open', () => {
  const open = () => readdirSync('/proc/self/fd').length;
  const before = open();
  reserveRoom(path, 0).use('text');
  expect(open()).toBe(before);
});

test('what cannot be given back is left to the next write', () => {
  const room = reserveRoom(path, 0);
  room.free();
  mkdirSync(room.path);
  room.free();
  expect(existsSync(room.path)).toBe(true);
});

test('what somebody planted in its place is not written to', () => {
  const { path: reserved, free } = reserveRoom(path, 0);
  free();
  const victim = join(directory, 'victim');
  writeFileSync(victim, 'precious');
  symlinkSync(victim, reserved);
  reserveRoom(path, 0).use('text');
  expect([readFileSync(victim, 'utf8'), readFileSync(path, 'utf8')]).toEqual(['precious', 'text']);
});
