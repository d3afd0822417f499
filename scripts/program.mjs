// Runs the built program as a user does, for the demo, the smoke test and the bench.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { programCommand } from './program-command.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const visitor = fileURLToPath(new URL('visit.mjs', import.meta.url));

/**
 * @typedef {NodeJS.ProcessEnv} Environment
 *
 * @typedef {object} Result of a command line
 * @property {number | null} exitCode
 * @property {string} stdout
 * @property {string} stderr
 *
 * @typedef {object} Account
 * @property {string} user
 * @property {string} password
 *
 * @typedef {object} Emulator
 * @property {string} url
 * @property {Record<string, string>} environment the variables that lead a command there
 * @property {{ administrator: Account, user: Account, serviceUser: Account }} accounts
 * @property {{ url: string }[]} tenants
 * @property {number | undefined} pid
 * @property {() => Promise<void>} stop
 *
 * @typedef {ReturnType<typeof createProgram>} Program
 */

/**
 * The environment of a pristine machine: no variable of mfa-cli, of a proxy, of CI or of colors.
 * @param {string} directory
 * @returns {Environment}
 */
export function cleanEnvironment(directory) {
  const kept = Object.entries(process.env).filter(
    ([name]) =>
      !/^(MFA_CLI_|NODE_EXTRA_CA_CERTS$|(https?|no)_proxy$|CI$|BROWSER$|(FORCE|NO)_COLOR$)/i.test(
        name,
      ),
  );
  return {
    ...Object.fromEntries(kept),
    HOME: directory,
    XDG_CONFIG_HOME: `${directory}/config`,
    // Windows keeps there what others keep below HOME.
    USERPROFILE: directory,
    APPDATA: `${directory}/config`,
    LOCALAPPDATA: `${directory}/config`,
  };
}

/**
 * A program to run, by the words that start it.
 * @param {{ command?: readonly string[], env: Environment }} given
 */
export function createProgram({ command = programCommand, env }) {
  /**
   * @param {readonly string[]} words
   * @param {Environment} [extra]
   */
  const start = (words, extra = {}) => {
    const [file = '', ...first] = command;
    return spawn(file, [...first, ...words], {
      env: { ...env, ...extra },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  };
  return {
    start,
    /**
     * Runs a command line to completion.
     * @param {readonly string[]} words
     * @param {Environment} [extra]
     * @returns {Promise<Result>}
     */
    async run(words, extra = {}) {
      const child = start(words, extra);
      const [stdout, stderr] = await Promise.all([
        textOf(child.stdout),
        textOf(child.stderr),
        once(child, 'exit'),
      ]);
      return { exitCode: child.exitCode, stdout, stderr };
    },
    /**
     * Starts an emulator that signs people in by itself.
     * @param {string} redirectUri
     * @param {...string} words
     */
    startEmulator(redirectUri, ...words) {
      return this.startAskingEmulator(redirectUri, '--port', '0', '--auto-approve', ...words);
    },
    /**
     * Starts one that shows people its pages.
     * @param {string} redirectUri
     * @param {...string} words
     * @returns {Promise<Emulator>}
     */
    async startAskingEmulator(redirectUri, ...words) {
      const child = start(['emulator', '--redirect-uri', redirectUri, '--json', ...words]);
      child.stderr.resume();
      const report = await firstDocument(child);
      return {
        ...report,
        pid: child.pid,
        /** Also where it has ended by itself: what it ended for is for others to tell. */
        async stop() {
          if (child.exitCode !== null || child.signalCode !== null) return;
          child.kill();
          await once(child, 'exit');
        },
      };
    },
  };
}

/** The variable that makes `login` work without a person: a browser that only follows redirects. */
export const visitingBrowser = { BROWSER: `"${process.execPath}" "${visitor}"` };

/**
 * The same with a browser in which somebody other than the administrator is signed in.
 * @param {string} user
 */
export function visitingBrowserOf(user) {
  return { BROWSER: `${visitingBrowser.BROWSER} ${user}` };
}

/** @param {import('node:stream').Readable} stream */
async function textOf(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

/** @param {ReturnType<Program['start']>} child */
async function firstDocument(child) {
  let text = '';
  for await (const chunk of child.stdout) {
    text += chunk;
    try {
      return JSON.parse(text);
    } catch {
      // The document is not complete yet.
    }
  }
  throw new Error(`the emulator ended with exit code ${child.exitCode}`);
}
