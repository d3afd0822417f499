import type { ChildProcess } from 'node:child_process';
import type { Variables } from './environment.ts';
import { type Command, isProgram, launch, type Machine, systemProgram } from './launch.ts';

/**
 * Opens a URL in the browser: with the command in `BROWSER`, to which the URL is
 * appended, else with the system's opener. Returns whether a program started; its effect
 * is unknown.
 */
export async function openBrowser(url: string, env: Variables): Promise<boolean> {
  const opener = openerOf(url, env, { platform: process.platform, isProgram });
  return opener !== null && start(opener, env);
}

/** A program with the URL among its arguments, and its working directory. */
interface Opener {
  readonly command: Command;
  readonly directory?: string;
}

/** The path of Windows in WSL, unless it is mounted elsewhere. */
const windowsInWsl = '/mnt/c/Windows/System32';

/**
 * The program that opens the URL; null without a display. On Windows it avoids shells:
 * characters of a URL are special in every shell, and each quotes differently.
 */
export function openerOf(url: string, env: Variables, machine: Machine): Opener | null {
  const { platform } = machine;
  const chosen = env.BROWSER?.trim() ?? '';
  const handler = ['url.dll,FileProtocolHandler', url];
  if (chosen !== '' && platform === 'win32') return { command: [...wordsOf(chosen), url] };
  if (chosen !== '') return { command: ['/bin/sh', '-c', `${chosen} "$0"`, url] };
  if (platform === 'win32') return { command: [systemProgram('rundll32.exe', env), ...handler] };
  if (isRemote(env, platform)) return null;
  if (platform === 'darwin') return { command: ['/usr/bin/open', url] };
  const windows = `${windowsInWsl}/rundll32.exe`;
  if (env.WSL_DISTRO_NAME && machine.isProgram(windows))
    // Windows cannot open a directory that only this Linux user may enter.
    return { command: [windows, ...handler], directory: windowsInWsl };
  return { command: ['xdg-open', url] };
}

/** The words of a command line, quoted ones without their quotes. */
function wordsOf(line: string): Command {
  const [file = '', ...args] = [...line.matchAll(/"([^"]*)"|[^\s"]+/g)].map(
    ([word, quoted]) => quoted ?? word,
  );
  return [file, ...args];
}

export function isRemote(env: Variables, platform = process.platform): boolean {
  if (env.SSH_CONNECTION !== undefined || env.SSH_TTY !== undefined) return true;
  return platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY && !env.WSL_DISTRO_NAME;
}

/**
 * A shell that cannot find the command ends with 126 or 127 long before this, in
 * milliseconds.
 */
const notFoundDelay = 250;

async function start({ command, directory }: Opener, env: Variables): Promise<boolean> {
  let child: ChildProcess;
  try {
    child = launch(command, { env, stdio: 'ignore', apart: true, directory });
  } catch {
    // The program does not exist, or its arguments are too long.
    return false;
  }
  child.unref();
  return new Promise((resolve) => {
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      const timer = setTimeout(() => resolve(true), notFoundDelay);
      child.once('exit', (code) => {
        clearTimeout(timer);
        resolve(code !== 126 && code !== 127);
      });
    });
  });
}
