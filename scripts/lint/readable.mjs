/**
 * Holds src to what Biome has no rule for, a statement that does one thing and data that are plain:
 * `npm run lint`. Fails on each place in a file that is not among those still to be done
 * (readable-later.json), and on each of these that is done. `--shrink` takes those out of the list;
 * `--counts` prints the places of each rule by room.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAst } from 'rolldown/parseAst';
import { roomOf } from '../rooms.mjs';

/**
 * @typedef {{ line: number, message: string }} Place
 * @typedef {(node: any, parents: readonly any[], imported: ReadonlySet<string>) => string | null} Rule
 * @typedef {{ file: string, rule: string } & Place} Found
 */

const maxComment = 90;

/** @type {Readonly<Record<string, Rule>>} */
const rules = {
  'spread-of-literal'({ type, argument }) {
    if (type !== 'SpreadElement') return null;
    const literals = ['ObjectExpression', 'ArrayExpression'];
    return literals.includes(argument.type) ? 'a spread merges what exists' : null;
  },
  'tuple-of-statements'({ type, id, init, left, right }) {
    const target =
      type === 'VariableDeclarator' ? id : type === 'AssignmentExpression' ? left : null;
    const value = init ?? right;
    const literal = value?.type === 'TSAsExpression' ? value.expression : value;
    if (target?.type !== 'ArrayPattern' || literal?.type !== 'ArrayExpression') return null;
    const values = literal.elements.filter(
      (/** @type {any} */ each) => each?.type !== 'SpreadElement',
    );
    if (values.length === 0) return null;
    return 'a statement for each value';
  },
  'nameless-type'(node, parents, imported) {
    if (node.type !== 'TSTypeReference' || node.typeName.name !== 'ReturnType') return null;
    const [query] = node.typeArguments?.params ?? [];
    if (query?.type !== 'TSTypeQuery') return null;
    const isExported = parents.some(({ type }) => type === 'ExportNamedDeclaration');
    const isAlias = parents.some(({ type }) => type === 'TSTypeAliasDeclaration');
    const isForeign = imported.has(query.exprName.name);
    return (isExported && isAlias) || isForeign ? 'a type that crosses a file has a name' : null;
  },
};

/** Of Biome: biome.json has those files in its second override for src. */
const biomeRules = {
  complexity: {
    noExcessiveLinesPerFunction: { level: 'error', options: { maxLines: 60 } },
    useMaxParams: { level: 'error', options: { max: 4 } },
  },
  style: { noNestedTernary: 'error' },
};

const list = new URL('readable-later.json', import.meta.url);
/** @type {Record<string, string[]>} */
const later = JSON.parse(readFileSync(list, 'utf8'));
const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => `src/${path.replaceAll('\\', '/')}`)
  .sort();
const found = files.flatMap(placesIn);

if (process.argv.includes('--counts')) printCounts();
if (process.argv.includes('--shrink')) shrink();
const problems = [...unexpected(), ...stale(), ...staleForBiome()];
for (const problem of problems) console.log(problem);
if (problems.length > 0) process.exitCode = 1;

/**
 * @param {string} file
 * @returns {Found[]}
 */
function placesIn(file) {
  const text = readFileSync(file, 'utf8');
  const program = parseAst(text, { lang: 'ts', astType: 'ts' });
  const imported = importedNames(program);
  /** @type {Found[]} */
  const places = [];
  /**
   * @param {any} node
   * @param {readonly any[]} parents
   */
  const visit = (node, parents) => {
    if (typeof node !== 'object' || node === null) return;
    if (Array.isArray(node)) {
      for (const each of node) visit(each, parents);
      return;
    }
    for (const [rule, judge] of Object.entries(rules)) {
      const message = typeof node.type === 'string' ? judge(node, parents, imported) : null;
      if (message !== null) places.push({ file, rule, line: lineOf(text, node.start), message });
    }
    const above = [...parents, node];
    for (const value of Object.values(node)) visit(value, above);
  };
  visit(program, []);
  return [...places, ...longComments(file, text)];
}

