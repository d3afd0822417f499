import { resolve } from 'node:path';
import { CliError } from '../../../errors/cli-error.ts';
import { parseTenantAddress } from '../../../tenant/address.ts';
import { isObject, manyTenants, parseJson } from '../../../text/json.ts';
import { onOneLine } from '../../../text/printable.ts';
import { collectFaults, type Faults, guess, type Path, quoted } from './faults.ts';
import type { Fleet, FleetCertificate, FleetTenant, SecretSource, SignIn } from './fleet.ts';
import { isKnown, judgeNamed, judgeShape } from './judge-shape.ts';
import {
  certificateSchema,
  type DeclaredCertificate,
  type DeclaredSecret,
  type DeclaredTenant,
  defaultsSchema,
  type Environment,
  tenantSchema,
  topShape,
} from './schema.ts';
import { jsonBounds, readYaml, type YamlBounds, yamlBounds } from './yaml.ts';

export interface FleetPlace {
  readonly file: string;
  readonly directory: string;
}

/**
 * The fleet that a JSON or YAML 1.2 text declares. Takes linear time.
 * @throws {CliError} fleet-file-invalid: every fault, one per line, as `FILE:LINE:COLUMN:
 *   sentence`
 */
export function readFleet(
  text: string,
  { file, directory }: FleetPlace,
  given?: YamlBounds,
): Fleet {
  const isJson = /^\s*\{/.test(text);
  const bounds = given ?? (isJson ? jsonBounds : yamlBounds);
  const json = isJson ? parseJson(text, manyTenants) : undefined;
  const faults = collectFaults();
  // JSON is YAML, which has positions, and tells duplicate names.
  const yaml = json === undefined || hasDoubles(text, json) ? readYaml(text, bounds, faults) : null;
  const { whole, value } = yaml ?? { whole: true, value: json };
  const fleet = whole ? fleetFrom(value, directory, faults) : nothing;
  const locate = () => yaml ?? readYaml(text, bounds, collectFaults());
  faults.throwIfAny(file === '-' ? 'stdin' : file, text, locate);
  return { file, ...fleet };
}

/**
 * Whether an object of a JSON text has a name twice, of which its value has only the
 * last.
 */
function hasDoubles(text: string, value: unknown): boolean {
  let colons = 0;
  let isText = false;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') isText = !isText;
    else if (text[at] === ':' && !isText) colons++;
  }
  return colons > countNames(value);
}

function countNames(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const inner = Object.values(value).reduce((sum: number, each) => sum + countNames(each), 0);
  return Array.isArray(value) ? inner : inner + Object.keys(value).length;
}

const nothing: Omit<Fleet, 'file'> = { warnDays: null, certificates: new Map(), tenants: [] };

function fleetFrom(value: unknown, directory: string, faults: Faults): Omit<Fleet, 'file'> {
  if (value === undefined) faults.add({ offset: 0 }, 'the file is empty: add version: 1');
  else judgeShape(topShape, { value, path: [], called: 'the file' }, faults);
  const given = { value: partOf(value, 'defaults'), path: ['defaults'], called: 'defaults' };
  const defaults = judgeShape(defaultsSchema, given, faults) ?? {};
  const declared = readCertificates(value, defaults.environment ?? null, directory, faults);
  return {
    warnDays: defaults['warn-days'] ?? null,
    certificates: new Map(
      [...declared].flatMap(([name, each]) => (each === null ? [] : [[name, each]])),
    ),
    tenants: readTenants(value, hidesCertificates(value) ? null : declared, directory, faults),
  };
}

/**
 * Whether a fault, which is reported, hides the certificates: they are not a mapping, or
 * may stand at an unknown key.
 */
function hidesCertificates(file: unknown): boolean {
  if (!isObject(file)) return true;
  if (Object.hasOwn(file, 'certificates')) return !isObject(file.certificates);
  return Object.keys(file).some((key) => !isKnown(key, topShape));
}

/** A part of the file; empty if it is not a mapping, which a fault reports. */
function partOf(value: unknown, key: string): Record<string, unknown> {
  const part = isObject(value) ? value[key] : undefined;
  return isObject(part) ? part : {};
}

/** The certificates of a file by name; null: the declaration has a fault. */
type Declared = ReadonlyMap<string, FleetCertificate | null>;

function readCertificates(
  file: unknown,
  environment: Environment | null,
  directory: string,
  faults: Faults,
): Declared {
  const certificates = new Map<string, FleetCertificate | null>();
  for (const [name, value] of Object.entries(partOf(file, 'certificates'))) {
    const declared = judgeNamed(certificateSchema, { kind: 'certificate', name, value }, faults);
    const certificate =
      declared === null ? null : certificateOf(name, declared, environment, directory);
    certificates.set(name, certificate);
  }
  return certificates;
}

