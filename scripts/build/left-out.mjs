/**
 * The modules of packages that the program cannot reach, and that the bundle leaves out: each wins
 * 3 ms of a command, or would break a promise of the program. `why` says which: processor time of a
 * whole process, medians of alternating pairs with Node.js 20.20.
 *
 * @typedef {object} Row
 * @property {string} by the package that imports the module
 * @property {string} module as it is imported there
 * @property {string} use of the module there
 * @property {string} why
 * @property {string} [content] in place of the module; default: an empty object
 */

/** Channels without listeners. */
const silentChannels =
  'const silent = { hasSubscribers: false }; export const channels = new Proxy({}, { get: () => silent });';

/** @type {readonly Row[]} */
const leftOut = [
  {
    by: 'conf',
    module: 'ajv/dist/2020.js',
    use: 'judging the file by a schema, of which mfa-cli gives none',
    why: 'wins 10 ms of `profile set`',
    content: 'export default {}; export const Ajv2020 = undefined;',
  },
  {
    by: 'conf',
    module: 'ajv-formats',
    use: 'the same',
    why: 'wins 10 ms of `profile set`: it imports ajv',
  },
  {
    by: 'undici',
    module: './client-h2.js',
    use: 'HTTP/2, which mfa-cli does not allow',
    why: 'wins 9 ms of `apns set`',
  },
  {
    by: 'undici',
    module: './diagnostics.js',
    use: 'traces',
    why: 'with NODE_DEBUG it prints queries, which may have secrets',
    content: silentChannels,
  },
  {
    by: 'undici',
    module: '../core/diagnostics.js',
    use: 'traces',
    why: 'the same',
    content: silentChannels,
  },
  {
    by: 'debug',
    module: 'supports-color',
    use: 'traces in color, where it happens to be installed',
    why: 'the program runs no package of the machine that it is on',
  },
];
const prefix = '\0left-out:';

/** Its plugin leaves the rows out; `check` throws where a package no longer imports one of them. */
export function leaveOut() {
  /** @type {Set<Row>} */
  const met = new Set();
  /** @type {import('rolldown').Plugin} */
  const plugin = {
    name: 'left-out',
    resolveId(id, importer = '') {
      const folders = importer.split(/[/\\]/);
      const index = leftOut.findIndex(({ by, module }) => module === id && folders.includes(by));
      const row = leftOut[index];
      if (row === undefined) return null;
      met.add(row);
      return `${prefix}${index}`;
    },
    load(id) {
      if (!id.startsWith(prefix)) return null;
      return leftOut[Number(id.slice(prefix.length))]?.content ?? 'export default {};';
    },
  };
  return {
    plugin,
    check() {
      const idle = leftOut
        .filter((row) => !met.has(row))
        .map(({ by, module }) => `${module} of ${by}`);
      if (idle.length > 0) throw new Error(`Nothing imports ${idle.join(', ')} any more`);
    },
  };
}
