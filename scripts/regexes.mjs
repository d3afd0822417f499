/**
 * `npm run regexes`: looks at every regular expression of src/ for one that a stranger's text could keep busy. recheck finds the
 * text, and Node.js is given it: what takes longer than a linear search of it ever does is a failure.
 */
import { createRequire } from 'node:module';
import { runInNewContext } from 'node:vm';
import { installLocked } from './locked-packages.mjs';
import { expressions } from './regexes/expressions.mjs';

const { checkSync } = createRequire(installLocked('scripts/regexes'))('recheck/lib/browser.js');

/** Milliseconds of the processor, far above what a linear search takes and far below what a quadratic one does. */
const bound = 300;

const failures = [];
for (const { pattern, flags, place, longest } of expressions) {
  const { status, attack } = checkSync(pattern, flags, { timeout: 5000 });
  if (status !== 'vulnerable') continue;
  const expression = `/${pattern}/${flags}`;
  const took = timeFor(expression, attack.string.slice(0, longest));
  if (took > bound) failures.push(`${place} ${expression} takes ${took} ms for ${attack.pattern}`);
}
console.log(`${expressions.length} regular expressions\n${failures.join('\n')}`);
if (failures.length > 0) process.exitCode = 1;

/**
 * Milliseconds of the processor until every match is found; the most there is where that does not end.
 * @param {string} expression
 * @param {string} text
 */
function timeFor(expression, text) {
  const before = process.cpuUsage();
  try {
    runInNewContext(
      `for (const expression = ${expression}; expression.exec(text) && expression.global; );`,
      { text },
      { timeout: 10_000 },
    );
  } catch (error) {
    const { code } = /** @type {NodeJS.ErrnoException} */ (error);
    if (code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
  }
  const { user, system } = process.cpuUsage(before);
  return Math.round((user + system) / 1000);
}
