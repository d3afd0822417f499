// The checks of a platform, run on it: each takes a machine from `createMachine`, and throws on a fault.
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join, sep } from 'node:path';
import { text } from 'node:stream/consumers';
import { cleanEnvironment, root } from '../program.mjs';
import { run } from '../release/run.mjs';

/**
 * @typedef {object} Given a platform as it was opened
 * @property {readonly string[]} command the words that start the program
 * @property {NodeJS.ProcessEnv} [env] what its environment has beside
 * @property {string} browser
 * @property {string} runtime
 * @property {boolean} [isWindows]
 * @property {number} share one file of so many is tried
 * @property {number} fileShare the same for the .p12 files alone
 * @property {number} lanes how many at a time
 * @property {import('./machines.mjs').Inside} [inside]
 *
 * @typedef {object} Options of a run
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [cwd]
 *
 * @typedef {ReturnType<typeof createMachine>} Machine
 *
 * @typedef {object} Row
 * @property {string} check
 * @property {string} result
 * @property {number} seconds
 * @property {boolean} failed
 */

const fixtures = join(root, 'test/fixtures/p12');
const cert = join(fixtures, '01-default-aes256.p12');
/** Seconds that the program may take for a file: emulation is slow, and none of these tests is about time. */
const patience = '600';

/**
 * By name, in their order. Each gives how many cases it tried, or a sentence that says why it is not for this platform.
 * @type {Readonly<Record<string, (machine: Machine) => Promise<number | string>>>}
 */
