import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { describe } from 'vitest';
import { chromiumPath } from '../../scripts/chromium.mjs';
import { isMissing } from '../support/tools.ts';

/** Whether this machine has none, and names none. */
export function withoutChromium(): boolean {
  return !existsSync(chromiumPath) && isMissing('chromium');
}

/** A `describe` of tests in Chromium. */
export const inChromium = describe.skipIf(withoutChromium());

/** A name that Chromium takes for this machine, as if somebody had rebound it. */
export const rebound = 'rebound.example';

let launched: Promise<Browser> | undefined;

/** One for all files of a worker, which ends with it: each page has a context of its own. */
export function launchChromium(): Promise<Browser> {
  if (!existsSync(chromiumPath))
    throw new Error(`install chromium, or name it in CHROMIUM: ${chromiumPath} is missing`);
  launched ??= chromium.launch({
    executablePath: chromiumPath,
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
