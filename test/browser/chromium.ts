import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { isMissing } from '../support/tools.ts';

/** Debian's; `.ci/run` installs it. */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Whether this machine has none, and names none. */
export function withoutChromium(): boolean {
  return process.env.CHROMIUM === undefined && isMissing('chromium');
}

/** @param more arguments of the program */
export function launchChromium(...more: readonly string[]): Promise<Browser> {
  if (!existsSync(executablePath))
    throw new Error(`install chromium, or name it in CHROMIUM: ${executablePath} is missing`);
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      ...more,
    ],
  });
}
