/** Nobody ever listens to what undici tells of. */
const silentChannels =
  'const silent = { hasSubscribers: false }; export const channels = new Proxy({}, { get: () => silent });';

const plainAssert =
  'module.exports = (truth, message) => { if (!truth) throw new Error(message ?? "undici met what cannot be"); };';

/**
 * @typedef {object} Row
 * @property {string} by the package that loads the module
 * @property {string} module
 * @property {string} use
 * @property {string} [file] the end of the path of what loads it
 * @property {readonly string[]} [exports] names that are undefined
 * @property {string} [content] in place of the module
 */

/**
 * Modules that packages load at start for features that this program never uses; each takes up to 20 ms.
 * @type {readonly Row[]}
 */
const unused = [
  {
    by: 'commander',
    module: 'node:child_process',
    use: 'subcommands that are programs of their own',
  },
  {
    by: 'commander',
    module: './suggestSimilar',
    use: 'its own suggestions',
    exports: ['suggestSimilar'],
  },
  { by: 'conf', module: 'ajv/dist/2020.js', use: 'a schema', exports: ['Ajv2020'] },
  { by: 'conf', module: 'ajv-formats', use: 'a schema' },
  { by: 'conf', module: 'semver', use: 'migrations' },
  { by: 'conf', module: 'debounce-fn', use: 'watching the file' },
  // Compares the file with the defaults, of which mfa-cli gives none: both are alike.
  {
    by: 'conf',
    module: 'node:assert',
    use: 'defaults',
    content: 'export default { deepEqual() {} };',
  },
  {
    by: 'debug',
    module: 'supports-color',
    use: 'traces in color, where it happens to be installed',
  },
  { by: 'node-forge', module: './baseN', use: 'base58' },
  { by: 'node-forge', file: 'asn1.js', module: './oids', use: 'names in a print-out' },
  { by: 'undici', module: './client-h2.js', use: 'HTTP/2' },
  { by: 'undici', module: '../web/fetch/body.js', use: 'bodies of other types than text' },
  // With NODE_DEBUG it would show queries, which may have secrets.
  { by: 'undici', module: './diagnostics.js', use: 'traces', content: silentChannels },
  { by: 'undici', module: '../core/diagnostics.js', use: 'traces', content: silentChannels },
  // Loads 3 ms for the default of a limit that mfa-cli sets, and to know a kind of body that it never sends.
  {
    by: 'undici',
    module: 'node:http',
    use: 'node:http',
    content: 'exports.IncomingMessage = class {};',
  },
  {
    by: 'undici',
    module: 'node:assert',
    use: 'what shows values that differ',
    content: plainAssert,
  },
];
/** Members of node-forge's own objects that nothing needs here, a third of the two files that read DER. */
const unusedMembers = {
  util: 'DataBuffer binary clearItems deflate format formatNumber formatSize getItem inflate int32ToBytes isEmpty removeItem setItem text',
  asn1: 'getBerValueLength prettyPrint',
};
const prefix = '\0unused:';

/** Its plugin leaves all of that out; `check` throws if a package no longer loads one of them. */
export function withoutUnused() {
  /** @type {Set<number>} */
  const met = new Set();
  /** @type {import('rolldown').Plugin} */
  const plugin = {
    name: 'without-unused',
    resolveId(id, importer = '') {
      const index = unused.findIndex(
        ({ by, file = '', module }) =>
          module === id && importer.split(/[/\\]/).includes(by) && importer.endsWith(file),
      );
      if (index === -1) return null;
      met.add(index);
      return `${prefix}${index}`;
    },
    transform(code, id) {
      const [, file] = /node-forge.lib.(\w+)\.js$/.exec(id) ?? [];
      if (file === undefined) return null;
      for (const [object, names] of Object.entries(unusedMembers)) {
        const use = new RegExp(`\\b${object}\\.(?:${names.replaceAll(' ', '|')})\\b`);
        const kept = object === file ? withoutMembers(code, this.parse(code), use) : code;
        const [used] = use.exec(kept.replace(/\/\*.*?\*\/|\/\/.*?$/gms, '')) ?? [];
        if (used !== undefined) throw new Error(`${file}.js of node-forge uses ${used}`);
        if (object === file) return kept;
      }
      return null;
    },
    load(id) {
      if (!id.startsWith(prefix)) return null;
      const { exports = [], content = 'export default {};' } =
        unused[Number(id.slice(prefix.length))] ?? {};
      return [content, ...exports.map((name) => `export const ${name} = undefined;`)].join('\n');
    },
  };
  return {
    plugin,
    check() {
      const idle = unused
        .filter((_row, index) => !met.has(index))
        .map(({ by, module }) => `${module} of ${by}`);
      if (idle.length > 0) throw new Error(`Nothing loads ${idle.join(', ')} any more`);
    },
  };
}

/**
 * The file without its top-level statements `object.member = …` and `object.member.… = …`.
 * @param {string} code
 * @param {any} program
 * @param {RegExp} use
 */
function withoutMembers(code, { body }, use) {
  let kept = code;
  for (const { type, start, end, expression } of body.toReversed()) {
    const isAssigned = type === 'ExpressionStatement' && expression.type === 'AssignmentExpression';
    if (isAssigned && code.slice(start, expression.left.end).search(use) === 0)
      kept = kept.slice(0, start) + kept.slice(end);
  }
  return kept;
}
