import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const words = ['push', 'payload', '--message', 'Sign in to Zürich?', '--challenge', 'c-1'];
const document = {
  aps: { alert: 'Sign in to Zürich?', category: 'MfaNotificationCategoryId', sound: 'default' },
  payload: { Options: { Message: 'Sign in to Zürich?', ChallengeAnswer: 'c-1' } },
};
const forSimulator = { 'Simulator Target Bundle': 'com.example.app', ...document };
const bytes = Buffer.byteLength(JSON.stringify(document));
const pretty = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

describe('push payload', () => {
  test.each([
    ['the push', [], document, null],
    ['the same on stdout by name', ['--out', '-'], document, null],
    ['a file for the simulator', ['--simulator', 'com.example.app'], forSimulator, 'com.example.app'],
  ])('prints %s', async (_name, options, payload, simulator) => {
    const machine = createMachine();
    expect(await machine.run([...words, ...options])).toMatchObject({
      exitCode: 0,
      stdout: pretty(payload),
      stderr: '',
    });
    const { stdout } = await machine.run([...words, ...options, '--json']);
    expect(JSON.parse(stdout)).toEqual({ payload, bytes, simulator, out: null });
  });

  test('writes a file, never over another one', async () => {
    const out = join(temporaryDirectory(), 'mfa.apns');
    const argv = [...words, '--simulator', 'com.example.app', '--out', out];
    const machine = createMachine();
    expect(await machine.run(argv)).toMatchObject({
      exitCode: 0,
      stdout: `✓ Wrote ${out} (payload of ${bytes} bytes)\n\nWith the simulator running:\n  xcrun simctl push booted ${out}\n`,
    });
    expect(readFileSync(out, 'utf8')).toBe(pretty(forSimulator));
    expect(statSync(out).mode & 0o777).toBe(0o600);
    writeFileSync(out, 'precious');
    const refused = await machine.run([...argv, '--json']);
    expect([refused.exitCode, JSON.parse(refused.stdout).error.code]).toEqual([2, 'file-exists']);
    expect(readFileSync(out, 'utf8')).toBe('precious');
    const { stdout } = await machine.run([...argv, '--force', '--json']);
    expect(JSON.parse(stdout)).toEqual({ payload: forSimulator, bytes, simulator: 'com.example.app', out });
    expect(readFileSync(out, 'utf8')).toBe(pretty(forSimulator));
  });

  // `ü` counts two bytes in the alert and two in the options.
  test.each([
    [4096, 0],
    [4097, 2],
  ])('of %i bytes ends with %i', async (size, expected) => {
    const aps = { alert: 'üü', category: 'MfaNotificationCategoryId', sound: 'default' };
    const unanswered = { aps, payload: { Options: { Message: 'üü', ChallengeAnswer: '' } } };
    const empty = Buffer.byteLength(JSON.stringify(unanswered));
    const argv = ['push', 'payload', '--message', 'üü', '--challenge', 'x'.repeat(size - empty), '--json'];
    const { exitCode, stdout } = await createMachine().run(argv);
    expect(exitCode).toBe(expected);
    const told = JSON.parse(stdout);
    if (expected === 0) return expect(told.bytes).toBe(size);
    expect(told.error).toMatchObject({ code: 'usage', message: expect.stringContaining('4097') });
  });

  test('takes no bundle ID that is none', async () => {
    const { exitCode, stdout } = await createMachine().run([...words, '--simulator', 'app', '--json']);
    expect(exitCode).toBe(2);
    const message = '"app" is not a bundle ID, such as com.example.app';
    const hints = ['Give --simulator BUNDLE-ID.'];
    expect(JSON.parse(stdout).error).toEqual({ code: 'usage', message, hints, exitCode: 2 });
  });
});
