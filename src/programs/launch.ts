import { type ChildProcess, type SpawnOptions, type StdioOptions, spawn } from 'node:child_process';
import { posix, win32 } from 'node:path';
import { isExecutable, statsOf } from '../files/directory.ts';
import { takeEnvironment, type Variables } from './environment.ts';

/**
 * A program by its path or bare name, and its arguments. They contain no secret, since
 * every user of the machine can see them.
 */
export type Command = readonly [file: string, ...args: string[]];

interface LaunchOptions {
  /** The child inherits it, without variables of mfa-cli and the passwords of proxies. */
  readonly env: Variables;
  /** Variables that hold secrets: the child does not get them. */
  readonly withheld?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
  readonly stdio: StdioOptions;
  /**
   * Whether it gets its own console on Windows; elsewhere it always gets its own process
   * group.
   */
  readonly apart?: boolean;
  readonly directory?: string | undefined;
}

/**
 * Starts a program without a shell, in its own process group: keys of the terminal do not
 * reach it, and `endTree` kills the whole group. It searches only PATH for a bare name.
 * @throws ENOENT, UNQUOTABLE (`.cmd` or `.bat` with an argument that cmd.exe would
 *   change), and what spawn throws
 */
export function launch(command: Command, options: LaunchOptions): ChildProcess {
  const { env, withheld = [], variables = {}, stdio, apart = false, directory } = options;
  const machine = { platform: process.platform, isProgram };
  const inherited = childEnvironment(env, withheld, machine.platform);
  const { file, args, verbatim } = startable(command, inherited, machine);
  const settings: SpawnOptions = {
    env: { ...inherited, ...variables },
    stdio,
    detached: apart || machine.platform !== 'win32',
    windowsHide: true,
    windowsVerbatimArguments: verbatim,
    cwd: directory,
  };
  return spawn(file, args, settings);
}

/** Kills a program and its children, and stops reading their output. */
export function endTree(child: ChildProcess): void {
  const { pid, stdout } = child;
  stdout?.destroy();
  if (pid === undefined) return;
  try {
    if (process.platform !== 'win32') process.kill(-pid, 'SIGKILL');
    else {
      const file = systemProgram('taskkill.exe', process.env);
      // Detached, so that it survives the end of this process.
      const { SystemRoot } = process.env;
      const apart = {
        stdio: 'ignore',
        windowsHide: true,
        detached: true,
        env: { SystemRoot },
      } as const;
      const ending = spawn(file, ['/T', '/F', '/PID', `${pid}`], apart);
      ending.unref();
      ending.once('error', () => child.kill('SIGKILL'));
    }
  } catch {
    // It has ended already.
  }
}

/** The system on which programs run, and its check for executables. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  isProgram(path: string): boolean;
}

export function childEnvironment(
  env: Variables,
  withheld: readonly string[],
  platform: NodeJS.Platform,
): Record<string, string | undefined> {
  const inherited = { ...env };
  takeEnvironment(inherited);
  const folded = (name: string): string => (platform === 'win32' ? name.toUpperCase() : name);
  const names = new Set(withheld.map(folded));
  for (const name of Object.keys(inherited)) if (names.has(folded(name))) delete inherited[name];
  // cmd.exe searches the working directory first unless this is set.
  if (platform === 'win32') inherited.NoDefaultCurrentDirectoryInExePath = '1';
  return inherited;
}

/**
 * The full path of a Windows program: by name alone, one in the working directory would
 * start.
 */
export function systemProgram(name: string, env: Variables): string {
  const root = variable(env, 'SystemRoot', 'win32') ?? '';
  return win32.join(/^[a-z]:\\/i.test(root) ? root : 'C:\\Windows', 'System32', name);
}

/** Executables of Windows itself, and scripts that cmd.exe runs. */
const endings = ['.com', '.exe', '.bat', '.cmd'];
const script = /\.(bat|cmd)$/i;

/**
 * Finds the program of a bare name in the absolute directories of PATH, never in the
 * working directory; null: not found.
 */
export function findProgram(name: string, env: Variables, machine: Machine): string | null {
  const isWindows = machine.platform === 'win32';
  const { delimiter, isAbsolute, join } = isWindows ? win32 : posix;
  const path = variable(env, 'PATH', machine.platform) ?? (isWindows ? '' : '/usr/bin:/bin');
  const known = (variable(env, 'PATHEXT', machine.platform) ?? endings.join(';'))
    .toLowerCase()
    .split(';');
  const named = endings.some((ending) => name.toLowerCase().endsWith(ending));
  const tried = !isWindows || named ? [''] : known.filter((ending) => endings.includes(ending));
  const parts = path.split(delimiter);
  const folders = isWindows ? parts.map((part) => part.replaceAll('"', '')) : parts;
  for (const folder of folders) {
    // On Windows, a path that begins with one slash depends on the drive of the working
    // directory.
    if (!isAbsolute(folder) || (isWindows && !/^([a-z]:|[\\/]{2})/i.test(folder))) continue;
    for (const ending of tried) {
      const candidate = join(folder, name + ending);
      if (machine.isProgram(candidate)) return candidate;
    }
  }
  return null;
}

/** The arguments of spawn for a command. @throws ENOENT, UNQUOTABLE */
export function startable([name, ...args]: Command, env: Variables, machine: Machine) {
  const isWindows = machine.platform === 'win32';
  const file = isBare(name, machine) ? findProgram(name, env, machine) : name;
  if (file === null) throw failure('ENOENT', 'no such program');
  if (!isWindows || !script.test(file)) return { file, args, verbatim: false };
  const words = [file, ...args];
  // cmd.exe replaces %NAME% even in quotes, and cannot escape a quote or a line break.
  if (words.some((word) => /["%\r\n\0]/.test(word)))
    throw failure('UNQUOTABLE', 'no safe way to quote it');
  const line = words.map((word) => `"${word.replace(/(?<!\\)\\+$/, '$&$&')}"`).join(' ');
  const interpreter = systemProgram('cmd.exe', env);
  return {
    file: interpreter,
    args: ['/d', '/e:on', '/v:off', '/s', '/c', `"${line}"`],
    verbatim: true,
  };
}

function isBare(name: string, { platform }: Machine): boolean {
  return !(platform === 'win32' ? /[\\/:]/ : /\//).test(name) && !name.includes('\0');
}

/**
 * Whether the word is the bare name of a program in PATH, or the path of an executable
 * file.
 */
export function isStartable(
  word: string,
  env: Variables,
  machine: Machine = { platform: process.platform, isProgram },
): boolean {
  if (isBare(word, machine)) return findProgram(word, env, machine) !== null;
  // Windows adds the ending itself.
  const tried = machine.platform === 'win32' ? ['', ...endings] : [''];
  return tried.some((ending) => machine.isProgram(word + ending));
}

function failure(code: string, message: string): Error {
  return Object.assign(new Error(message), { code });
}

export function isProgram(path: string): boolean {
  return statsOf(path)?.isFile() === true && isExecutable(path);
}

/** A variable's value; on Windows the case of its name does not matter. */
function variable(env: Variables, name: string, platform: NodeJS.Platform): string | undefined {
  if (platform !== 'win32') return env[name];
  const spelled = Object.keys(env).find((known) => known.toUpperCase() === name.toUpperCase());
  return env[spelled ?? ''];
}
