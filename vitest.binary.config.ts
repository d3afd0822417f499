import { readdirSync, readFileSync } from 'node:fs';
import config from './vitest.config.ts';

/** What starts the built program in a process of its own; everything else runs in Node.js, whatever was built. */
const starters = /\b(startProgram|runProgram|runShell|openTerminal|programCommand|shellCommand)\b/;

const include = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((path) => `test/${path}`)
  .filter((path) => path.endsWith('.test.ts') && starters.test(readFileSync(path, 'utf8')));

/** The tests that start the built program, against `MFA_CLI_TEST_COMMAND`. */
export default { ...config, test: { ...config.test, include } };
