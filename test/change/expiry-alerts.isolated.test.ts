import { describe, expect, test, vi } from 'vitest';
import { CliError } from '../../src/errors/cli-error.ts';
import { recordingHook } from '../support/programs.ts';
import { shareTenant } from '../support/tenant.ts';

/** What the lock of those who alert is: another process may keep it for longer than one waits. */
let lock: 'free' | 'held' | 'unlockable' = 'free';
vi.mock('../../src/files/lock-file.ts', async (original) => {
  const real = await original<typeof import('../../src/files/lock-file.ts')>();
  const waitForLock: typeof real.waitForLock = async (file, words, signal) => {
    if (lock === 'free' || !file.endsWith('.alerts')) return real.waitForLock(file, words, signal);
    const { held, unlockable, facts } = words;
    const sentence = lock === 'held' ? held('') : unlockable;
    throw new CliError('file-unwritable', sentence, { facts: facts?.[lock] ?? {} });
  };
  return { ...real, waitForLock };
});

const shared = shareTenant();

/** Looks at a certificate that is due: the exit code, how often the hook was called, and the warnings. */
async function dueCertificate() {
  const { set, machine } = await shared();
  await set();
  const hook = recordingHook();
  const argv = ['apns', 'status', '--notify-at', '14', '--warn-days', '0', ...hook.options];
  return async (as: typeof lock) => {
    lock = as;
    const now = new Date('2027-12-20');
    const { exitCode, stderr } = await machine.run([...argv, '--hook-must-succeed'], { now });
    return [exitCode, hook.calls().length, /Cannot record .* which alerts were sent/.test(stderr)];
  };
}

describe.skipIf(process.platform === 'win32')('an alert', () => {
  test('counts as not sent while another process makes its call', async () => {
    const look = await dueCertificate();
    expect(await look('held')).toEqual([8, 0, true]);
    expect(await look('free')).toEqual([0, 1, false]);
  });

  test('is sent, with a warning, where its lock cannot be created', async () => {
    const look = await dueCertificate();
    expect(await look('unlockable')).toEqual([0, 1, true]);
  });
});
