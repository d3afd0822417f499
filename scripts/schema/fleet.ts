import { toJsonSchema } from '@valibot/to-json-schema';
import { fleetSchema } from '../../src/commands/fleet/file/schema.ts';

/** The JSON Schema of a fleet file, for editors, as text; draft 7, which all of them read. */
export function fleetSchemaDocument(): string {
  const { $schema, ...rest } = toJsonSchema(fleetSchema, {
    target: 'draft-07',
    errorMode: 'throw',
  });
  const document = {
    $schema,
    title: 'Fleet of mfa-cli',
    description: 'The push certificate of each tenant',
    ...rest,
    // A place for anchors.
    patternProperties: { '^x-': {} },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