/**
 * The names that a file imports.
 * @param {any} program
 */
function importedNames(program) {
  /** @type {Set<string>} */
  const names = new Set();
  for (const { type, specifiers } of program.body)
    if (type === 'ImportDeclaration') for (const { local } of specifiers) names.add(local.name);
  return names;
}

/**
 * Biome breaks no comment.
 * @param {string} file
 * @param {string} text
 * @returns {Found[]}
 */
function longComments(file, text) {
  return text.split('\n').flatMap((content, index) => {
    const isComment = /^\s*(\/\/|\/\*|\*)|[;,{}()]\s+\/\/\s/.test(content);
    // An address and a word to Biome stay on their lines.
    const isWhole = /https:\/\/|biome-ignore/.test(content);
    if (!isComment || isWhole || content.length <= maxComment) return [];
    const message = `at most ${maxComment} columns, not ${content.length}`;
    return [{ file, rule: 'long-comment', line: index + 1, message }];
  });
}

/**
 * @param {string} text
 * @param {number} start
 */
function lineOf(text, start) {
  return text.slice(0, start).split('\n').length;
}

function unexpected() {
  return found
    .filter(({ file, rule }) => later[rule]?.includes(file) !== true)
    .map(({ file, line, rule, message }) => `${file}:${line}: ${rule}: ${message}`);
}

/** A file that is done must not be listed: the list shrinks. */
function stale() {
  return Object.entries(later).flatMap(([rule, listed]) =>
    listed
      .filter((file) => !isFound(file, rule))
      .map((file) => `${file}: ${rule}: done, so take it out of scripts/lint/readable-later.json`),
  );
}

/**
 * @param {string} file
 * @param {string} rule
 */
function isFound(file, rule) {
  return found.some((place) => place.file === file && place.rule === rule);
}

function shrink() {
  for (const [rule, listed] of Object.entries(later))
    later[rule] = listed.filter((file) => isFound(file, rule));
  writeFileSync(list, `${JSON.stringify(later, null, 2)}\n`);
}

/** The same for the files that biome.json excepts from Biome's own rules. */
function staleForBiome() {
  const { overrides } = JSON.parse(readFileSync('biome.json', 'utf8'));
  /** @type {string[]} */
  const listed = overrides.find(isException)?.includes ?? [];
  if (listed.length === 0) return [];
  const broken = brokenForBiome();
  return listed
    .filter((file) => !broken.has(file))
    .map((file) => `${file}: done, so take it out of the exceptions of biome.json`);
}

/** @param {any} override */
function isException({ linter }) {
  return linter?.rules?.complexity?.useMaxParams === 'off';
}

/** The files that Biome's rules find something in, without any exception. */
function brokenForBiome() {
  const folder = mkdtempSync(join(tmpdir(), 'mfa-cli-lint-'));
  try {
    const configuration = { linter: { rules: { preset: 'none', ...biomeRules } } };
    writeFileSync(join(folder, 'biome.json'), JSON.stringify(configuration));
    /** @type {{ diagnostics: { category: string, location: { path: string } }[] }} */
    const { diagnostics } = JSON.parse(biome(['--config-path', folder]));
    const own = /noExcessiveLinesPerFunction|useMaxParams|noNestedTernary/;
    const broken = diagnostics.filter(({ category }) => own.test(category));
    return new Set(broken.map(({ location }) => location.path));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {readonly string[]} words */
function biome(words) {
  const program = 'node_modules/@biomejs/biome/bin/biome';
  const all = [program, 'lint', '--reporter=json', '--max-diagnostics=none', ...words, 'src'];
  try {
    return execFileSync(process.execPath, all, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch (error) {
    // It ends with 1 where it finds something.
    return /** @type {{ stdout: string }} */ (error).stdout;
  }
}

function printCounts() {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { file, rule } of found) {
    const key = `${rule} ${roomOf(file.replace('src/', ''))}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  for (const [key, count] of [...counts].sort()) console.log(`${key} ${count}`);
}
