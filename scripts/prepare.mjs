// Builds the program; npm runs this after an install in a clone, and before it packs.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
// `npm install --global git+…` installs what the build needs nowhere, and would leave a link to a folder that it deletes.
if (existsSync(`${root}node_modules/rolldown`)) await import('./build.mjs');
else {
  console.error(
    'mfa-cli: error: npm cannot build a global installation from git. Clone the repository, and run there: npm ci && npm run build && npm install --global .',
  );
  process.exitCode = 1;
}
