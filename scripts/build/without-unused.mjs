/** What packages load at start for features that this program never uses; each takes up to 20 ms. */
const unused = [
  { by: 'commander', module: 'node:child_process', use: 'subcommands that are programs of their own' },
  { by: 'commander', module: './suggestSimilar', use: 'its own suggestions', exports: ['suggestSimilar'] },
  { by: 'conf', module: 'ajv/dist/2020.js', use: 'a schema', exports: ['Ajv2020'] },
  { by: 'conf', module: 'ajv-formats', use: 'a schema' },
  { by: 'conf', module: 'semver', use: 'migrations' },
  { by: 'conf', module: 'debounce-fn', use: 'watching the file' },
  // Compares the file with the defaults, of which we give none: both are alike.
  { by: 'conf', module: 'node:assert', use: 'defaults', content: 'export default { deepEqual() {} };' },
  { by: 'debug', module: 'supports-color', use: 'traces in color, where it happens to be installed' },
  { by: 'node-forge', module: './baseN', use: 'base58' },
  { by: 'node-forge', module: './oids', use: 'names in a print-out' },
];
const prefix = '\0unused:';

/** Its plugin leaves all of that out; `check` throws if a package no longer loads one of them. */
export function withoutUnused() {
  const met = new Set();
  return {
    plugin: {
      name: 'without-unused',
      resolveId(id, importer = '') {
        const index = unused.findIndex(
          ({ by, module }) => module === id && importer.split(/[/\\]/).includes(by),
        );
        if (index === -1) return null;
        met.add(unused[index]);
        return `${prefix}${index}`;
      },
      load(id) {
        if (!id.startsWith(prefix)) return null;
        const { exports = [], content = 'export default {};' } = unused[Number(id.slice(prefix.length))];
        return [content, ...exports.map((name) => `export const ${name} = undefined;`)].join('\n');
      },
    },
    check() {
      const idle = unused.filter((entry) => !met.has(entry)).map(({ by, module }) => `${module} of ${by}`);
      if (idle.length > 0) throw new Error(`Nothing loads ${idle.join(', ')} any more`);
    },
  };
}
