// Runs the built program through its main commands: `node scripts/smoke.mjs [--node PATH] [--command WORD]… [--browser COMMAND]
// [--timeout SECONDS] [--emulated]`. `--command` is given for each word that starts another build, `--browser` where this machine's
// Node.js cannot be one, `--timeout` where each request takes longer, and `--emulated` where an emulated processor would take
// minutes for some keys.

import { strict as assert } from 'node:assert';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from './free-port.mjs';
import { cleanEnvironment, createProgram, root, visitingBrowser } from './program.mjs';

const { values } = parseArgs({
  options: {
    node: { type: 'string' },
    command: { type: 'string', multiple: true },
    browser: { type: 'string' },
    timeout: { type: 'string' },
    emulated: { type: 'boolean' },
  },
});
const { version } = JSON.parse(await readFile(`${root}package.json`, 'utf8'));
const fixtures = `${root}test/fixtures/p12`;
const directory = await mkdtemp(join(tmpdir(), 'mfa-cli-smoke-'));
const browser = values.browser ?? visitingBrowser.BROWSER;
const program = createProgram({
  command: values.command ?? [values.node ?? process.execPath, `${root}bin/mfa-cli.js`],
  env: {
    ...cleanEnvironment(directory),
    BROWSER: browser,
    MFA_CLI_P12_PASSWORD: 'secret',
    ...(values.timeout === undefined ? {} : { MFA_CLI_TIMEOUT: values.timeout }),
  },
});
const port = await freePort();
const authority = join(directory, 'apns-ca.pem');
const emulator = await program.startEmulator(
  `http://127.0.0.1:${port}/callback`,
  '--apns-ca',
  authority,
);
const cert = `${fixtures}/01-default-aes256.p12`;
const phone = ['--profile', 'phone'];
let checks = 0;

try {
  await expectRun(['--version'], { stdout: new RegExp(`^${version.replaceAll('.', '\\.')}\n$`) });
  await expectRun(['--help'], { stdout: /apns/ });
  await expectRun(['apns', 'set', '--help'], { stdout: /Examples:/ });
  for (const file of [
    '01-default-aes256',
    '02-legacy-rc2-3des',
    // Its keys are derived in workers, whose program is text in the bundle.
    '18-legacy-iter-600k',
    '19-pbmac1',
    ...(values.emulated ? [] : ['51-nss-default']),
    '66-ber-indefinite',
  ]) {
    await expectRun(['apns', 'inspect', `${fixtures}/${file}.p12`], {
      stdout: /com\.example\.lab/,
    });
  }
  await expectRun(['apns', 'inspect', `${fixtures}/18-iter-5M.p12`], {
    exitCode: 3,
    stderr: /iteration count/,
  });
  await expectRun(['apns', 'inspect', 'missing.p12'], { exitCode: 3, stderr: /does not exist/ });
  await expectRun(['apns', 'sett'], { exitCode: 2, stderr: /is not a command/ });
  await expectRun(['whoami'], { exitCode: 5, stderr: /signed in/ });
  await expectRun(['login', '--tenant', emulator.url, '--port', String(port)], {
    stdout: /Signed in/,
  });
  await expectRun(['whoami', '--json'], { stdout: /"source": "profile"/ });
  await expectRun(['apns', 'set', '--p12', cert], { stdout: /Set the push certificate/ });
  await expectRun(['apns', 'status'], { stdout: /com\.example\.lab/ });
  const { MFA_CLI_APNS_HOST: host = '' } = emulator.environment;
  const apns = ['--apns-host', host, '--ca-file', authority];
  await expectRun(['apns', 'verify', cert, ...apns], { stdout: /BadDeviceToken/ });
  await expectRun(['push', 'payload', '--simulator', 'com.example.lab'], {
    stdout: /MfaNotificationCategoryId/,
  });
  const login = ['login', '--tenant', emulator.url, '--port', String(port), ...phone];
  await expectRun(login, {
    stdout: /Signed in/,
    env: { BROWSER: `${browser} ${emulator.accounts.user.user}` },
  });
  await expectRun(['device', 'enroll', ...phone], { stdout: /Enrolled/ });
  await expectRun(['device', 'register-token', ...phone], { stdout: /Registered/ });
  await expectRun(['api', 'POST', '/emulator/challenge', '--data', '{}'], { stdout: /Pending/ });
  await expectRun(['device', 'listen', ...phone], { stdout: /Push received/ });
  await expectRun(['device', 'answer', '--approve', ...phone], { stdout: /Approved/ });
  await expectRun(['app', 'check', `${root}test/fixtures/app/classic`], { stdout: /✓/ });
  await expectRun(['apns', 'delete', '--client-app-key', 'com.example.lab', '--yes'], {
    stdout: /Deleted/,
  });
  await expectRun(['logout'], { stdout: /accepted the revocation of the/ });
  console.log(`${checks} passed, 0 failed`);
} finally {
  await emulator.stop();
  await rm(directory, { recursive: true, force: true });
}

/**
 * @param {readonly string[]} words
 * @param {{ exitCode?: number, stdout?: RegExp, stderr?: RegExp, env?: NodeJS.ProcessEnv }} expected
 */
async function expectRun(words, { exitCode = 0, stdout = /(?:)/, stderr = /(?:)/, env = {} }) {
  const result = await program.run(words, env);
  const told = `mfa-cli ${words.join(' ')}\n${result.stdout}${result.stderr}`;
  assert.equal(result.exitCode, exitCode, told);
  assert.match(result.stdout, stdout, told);
  assert.match(result.stderr, stderr, told);
  checks++;
}