/** The tenants without a fault, in file order. Reports the faults of the others. */
function readTenants(
  file: unknown,
  certificates: Declared | null,
  directory: string,
  faults: Faults,
): readonly FleetTenant[] {
  const tenants: FleetTenant[] = [];
  /**
   * The owner of each unique thing: a tenant with a key, and a tenant with a certificate.
   */
  const names = new Map<string, string>();
  for (const [name, value] of Object.entries(partOf(file, 'tenants'))) {
    const path = ['tenants', name];
    const declared = judgeNamed(tenantSchema, { kind: 'tenant', name, value }, faults);
    if (!isObject(value)) continue;
    const url = originOf(value.tenant, path, faults);
    const certificate = certificateFor(value, certificates, path, faults);
    if (url === null) continue;
    const clientAppKey = value['client-app-key'] ?? certificate?.topic;
    const other = doubleOf({ name, url, certificate, clientAppKey }, names);
    if (other !== null) faults.add({ path: [...path, 'tenant'], at: 'value' }, other);
    if (declared !== null && certificate !== undefined)
      tenants.push({ name, url, certificate, ...settingsOf(declared, directory) });
  }
  return tenants;
}

function originOf(address: unknown, path: Path, faults: Faults): string | null {
  if (typeof address !== 'string' || address === '') return null;
  try {
    return parseTenantAddress(address);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const sentence =
      error.message.length > 200 ? 'this is not a tenant URL' : onOneLine(error.message);
    faults.add({ path: [...path, 'tenant'], at: 'value' }, sentence);
    return null;
  }
}

/**
 * Null: the tenant must have none; undefined: it is not declared, or has a fault.
 * @param certificates null: a fault hides them, so none is reported as undeclared
 */
function certificateFor(
  declaration: Readonly<Record<string, unknown>>,
  certificates: Declared | null,
  path: Path,
  faults: Faults,
): FleetCertificate | null | undefined {
  const { certificate: name } = declaration;
  const place = { path: [...path, 'certificate'], at: 'value' } as const;
  if (name === null) {
    if (!Object.hasOwn(declaration, 'client-app-key'))
      faults.add(
        place,
        'a tenant without a certificate needs client-app-key, which names the one to delete',
      );
    return null;
  }
  if (typeof name !== 'string' || name === '' || certificates === null) return undefined;
  const certificate = certificates.get(name);
  if (certificate === undefined) {
    const near = faults.nearest(name, certificates.keys());
    faults.add(place, `the certificate ${quoted(name)} is not declared${guess(near)}`);
  }
  return certificate ?? undefined;
}

/** A tenant that may stand under another name as well. */
interface NamedTenant extends Pick<FleetTenant, 'name' | 'url'> {
  /** Null: the tenant must have none; undefined: it is not known. */
  readonly certificate: FleetCertificate | null | undefined;
  /** As declared, or by the certificate's topic. */
  readonly clientAppKey: unknown;
}

/**
 * The fault if another name has the same tenant with the same key, or with a certificate
 * as well: a tenant pushes only with the key that was set last. Null if there is none:
 * then the name is noted.
 */
function doubleOf(
  { name, url, certificate, clientAppKey }: NamedTenant,
  names: Map<string, string>,
): string | null {
  const places: [place: string, words: string][] = [];
  if (typeof clientAppKey === 'string')
    places.push([`${url} ${clientAppKey}`, ' and the same client app key']);
  if (certificate !== null) places.push([url, ': an address can have only one certificate']);
  for (const [place, words] of places) {
    const other = names.get(place);
    if (other !== undefined)
      return `${quoted(name)} has the same address as ${quoted(other)}${words}`;
  }
  for (const [place] of places) names.set(place, name);
  return null;
}

/**
 * The certificate of a valid declaration.
 * @param directory absolute, the base of relative paths
 */
function certificateOf(
  name: string,
  declared: DeclaredCertificate,
  defaultEnvironment: FleetCertificate['environment'],
  directory: string,
): FleetCertificate {
  const { p12, password, topic, fingerprint, environment, owner, ticket } = declared;
  return {
    name,
    p12:
      typeof p12 === 'string' ? { path: resolve(directory, p12), written: p12 } : { env: p12.env },
    password: password === undefined ? null : secretOf(password, directory),
    topic: topic ?? null,
    fingerprint: fingerprint?.replaceAll(':', '').toLowerCase() ?? null,
    environment: environment ?? defaultEnvironment,
    owner: owner ?? null,
    ticket: ticket ?? null,
  };
}

function settingsOf(
  declared: DeclaredTenant,
  directory: string,
): Pick<FleetTenant, 'clientAppKey' | 'signIn' | 'labels'> {
  const labels = Object.entries(declared.labels ?? {}).map(([label, value]) => [
    label,
    String(value),
  ]);
  return {
    clientAppKey: declared['client-app-key'] ?? null,
    signIn: signInOf(declared['sign-in'], directory),
    labels: Object.fromEntries(labels),
  };
}

function signInOf(declared: DeclaredTenant['sign-in'], directory: string): SignIn {
  if ('profile' in declared) return { profile: declared.profile };
  if ('token' in declared) return { token: secretOf(declared.token, directory) };
  return {
    clientId: declared['client-id'],
    clientSecret: secretOf(declared['client-secret'], directory),
    appId: declared['app-id'] ?? null,
    scope: declared.scope ?? null,
    platformToken: declared['platform-token'] ?? false,
  };
}

function secretOf(declared: DeclaredSecret, directory: string): SecretSource {
  if ('env' in declared) return { env: declared.env };
  if ('file' in declared)
    return { file: resolve(directory, declared.file), written: declared.file };
  const [program, ...words] = declared.command;
  // As in a shell: a word with a slash is a path, any other is looked up in PATH.
  const path = /[\\/]/.test(program) ? resolve(directory, program) : program;
  return { command: [path, ...words], written: program };
}
