import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ownTarget } from './scripts/binary/targets.mjs';
import config from './vitest.base.config.ts';

/** What starts the built program in a process of its own; all other tests are of the source, in Node.js. */
const starters = /\b(startProgram|runProgram|runShell|openTerminal|programCommand|shellCommand)\b/;

/** What has Node.js load a file of the test's own into the program: an executable does not. */
const preloads = /\bNODE_OPTIONS: `--import/;

const include = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .map((path) => `test/${path}`)
  .filter((path) => path.endsWith('.test.ts'))
  .filter((path) => {
    const text = readFileSync(path, 'utf8');
    return path.startsWith('test/binary/') || (starters.test(text) && !preloads.test(text));
  });

const executable = new URL(`release/binary/${ownTarget()}/mfa-cli`, import.meta.url);

/** The tests that start the built program, on this machine's executable in place of Node.js; and those of executables. */
export default {
  ...config,
  test: {
    ...config.test,
    include,
    exclude: [],
    env: { ...config.test?.env, MFA_CLI_TEST_COMMAND: fileURLToPath(executable) },
  },
};
