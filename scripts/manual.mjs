// The man page, as build.mjs bundles and writes it: Node.js 20 runs no TypeScript.

import { formatManual } from '../src/reference/manual.ts';
import { describe } from '../src/run-command-line.ts';
import { version } from '../src/text/version.ts';

/** @returns {Promise<string>} */
export async function manual() {
  return formatManual(await describe(), version);
}
