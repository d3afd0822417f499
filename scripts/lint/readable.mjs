/**
 * Holds src to what Biome has no rule for, a statement that does one thing and data that are plain,
 * and to few exceptions from Biome's own rules: `npm run lint`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parseAst } from 'rolldown/parseAst';

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

/** The places in src where one of Biome's rules for readable code may be broken, with a reason. */
const maxExceptions = 10;
const exception =
  /biome-ignore lint\/(complexity\/(noExcessiveLinesPerFunction|useMaxParams)|style\/noNestedTernary)/g;

const files = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => `src/${path.replaceAll('\\', '/')}`)
  .sort();
const problems = files
  .flatMap(placesIn)
  .map(({ file, line, rule, message }) => `${file}:${line}: ${rule}: ${message}`);
const exceptions = files.flatMap(
  (file) => readFileSync(file, 'utf8').match(exception) ?? [],
).length;
if (exceptions > maxExceptions)
  problems.push(`src: ${exceptions} exceptions from Biome's rules, at most ${maxExceptions}`);
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
