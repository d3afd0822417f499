// The main job from end to end on a fresh machine, without a browser, a terminal or a network: every output is real.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnvironment, createProgram, freePort, visitingBrowser } from './program.mjs';
import { makePushP12 } from './push-certificate.mjs';

const directory = await mkdtemp(join(tmpdir(), 'mfa-cli-demo-'));
const p12 = join(directory, 'cert.p12');
const passwordFile = join(directory, 'password.txt');
const program = createProgram({ env: { ...cleanEnvironment(directory), ...visitingBrowser } });
const port = await freePort();
const emulator = await program.startEmulator(`http://127.0.0.1:${port}/callback`);

try {
  console.log(
    `A local tenant runs at ${emulator.url}; cert.p12 holds a push certificate shaped as Apple's.\n`,
  );
  const password = 'demo password';
  await writeFile(p12, makePushP12({ bundleId: 'com.example.app', teamId: 'A1B2C3D4E5', password }), {
    mode: 0o600,
  });
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 });
  await show(['login', '--tenant', emulator.url, '--port', String(port)]);
  await show(['whoami']);
  await show(['apns', 'inspect', p12, '--password-file', passwordFile]);
  await show(['apns', 'set', '--p12', p12, '--password-file', passwordFile, '--dry-run']);
  await show(['apns', 'set', '--p12', p12, '--password-file', passwordFile]);
  await show([
    'apns',
    'set',
    '--p12',
    p12,
    '--password-file',
    passwordFile,
    '--environment',
    'production',
    '--json',
  ]);
  await show(['apns', 'status']);
  await show(
    ['apns', 'set', '--p12', p12, '--password-file', passwordFile, '--topic', 'com.example.other'],
    4,
  );
  await show(['apns', 'delete', '--client-app-key', 'com.example.app', '--yes']);
  await show(['apns', 'status']);
  await show(['logout']);
  await show(['whoami'], 5);
  console.log('The demo is over: everything answered as it should.');
} finally {
  await emulator.stop();
  await rm(directory, { recursive: true, force: true });
}

/** Shows a command and what it printed, and insists on its exit code. */
async function show(words, expected = 0) {
  const { exitCode, stdout, stderr } = await program.run(words);
  const line = words.map((word) => word.replace(`${directory}/`, '')).join(' ');
  console.log(`$ mfa-cli ${line}\n${`${stderr}${stdout}`.replaceAll(`${directory}/`, '')}`);
  if (exitCode !== expected) throw new Error(`exit code ${exitCode} instead of ${expected}`);
  if (expected !== 0) console.log(`(exit code ${exitCode})\n`);
}
