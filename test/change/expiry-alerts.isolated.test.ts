import { expect, test, vi } from 'vitest';
import { CliError } from '../../src/errors/cli-error.ts';
import { recordingHook } from '../support/programs.ts';
import { shareTenant } from '../support/tenant.ts';

/** Whether another process keeps the lock of those who alert, for longer than one waits. */
let isHeld = false;
vi.mock('../../src/files/lock-file.ts', async (original) => {
  const real = await original<typeof import('../../src/files/lock-file.ts')>();
  const waitForLock: typeof real.waitForLock = async (file, words, signal) => {
    if (!isHeld || !file.endsWith('.alerts')) return real.waitForLock(file, words, signal);
    throw new CliError('file-unwritable', words.held(''), { facts: words.facts?.held ?? {} });
  };
  return { ...real, waitForLock };
});

const shared = shareTenant();

test.skipIf(process.platform === 'win32')(
  'an alert counts as not sent while another process makes its call',
  async () => {
    const { set, machine } = await shared();
    await set();
    const hook = recordingHook();
    const argv = ['apns', 'status', '--notify-at', '14', '--warn-days', '0', ...hook.options];
    const look = async () => {
      const now = new Date('2027-12-20');
      const { exitCode } = await machine.run([...argv, '--hook-must-succeed'], { now });
      return [exitCode, hook.calls().length];
    };
    isHeld = true;
    expect(await look()).toEqual([8, 0]);
    isHeld = false;
    expect(await look()).toEqual([0, 1]);
  },
);
