import { dirname, resolve } from 'node:path';
import type { Profile, Profiles } from '../../auth/profile.ts';
import type { CertificateRecord } from '../../auth/stored-schemas.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { writePrivateFile } from '../../files/write.ts';
import { type GlobalOptions, readSettings } from '../../settings/settings.ts';
import { parseTenantAddress } from '../../tenant/address.ts';
import type { Style } from '../../terminal/style.ts';
import { count, isOn } from '../../text/phrasing.ts';
import { onOneLine } from '../../text/printable.ts';
import type { CommandModule } from '../command.ts';
import { defaultFleetFile } from './commands.ts';
import { readFleet } from './file/read-fleet.ts';
import { isName } from './file/schema.ts';
import { trustWritten } from './trust.ts';

export interface FleetInitOptions extends GlobalOptions {
  readonly file?: string;
  readonly force?: boolean;
}

/** A fleet file to begin with, and what is in it. */
interface NewFleet {
  readonly text: string;
  readonly tenants: readonly string[];
  readonly certificates: readonly string[];
  /** Profiles of tenants at which nothing was set: they stand in it as comments. */
  readonly withoutCertificate: readonly string[];
}

interface FleetInitReport extends Omit<NewFleet, 'text'> {
  /** As given; `-` is stdout. */
  readonly file: string;
  /** The file itself, where it goes to stdout. */
  readonly content: string | null;
}

export async function init(options: FleetInitOptions, context: Context): Promise<FleetInitReport> {
  const { file = defaultFleetFile, force = false } = options;
  const { profiles } = await readSettings(options, context);
  const { text, ...named } = newFleet(knownTenants(profiles));
  if (file !== '-') {
    await writePrivateFile(file, text, force, context.signal);
    await trustWritten(readFleet(text, { file, directory: dirname(resolve(file)) }), context);
  }
  return { file, content: file === '-' ? text : null, ...named };
}

function format(report: FleetInitReport, style: Style): string | Uint8Array {
  const { file, content, tenants, certificates, withoutCertificate } = report;
  if (content !== null) return Buffer.from(content);
  const holds = `${count(tenants.length, 'tenant')}, ${count(certificates.length, 'certificate')}`;
  const lines = [`${style.green('✓')} Wrote ${onOneLine(file)}: ${holds}`];
  if (withoutCertificate.length > 0)
    lines.push(`  In comments, since nothing was set there: ${withoutCertificate.map(onOneLine).join(', ')}`);
  const next =
    tenants.length === 0
      ? 'Declare certificates and tenants in it: `mfa-cli help fleet-file` shows how'
      : 'Name the place of each .p12 in it, then: mfa-cli fleet plan';
  return [...lines, `  ${next}`, ''].join('\n');
}

export const command: CommandModule<FleetInitOptions, FleetInitReport> = { work: init, format };

export interface KnownTenant {
  /** Of the profile that signs in there. */
  readonly profile: string;
  readonly tenant: string;
  /** The service user whose session the profile has; null: a person's. */
  readonly clientId: string | null;
  readonly appId: string | null;
  readonly scope: string | null;
  readonly platformToken: boolean;
  /** What was set there, one for each client app key; what is in use is the last. */
  readonly certificates: readonly Omit<CertificateRecord, 'tenant' | 'setAt'>[];
}

const head = `# What push certificate each tenant is to have: \`mfa-cli fleet plan\` says what there is to do, \`mfa-cli fleet apply\`
# does it, and \`mfa-cli fleet status\` tells how long it lasts. The format: \`mfa-cli help fleet-file\`.
# No secret stands in here: { env: VARIABLE }, { file: PATH } or { command: [PROGRAM, ARGUMENT] } says where one is.
version: 1
defaults: { warn-days: 30 }
`;

