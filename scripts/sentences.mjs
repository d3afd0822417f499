/**
 * `npm run sentences`: fails where a sentence of src/errors stands in more than three expectations of
 * test/: a line of a story, of a golden file or of a test. Else one changed word moves dozens of lines.
 * `npm run sentences -- --all` prints every sentence with its count.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { parseAst } from 'rolldown/parseAst';

const most = 3;
/** Shorter words stand in other sentences as well. */
const shortest = 22;

/**
 * Every file below a folder, with its path.
 * @param {string} folder
 * @param {RegExp} ending
 */
function filesIn(folder, ending) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => `${folder}/${path}`)
    .filter((path) => ending.test(path));
}

/**
 * The longest fixed piece of each sentence in a source: what stands between its values.
 * @param {string} file
 */
function sentencesOf(file) {
  /** @type {string[][]} */
  const found = [];
  /** @param {any} node */
  const visit = (node) => {
    if (typeof node !== 'object' || node === null) return;
    if (node.type === 'Literal' && typeof node.value === 'string') found.push([node.value]);
    if (node.type === 'TemplateLiteral')
      found.push(node.quasis.map((/** @type {any} */ { value }) => value.cooked));
    for (const part of Object.values(node)) visit(part);
  };
  visit(parseAst(readFileSync(file, 'utf8'), { lang: 'ts' }));
  return found
    .filter((pieces) => pieces.join('').includes(' '))
    .map((pieces) => pieces.toSorted((a, b) => b.length - a.length)[0]?.trim() ?? '')
    .filter((piece) => piece.length >= shortest && !piece.startsWith('http'));
}

const sources = filesIn('src/errors', /\.ts$/);
const sentences = new Set(sources.flatMap(sentencesOf));

const places = [
  ...filesIn('test/golden', /\.(txt|json)$/),
  ...filesIn('test', /\.(story|test\.ts|long\.ts)$/),
];
const lines = places.flatMap((file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .map((text, index) => ({ place: `${file}:${index + 1}`, text: text.replaceAll('\\"', '"') }))
    // A command line asserts nothing.
    .filter(({ text }) => !text.startsWith('$ ')),
);

const isAll = process.argv.includes('--all');
let tooMany = 0;
for (const sentence of sentences) {
  const held = lines.filter(({ text }) => text.includes(sentence));
  if (held.length > most) tooMany++;
  if (!isAll && held.length <= most) continue;
  console.log(`${held.length} ${sentence}`);
  if (!isAll) for (const { place } of held) console.log(`    ${place}`);
}
console.log(
  `${sentences.size} sentences of src/errors, ${tooMany} in more than ${most} expectations`,
);
process.exitCode = tooMany === 0 ? 0 : 1;
