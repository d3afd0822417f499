// Questions in a terminal of the platform, and a person's answers.
import { strict as assert } from 'node:assert';
import { join } from 'node:path';
import { cleanEnvironment, root } from '../program.mjs';
import { runOnTerminal } from './terminal.mjs';

const cert = join(root, 'test/fixtures/p12/01-default-aes256.p12');
/** Seconds that the program may take for the file. */
const patience = '600';
/** Without blanks, as a terminal of Windows breaks its lines anywhere. */
const question = /Passwordof/;
const again = (/** @type {number} */ left) => new RegExp(`${left}attempts?left.*Passwordof`);

/**
 * A person types a password, wrong ones, and Ctrl-C.
 * @param {import('./checks.mjs').Given & { folder: string }} platform
 */
export async function tryPrompts({ command, env, folder, isWindows }) {
  const cases = [
    { keys: ['secret\r'], exitCode: 0, screen: /com\.example\.lab/ },
    { keys: ['another\r', 'another\r', 'another\r'], exitCode: 3, screen: /password/ },
  ];
  // wine passes Ctrl-C on to no program that reads each key itself.
  if (!isWindows) cases.push({ keys: ['\u0003'], exitCode: 130, screen: question });
  for (const { keys, exitCode, screen } of cases) {
    const shown = await runOnTerminal(
      [...command, 'apns', 'inspect', cert, '--timeout', patience],
      {
        env: { ...cleanEnvironment(join(folder, 'home')), ...env },
        answers: keys.map((typed, index) => [index === 0 ? question : again(3 - index), typed]),
        milliseconds: 600_000,
      },
    );
    assert.equal(shown.exitCode, exitCode, shown.screen);
    assert.match(shown.screen, screen);
    assert.ok(
      !/secret|another/.test(shown.screen),
      `the password is on the screen: ${shown.screen}`,
    );
  }
  return cases.length;
}
