import * as v from 'valibot';

/** A name of a tenant, a certificate or a label. Three have a meaning of their own in JavaScript, and some readers lose them. */
const name = v.pipe(v.string(), v.regex(/^(?!(__proto__|constructor|prototype)$)[A-Za-z0-9._-]+$/));

/** What a name may be, after `"…" is not the name of a tenant:`. */
export const nameRule = 'it has letters, digits, . _ and - only';

export function isName(word: string): boolean {
  return v.is(name, word);
}

const text = v.pipe(v.string(), v.nonEmpty());
const variable = v.pipe(v.string(), v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/));

/** A value with what an editor shows about it. */
function described<const Schema extends v.GenericSchema>(schema: Schema, description: string) {
  return v.pipe(schema, v.description(description));
}

/** Where a secret is, by the key that says it; a secret itself is none of them. */
export const secretKinds = {
  env: v.strictObject({ env: described(variable, 'Variable that holds it') }),
  file: v.strictObject({ file: described(text, 'File that holds it, relative to this one') }),
  command: v.strictObject({
    command: described(
      v.tupleWithRest([text], v.string()),
      'Program and arguments; it is run without a shell, and its stdout is the secret',
    ),
  }),
};

const secret = v.union([secretKinds.env, secretKinds.file, secretKinds.command]);

const p12Variable = v.strictObject({ env: described(variable, 'Variable that holds the .p12 in base64') });

/** A .p12, by the key that says where it is. */
export const p12Kinds = { env: p12Variable };

/** Who signs in, by the key that says it. */
export const signInKinds = {
  profile: v.strictObject({ profile: described(text, 'Profile of this machine that is signed in') }),
  'client-id': v.strictObject({
    'client-id': described(text, 'OAuth client ID: the name of the service user'),
    'client-secret': described(secret, 'Password of the service user'),
    'app-id': v.exactOptional(described(text, 'Application ID of the OAuth app')),
    scope: v.exactOptional(described(text, 'OAuth scope')),
    'platform-token': v.exactOptional(described(v.boolean(), 'Client credentials at /OAuth2/PlatformToken')),
  }),
  token: v.strictObject({ token: described(secret, 'Access token') }),
};

const environment = described(v.picklist(['production', 'sandbox']), 'What a certificate has to serve');

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
    described(secret, 'Password of the .p12; without it, the file opens without one'),
  ),
  topic: v.exactOptional(described(text, 'Topic to set; default: the bundle ID')),
  environment: v.exactOptional(environment),
});

export const labelValue = v.union([v.string(), v.number(), v.boolean()]);

export const tenantSchema = v.strictObject({
  tenant: described(text, 'Address of the tenant: abc1234.id.cyberark.cloud'),
  certificate: described(v.nullable(text), 'Name of one of the certificates; null: it is to have none'),
  'client-app-key': v.exactOptional(described(text, 'Key of the client app; default: the topic')),
  'sign-in': described(
    v.union([signInKinds.profile, signInKinds['client-id'], signInKinds.token]),
    'Whose session calls the tenant',
  ),
  labels: v.exactOptional(described(v.record(name, labelValue), 'What --label selects by')),
});

/** A fleet file. Its JSON Schema is made from this. */
export const fleetSchema = v.strictObject({
  version: described(v.literal(1), 'Version of the format'),
  defaults: v.exactOptional(defaultsSchema),
  certificates: v.exactOptional(v.record(name, certificateSchema)),
  tenants: v.record(name, tenantSchema),
});

const mapping = v.custom<Record<string, unknown>>(isMapping);

/** The top of a fleet file, the parts of which are judged one by one. */
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

/** Whether a value that was read from a file is a mapping, and no list. */
export function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
