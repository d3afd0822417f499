import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { describe } from 'vitest';
import { isMissing } from '../support/tools.ts';

/** Debian's; `.ci/run` installs it. */
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';

/** Whether this machine has none, and names none. */
export function withoutChromium(): boolean {
  return process.env.CHROMIUM === undefined && isMissing('chromium');
}

/** A `describe` of tests in Chromium. */
export const inChromium = describe.skipIf(withoutChromium());

/** A name that Chromium takes for this machine, as if somebody had rebound it. */
export const rebound = 'rebound.example';

let launched: Promise<Browser> | undefined;

/** One for all files of a worker, which ends with it: each page has a context of its own. */
export function launchChromium(): Promise<Browser> {
  if (!existsSync(executablePath))
    throw new Error(`install chromium, or name it in CHROMIUM: ${executablePath} is missing`);
  launched ??= chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      `--host-resolver-rules=MAP ${rebound} 127.0.0.1`,
    ],
  });
  return launched;
}
