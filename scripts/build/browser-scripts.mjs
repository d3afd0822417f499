import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const mark = '?browser';
const prefix = '\0browser:';

/**
 * `import { script } from './console.ts?browser'`: that file and all it imports as the text of one script for a browser.
 * For rolldown and for Vite.
 * @param {Set<string>} [modules] gets the paths of all the files that went into scripts
 * @returns {import('rolldown').Plugin & { enforce: 'pre' }}
 */
export function browserScripts(modules = new Set()) {
  return {
    name: 'browser-scripts',
    // Vite would find the file by itself.
    enforce: 'pre',
    resolveId: {
      filter: { id: /\?browser$/ },
      async handler(id, importer) {
        const found = await this.resolve(id.slice(0, -mark.length), importer);
        return found && `${prefix}${found.id}`;
      },
    },
    load: {
      filter: { id: /^\0browser:/ },
      async handler(id) {
        const { code, files } = await bundle(id.slice(prefix.length));
        for (const file of files) {
          this.addWatchFile(file);
          modules.add(file);
        }
        return `export const script = ${JSON.stringify(code)};`;
      },
    },
  };
}

/** Browsers of the last two years, as `light-dark()` in the stylesheet needs them. */
const target = 'es2023';

/** @param {string} input */
async function bundle(input) {
  const { output } = await build({
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    input,
    platform: 'browser',
    transform: { target },
    write: false,
    output: { format: 'iife', minify: true, codeSplitting: false },
  });
  const [{ code, moduleIds, imports }] = output;
  if (imports.length > 0)
    throw new Error(`${input} needs ${imports.join(', ')}, which is not installed`);
  return { code, files: moduleIds };
}
