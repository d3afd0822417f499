import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { expect, onTestFinished } from 'vitest';
import { programCommand } from '../../scripts/program-command.mjs';
import { expectDocument, expectScreen, expectScript } from './documents.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export { programCommand };

export interface Finished {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** An environment without settings, with its own configuration directory. */
export function cleanEnvironment(
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const directory = temporaryDirectory();
  return {
    PATH: process.env.PATH ?? '',
    HOME: directory,
    TERM: 'xterm',
    LANG: 'C.UTF-8',
    MFA_CLI_CONFIG_DIR: join(directory, 'mfa-cli'),
    // At a terminal APNs is asked where it can be reached: Apple's own is none of the tests' business.
    MFA_CLI_APNS_HOST: '127.0.0.1:9',
    ...extra,
  };
}

/** Starts the built program without a terminal; it does not outlive the test. */
export function startProgram(words: readonly string[], env: Readonly<Record<string, string>>) {
  const [file, ...first] = programCommand;
  const child = spawn(file, [...first, ...words], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Runs the built program to its end without a terminal. */
export function runProgram(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<Finished> {
  return finish(startProgram(words, env));
}

/** The same as a line for a shell. */
export const shellCommand = programCommand.map((word) => `'${word}'`).join(' ');

/** Runs a shell line in which `mfa-cli` is the built program. */
export async function runShell(
  line: string,
  env: Readonly<Record<string, string>>,
): Promise<Finished> {
  const child = spawn('bash', ['-c', `mfa-cli() { ${shellCommand} "$@"; }; ${line}`], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const finished = await finish(child);
  await expectScript(line, finished.stdout);
  return finished;
}

/** Waits for the end of a process whose streams are pipes. */
export async function finish(child: ChildProcess): Promise<Finished> {
  const [out, err]: Buffer[][] = [[], []];
  child.stdout?.on('data', (chunk) => out?.push(chunk));
  child.stderr?.on('data', (chunk) => err?.push(chunk));
  const [exitCode] = await once(child, 'close');
  const stdout = Buffer.concat(out ?? []).toString();
  await expectDocument(ownWords(child.spawnargs), stdout);
  return {
    exitCode,
    stdout,
    stderr: Buffer.concat(err ?? []).toString(),
  };
}

/** The arguments of the built program; none if another program was started. */
function ownWords(words: readonly string[]): readonly string[] {
  return programCommand.every((word, at) => words[at] === word)
    ? words.slice(programCommand.length)
    : [];
}

/**
 * Waits for the end of a process after a signal, and returns the exit code of a shell. On a busy machine the signal may kill the
 * program before it ends by itself: it had not started.
 */
export async function endOnSignal(
  child: ChildProcess,
): Promise<{ exitCode: number; died: boolean }> {
  const [exitCode, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  if (signal === null) return { exitCode: exitCode ?? Number.NaN, died: false };
  return { exitCode: 128 + constants.signals[signal], died: true };
}

/** Does something while a process of Linux stands still. */
export async function whileStopped(child: ChildProcess, work: () => void): Promise<void> {
  child.kill('SIGSTOP');
  const state = () => readFileSync(`/proc/${child.pid}/stat`, 'latin1');
  await expect.poll(state).toMatch(/\) T /);
  work();
  child.kill('SIGCONT');
}

/** Variables with which an interrupted fleet waits for its answers, however busy the machine is: for `*.node.*`. */
export const unhurried = {
  NODE_OPTIONS: `--import ${new URL('unhurried.mjs', import.meta.url).href}`,
};

/** What a person waits for, and types then. */
export type Step = string | RegExp | readonly [question: string | RegExp, keys: string];

/** The program on a pseudo-terminal, with a person who reads and types. */
export interface PseudoTerminal {
  /** Waits for the text, or a match, since the last call, and returns it. */
  read(expected: string | RegExp): Promise<string>;
  type(keys: string): void;
  /** Waits for each text in turn, and types the keys that stand with it. */
  answer(...steps: readonly Step[]): Promise<void>;
  /** Waits for the end: the exit code, and the whole screen; `raw` has the escape sequences. */
  end(): Promise<{ exitCode: number | null; screen: string; raw: string; restored: boolean }>;
  kill(signal: NodeJS.Signals): void;
}

export const ctrlC = '\u0003';
export const enter = '\r';

/** Opens a pseudo-terminal and runs the built program in it. */
export function openTerminal(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  directory?: string,
  size?: string,
): PseudoTerminal {
  return openCommand([...programCommand, ...words], env, directory, size);
}

/** Opens a pseudo-terminal (util-linux's `script`) and runs a command in it. */
export function openCommand(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  directory: string = process.cwd(),
  size = 'cols 100 rows 40',
): PseudoTerminal {
  const quoted = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  // The shell outlives the command's Ctrl-C.
  const line = `trap : INT; stty ${size}; before=$(stty -g); ${quoted}; code=$?; after=$(stty -g); [ "$before" = "$after" ] && echo "(restored)"; exit $code`;
  const child = spawn(
    'script',
    ['--quiet', '--return', '--flush', '--command', line, '/dev/null'],
    {
      env,
      cwd: directory,
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  let raw = '';
  let screen = '';
  let seen = 0;
  // A character may come in two pieces.
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (chunk: string) => {
    raw += chunk;
    screen += stripVTControlCharacters(chunk);
  });
  const ended = once(child, 'close');
  const terminal: PseudoTerminal = {
    async read(expected) {
      for (;;) {
        const fresh = screen.slice(seen);
        const match =
          typeof expected === 'string'
            ? fresh.includes(expected)
              ? expected
              : null
            : (expected.exec(fresh)?.[0] ?? null);
        if (match !== null) {
          seen += fresh.indexOf(match) + match.length;
          return match;
        }
        const more = await Promise.race([
          once(child.stdout, 'data').then(() => true),
          ended.then(() => false),
        ]);
        if (!more && !screen.slice(seen).match(expected))
          throw new Error(`the screen never showed ${expected}: ${screen}`);
      }
    },
    type: (keys) => void child.stdin.write(keys),
    async answer(...steps) {
      for (const step of steps) {
        const [question, keys = ''] = Array.isArray(step) ? step : [step];
        await terminal.read(question);
        if (keys !== '') terminal.type(keys);
      }
    },
    async end() {
      const [exitCode] = await ended;
      await expectScreen(ownWords(command), screen);
      return { exitCode, screen, raw, restored: screen.includes('(restored)') };
    },
    kill: (signal) => void child.kill(signal),
  };
  return terminal;
}
