// A whole MFA push, for the screenshots of the emulator's console: a certificate, two phones, and what users said.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { visitingBrowserOf } from '../program.mjs';
import { makePushP12 } from '../push-certificate.mjs';

const bundleId = 'com.example.app';

/**
 * Lets the program do it at an emulator that signs people in by itself. The last challenge still waits.
 * @param {import('../program.mjs').Program} program
 * @param {import('../program.mjs').Emulator & { port: string }} emulator with the port whose redirect URI is registered
 * @param {string} directory
 */
export async function rehearsePush(program, emulator, directory) {
  /**
   * @param {readonly string[]} words
   * @param {string} [user]
   */
  const run = async (words, user = emulator.accounts.administrator.user) => {
    const env = {
      ...emulator.environment,
      MFA_CLI_PORT: emulator.port,
      ...visitingBrowserOf(user),
    };
    const { exitCode, stdout, stderr } = await program.run(words, env);
    if (exitCode !== 0) throw new Error(`${words.join(' ')} ended with ${exitCode}: ${stderr}`);
    return stdout;
  };
  const { user } = emulator.accounts.user;
  const p12 = join(directory, 'console.p12');
  const password = join(directory, 'console-password.txt');
  await writeFile(p12, makePushP12({ bundleId, teamId: 'A1B2C3D4E5', password: 'screenshot' }));
  await writeFile(password, 'screenshot\n', { mode: 0o600 });

  await run(['login']);
  await run(['apns', 'set', '--p12', p12, '--password-file', password]);
  await run(['apns', 'verify', p12, '--password-file', password]);
  await run(['login', '--profile', 'phone'], user);
  await run(['device', 'enroll', '--profile', 'phone']);
  await run(['device', 'register-token', '--profile', 'phone']);
  const challenge = () =>
    run(['api', 'POST', '/emulator/challenge', '--data', JSON.stringify({ User: user })]);
  await challenge();
  await run(['device', 'listen', '--profile', 'phone']);
  await run(['device', 'answer', '--approve', '--profile', 'phone']);
  await run(['api', 'POST', '/emulator/apns', '--data', '{"Reason":"TooManyRequests","Times":1}']);
  await challenge();
  await challenge();
}
