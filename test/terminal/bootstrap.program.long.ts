import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test, vi } from 'vitest';
import { codeFor, tap } from '../auth/factors/scripted-person.ts';
import { sessionOf } from '../emulator/security-session.ts';
import { isThorough } from '../support/patience.ts';
import {
  cleanEnvironment,
  ctrlC,
  enter,
  openTerminal,
  type PseudoTerminal,
  runProgram,
  startProgram,
} from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startTenant } from '../support/tenant.ts';
import { isMissing } from '../support/tools.ts';

const code = '\u001b[B';

async function open(user: string, more: readonly string[] = [], TERM = 'xterm') {
  const { emulator, port } = await startTenant({ bare: true, autoApprove: false });
  const env = cleanEnvironment({
    MFA_CLI_PORT: String(port),
    MFA_CLI_TENANT: emulator.url,
    BROWSER: 'true',
    TERM,
  });
  const words = ['bootstrap', '--user', user, '--dry-run', ...more];
  const terminal = openTerminal(words, env);
  return { emulator, terminal, env, password: emulator.administrator.password };
}

async function typePassword(terminal: PseudoTerminal, password: string): Promise<void> {
  await terminal.answer(['Enter Password', `${password}${enter}`]);
}

async function expectPlan(terminal: PseudoTerminal, secrets: readonly string[]): Promise<void> {
  await terminal.read(/\d\s+changes\s+at\s+\S+\s+Nothing\s+was\s+changed/);
  const ended = await terminal.end();
  expect(ended).toMatchObject({ exitCode: 0, restored: true });
  for (const secret of secrets) expect(ended.raw).not.toContain(secret);
}

describe.skipIf(isMissing('script'))('bootstrap in a terminal signs in', () => {
  test.each(isThorough ? ['', '--debug', '--no-color'] : ['--debug'])(
    'with a text’s code, which nobody sees (%s)',
    async (flag) => {
      const user = 'sms@example.com';
      const { emulator, terminal, password } = await open(user, flag === '' ? [] : [flag]);
      await typePassword(terminal, password);
      await terminal.read('A text was sent to the phone ending in 0100');
      const typed = await codeFor(emulator, user);
      terminal.type(`${typed}${enter}`);
      await expectPlan(terminal, [password, typed]);
    },
  );

  test.runIf(isThorough)('with a link that is clicked, though half a code was typed', async () => {
    const user = 'email@example.com';
    const { emulator, terminal, password } = await open(user);
    await typePassword(terminal, password);
    await terminal.answer(['An email was sent', '12']);
    await tap(emulator, user, 'approve');
    await expectPlan(terminal, [password]);
  });

  test('with the mechanism that is chosen by arrow keys', async () => {
    const user = 'mfa@example.com';
    const { emulator, terminal, password } = await open(user);
    await typePassword(terminal, password);
    await terminal.read('How do you prove who you are? (2 of 2)');
    await terminal.read('Phone Call');
    for (let press = 0; press < 4; press++) terminal.type(code);
    terminal.type(enter);
    await terminal.read('Your phone ending in 0100 will ring');
    // The phone rings once the tenant has been asked to call.
    await setTimeout(500);
    await tap(emulator, user, 'approve');
    await expectPlan(terminal, [password]);
  });

  test.runIf(isThorough)('at the identity provider, with its PIN', async () => {
    const { terminal, password } = await open('pin@example.com');
    const page = await terminal.read(/http:\/\/127\.0\.0\.1:\d+\/emulator\/idp\/[\w-]{16}/);
    const shown = await (
      await fetch(page, { method: 'POST', body: new URLSearchParams({ password }) })
    ).text();
    const pin = /\b\d{6}\b/.exec(shown.replace(/<style.*?<\/style>/s, ''))?.[0] ?? '';
    await terminal.read('PIN shown in the browser');
    terminal.type(`${pin}${enter}`);
    await expectPlan(terminal, [password, pin]);
  });

  test.runIf(isThorough)('where nothing can be drawn again, with a plain question', async () => {
    const user = 'oath@example.com';
    const { emulator, terminal, password } = await open(user, [], 'dumb');
    await typePassword(terminal, password);
    await terminal.read('Enter Verification Code');
    terminal.type(`${await codeFor(emulator, user)}${enter}`);
    await expectPlan(terminal, []);
  });

  test('or not: Ctrl-C while it waits ends with 130', async () => {
    const { terminal, password } = await open('push@example.com');
    await typePassword(terminal, password);
    await terminal.answer(['A request was sent', ctrlC]);
    expect(await terminal.end()).toMatchObject({ exitCode: 130, restored: true });
  });
});

test('a process that is killed leaves what a rerun goes on from', async () => {
  const stateFile = join(temporaryDirectory(), 'state.json');
  const { emulator, port } = await startTenant({ bare: true, stateFile });
  const env = cleanEnvironment({
    MFA_CLI_PORT: String(port),
    MFA_CLI_TENANT: emulator.url,
    MFA_CLI_TOKEN: await sessionOf(emulator),
  });
  const words = ['bootstrap', '--user', 'admin@example.com', '--yes', '--json'];
  emulator.faults.add('/SaasManage/AssignSuperRights', 'silent');
  const child = startProgram(words, env);
  const faults = vi.spyOn(emulator.faults, 'next');
  while (!faults.mock.results.some(({ value }) => value === 'silent')) await setTimeout(20);
  child.kill('SIGKILL');
  const rerun = await runProgram(words, env);
  const report = JSON.parse(rerun.stdout);
  expect([rerun.exitCode, report.ok]).toEqual([0, true]);
  const actions = Object.fromEntries(
    report.steps.map(({ step, action }: { step: string; action: string }) => [step, action]),
  );
  expect(actions).toMatchObject({ application: 'keep', role: 'keep', right: 'create' });
});
