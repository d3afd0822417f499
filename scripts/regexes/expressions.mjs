import { readdirSync, readFileSync } from 'node:fs';
import { parseAst } from 'rolldown/parseAst';

/** Length of the text in UTF-16 code units, as in a large file or answer. */
const usual = 100_000;
/**
 * Expressions that get less, by their files.
 * @type {Readonly<Record<string, { expression: RegExp, longest: number, why?: string }>>}
 */
const shorter = {
  'pkcs12/pem.ts': {
    expression: /\[\^-\]/,
    longest: 0,
    why: 'the end of the block always follows',
  },
  'text/words.ts': { expression: /beyJ/, longest: 4096 },
};

const source = new URL('../../src/', import.meta.url);

/**
 * Each regular expression of src/ that repeats something without end, once: others cannot take long.
 * `longest`: units of the longest text that it is given.
 * @type {readonly { pattern: string, flags: string, place: string, longest: number }[]}
 */
export const expressions = [
  ...new Map(found().map((each) => [`/${each.pattern}/${each.flags}`, each])).values(),
];

function found() {
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((path) =>
    /(?<!\.d)\.ts$/.test(path),
  );
  return files.flatMap((file) =>
    expressionsIn(readFileSync(new URL(file, source), 'utf8'))
      .filter(({ pattern }) => /[*+]|,\}/.test(pattern))
      .map(({ pattern, flags, line }) => {
        const known = shorter[file];
        const longest = known?.expression.test(pattern) ? known.longest : usual;
        return { pattern, flags, place: `src/${file}:${line}`, longest };
      }),
  );
}

/**
 * The literals of a file.
 * @param {string} text
 */
function expressionsIn(text) {
  /** @type {{ pattern: string, flags: string, line: number }[]} */
  const found = [];
  /** @param {any} node */
  const walk = (node) => {
    if (typeof node !== 'object' || node === null) return;
    if (node.type === 'Literal' && node.regex)
      found.push({ ...node.regex, line: text.slice(0, node.start).split('\n').length });
    for (const child of Object.values(node)) walk(child);
  };
  walk(parseAst(text, { lang: 'ts', astType: 'ts' }));
  return found;
}
