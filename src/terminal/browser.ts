import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Opens a URL in the browser: `BROWSER` is a command to which the URL is appended, otherwise the system's opener.
 * Resolves to whether something was started; what it did cannot be known.
 */
export async function openBrowser(
  url: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<boolean> {
  if (env.BROWSER !== undefined && env.BROWSER !== '') return startCommand(env.BROWSER, url);
  if (isRemote(env)) return false;
  const { default: open } = await import('open');
  try {
    const child = await open(url);
    return await started(child);
  } catch {
    return false;
  }
}

/** Whether there is no screen that a browser could open on. */
export function isRemote(env: Readonly<Record<string, string | undefined>>): boolean {
  if (env.SSH_CONNECTION !== undefined || env.SSH_TTY !== undefined) return true;
  return process.platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY && !env.WSL_DISTRO_NAME;
}

/** A shell that does not find the command ends with 126 or 127, long before this, in milliseconds. */
const notFoundDelay = 250;

async function startCommand(command: string, url: string): Promise<boolean> {
  const options = { stdio: 'ignore', detached: true } as const;
  const child =
    process.platform === 'win32'
      ? spawn(command, [url], { ...options, shell: true })
      : spawn('/bin/sh', ['-c', `${command} "$0"`, url], options);
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

function started(child: ChildProcess): Promise<boolean> {
  return new Promise((resolve) => {
    child.once('spawn', () => resolve(true));
    child.once('error', () => resolve(false));
  });
}
