import * as v from 'valibot';
import { isObject } from '../../../text/json.ts';
import { longestNote, oneLine } from '../../../text/note.ts';

/**
 * A name of a tenant, a certificate or a label. The three excluded names are special in
 * JavaScript, and some parsers lose them.
 */
const name = v.pipe(v.string(), v.regex(/^(?!(__proto__|constructor|prototype)$)[A-Za-z0-9._-]+$/));

export const nameRule = 'use letters, digits, . _ and - only';

export function isName(word: string): boolean {
  return v.is(name, word);
}

const text = v.pipe(v.string(), v.nonEmpty());
const note = v.pipe(text, v.maxLength(longestNote), v.regex(oneLine));
const variable = v.pipe(v.string(), v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/));

function described<const Schema extends v.GenericSchema>(schema: Schema, description: string) {
  return v.pipe(schema, v.description(description));
}

/** The places of a secret, by key. The file never holds the secret itself. */
export const secretKinds = {
  env: v.strictObject({ env: described(variable, 'Environment variable with the secret') }),
  file: v.strictObject({ file: described(text, 'File with the secret, relative to this file') }),
  command: v.strictObject({
    command: described(
      v.tupleWithRest([text], v.string()),
      'Program and arguments, run without a shell; its stdout is the secret',
    ),
  }),
};

const secret = v.union([secretKinds.env, secretKinds.file, secretKinds.command]);

export const p12Variable = v.strictObject({
  env: described(variable, 'Variable that holds the .p12 in base64'),
});

/** The ways to sign in, by key. */
export const signInKinds = {
  profile: v.strictObject({
    profile: described(text, 'Profile of this machine that is signed in'),
  }),
  'client-id': v.strictObject({
    'client-id': described(text, 'OAuth client ID: the name of the service user'),
    'client-secret': described(secret, 'Password of the service user'),
    'app-id': v.exactOptional(described(text, 'Application ID of the OAuth app')),
    scope: v.exactOptional(described(text, 'OAuth scope')),
    'platform-token': v.exactOptional(
      described(v.boolean(), 'Client credentials at /OAuth2/PlatformToken'),
    ),
  }),
  token: v.strictObject({ token: described(secret, 'Access token') }),
};

const environment = described(
  v.picklist(['production', 'sandbox']),
  'Environment that a certificate must serve',
);

export const defaultsSchema = v.strictObject({
  environment: v.exactOptional(environment),
  'warn-days': v.exactOptional(
    described(
      v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(99_999)),
      'A certificate with this many days left, or fewer, expires soon',
    ),
  ),
});

export const certificateSchema = v.strictObject({
  p12: described(
    v.union([text, p12Variable]),
    'Path of the .p12, relative to this file, or the variable with its base64',
  ),
  password: v.exactOptional(
    described(secret, 'Password of the .p12; leave it out if the .p12 has none'),
  ),
  topic: v.exactOptional(described(text, 'Topic to set; default: the bundle ID')),
  fingerprint: v.exactOptional(
    described(
      v.pipe(v.string(), v.regex(/^[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){31}$/)),
      'SHA-256 of the certificate, 64 hex digits: apply refuses any other, and plan needs no key if there is a topic as well',
    ),
  ),
  environment: v.exactOptional(environment),
  owner: v.exactOptional(described(note, 'Whose certificate it is, in free text')),
  ticket: v.exactOptional(described(note, 'Ticket of the change, in free text')),
});

export const labelValue = v.union([v.string(), v.number(), v.boolean()]);

export const tenantSchema = v.strictObject({
  tenant: described(text, 'Address of the tenant: abc1234.id.cyberark.cloud'),
  certificate: described(
    v.nullable(text),
    'Name of one of the certificates; null: the tenant must have none',
  ),
  'client-app-key': v.exactOptional(described(text, 'Client app key; default: the topic')),
  'sign-in': described(
    v.union([signInKinds.profile, signInKinds['client-id'], signInKinds.token]),
    'How to sign in to the tenant',
  ),
  labels: v.exactOptional(described(v.record(name, labelValue), 'Labels for --label to select by')),
});

/** A fleet file. Its JSON Schema is made from this. */
export const fleetSchema = v.strictObject({
  version: described(v.literal(1), 'Version of the format'),
  defaults: v.exactOptional(defaultsSchema),
  certificates: v.exactOptional(v.record(name, certificateSchema)),
  tenants: v.record(name, tenantSchema),
});

const mapping = v.custom<Record<string, unknown>>(isObject);

/** The top of a fleet file, whose parts are checked one by one. */
export const topShape = v.strictObject({
  ...fleetSchema.entries,
  defaults: v.exactOptional(mapping),
  certificates: v.exactOptional(mapping),
  tenants: mapping,
});

export type DeclaredCertificate = v.InferOutput<typeof certificateSchema>;
export type DeclaredTenant = v.InferOutput<typeof tenantSchema>;
export type DeclaredSecret = v.InferOutput<typeof secret>;
export type Environment = v.InferOutput<typeof environment>;
