// The JSON Schemas (2020-12) of every document that `--json` prints, from the types of the reports. TypeScript 7 has no API:
// the generator brings a TypeScript of its own, from the lock beside this file.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { installLocked } from '../locked-packages.mjs';

/**
 * @typedef {object} Document that `--json` prints
 * @property {string} name
 * @property {string} title
 * @property {string} words its description
 * @property {string} type in TypeScript
 *
 * @typedef {Readonly<Record<string, any>>} Schema
 */

/**
 * The documents that no command's work returns: name, title, file, and its function that makes the document or its type.
 * @type {readonly (readonly [string, string, string, string])[]}
 */
const others = [
  [
    'saved-plan',
    'The plan that `fleet plan --out` saves, and `fleet apply --plan` carries out.',
    'src/commands/fleet/saved-plan/saved-plan.ts',
    'SavedPlan',
  ],
  [
    'alert',
    'The `alert` that a hook gets for the event `due`.',
    'src/change/expiry-alerts.ts',
    'Alert',
  ],
  ['error', 'A failure without a report.', 'src/errors/advice.ts', 'errorDocument'],
  ['help', 'The command line, or a part of it.', 'src/reference/help-document.ts', 'helpDocument'],
  [
    'help-topic',
    'A page of help that belongs to no command.',
    'src/reference/help-document.ts',
    'topicDocument',
  ],
];

/**
 * @param {string} root
 * @returns {Promise<Map<string, string>>} each file of schema/ with its text
 */
export async function reportSchemas(root) {
  const { resolve } = createRequire(installLocked('scripts/schema'));
  /** @param {string} file */
  const load = async (file) => (await import(pathToFileURL(file).href)).default;
  const generatorFile = resolve('typescript-json-schema');
  const { buildGenerator, getProgramFromFiles } = await load(generatorFile);
  const ts = await load(createRequire(generatorFile).resolve('typescript'));
  const documents = [
    ...filesOf(root, '/commands.ts').flatMap((file) => declarationsIn(file, ts)),
    ...others.map(([name, words, file, made]) => ({
      name,
      title: `mfa-cli ${name}`,
      words,
      type: /^[A-Z]/.test(made)
        ? `import(${JSON.stringify(join(root, file))}).${made}`
        : `Awaited<ReturnType<typeof import(${JSON.stringify(join(root, file))}).${made}>>`,
    })),
  ];
  const entry = join(root, '.cache/schema/entry.ts');
  mkdirSync(dirname(entry), { recursive: true });
  const types = documents.map(({ type }, index) => `export type Document${index} = ${type};\n`);
  writeFileSync(entry, `${reportOf}${types.join('')}`);
  const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
  const typeRoots = [join(root, 'node_modules/@types')];
  const program = getProgramFromFiles(
    [entry, ...filesOf(root, '.d.ts')],
    { ...compilerOptions, typeRoots },
    root,
  );
  const broken = ts.getPreEmitDiagnostics(program, program.getSourceFile(entry));
  if (broken.length > 0) throw new Error(ts.formatDiagnostics(broken, hostIn(root)));
  // It tells of each inferred type that it makes no default of what an object was made from, which nobody wants.
  console.warn = () => {};
  const generator = buildGenerator(program, {
    required: true,
    strictNullChecks: true,
    ignoreErrors: true,
  });
  // It leaves out what the values of a Record are.
  const { tc: checker, getClassDefinition } = generator;
  generator.getClassDefinition = (/** @type {unknown} */ type, /** @type {any} */ definition) => {
    getClassDefinition.call(generator, type, definition);
    const index = checker.getIndexInfoOfType(type, ts.IndexKind.String);
    if (index !== undefined)
      definition.additionalProperties = generator.getTypeDefinition(index.type);
    return definition;
  };
  return new Map(
    documents.map((document, index) => [
      `${document.name}.schema.json`,
      `${JSON.stringify(schemaOf(document, generator.getSchemaForSymbol(`Document${index}`)), null, 2)}\n`,
    ]),
  );
}

const reportOf =
  'type ReportOf<Command> = Command extends { work(...given: never[]): Promise<infer Report> } ? Report : never;\n';

/**
 * @param {string} root
 * @param {string} ending
 */
function filesOf(root, ending) {
  return readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending) && !file.startsWith('emulator/browser/'))
    .sort()
    .map((file) => join(root, 'src', file));
}

/**
 * The declarations of a commands.ts: what has a `word` and a `load`, but no example, as a family has. Its `commands` are a family's.
 * @param {string} file
 * @param {any} ts a TypeScript with an API, whose types are not installed
 */
