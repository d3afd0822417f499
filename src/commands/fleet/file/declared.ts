import { CliError } from '../../../errors/cli-error.ts';
import { parseTenantAddress } from '../../../tenant/address.ts';
import { onOneLine } from '../../../text/printable.ts';
import { below, type Faults, type Path, quoted } from './faults.ts';
import type { FleetCertificate, FleetTenant } from './fleet.ts';
import { certificateSchema, type Environment, isMapping, isName, nameRule, tenantSchema } from './schema.ts';
import { judgeShape } from './shape-faults.ts';
import { certificateOf, tenantOf } from './values.ts';

/** The certificates of a file by name; null: its declaration is faulty. */
type Declared = ReadonlyMap<string, FleetCertificate | null>;

interface Reading {
  /** Absolute, what paths start from. */
  readonly directory: string;
  readonly faults: Faults;
}

/** The certificates of a file, whole ones and, by their names, faulty ones. */
export function readCertificates(
  declarations: Readonly<Record<string, unknown>>,
  environment: Environment | null,
  { directory, faults }: Reading,
): Declared {
  const certificates = new Map<string, FleetCertificate | null>();
  for (const [name, declaration] of Object.entries(declarations)) {
    const path = ['certificates', name];
    judgeName(name, 'certificate', path, faults);
    const isWhole = judgeShape(certificateSchema, declaration, path, `certificate ${quoted(name)}`, faults);
    certificates.set(name, isWhole ? certificateOf(name, declaration, environment, directory) : null);
  }
  return certificates;
}

/** The tenants of a file that are whole, in its order; judges the others as far as they are. */
export function readTenants(
  declarations: Readonly<Record<string, unknown>>,
  certificates: Declared,
  { directory, faults }: Reading,
): readonly FleetTenant[] {
  const tenants: FleetTenant[] = [];
  const keys = new Map<string, string>();
  for (const [name, declaration] of Object.entries(declarations)) {
    const path = ['tenants', name];
    judgeName(name, 'tenant', path, faults);
    const isWhole = judgeShape(tenantSchema, declaration, path, `tenant ${quoted(name)}`, faults);
    if (!isMapping(declaration)) continue;
    const origin = originOf(declaration.tenant, path, faults);
    const certificate = certificateFor(declaration, certificates, path, faults);
    const key = origin === null ? null : keyOf(origin, declaration, certificate);
    const other = key === null ? undefined : keys.get(key);
    if (other !== undefined)
      faults.add(
        { path: below(path, 'tenant'), at: 'value' },
        `this is the tenant of ${quoted(other)} with the same client app key`,
      );
    else if (key !== null) keys.set(key, name);
    if (isWhole && origin !== null && certificate !== undefined)
      tenants.push(tenantOf(name, origin, certificate, declaration, directory));
  }
  return tenants;
}

function judgeName(name: string, what: string, path: Path, faults: Faults): void {
  if (!isName(name))
    faults.add({ path, at: 'key' }, `${quoted(name)} is not the name of a ${what}: ${nameRule}`);
}

function originOf(address: unknown, path: Path, faults: Faults): string | null {
  if (typeof address !== 'string' || address === '') return null;
  try {
    return parseTenantAddress(address);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const sentence = error.message.length > 200 ? 'this is not a tenant URL' : onOneLine(error.message);
    faults.add({ path: below(path, 'tenant'), at: 'value' }, sentence);
    return null;
  }
}

/** Null: none is to be there; undefined: none that is known and whole. */
function certificateFor(
  declaration: Readonly<Record<string, unknown>>,
  certificates: Declared,
  path: Path,
  faults: Faults,
): FleetCertificate | null | undefined {
  const { certificate: name } = declaration;
  const place = { path: below(path, 'certificate'), at: 'value' } as const;
  if (name === null) {
    if (!Object.hasOwn(declaration, 'client-app-key'))
      faults.add(place, 'where a tenant is to have no certificate, client-app-key has to say which one goes');
    return null;
  }
  if (typeof name !== 'string' || name === '') return undefined;
  const certificate = certificates.get(name);
  if (certificate === undefined) {
    const near = faults.nearest(name, certificates.keys());
    const guess = near === undefined ? '' : `; did you mean ${near}?`;
    faults.add(place, `the certificate ${quoted(name)} is not declared${guess}`);
  }
  return certificate ?? undefined;
}

/** What a tenant and its client app key are told apart by; null where only the certificate's file knows the key. */
function keyOf(
  origin: string,
  declaration: Readonly<Record<string, unknown>>,
  certificate: FleetCertificate | null | undefined,
): string | null {
  const key = declaration['client-app-key'] ?? certificate?.topic;
  if (typeof key === 'string') return JSON.stringify([origin, key]);
  // Two tenants of one certificate have one topic, whatever it is.
  return certificate === null || certificate === undefined
    ? null
    : JSON.stringify([origin, null, certificate.name]);
}