const example = `certificates: {}
  # app:
  #   p12: certs/app.p12
  #   password: { env: APP_P12_PASSWORD }
  #   topic: com.example.app
tenants: {}
  # acme:
  #   tenant: abc1234.id.cyberark.cloud
  #   certificate: app
  #   client-app-key: com.example.app
  #   sign-in: { client-id: ci@acme, client-secret: { env: ACME_CLIENT_SECRET } }
  #   labels: { region: eu }
`;

/** A fleet file of what this machine knows; an example in comments where that is nothing. It is valid, and holds no secret. */
export function newFleet(known: readonly KnownTenant[]): NewFleet {
  if (known.length === 0)
    return { text: `${head}\n${example}`, tenants: [], certificates: [], withoutCertificate: [] };
  const certificates = namedCertificates(known);
  const taken = new Set<string>();
  const tenants = known.flatMap((tenant) => {
    const last = tenant.certificates.at(-1);
    if (last === undefined) return [];
    const name = freeName(tenant.profile, 'tenant', taken);
    const called = certificates.get(last.fingerprint)?.name ?? '';
    const unused = tenant.certificates.slice(0, -1).map(({ clientAppKey }) => onOneLine(clientAppKey));
    return {
      name,
      lines: [
        tenantLines(name, tenant, called, last.clientAppKey),
        // A tenant pushes with the key that was set last.
        ...unused.map((key) => `    # Set before, and not used since: ${key}`),
      ].join('\n'),
    };
  });
  const bare = known.filter((tenant) => tenant.certificates.length === 0);
  const text = [
    head,
    certificates.size === 0 ? 'certificates: {}' : 'certificates:',
    ...[...certificates.values()].map(({ lines }) => lines),
    '',
    tenants.length === 0 ? 'tenants: {}' : 'tenants:',
    ...tenants.map(({ lines }) => lines),
    ...bare.map((tenant) => commentedTenant(tenant, freeName(tenant.profile, 'tenant', taken))),
  ].join('\n');
  return {
    text: `${text.trimEnd()}\n`,
    tenants: tenants.map(({ name }) => name),
    certificates: [...certificates.values()].map(({ name }) => name),
    withoutCertificate: bare.map(({ profile }) => profile),
  };
}

/** The name and the lines of each certificate that was set last somewhere, once, by its fingerprint. */
function namedCertificates(known: readonly KnownTenant[]) {
  const named = new Map<string, { readonly name: string; readonly lines: string }>();
  const taken = new Set<string>();
  for (const { topic, fingerprint, notAfter } of known.flatMap(({ certificates }) =>
    certificates.slice(-1),
  )) {
    if (named.has(fingerprint)) continue;
    const name = freeName(topic.slice(topic.lastIndexOf('.') + 1), 'app', taken);
    const lines = `  # It ends on ${onOneLine(notAfter.slice(0, 10))}; SHA-256 ${onOneLine(fingerprint)}
  ${name}:
    p12: ${scalar(`${name}.p12`)} # name the place of the file
    password: { env: ${variableFor(name)}_P12_PASSWORD }
    topic: ${scalar(topic)}`;
    named.set(fingerprint, { name, lines });
  }
  return named;
}

function tenantLines(name: string, tenant: KnownTenant, certificate: string, clientAppKey: string): string {
  const { profile, clientId, appId, scope, platformToken } = tenant;
  const signIn =
    clientId === null
      ? [`sign-in: { profile: ${scalar(profile)} }`]
      : [
          'sign-in:',
          `  client-id: ${scalar(clientId)}`,
          `  client-secret: { env: ${variableFor(name)}_CLIENT_SECRET }`,
          ...(appId === null ? [] : [`  app-id: ${scalar(appId)}`]),
          ...(scope === null ? [] : [`  scope: ${scalar(scope)}`]),
          ...(platformToken ? ['  platform-token: true'] : []),
        ];
  return [
    `  ${name}:`,
    `    tenant: ${scalar(tenant.tenant.replace(/^https:\/\//, ''))}`,
    `    certificate: ${scalar(certificate)}`,
    `    client-app-key: ${scalar(clientAppKey)}`,
    ...signIn.map((line) => `    ${line}`),
  ].join('\n');
}

