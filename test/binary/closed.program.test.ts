import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { p12Path } from '../support/fixtures.ts';
import { cleanEnvironment, finish, programCommand } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const [executable] = programCommand;
const secret = 'MFA_CLI_P12_PASSWORD=secret\nMFA_CLI_TENANT=evil.example.test\n';
const evil = 'console.log("EVIL"); require("node:fs").writeFileSync(__dirname + "/ran", "");';

/** A directory of a stranger, with whatever Bun may read of a working directory. */
function hostileDirectory(): string {
  const directory = temporaryDirectory();
  const files = {
    '.env': secret,
    '.env.local': secret,
    '.env.production': secret,
    '.env.development': secret,
    'bunfig.toml': 'preload = ["./evil.js"]\n[run]\nbun = true\n',
    '.bunfig.toml': 'preload = ["./evil.js"]\n',
    'package.json': '{ "name": "mfa-cli", "main": "evil.js", "imports": { "#*": "./evil.js" } }',
    'tsconfig.json': '{ "compilerOptions": { "baseUrl": ".", "paths": { "*": ["./evil.js"] } } }',
    '.npmrc': 'registry=http://127.0.0.1:9',
    'evil.js': evil,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  return directory;
}

async function run(words: readonly string[], env: Readonly<Record<string, string>>, cwd: string) {
  const child = spawn(executable, words, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  const told = await finish(child);
  return { ...told, ran: existsSync(join(cwd, 'ran')) };
}

const { version } = JSON.parse(
  readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
);
const versionSaid = { exitCode: 0, stdout: `${version}\n`, stderr: '', ran: false };
const inspect = ['apns', 'inspect', p12Path('01-default-aes256')];

test('what stands in the working directory, or at home, changes nothing', async () => {
  const directory = hostileDirectory();
  const env = { ...cleanEnvironment(), HOME: directory, XDG_CONFIG_HOME: directory };
  expect(await run(['--version'], env, directory)).toEqual(versionSaid);
  const { exitCode, stderr, ran } = await run(inspect, env, directory);
  // The password of `.env` would open it.
  expect([exitCode, ran]).toEqual([2, false]);
  expect(stderr).toContain('is missing, and there is no terminal');
  const elsewhere = await run(['whoami', '--json'], env, directory);
  expect(elsewhere.stdout).not.toContain('evil.example.test');
});

test.each([
  ['BUN_BE_BUN', '1'],
  ['BUN_OPTIONS', '--preload=./evil.js'],
  ['BUN_OPTIONS', '--eval=console.log("EVIL")'],
  ['BUN_OPTIONS', '--version'],
  ['BUN_OPTIONS', '--cpu-prof'],
  ['BUN_INSPECT_PRELOAD', './evil.js'],
  ['BUN_INSPECT_CONNECT_TO', '127.0.0.1:9'],
  ['BUN_CONFIG_VERBOSE_FETCH', 'curl'],
  ['BUN_BYTECODE_ORDER_OUT', './ran'],
  ['BUN_BYTECODE_DIGEST_OUT', './ran'],
  ['BUN_BYTECODE_ORDER_NAMES_OUT', './ran'],
  ['NODE_OPTIONS', '--require=./evil.js'],
  ['NODE_PATH', '.'],
  ['NODE_REPL_EXTERNAL_MODULE', './evil.js'],
])('%s=%s changes nothing', async (name, value) => {
  const directory = hostileDirectory();
  expect(await run(['--version'], { ...cleanEnvironment(), [name]: value }, directory)).toEqual(
    versionSaid,
  );
  const env = cleanEnvironment({ MFA_CLI_P12_PASSWORD: 'secret' });
  const plain = await run(inspect, env, directory);
  expect(plain.exitCode).toBe(0);
  expect(await run(inspect, { ...env, [name]: value }, directory)).toEqual(plain);
});

/** The text around some words in the executable, whose source has one byte a character or two. */
function textAround(words: string): string {
  const bytes = readFileSync(executable);
  for (const encoding of ['latin1', 'utf16le'] as const) {
    const at = bytes.indexOf(words, 0, encoding);
    if (at >= 0) return bytes.subarray(at - 200, at + 20_000).toString(encoding);
  }
  return '';
}

test('BUN_JSC_functionOverrides runs no code of the file that it names', async () => {
  const directory = hostileDirectory();
  const [, , body] =
    /\n( *)async function runCommand\(\) (\{\n[\s\S]*?\n\1\})\n/.exec(
      textAround('async function runCommand()'),
    ) ?? [];
  const overrides = join(directory, 'overrides');
  writeFileSync(
    overrides,
    `override %%%${body}%%%\nwith %%%{ process.stdout.write('EVIL'); }%%%\n`,
  );
  // Without its cache the engine compiles the text of each function, which is in the executable, too.
  const env = cleanEnvironment({ BUN_JSC_functionOverrides: overrides, BUN_JSC_useCodeCache: '0' });
  expect(body).toContain('process.exitCode');
  expect(await run(['help'], env, directory)).toMatchObject({ exitCode: 1, stdout: '' });
});

test.each([
  ['BUN_ENABLE_CRASH_REPORTING', '1'],
  ['BUN_CRASH_REPORT_URL', 'http://127.0.0.1:9'],
])('%s=%s reports no crash', async (name, value) => {
  const directory = hostileDirectory();
  const curl = join(directory, 'curl');
  writeFileSync(curl, `#!/bin/sh\n: >'${join(directory, 'ran')}'\n`, { mode: 0o755 });
  const { PATH, ...rest } = cleanEnvironment({ [name]: value });
  const env = { ...rest, PATH: `${directory}:${PATH}` };
  const child = spawn(executable, ['emulator', '--port', '0'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  child.kill('SIGSEGV');
  // What it starts has its stderr, and this waits for the end of that.
  expect((await finish(child)).stderr).toContain('Segmentation fault');
  expect(existsSync(join(directory, 'ran'))).toBe(false);
});

test('a keychain whose library cannot be unpacked is told with its remedy', async () => {
  const directory = hostileDirectory();
  const words = ['login', '--store', 'keychain', '--tenant', 'https://127.0.0.1:9'];
  const env = cleanEnvironment({ TMPDIR: join(directory, 'missing') });
  const { exitCode, stderr } = await run(words, env, directory);
  expect([exitCode, stderr]).toEqual([5, expect.stringContaining('could not be loaded')]);
  expect(stderr).toContain('Set TMPDIR to a directory');
});

test('BUN_INSPECT opens no debugger', async () => {
  const port = await freePort();
  const env = cleanEnvironment({ BUN_INSPECT: `ws://127.0.0.1:${port}/x` });
  const child = spawn(executable, ['emulator', '--port', '0'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const opened = await new Promise((resolve) => {
    connect(port, '127.0.0.1')
      .once('connect', () => resolve(true))
      .once('error', () => resolve(false));
  });
  child.kill('SIGKILL');
  expect(opened).toBe(false);
});
