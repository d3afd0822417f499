import { fileURLToPath } from 'node:url';

/**
 * The words that start the built program, as it is released on npm: `node` and its script. `MFA_CLI_TEST_COMMAND`, the path of
 * an executable, stands in for them: so the tests run against another build.
 * @type {readonly [string, ...string[]]}
 */
export const programCommand = process.env.MFA_CLI_TEST_COMMAND
  ? [process.env.MFA_CLI_TEST_COMMAND]
  : [process.execPath, fileURLToPath(new URL('../bin/mfa-cli.js', import.meta.url))];
