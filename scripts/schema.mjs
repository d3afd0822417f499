// Writes schema/: the JSON Schema of the fleet file, which is made from the schema that the program itself judges a fleet
// file by, and those of what `--json` prints, which are made from the types of the reports: `npm run schema`, after a change of
// either. With `--check` nothing is written, and what is not as it would be written ends it with 1.
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { reportSchemas } from './schema/reports.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'schema');
const wanted = new Map([
  ['fleet.schema.json', await fleetSchema()],
  ...(await reportSchemas(root)),
]);
const present = new Map();
for (const name of await readdir(folder))
  present.set(name, await readFile(join(folder, name), 'utf8'));
const changed = [...wanted].filter(([name, text]) => present.get(name) !== text);
const left = [...present.keys()].filter((name) => !wanted.has(name));
if (process.argv.includes('--check')) {
  const names = [...changed.map(([name]) => name), ...left];
  if (names.length > 0) {
    console.error(`Not what the types say, so run \`npm run schema\`:\n${names.join('\n')}`);
    process.exitCode = 1;
  }
} else {
  for (const [name, text] of changed) await writeFile(join(folder, name), text);
  for (const name of left) await rm(join(folder, name));
}

async function fleetSchema() {
  const directory = await mkdtemp(join(tmpdir(), 'mfa-cli-schema-'));
  try {
    const file = join(directory, 'fleet.mjs');
    await build({
      cwd: root,
      input: 'scripts/schema/fleet.ts',
      platform: 'node',
      output: { file, format: 'esm' },
    });
    return (await import(file)).fleetSchemaDocument();
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
