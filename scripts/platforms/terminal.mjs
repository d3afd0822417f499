// A command on a pseudo-terminal, with a person who waits for what is shown and types.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';

/**
 * Runs a command in a terminal (util-linux's `script`), and types each answer once its question is on the screen:
 * `{ exitCode, screen }`, the screen without blanks and line breaks. Throws if a question never comes.
 * @param {readonly string[]} command
 * @param {object} given
 * @param {NodeJS.ProcessEnv} given.env
 * @param {string} [given.cwd]
 * @param {readonly (readonly [string | RegExp, string])[]} given.answers `[text or pattern, keys]`, in their order
 * @param {number} given.milliseconds after which the command is ended
 */
export async function runOnTerminal(command, { env, cwd, answers, milliseconds }) {
  const quoted = command.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const line = `stty cols 100 rows 40; ${quoted}`;
  const child = spawn(
    'script',
    ['--quiet', '--return', '--flush', '--command', line, '/dev/null'],
    {
      env: { ...env, TERM: 'xterm' },
      cwd,
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
  const left = [...answers];
  let screen = '';
  let seen = 0;
  child.stdout.setEncoding('utf8').on('data', (text) => {
    screen += text;
    const fresh = wordsOf(screen.slice(seen));
    const [expected, keys] = left[0] ?? [];
    if (expected === undefined || keys === undefined || fresh.search(expected) === -1) return;
    seen = screen.length;
    left.shift();
    child.stdin.write(keys);
  });
  const [exitCode] = await once(child, 'close');
  clearTimeout(timer);
  const shown = wordsOf(screen);
  if (left[0] !== undefined) throw new Error(`${left[0][0]} was never on the screen: ${shown}`);
  return { exitCode, screen: shown };
}

/** @param {string} text */
function wordsOf(text) {
  return stripVTControlCharacters(text).replaceAll(/\s/g, '');
}
