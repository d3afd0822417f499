import { describe, expect, test, vi } from 'vitest';
import { tap } from '../auth/factors/scripted-person.ts';
import { waitingFor } from '../emulator/security-session.ts';
import { cleanEnvironment, ctrlC, enter, openTerminal } from '../support/process.ts';
import { startTenant } from '../support/tenant.ts';
import { isMissing } from '../support/tools.ts';

const user = 'push@example.com';

/** `apns prove` for somebody who is asked for a password and then for a push, up to the push. */
async function openProof() {
  const { emulator } = await startTenant({ autoApprove: false });
  const env = cleanEnvironment({ MFA_CLI_TENANT: emulator.url });
  const terminal = openTerminal(['apns', 'prove', '--user', user], env);
  await terminal.answer(
    [`${user}'s phone will ring. Are they expecting it?`, `y${enter}`],
    [`${user} must answer. Enter Password`, `${emulator.administrator.password}${enter}`],
  );
  const told = await terminal.read(
    /Tell push@example\.com to choose this number on the phone: \d\d/,
  );
  return { emulator, terminal, number: told.slice(-2) };
}

describe.skipIf(isMissing('script'))('apns prove in a terminal', () => {
  test('waits with a clock that runs, and asks in which app the push appeared', async () => {
    const { emulator, terminal, number } = await openProof();
    const left = async () =>
      Number(/\d+/.exec(await terminal.read(/Waiting for push@example\.com: \d+ s left/))?.[0]);
    const first = await left();
    let later = first;
    while (later === first) later = await left();
    expect(later).toBeLessThan(first);
    await tap(emulator, user, 'approve', { Number: number });
    await terminal.answer(
      ['In which app did the push appear?', enter],
      /A push sign-in for push@example.com was approved/,
    );
    // Return alone confirms nothing.
    await terminal.read('unknown: the tenant does not report which app showed the push');
    const { exitCode, raw, restored } = await terminal.end();
    expect([exitCode, restored]).toEqual([0, true]);
    for (const secret of [emulator.administrator.password, 'eyJ'])
      expect(raw).not.toContain(secret);
    expect(emulator.signIns().pending).toBe(0);
  });

  test('gives the sign-in up on Ctrl-C', async () => {
    const { emulator, terminal } = await openProof();
    await terminal.read('push@example.com must approve it on the phone.');
    terminal.type(ctrlC);
    expect((await terminal.end()).exitCode).toBe(130);
    await vi.waitFor(async () => expect(await waitingFor(emulator, user)).toEqual([]));
    expect(emulator.signIns().pending).toBe(0);
  });
});
