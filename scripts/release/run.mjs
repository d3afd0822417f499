// Programs that a release is made with.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/**
 * The output of a program. Throws with what it said if it fails, and with the package to install if it is missing.
 * @param {string} file
 * @param {readonly string[]} words
 * @param {{ from?: string, cwd?: string, env?: NodeJS.ProcessEnv }} [options] `from`: the package of Debian
 */
export async function run(file, words, { from, ...options } = {}) {
  try {
    const { stdout } = await execute(file, words, { maxBuffer: 64 * 1024 * 1024, ...options });
    return stdout;
  } catch (thrown) {
    const error = /** @type {NodeJS.ErrnoException & { stderr?: string }} */ (thrown);
    if (error.code === 'ENOENT' && error.syscall?.startsWith('spawn'))
      throw new Error(`${file} is missing: on Debian and Ubuntu, apt-get install ${from ?? file}`);
    throw new Error(`${file} ${words.join(' ')}\n${error.stderr ?? error.message}`);
  }
}
