import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { createMachine, testNow } from '../support/context.ts';
import { signIn } from '../support/tenant.ts';
import { inChromium } from './chromium.ts';
import { openPage, openPhone, press, says, setUp, startCertified } from './rehearsal.ts';

/** A machine on which the user of the phone is signed in, as far as it knows. */
async function machineOf(emulator: Emulator) {
  const machine = createMachine();
  await signIn(emulator, machine);
  const path = join(machine.directory, 'config.json');
  writeFileSync(path, readFileSync(path, 'utf8').replace('admin@example.com', emulator.user.user));
  return { machine, config: () => readFileSync(path, 'utf8') };
}

const numberIn = (text: string | null) => /(\d\d)\s*$/.exec(text ?? '')?.[1];

inChromium('apns prove beside a phone in a browser', () => {
  test('tells no phone, an approval, a denial and silence apart, and leaves nothing of a sign-in', async () => {
    let clock = testNow;
    const { emulator } = await startCertified({
      ...{ now: () => clock, autoApprove: false, assumptions: { 'push-denied': 'said' } },
    });
    const { page: first } = await openPage();
    const { machine, config } = await machineOf(emulator);
    const before = config();
    const prove = async (words: readonly string[], answers: readonly (string | boolean)[]) => {
      const argv = ['apns', 'prove', '--json', ...words];
      const { exitCode, stdout, stderr } = await machine.run(argv, { now: clock, answers });
      expect(stdout + stderr).not.toContain('eyJ');
      return { exitCode, stderr, proof: JSON.parse(stdout) };
    };
    /** The answer of a person at the phone, who compares the numbers. */
    const answered = async (page: Page, answer: 'Approve' | 'Deny', answers: readonly string[]) => {
      clock = new Date(clock.getTime() + 120_000);
      await page.clock.setFixedTime(clock);
      const proving = prove([], answers);
      await says(page, 'Push received');
      const shown = numberIn(await page.getByText('Number to match').first().textContent());
      await press(page, answer);
      const proved = await proving;
      const [, told] = /Choose this number on your phone: (\d\d)\n/.exec(proved.stderr) ?? [];
      expect([shown, proved.proof.user]).toEqual([told, emulator.user.user]);
      return proved;
    };

    expect(await prove([], [emulator.user.password])).toMatchObject({
      ...{ exitCode: 6, proof: { outcome: 'no-push', mechanism: null, appConfirmed: null } },
    });
    expect(emulator.signIns()).toEqual({ pending: 0, sessions: 0 });

    const page = await openPhone(first.context(), emulator);
    await setUp(page, emulator.user);
    const signIns = emulator.signIns();

    expect(await answered(page, 'Approve', ['own'])).toMatchObject({
      ...{ exitCode: 0, proof: { outcome: 'approved', mechanism: 'OTP', appConfirmed: true } },
    });
    await says(page, 'Approved');
    expect(await answered(page, 'Deny', [])).toMatchObject({
      ...{ exitCode: 6, proof: { outcome: 'denied', mechanism: 'OTP', appConfirmed: null } },
    });
    await says(page, 'Denied');

    expect(await prove(['--prove-timeout', '1'], [])).toMatchObject({
      ...{ exitCode: 7, proof: { outcome: 'not-answered', mechanism: 'OTP', appConfirmed: null } },
    });
    // Whoever answers then is told that nobody waits any more.
    await says(page, 'Push received');
    await press(page, 'Approve');
    await says(page, 'The tenant did not accept the answer');

    expect(emulator.signIns()).toEqual(signIns);
    expect(config()).toBe(before);
  });
});
