import { existsSync } from 'node:fs';

/** Debian's headless shell, which takes half of the time and memory of the whole browser. */
const shell = '/usr/bin/chromium-headless-shell';

/** The browser of the tests and pictures. The variable CHROMIUM names another. */
export const chromiumPath =
  process.env.CHROMIUM ?? (existsSync(shell) ? shell : '/usr/bin/chromium');
