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

const signIn = { profile: 'p' };
const tenant = { tenant: 'a.example', certificate: 'app', 'sign-in': signIn };
const certificate = { p12: 'app.p12' };
const fleet = { version: 1, certificates: { app: certificate }, tenants: { acme: tenant } };
const withTenant = (change: object) => ({ ...fleet, tenants: { acme: { ...tenant, ...change } } });
const withCertificate = (change: object) => ({
  ...fleet,
  certificates: { app: { ...certificate, ...change } },
});

test.each<[what: string, document: unknown]>([
  ['a list', []],
  ['no version', { tenants: {} }],
  ['another version', { ...fleet, version: 2 }],
  ['no tenants', { version: 1 }],
  ['an unknown key', { ...fleet, tenant: {} }],
  ['an unknown default', { ...fleet, defaults: { days: 3 } }],
  ['an environment that is none', { ...fleet, defaults: { environment: 'prod' } }],
  ['half a day', { ...fleet, defaults: { 'warn-days': 1.5 } }],
  ['a name', { ...fleet, tenants: { 'a b': tenant } }],
  ['a name of JavaScript', { ...fleet, tenants: { constructor: tenant } }],
  ['no .p12', { ...fleet, certificates: { app: {} } }],
  ['a .p12 elsewhere', withCertificate({ p12: { file: 'a' } })],
  ['a password written out', withCertificate({ password: 'hunter2' })],
  ['a password in two ways', withCertificate({ password: { env: 'A', file: 'b' } })],
  ['a variable that is none', withCertificate({ password: { env: 'A B' } })],
  ['an empty command', withCertificate({ password: { command: [] } })],
  ['a command as a line', withCertificate({ password: { command: 'op read' } })],
  ['no certificate', { ...fleet, tenants: { acme: { tenant: 'a', 'sign-in': signIn } } }],
  ['a sign-in of two kinds', withTenant({ 'sign-in': { ...signIn, token: { env: 'A' } } })],
  ['a sign-in with half a client', withTenant({ 'sign-in': { 'client-id': 'c' } })],
  ['a token written out', withTenant({ 'sign-in': { token: 'hunter2' } })],
  ['labels as lists', withTenant({ labels: { a: [] } })],
  ['a label with a sign', withTenant({ labels: { 'a=b': 'c' } })],
])('refuses what the program refuses: %s', (_what, document) => {
  expect(accepts(document)).toBe(false);
  const read = () => readFleet(JSON.stringify(document), { file: 'f.yaml', directory: '/' });
  expect(read).toThrow(CliError);
});

test('takes what the program takes', () => {
  for (const document of [
    fleet,
    { ...fleet, 'x-anchors': [1] },
    withTenant({ certificate: null, 'client-app-key': 'k', labels: { a: 1, b: true } }),
    withCertificate({ p12: { env: 'A' }, password: { command: ['op', 'read'] }, environment: 'sandbox' }),
  ]) {
    expect(accepts(document)).toBe(true);
    readFleet(JSON.stringify(document), { file: 'f.yaml', directory: '/' });
  }
});
