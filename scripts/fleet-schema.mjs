// Writes schema/fleet.schema.json, which is made from the schema that the program itself judges a fleet file by:
// `npm run schema`, after a change of src/commands/fleet/file/schema.ts.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const directory = await mkdtemp(join(tmpdir(), 'mfa-cli-schema-'));
try {
  const file = join(directory, 'document.mjs');
  await build({
    cwd: root,
    input: 'scripts/fleet-schema/document.ts',
    platform: 'node',
    output: { file, format: 'esm' },
  });
  const { fleetSchemaDocument } = await import(file);
  await writeFile(join(root, 'schema/fleet.schema.json'), fleetSchemaDocument());
} finally {
  await rm(directory, { recursive: true, force: true });
}