export const checks = {
  async 'smoke test'({ command, browser, share }) {
    const words = [...command.map((word) => `--command=${word}`), '--browser', browser];
    const told = await run(process.execPath, [
      join(root, 'scripts/smoke.mjs'),
      ...words,
      ...['--timeout', patience],
      ...(share === 1 ? [] : ['--emulated']),
    ]);
    return Number(/^(\d+) passed, 0 failed$/m.exec(told)?.[1]);
  },

  /** Each file of the fixtures, or one of `machine.share`, ends as expected.json has it. */
  async '.p12 files'(machine) {
    const expected = await readExpected();
    // BoringSSL, which executables have, knows no Camellia.
    const isKnown = (/** @type {string} */ file) =>
      machine.runtime === 'node' || !file.includes('camellia');
    // Their keys take seconds to derive, and minutes where a processor is emulated: the smoke test has one of them.
    const isQuick = (/** @type {string} */ file) =>
      machine.share === 1 || !/^18-|scrypt|pbmac1|gnutls/.test(file);
    const files = Object.entries(expected).filter(([file]) => isKnown(file) && isQuick(file));
    const chosen = files.filter((_, index) => index % machine.fileShare === 0);
    await inTurns(chosen, machine.lanes, async ([file, { password, exit, findings = [] }]) => {
      const words = ['apns', 'inspect', join(fixtures, file), '--json', '--timeout', patience];
      const { exitCode, stdout, told } = await machine.run(words, {
        env: { MFA_CLI_P12_PASSWORD: password },
      });
      assert.ok([exit].flat().includes(exitCode), told);
      const found =
        JSON.parse(stdout).findings?.map((/** @type {{ code: string }} */ { code }) => code) ?? [];
      assert.deepEqual(
        findings.filter((code) => !found.includes(code)),
        [],
        told,
      );
    });
    return chosen.length;
  },

  /** Blanks, letters of other scripts, more than 260 characters, and the spelling of the platform's own. */
  async paths(machine) {
    const folder = join(machine.folder, 'paths');
    const long = Array.from({ length: 6 }, (_, index) => `${index}`.repeat(50)).join('/');
    const names = [
      'cert 1.p12',
      'Grüße/Zürich.p12',
      '証明書/プッシュ 🔑.p12',
      `${long}/cert.p12`,
      "it's & co (1).p12",
    ];
    let cases = 0;
    for (const name of names) {
      const file = join(folder, name);
      await mkdir(dirname(file), { recursive: true });
      await copyFile(cert, file);
      const spellings = machine.share === 1 ? [file, name, name.replaceAll('/', sep)] : [file];
      for (const spelling of new Set(spellings)) {
        const env = { MFA_CLI_P12_PASSWORD: 'secret' };
        const { exitCode, stdout, told } = await machine.run(
          ['apns', 'inspect', spelling, '--json'],
          {
            env,
            cwd: folder,
          },
        );
        assert.equal(exitCode, 0, told);
        // A long one is shortened.
        assert.ok(spelling.startsWith(JSON.parse(stdout).file.replace(/…$/, '')), told);
        cases++;
      }
    }
    return cases;
  },

  /** A file on stdin, a password on stdin, and a reader that has seen enough. */
  async pipes(machine) {
    const env = { MFA_CLI_P12_PASSWORD: 'secret' };
    const bytes = await readFile(cert);
    const stdin = await machine.run(['apns', 'inspect', '-', '--json'], { env, input: bytes });
    assert.equal(stdin.exitCode, 0, stdin.told);
    assert.equal(JSON.parse(stdin.stdout).certificate.bundleId, 'com.example.lab');
    const word = await machine.run(['apns', 'inspect', cert, '--password-file', '-'], {
      input: 'secret\n',
    });
    assert.equal(word.exitCode, 0, word.told);
    const child = machine.start(['help', 'environment']);
    child.stdout.destroy();
    child.stderr.resume();
    const [code] = await once(child, 'close');
    assert.equal(code, 0);
    return 3;
  },

  /** Files as Windows and its editors write them, and passwords that are not ASCII, from variables and files. */
  async encodings(machine) {
    /**
     * @param {string} file
     * @param {...string} words
     */
    const inspect = (file, ...words) => [
      'apns',
      'inspect',
      join(fixtures, file),
      '--json',
      ...words,
    ];
    const known = await readExpected();
    const cjk = known['22-pw-cjk.p12']?.password ?? '';
    const latin1 = known['22-pw-latin1.p12']?.password ?? '';
    /** @type {readonly (readonly [string, Buffer, number, RegExp?])[]} */
    const cases = [
      ['22-pw-cjk.p12', Buffer.from(cjk), 0],
      ['22-pw-latin1.p12', Buffer.from(`${latin1}\r\n`), 0],
      // As Windows PowerShell writes them, which is told.
      ['22-pw-cjk.p12', Buffer.from(`\ufeff${cjk}\r\n`), 3, /byte-order mark/],
      ['22-pw-cjk.p12', Buffer.from(`\ufeff${cjk}\r\n`, 'utf16le'), 3, /UTF-16/],
    ];
    for (const [index, [file, bytes, expected, said = /(?:)/]] of cases.entries()) {
      const name = `password-${index}.txt`;
      await writeFile(join(machine.folder, name), bytes);
      const words = inspect(file, '--password-file', name);
      const { exitCode, told } = await machine.run(words, { cwd: machine.folder });
      assert.equal(exitCode, expected, told);
      assert.match(told, said);
    }
    const passwords = { '22-pw-cjk.p12': cjk, '22-pw-latin1.p12': latin1 };
    for (const [file, password] of Object.entries(passwords)) {
      const { exitCode, told } = await machine.run(inspect(file), {
        env: { MFA_CLI_P12_PASSWORD: password },
      });
      assert.equal(exitCode, 0, told);
    }
    return cases.length + Object.keys(passwords).length;
  },

  /** A program that prints the password: a script of the platform, found by its path and in PATH, with arguments. */
  async 'secret commands'(machine) {
    const folder = join(machine.folder, 'programs with blanks');
    await mkdir(folder, { recursive: true });
    const endings = machine.isWindows ? ['.cmd', '.bat'] : [''];
    const content = machine.isWindows
      ? '@echo off\r\nif "%~1"=="a b & c" echo secret\r\n'
      : '#!/bin/sh\n[ "$1" = "a b & c" ] && echo secret\n';
    let cases = 0;
    for (const ending of endings) {
      const file = join(folder, `tell${ending}`);
      // Another process writes it: what this one starts at the same time would hold it open, and nobody could run it.
      await writeFile(`${file}.new`, content, { mode: 0o755 });
      if (machine.isWindows) await copyFile(`${file}.new`, file);
      else await run('cp', [`${file}.new`, file]);
      for (const program of [file, `tell${ending}`]) {
        const words = [
          '--password-command',
          program,
          '--password-arg',
          'a b & c',
          '--timeout',
          patience,
        ];
        const { exitCode, told } = await machine.run(['apns', 'inspect', cert, ...words], {
          env: { PATH: `${folder}${delimiter}${process.env.PATH}` },
        });
        assert.equal(exitCode, 0, told);
        cases++;
      }
    }
    return cases;
  },

  async 'exit codes'(machine) {
    const nobody = 'http://127.0.0.1:9';
    /** @type {readonly (readonly [string[], number, NodeJS.ProcessEnv?])[]} */
    const cases = [
      [['--version'], 0],
      [['apns', 'sett'], 2],
      [['apns', 'inspect', cert, '--no-input'], 2],
      [['apns', 'inspect', 'missing.p12'], 3],
      [['apns', 'inspect', join(fixtures, '30-exp.p12')], 4],
      [['whoami'], 5],
      [['whoami', '--tenant', nobody], 7, { MFA_CLI_TOKEN: 'x' }],
    ];
    for (const [words, expected, env = {}] of cases) {
      const secret = expected === 4 ? { MFA_CLI_P12_PASSWORD: 'secret' } : {};
      const { exitCode, told } = await machine.run(words, { env: { ...secret, ...env } });
      assert.equal(exitCode, expected, told);
    }
    return cases.length;
  },

  /** A signal ends the emulator of the program with the code that a shell expects. */
  async signals(machine) {
    if (machine.isWindows) return 'Node.js has no signal for another program on Windows';
    /** @type {readonly (readonly [NodeJS.Signals, number])[]} */
    const signals = [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ];
    for (const [signal, expected] of signals) {
      const child = machine.start(['emulator', '--port', '0']);
      child.stderr.resume();
      await once(child.stdout, 'data');
      child.kill(signal);
      const [code] = await once(child, 'close');
      assert.equal(code, expected, signal);
    }
    return 2;
  },
};

