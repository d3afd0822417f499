import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test, vi } from 'vitest';
import { takeEnvironment } from '../../src/programs/environment.ts';
import {
  childEnvironment,
  endTree,
  findProgram,
  isStartable,
  launch,
  startable,
  systemProgram,
} from '../../src/programs/launch.ts';
import { unknownVariables } from '../../src/settings/table.ts';
import { testCases } from '../support/cases.ts';
import { eventually } from '../support/patience.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** A machine with these programs; without a list, with any. */
const machine = (platform: NodeJS.Platform, programs?: readonly string[]) => ({
  platform,
  isProgram: (path: string) => programs?.includes(path) ?? true,
});

testCases('programs/launch', {
  'findProgram: name, variables, system, and the programs that are there': (
    name,
    env,
    platform,
    programs,
  ) => findProgram(name, env, machine(platform, programs)),
  'startable: a command, and the system': (
    command: readonly [string],
    platform: NodeJS.Platform,
  ) => {
    const env =
      platform === 'win32' ? { SystemRoot: 'C:\\Windows', Path: 'C:\\a' } : { PATH: '/x' };
    const programs = platform === 'win32' ? ['C:\\a\\az.cmd'] : undefined;
    try {
      return startable(command, env, machine(platform, programs));
    } catch (error) {
      return (error as { code?: string }).code;
    }
  },
  'isStartable: word, variables, system, and the programs that are there': (
    word,
    env,
    platform,
    programs,
  ) => isStartable(word, env, machine(platform, programs)),
  'systemProgram: cmd.exe of a SystemRoot': (root: string | null) =>
    systemProgram('cmd.exe', root === null ? {} : { systemroot: root }),
  'what a child inherits: variables, those with a secret, the system': childEnvironment,
  'what takeEnvironment leaves: nothing that is meant for this program alone, and no password of a proxy':
    (given: Record<string, string>) => {
      const variables = { ...given };
      expect(takeEnvironment(variables)).toEqual(given);
      return variables;
    },
  unknownVariables: (name: string) =>
    unknownVariables({ [name]: 'value', MFA_CLI_TENANT: 'x', PATH: '/bin' }),
});

test.skipIf(process.platform === 'win32')(
  'a bare name runs nothing of the working directory',
  async () => {
    const directory = temporaryDirectory();
    const planted = join(directory, 'opx');
    writeFileSync(planted, '#!/bin/sh\necho planted\n');
    chmodSync(planted, 0o755);
    const start = (file: string, PATH: string) =>
      launch([file], { env: { PATH }, stdio: ['ignore', 'pipe', 'ignore'], directory });
    for (const path of [
      '',
      '.',
      delimiter,
      `${delimiter}/nonexistent`,
      `/nonexistent${delimiter}.`,
    ])
      expect(() => start('opx', path)).toThrow(expect.objectContaining({ code: 'ENOENT' }));
    // Whoever names the folder means it.
    const { stdout } = start('./opx', '');
    expect(stdout && (await text(stdout))).toBe('planted\n');
  },
);

test.skipIf(process.platform === 'win32')('ends a program with what it has started', async () => {
  const child = launch(['/bin/sh', '-c', 'sleep 600 & echo $!; wait'], {
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = child.stdout === null ? [] : await once(child.stdout, 'data');
  const grandchild = Number(String(line));
  expect(isAlive(grandchild)).toBe(true);
  endTree(child);
  await vi.waitUntil(() => !isAlive(grandchild), eventually);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