function declarationsIn(file, ts) {
  /** @type {Document[]} */
  const found = [];
  /**
   * @param {any} node
   * @param {readonly string[]} family
   */
  const visit = (node, family) => {
    /** @type {Map<string, any>} */
    const members = new Map();
    if (ts.isObjectLiteralExpression(node))
      for (const member of node.properties) members.set(member.name?.getText(), member);
    const text = (/** @type {string} */ key) => members.get(key)?.initializer?.text;
    const word = text('word');
    if (word !== undefined && members.has('load') && !members.has('example')) {
      const path = [...family, word];
      found.push({
        name: path.join('-'),
        title: `mfa-cli ${path.join(' ')}`,
        words: `The report of \`mfa-cli ${path.join(' ')}\`: ${text('summary')}.`,
        type: `ReportOf<${commandOf(members.get('load'), file, ts)}>`,
      });
    }
    const isList = ts.isVariableDeclaration(node) && node.name.getText() === 'commands';
    const below = isList ? [basename(dirname(file))] : family;
    ts.forEachChild(node, (/** @type {unknown} */ child) => visit(child, below));
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true), []);
  return found;
}

/**
 * The type of the command that a `load` gives: `import(…)`, whose `command` it is, or another export of it.
 * @param {any} load
 * @param {string} file
 * @param {any} ts
 */
function commandOf(load, file, ts) {
  /** @type {string | undefined} */
  let type;
  /** @param {any} node */
  const visit = (node) => {
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const path = JSON.stringify(join(dirname(file), node.arguments[0].text));
      const whole = ts.isAwaitExpression(node.parent) ? node.parent.parent.parent : undefined;
      const named =
        whole !== undefined && ts.isPropertyAccessExpression(whole) ? whole.name.text : 'command';
      type = `typeof import(${path}).${named}`;
    }
    ts.forEachChild(node, visit);
  };
  visit(load);
  if (type === undefined) throw new Error(`${relative('.', file)}: a \`load\` imports nothing`);
  return type;
}

/** @param {string} root */
function hostIn(root) {
  return {
    getCanonicalFileName: (/** @type {string} */ name) => name,
    getCurrentDirectory: () => root,
    getNewLine: () => '\n',
  };
}

/**
 * Of 2020-12, with definitions under short names; a type without a name stands where it is used.
 * @param {Document} document
 * @param {Schema} generated
 */
function schemaOf(
  { name, title, words },
  { $schema: _draft, definitions = {}, description, ...schema },
) {
  /** @type {Record<string, Schema>} */
  const $defs = {};
  /** @type {Map<string, string>} */
  const names = new Map();
  /**
   * @param {any} value
   * @param {string} [key]
   * @returns {any}
   */
  const tidy = (value, key = '') => {
    if (Array.isArray(value)) return value.map((item) => tidy(item));
    if (key === 'description' && typeof value === 'string') return onOneLine(value);
    if (typeof value !== 'object' || value === null) return value;
    /**
     * @param {Schema} schema
     * @returns {[string, any][]}
     */
    const below = (schema) =>
      Object.entries(schema).map(([name, item]) => [name, tidy(item, name)]);
    if (key === 'properties') return inOrder(below(value));
    const { $ref, default: _initializer, ...rest } = value;
    if ($ref === undefined) return withNewCodes(key, Object.fromEntries(below(rest)));
    const type = decodeURIComponent($ref.slice('#/definitions/'.length));
    const [, short] = /^(?:import\(.*\)\.)?([A-Za-z]\w*)$/s.exec(type) ?? [];
    if (short === undefined) return { ...tidy(definitions[type]), ...rest };
    const known = names.get(type);
    if (known !== undefined) return { $ref: `#/$defs/${known}`, ...rest };
    const others = [...names.values()].filter((other) => other.replace(/\d+$/, '') === short);
    const name = others.length === 0 ? short : `${short}${others.length + 1}`;
    names.set(type, name);
    $defs[name] = tidy(definitions[type], short);
    return { $ref: `#/$defs/${name}`, ...rest };
  };
  const body = tidy(schema);
  const known = Object.entries($defs);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:mfa-cli:schema:${name}`,
    title,
    description: description === undefined ? words : `${words} ${onOneLine(description)}`,
    ...body,
    ...(known.length === 0 ? {} : { $defs: inOrder(known) }),
  };
}

/**
 * A description is a comment, whose lines end where their columns do.
 * @param {string} description
 */
function onOneLine(description) {
  return description.replaceAll(/\s*\n\s*/g, ' ');
}

/**
 * Names of types and keys by the alphabet: the order of a union's members may be another tomorrow.
 * @param {[string, unknown][]} entries
 */
function inOrder(entries) {
  return Object.fromEntries(entries.sort(([one], [other]) => (one < other ? -1 : 1)));
}

/**
 * The codes of findings, errors and checks are names that stay, but new ones may come: a schema of today takes them.
 * @param {string} key
 * @param {Schema} schema
 */
function withNewCodes(key, { enum: values, type, ...rest }) {
  if (values === undefined) return { ...(type === undefined ? {} : { type }), ...rest };
  if (type === 'number') return { type, enum: values.sort(byNumber), ...rest };
  if (type !== 'string' || !/^(code|\w+Code)$/.test(key))
    return { ...(type === undefined ? {} : { type }), enum: values, ...rest };
  return { type, ...rest, anyOf: [{ enum: values }, { pattern: '^[a-z][a-z0-9-]*$' }] };
}

/**
 * @param {number} one
 * @param {number} other
 */
function byNumber(one, other) {
  return one - other;
}
