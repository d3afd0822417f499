/**
 * `npm run regexes`: looks at every regular expression of src/ for one that a stranger's text could keep busy. recheck finds the
 * text, and Node.js is given it: what takes longer than a linear search of it ever does is a failure.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { runInNewContext } from 'node:vm';
import { parseAst } from 'rolldown/parseAst';
import { installLocked } from './locked-packages.mjs';

const { checkSync } = createRequire(installLocked('scripts/regexes'))('recheck/lib/browser.js');

/** Units of the text: as many as a file or an answer may well have. Of some it is known that there are fewer. */
const usual = 100_000;
const shorter = {
  'pkcs12/pem.ts': { expression: /\[\^-\]/, longest: 0, why: 'the end of the block always follows' },
  'text/words.ts': { expression: /beyJ/, longest: 4096 },
};

/** Milliseconds of the processor, far above what a linear search takes and far below what a quadratic one does. */
const bound = 300;

const source = new URL('../src/', import.meta.url);
const checked = new Set();
const failures = [];
for (const file of readdirSync(source, { recursive: true }).filter((path) => /(?<!\.d)\.ts$/.test(path)))
  for (const { pattern, flags, line } of expressionsIn(readFileSync(new URL(file, source), 'utf8'))) {
    const expression = `/${pattern}/${flags}`;
    // Without an endless repetition there is none that could grow.
    if (checked.has(expression) || !/[*+]|,\}/.test(pattern)) continue;
    checked.add(expression);
    const { status, attack } = checkSync(pattern, flags, { timeout: 5000 });
    if (status !== 'vulnerable') continue;
    const known = shorter[file];
    const longest = known?.expression.test(pattern) ? known.longest : usual;
    const took = timeFor(expression, attack.string.slice(0, longest));
    if (took > bound)
      failures.push(`src/${file}:${line} ${expression} takes ${took} ms for ${attack.pattern}`);
  }
console.log(`${checked.size} regular expressions\n${failures.join('\n')}`);
if (failures.length > 0) process.exitCode = 1;

/** The literals of a file. */
function expressionsIn(text) {
  const found = [];
  const walk = (node) => {
    if (typeof node !== 'object' || node === null) return;
    if (node.type === 'Literal' && node.regex)
      found.push({ ...node.regex, line: text.slice(0, node.start).split('\n').length });
    for (const child of Object.values(node)) walk(child);
  };
  walk(parseAst(text, { lang: 'ts', astType: 'ts' }));
  return found;
}

/** Milliseconds of the processor until every match is found; the most there is where that does not end. */
function timeFor(expression, text) {
  const before = process.cpuUsage();
  try {
    runInNewContext(
      `for (const expression = ${expression}; expression.exec(text) && expression.global; );`,
      { text },
      { timeout: 10_000 },
    );
  } catch (error) {
    if (error.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
  }
  const { user, system } = process.cpuUsage(before);
  return Math.round((user + system) / 1000);
}
