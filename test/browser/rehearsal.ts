import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import type { Emulator, EmulatorOptions } from '../../src/emulator/emulator.ts';
import { p12Path } from '../support/fixtures.ts';
import { cleanEnvironment, runProgram } from '../support/process.ts';
import { startTenant } from '../support/tenant.ts';

const visitor = fileURLToPath(new URL('../../scripts/visit.mjs', import.meta.url));

export const user = 'user@example.com';

/** A tenant, and the built program beside it. */
export interface Rehearsal {
  readonly emulator: Emulator;
  /** Runs a command line; a user's in which a browser is opened. @returns stdout @throws it does not end with 0 */
  run(words: readonly string[], as?: string): Promise<string>;
}

export async function startRehearsal(options: Partial<EmulatorOptions> = {}): Promise<Rehearsal> {
  const { emulator, port } = await startTenant(options);
  const env = cleanEnvironment({
    MFA_CLI_PORT: String(port),
    MFA_CLI_TENANT: emulator.url,
    MFA_CLI_P12_PASSWORD: 'secret',
  });
  return {
    emulator,
    async run(words, as = emulator.administrator.user) {
      const BROWSER = `"${process.execPath}" "${visitor}" ${as}`;
      const { exitCode, stdout, stderr } = await runProgram(words, { ...env, BROWSER });
      if (exitCode !== 0) throw new Error(`${words.join(' ')} ended with ${exitCode}: ${stderr}`);
      return stdout;
    },
  };
}

/** Gives the tenant a certificate. */
export async function setCertificate({ run }: Rehearsal, p12 = p12Path('01-default-aes256')): Promise<void> {
  await run(['login']);
  await run(['apns', 'set', p12]);
}

/** Enrolls a phone of the user's, by a profile of that name. */
export async function enroll({ run }: Rehearsal, profile: string, name: string): Promise<void> {
  await run(['login', '--profile', profile], user);
  await run(['device', 'enroll', '--name', name, '--profile', profile]);
  await run(['device', 'register-token', '--profile', profile]);
}

/** A page of a browser that has nothing yet, and what the browser says against it. */
export async function openPage(browser: Browser): Promise<{ page: Page; said: readonly string[] }> {
  const context = await browser.newContext();
  onTestFinished(() => context.close());
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const said: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  return { page, said };
}
