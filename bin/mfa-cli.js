#!/usr/bin/env node
try {
  require('../dist/main.js');
} catch (error) {
  // A clone that nobody has built yet, or an installation from git in which no script ran: said in a sentence.
  if (error.code !== 'MODULE_NOT_FOUND' || error.requireStack?.[0] !== __filename) throw error;
  const { dirname, join } = require('node:path');
  const root = dirname(__dirname);
  const isClone = require('node:fs').existsSync(join(root, 'src'));
  const remedy = isClone
    ? `Run \`npm ci && npm run build\` in ${root}.`
    : 'Install it again without --ignore-scripts: npm builds it then.';
  process.stderr.write(
    `mfa-cli: error: The program is not built: ${join(root, 'dist')} is missing\nmfa-cli: hint: ${remedy}\n`,
  );
  process.exitCode = 2;
}
