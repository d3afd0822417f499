import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import ajv from 'ajv';
import formats from 'ajv-formats';

const require = createRequire(import.meta.url);
const schemas = join(dirname(require.resolve('@cyclonedx/cyclonedx-library/package.json')), 'res/schema');
const read = (file: string) => JSON.parse(readFileSync(join(schemas, file), 'utf8'));

const judge = new ajv.Ajv({ strict: false, formats: { 'idn-email': true, 'iri-reference': true } });
formats.default(judge);
for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs']) {
  const file = `${name}.SNAPSHOT.schema.json`;
  judge.addSchema(read(file), `http://cyclonedx.org/schema/${file}`);
}
const validate = judge.compile(read('bom-1.6.SNAPSHOT.schema.json'));

/** What CycloneDX's own schema finds wrong with a bill of materials. */
export function cyclonedxFaults(document: unknown): unknown {
  return validate(document) ? null : validate.errors;
}