/**
 * The password, the exit code and the findings of each file of the fixtures.
 * @returns {Promise<Record<string, { password: string, exit: number | number[], findings?: string[] }>>}
 */
async function readExpected() {
  return JSON.parse(await readFile(join(fixtures, 'expected.json'), 'utf8'));
}

/**
 * Does the work on each item, as many at a time as there are lanes.
 * @template Item
 * @param {readonly Item[]} items
 * @param {number} lanes
 * @param {(item: Item) => Promise<void>} work
 */
async function inTurns(items, lanes, work) {
  const left = [...items];
  const lane = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/**
 * A platform for its checks: it starts the program in a clean environment of its own.
 * @param {Given} given
 * @param {string} folder of this platform alone
 */
export function createMachine(given, folder) {
  const isWindows = process.platform === 'win32';
  /**
   * @param {readonly string[]} words
   * @param {Options} [options]
   */
  const start = (words, { env = {}, cwd = folder } = {}) => {
    const [file = '', ...first] = given.command;
    const environment = { ...withoutPath(cleanEnvironment(join(folder, 'home')), env), ...env };
    return spawn(file, [...first, ...words], { env: environment, cwd, stdio: 'pipe' });
  };
  return {
    ...given,
    isWindows,
    folder,
    start,
    /**
     * Runs it to its end.
     * @param {readonly string[]} words
     * @param {Options & { input?: string | Buffer }} [options]
     */
    async run(words, { input = '', ...options } = {}) {
      const child = start(words, options);
      child.stdin.on('error', () => {}).end(input);
      const [[exitCode], stdout, stderr] = await Promise.all([
        once(child, 'close'),
        text(child.stdout),
        text(child.stderr),
      ]);
      return {
        exitCode,
        stdout,
        told: `${words.join(' ')}\n${stdout}${stderr}exit code ${exitCode}`,
      };
    },
  };
}

/**
 * Windows knows `Path` and `PATH` as one variable, of which a child would get either.
 * @param {NodeJS.ProcessEnv} environment
 * @param {NodeJS.ProcessEnv} given
 */
function withoutPath(environment, { PATH }) {
  const isAnother = (/** @type {string} */ name) => PATH !== undefined && /^path$/i.test(name);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isAnother(name)));
}

/**
 * Tries each check in turn.
 * @template Subject
 * @param {Readonly<Record<string, (subject: Subject) => Promise<number | string>>>} all
 * @param {Subject} machine
 * @param {(row: Row) => void} [told]
 */
export async function tryChecks(all, machine, told = () => {}) {
  /** @type {Row[]} */
  const rows = [];
  for (const [check, work] of Object.entries(all)) {
    const start = performance.now();
    let outcome;
    try {
      const given = await work(machine);
      outcome = {
        result: typeof given === 'number' ? `ran (${given})` : `skipped: ${given}`,
        failed: false,
      };
    } catch (error) {
      const result = error instanceof Error ? error.message : String(error);
      outcome = { result, failed: true };
    }
    const row = { check, ...outcome, seconds: (performance.now() - start) / 1000 };
    told(row);
    rows.push(row);
  }
  return rows;
}
