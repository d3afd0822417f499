import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Opens a URL in the browser: `BROWSER` is a command to which the URL is appended; without it, the system's opener.
 * Resolves to whether something was started; what it did cannot be known.
 */
export async function openBrowser(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  const opener = openerOf(url, env, process.platform);
  if (opener !== null) return start(opener);
  if (isRemote(env)) return false;
  const { default: open } = await import('open');
  try {
    const child = await open(url);
    return await started(child);
  } catch {
    return false;
  }
}

/** A program and its arguments, the URL among them. */
type Opener = readonly [file: string, args: readonly string[]];

/**
 * What opens the URL, or null to leave it to the system. On Windows no shell is involved: a URL's characters mean
 * something to every one of them, and each quotes differently.
 */
export function openerOf(
  url: string,
  { BROWSER: command }: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): Opener | null {
  const isWindows = platform === 'win32';
  if (command === undefined || command.trim() === '')
    return isWindows ? ['rundll32.exe', ['url.dll,FileProtocolHandler', url]] : null;
  if (!isWindows) return ['/bin/sh', ['-c', `${command} "$0"`, url]];
  const [file = '', ...args] = [...command.matchAll(/"([^"]*)"|[^\s"]+/g)].map(
    ([word, quoted]) => quoted ?? word,
  );
  return [file, [...args, url]];
}

/** Whether there is no screen on which a browser could open. */
export function isRemote(env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.SSH_CONNECTION !== undefined || env.SSH_TTY !== undefined) return true;
  return process.platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY && !env.WSL_DISTRO_NAME;
}

/** A shell that cannot find the command ends with 126 or 127 long before this, in milliseconds. */
const notFoundDelay = 250;

async function start([file, args]: Opener): Promise<boolean> {
  const child = spawnOrNull(file, args);
  if (child === null) return false;
  child.unref();
  if (!(await started(child))) return false;
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), notFoundDelay);
    child.once('exit', (code) => {
      clearTimeout(timer);
      resolve(code !== 126 && code !== 127);
    });
  });
}

/** Null where the system refuses at once, as it does for an address that is too long. */
function spawnOrNull(file: string, args: readonly string[]): ChildProcess | null {
  try {
    return spawn(file, args, { stdio: 'ignore', detached: true });
  } catch {
    return null;
  }
}

function started(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    child.once('spawn', () => resolve(true));
    child.once('error', () => resolve(false));
  });
}
