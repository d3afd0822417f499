import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeRunDirectory, removeRunDirectories } from '../../src/files/run-directory.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

let parent: string;
beforeEach(() => {
  parent = join(temporaryDirectory(), 'runs');
});

/** A directory of this process, and what ends it. */
const make = () => {
  const before = process.listeners('exit');
  const controller = new AbortController();
  const path = makeRunDirectory(parent, controller.signal);
  writeFileSync(join(path, 'file'), '');
  const [atExit] = process.listeners('exit').filter((listener) => !before.includes(listener));
  return { path, controller, atExit };
};

describe.skipIf(process.platform === 'win32')('a directory for one run', () => {
  test('what a process keeps for itself is its own alone, and goes on the signal', () => {
    const { path, controller, atExit } = make();
    expect(readdirSync(parent)).toEqual([path.slice(parent.length + 1)]);
    expect(path).toMatch(new RegExp(`/runs/run-${process.pid}-[0-9a-z]*-[0-9a-z]{1,7}$`));
    expect([parent, path].map((each) => statSync(each).mode & 0o777)).toEqual([0o700, 0o700]);
    controller.abort();
    expect([existsSync(path), process.listeners('exit').includes(atExit as never)]).toEqual([
      false,
      false,
    ]);
  });

  test('it is removed when the process exits', () => {
    const { path, controller, atExit } = make();
    atExit?.(0);
    expect(existsSync(path)).toBe(false);
    controller.abort();
  });

  test('none is made where others could replace it, nor in the place of one that they could change', () => {
    mkdirSync(parent);
    chmodSync(join(parent, '..'), 0o777);
    expect(() => makeRunDirectory(parent, new AbortController().signal)).toThrow(
      expect.objectContaining({
        code: 'file-unwritable',
        message: expect.stringMatching(
          /\/run-\S+ cannot be written: \S+ is writable by other users$/,
        ),
      }),
    );
    expect(readdirSync(parent)).toEqual([]);
    chmodSync(join(parent, '..'), 0o700);
    const { path, controller } = make();
    controller.abort();
    mkdirSync(path);
    chmodSync(path, 0o777);
    expect(make).toThrow(`${path} is writable by other users`);
  });

  test('those of dead processes of this machine are removed, and nothing else', () => {
    removeRunDirectories(parent);
    const { path, controller } = make();
    const [, start = '', machine = ''] = /-([0-9a-z]*)-([0-9a-z]+)$/.exec(path) ?? [];
    const own = `run-${process.pid}`;
    const dead = [
      `run-4194304-${start}-${machine}`,
      ...(start === '' ? [] : [`${own}-1-${machine}`]),
    ];
    const kept = [
      `run-4194304-${start}-other`,
      `${own}-${start}-${machine}`,
      'run-x',
      `x${dead[0]}`,
      `${dead[0]}-x`,
    ];
    for (const name of [...dead, ...kept])
      mkdirSync(join(parent, name, 'below'), { recursive: true });
    removeRunDirectories(parent);
    expect(readdirSync(parent).sort()).toEqual(kept.sort());
    controller.abort();
  });

  test('those of dead processes stay where others could lead the removal elsewhere', () => {
    const { path, controller } = make();
    const dead = join(parent, path.slice(parent.length + 1).replace(/^run-\d+/, 'run-4194304'));
    mkdirSync(dead);
    chmodSync(parent, 0o777);
    removeRunDirectories(parent);
    expect(existsSync(dead)).toBe(true);
    chmodSync(parent, 0o700);
    removeRunDirectories(parent);
    expect(existsSync(dead)).toBe(false);
    controller.abort();
  });
});
