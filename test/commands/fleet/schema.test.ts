import { readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { fleetSchemaDocument } from '../../../scripts/schema/fleet.ts';
import { readFleet } from '../../../src/commands/fleet/file/read-fleet.ts';
import { CliError } from '../../../src/errors/cli-error.ts';

const committed = readFileSync('schema/fleet.schema.json', 'utf8');
const accepts = new Ajv({ strictTuples: false }).compile(JSON.parse(committed));

test('the committed schema is made from the one that the program judges by', () => {
  expect(committed, 'run `npm run schema`').toBe(fleetSchemaDocument());
});

test.each(['fleet.yaml', 'anchors.yaml'])('takes %s', (name) => {
  accepts(parse(readFileSync(`test/fixtures/fleet/${name}`, 'utf8'), { merge: true }));
  expect(accepts.errors).toBeNull();
});

const head = 'certificates: { app: { p12: app.p12 } }';
const tenants = (more: string): string =>
  `{ version: 1, ${head}, tenants: { acme: { tenant: a.example, certificate: app, ${more} } } }`;
const signIn = 'sign-in: { profile: p }';
const certificate = (more: string): string =>
  `{ version: 1, certificates: { app: { ${more} } }, tenants: {} }`;
const top = (more: string): string => `{ version: 1, tenants: {}, ${more} }`;

test.each<[what: string, document: string]>([
  ['a list', '[]'],
  ['no version', '{ tenants: {} }'],
  ['another version', '{ version: 2, tenants: {} }'],
  ['no tenants', '{ version: 1 }'],
  ['an unknown key', top('tenant: {}')],
  ['an unknown default', top('defaults: { days: 3 }')],
  ['an environment that is none', top('defaults: { environment: prod }')],
  ['half a day', top('defaults: { warn-days: 1.5 }')],
  ['a name', top('certificates: { a b: { p12: a } }')],
  ['a name of JavaScript', top('certificates: { constructor: { p12: a } }')],
  ['no .p12', certificate('')],
  ['a .p12 elsewhere', certificate('p12: { file: a }')],
  ['a password written out', certificate('p12: a, password: hunter2')],
  ['a password in two ways', certificate('p12: a, password: { env: A, file: b }')],
  ['a variable that is none', certificate('p12: a, password: { env: A B }')],
  ['an empty command', certificate('p12: a, password: { command: [] }')],
  ['a command as a line', certificate('p12: a, password: { command: op read }')],
  ['no certificate', tenants(signIn).replace('certificate: app,', '')],
  ['nobody who signs in', tenants('')],
  ['a sign-in of two kinds', tenants('sign-in: { profile: p, token: { env: A } }')],
  ['a sign-in with half a client', tenants('sign-in: { client-id: c }')],
  ['a token written out', tenants('sign-in: { token: hunter2 }')],
  ['labels as lists', tenants(`${signIn}, labels: { a: [] }`)],
  ['a label with a sign', tenants(`${signIn}, labels: { 'a=b': c }`)],
])('refuses what the program refuses: %s', (_what, document) => {
  expect(accepts(parse(document))).toBe(false);
  expect(() => readFleet(document, { file: 'f.yaml', directory: '/' })).toThrow(CliError);
});

test.each([
  tenants(signIn),
  top('x-anchors: [1]'),
  tenants(`${signIn}, labels: { a: 1, b: true }, client-app-key: k`),
  tenants(signIn).replace('certificate: app,', 'certificate: null, client-app-key: k,'),
  certificate('p12: { env: A }, password: { command: [op, read] }, environment: sandbox'),
])('takes what the program takes: %s', (document) => {
  expect(accepts(parse(document))).toBe(true);
  readFleet(document, { file: 'f.yaml', directory: '/' });
});