function commentedTenant(tenant: KnownTenant, name: string): string {
  return `  # Nothing was set there from this machine; {} above goes with the first tenant.
${tenantLines(name, tenant, 'NAME', 'KEY').replace(/^ {2}/gm, '  # ')}`;
}

/** The nearest name that may stand in the file and does not yet. */
function freeName(wanted: string, otherwise: string, taken: Set<string>): string {
  const clean = wanted.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^-+|(?<!-)-+$/g, '');
  const base = /^[A-Za-z0-9]/.test(clean) && isName(clean) ? clean.slice(0, 100) : otherwise;
  let name = base;
  for (let number = 2; taken.has(name); number++) name = `${base}-${number}`;
  taken.add(name);
  return name;
}

function variableFor(name: string): string {
  const upper = name.toUpperCase().replace(/[^A-Z0-9]+/g, '_');
  return /^[A-Z]/.test(upper) ? upper : `_${upper}`;
}

/** A text as it stands in YAML: plain, or in the quotes of JSON, which YAML reads, too. */
function scalar(text: string): string {
  const isPlain = /^[A-Za-z][\w.@/-]*$/.test(text) && !/^(true|false|null|y|n|yes|no|on|off)$/i.test(text);
  return isPlain ? text : onOneLine(JSON.stringify(text));
}

/**
 * The tenants of this machine's profiles, with what was set there last, whichever profile it was set with. A profile that has
 * nothing but a virtual phone is none of an admin.
 */
export function knownTenants({ profiles }: Profiles): readonly KnownTenant[] {
  const own = Object.entries(profiles).map(([name, profile]) => ({
    name,
    profile,
    origin: originOf(profile),
  }));
  const records = latestRecords(own.flatMap(({ profile }) => profile.certificates));
  const at = (origin: string) => records.filter(({ tenant }) => tenant === origin);
  const known = new Map<string, KnownTenant>();
  for (const { name, profile, origin } of own) {
    const isPhone = profile.device != null && profile.session === null && profile.certificates.length === 0;
    if (origin === null || isPhone || known.has(origin)) continue;
    known.set(origin, { profile: name, tenant: origin, ...accountOf(profile), certificates: at(origin) });
  }
  // What was set with a profile that is of another tenant by now: signing in again takes a profile of its own.
  for (const { tenant } of records) {
    const [profile = tenant] = new URL(tenant).hostname.split('.');
    if (!known.has(tenant)) known.set(tenant, { profile, tenant, ...nobody, certificates: at(tenant) });
  }
  return [...known.values()];
}

const nobody = { clientId: null, appId: null, scope: null, platformToken: false };

function originOf({ settings, session }: Profile): string | null {
  try {
    return session?.tenant ?? (settings.tenant === undefined ? null : parseTenantAddress(settings.tenant));
  } catch (error) {
    if (error instanceof CliError) return null;
    throw error;
  }
}

/** A service user signs in with a secret each time; a person has a session. */
function accountOf({ settings, session }: Profile): Omit<KnownTenant, 'profile' | 'tenant' | 'certificates'> {
  if (session?.grant !== 'client-credentials') return nobody;
  return {
    clientId: session.clientId,
    appId: session.appId === 'mfa-cli' ? null : session.appId,
    scope: settings.scope === undefined || settings.scope === 'all' ? null : settings.scope,
    platformToken: isOn(settings['platform-token']),
  };
}

/** The last of each pair of tenant and client app key. */
function latestRecords(records: readonly CertificateRecord[]): readonly CertificateRecord[] {
  const sorted = records.toSorted((one, other) =>
    one.setAt < other.setAt ? -1 : one.setAt > other.setAt ? 1 : 0,
  );
  const latest = new Map(
    sorted.map((record) => [JSON.stringify([record.tenant, record.clientAppKey]), record]),
  );
  return [...latest.values()].filter(({ tenant }) => URL.canParse(tenant));
}
