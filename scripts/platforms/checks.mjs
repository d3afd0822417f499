// What is tried on a platform. Each check gets the platform as scripts/platforms.mjs opens it, and throws where something is wrong.
import { strict as assert } from 'node:assert';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { root } from '../program.mjs';
import { run } from '../release/run.mjs';
import { windowsPath } from './machines.mjs';
import { runOnTerminal } from './terminal.mjs';

const fixtures = join(root, 'test/fixtures/p12');
const cert = join(fixtures, '01-default-aes256.p12');
/** Seconds that the program may take for a file: emulation is slow, and none of these tests is about time. */
const patience = '120';

/** By name, in the order in which they are run; a check that is not for a platform gives a sentence in place of its number of cases. */
export const checks = {
  async 'smoke test'({ command, env, browser }) {
    const words = [...command.flatMap((word) => ['--command', word]), '--browser', browser];
    const smoke = join(root, 'scripts/smoke.mjs');
    const told = await run(process.execPath, [smoke, ...words, '--timeout', patience], {
      env: { ...process.env, ...env },
    });
    return Number(/^(\d+) passed, 0 failed$/m.exec(told)[1]);
  },

  /** Each file of the fixtures, or one of `machine.share`, ends as expected.json has it. */
  async '.p12 files'(machine) {
    const expected = JSON.parse(await readFile(join(fixtures, 'expected.json'), 'utf8'));
    // BoringSSL, which executables have, knows no Camellia.
    const isKnown = ([file]) => machine.runtime === 'node' || !file.includes('camellia');
    const files = Object.entries(expected).filter(isKnown);
    const chosen = files.filter((_, index) => index % machine.share === 0);
    await inTurns(chosen, machine.lanes, async ([file, { password, exit, findings = [] }]) => {
      const words = ['apns', 'inspect', join(fixtures, file), '--json', '--timeout', patience];
      const { exitCode, stdout, told } = await machine.run(words, {
        env: { MFA_CLI_P12_PASSWORD: password },
      });
      assert.ok([exit].flat().includes(exitCode), told);
      const found = JSON.parse(stdout).findings?.map(({ code }) => code) ?? [];
      assert.deepEqual(
        findings.filter((code) => !found.includes(code)),
        [],
        told,
      );
    });
    return chosen.length;
  },

  /** A person types a password, a wrong one, and Ctrl-C. */
  async prompts(machine) {
    const question = /Password of/;
    for (const [keys, exitCode, screen] of [
      [['secret\r'], 0, /com\.example\.lab/],
      [['another\r', 'another\r', 'another\r'], 3, /password/],
      [['\u0003'], 130, question],
    ]) {
      const shown = await runOnTerminal(
        [...machine.command, 'apns', 'inspect', cert, '--timeout', patience],
        {
          env: { ...machine.environment(), ...machine.env },
          answers: keys.map((typed) => [question, typed]),
          milliseconds: 120_000,
        },
      );
      assert.equal(shown.exitCode, exitCode, shown.screen);
      assert.match(shown.screen, screen);
      assert.ok(!/secret|another/.test(shown.screen), `the password is on the screen: ${shown.screen}`);
    }
    return 3;
  },

  /** Blanks, letters of other scripts, more than 260 characters, and the spelling of the platform's own. */
  async paths(machine) {
    const folder = join(machine.folder, 'paths');
    const own = machine.isWindows ? windowsPath : (path) => path;
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
      const spellings = [own(file), name, ...(machine.isWindows ? [name.replaceAll('/', '\\'), file] : [])];
      for (const spelling of new Set(spellings)) {
        const env = { MFA_CLI_P12_PASSWORD: 'secret' };
        const { exitCode, stdout, told } = await machine.run(['apns', 'inspect', spelling, '--json'], {
          env,
          cwd: folder,
        });
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
    const word = await machine.run(['apns', 'inspect', cert, '--password-file', '-'], { input: 'secret\n' });
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
    const inspect = (file, ...words) => ['apns', 'inspect', join(fixtures, file), '--json', ...words];
    const { '22-pw-cjk.p12': cjk, '22-pw-latin1.p12': latin1 } = JSON.parse(
      await readFile(join(fixtures, 'expected.json'), 'utf8'),
    );
    const cases = [
      ['22-pw-cjk.p12', Buffer.from(cjk.password), 0],
      ['22-pw-latin1.p12', Buffer.from(`${latin1.password}\r\n`), 0],
      // As Windows PowerShell writes them, which is told.
      ['22-pw-cjk.p12', Buffer.from(`\ufeff${cjk.password}\r\n`), 3, /byte-order mark/],
      ['22-pw-cjk.p12', Buffer.from(`\ufeff${cjk.password}\r\n`, 'utf16le'), 3, /UTF-16/],
    ];
    for (const [index, [file, bytes, expected, said = /(?:)/]] of cases.entries()) {
      const name = `password-${index}.txt`;
      await writeFile(join(machine.folder, name), bytes);
      const words = inspect(file, '--password-file', name);
      const { exitCode, told } = await machine.run(words, { cwd: machine.folder });
      assert.equal(exitCode, expected, told);
      assert.match(told, said);
    }
    for (const [file, { password }] of [
      ['22-pw-cjk.p12', cjk],
      ['22-pw-latin1.p12', latin1],
    ]) {
      const { exitCode, told } = await machine.run(inspect(file), {
        env: { MFA_CLI_P12_PASSWORD: password },
      });
      assert.equal(exitCode, 0, told);
    }
    return cases.length + 2;
  },

  /** A program that prints the password: a script of the platform, found by its path and in PATH, with arguments. */
  async 'secret commands'(machine) {
    const folder = join(machine.folder, 'programs with blanks');
    await mkdir(folder, { recursive: true });
    const endings = machine.isWindows ? ['.cmd', '.bat'] : [''];
    const text = machine.isWindows
      ? '@echo off\r\nif "%~1"=="a b & c" echo secret\r\n'
      : '#!/bin/sh\n[ "$1" = "a b & c" ] && echo secret\n';
    let cases = 0;
    for (const ending of endings) {
      const file = join(folder, `tell${ending}`);
      await writeFile(file, text, { mode: 0o755 });
      for (const program of [machine.isWindows ? windowsPath(file) : file, `tell${ending}`]) {
        const words = ['--password-command', program, '--password-arg', 'a b & c', '--timeout', patience];
        const { exitCode, told } = await machine.run(['apns', 'inspect', cert, ...words], {
          env: machine.isWindows
            ? { WINEPATH: windowsPath(folder) }
            : { PATH: `${folder}:${process.env.PATH}` },
        });
        assert.equal(exitCode, 0, told);
        cases++;
      }
    }
    return cases;
  },

  async 'exit codes'(machine) {
    const nobody = 'http://127.0.0.1:9';
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
    if (machine.isWindows) return 'wine passes no console event on to a program without a console of its own';
    for (const [signal, expected] of [
      ['SIGINT', 130],
      ['SIGTERM', 143],
    ]) {
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

/** Does the work on each item, as many at a time as there are lanes. */
async function inTurns(items, lanes, work) {
  const left = [...items];
  const lane = async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** What checks use of a platform that is open: it starts the program in a clean environment of its own. */
export function createMachine(platform, opened, folder, clean) {
  const environment = (extra) => ({ ...clean(join(folder, 'home')), ...opened.env, ...extra });
  const start = (words, { env = {}, cwd = folder } = {}) => {
    const [file, ...first] = opened.command;
    return spawn(file, [...first, ...words], { env: environment(env), cwd, stdio: ['pipe', 'pipe', 'pipe'] });
  };
  return {
    ...platform,
    ...opened,
    folder,
    environment,
    start,
    /** Runs it to its end: `{ exitCode, stdout, stderr, told }`. */
    async run(words, { input = '', ...options } = {}) {
      const child = start(words, options);
      child.stdin.on('error', () => {}).end(input);
      const [stdout, stderr] = ['', ''].map(() => []);
      child.stdout.on('data', (chunk) => stdout.push(chunk));
      child.stderr.on('data', (chunk) => stderr.push(chunk));
      const [exitCode] = await once(child, 'close');
      const [out, err] = [stdout, stderr].map((chunks) => Buffer.concat(chunks).toString());
      return {
        exitCode,
        stdout: out,
        stderr: err,
        told: `${words.join(' ')}\n${out}${err}exit code ${exitCode}`,
      };
    },
  };
}
