import { build } from 'rolldown';
import { browserScripts } from '../../scripts/build/browser-scripts.mjs';

/** Bundles programs of the tests, by path, each into a `.mjs` file of its name, since Node.js 20 runs no TypeScript. */
export async function bundlePrograms(entries: readonly string[], directory: string): Promise<void> {
  await build({
    input: [...entries],
    platform: 'node',
    plugins: [browserScripts()],
    transform: {
      target: 'node20.20',
      define: { MFA_CLI_VERSION: '"0.0.0"' },
    },
    checks: { eval: false },
    logLevel: 'silent',
    output: {
      dir: directory,
      format: 'esm',
      keepNames: true,
      entryFileNames: '[name].mjs',
      chunkFileNames: '[name]-[hash].mjs',
    },
  });
}
