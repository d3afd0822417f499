import { dirname, resolve } from 'node:path';
import type { Context } from '../../context.ts';
import { writePrivateFile } from '../../files/write.ts';
import { wrote } from '../../report/findings.ts';
import { type GlobalOptions, readSettings } from '../../settings/settings.ts';
import type { Style } from '../../terminal/style.ts';
import { count } from '../../text/phrasing.ts';
import { onOneLine } from '../../text/printable.ts';
import type { CommandModule } from '../command.ts';
import { defaultFleetFile } from './commands.ts';
import { fleetCommand } from './file/fleet.ts';
import { readFleet } from './file/read-fleet.ts';
import { isName } from './file/schema.ts';
import { type KnownCertificate, type KnownTenant, knownTenants } from './known-tenants.ts';
import { trustWritten } from './trust.ts';

export interface FleetInitOptions extends GlobalOptions {
  readonly file?: string;
  readonly force?: boolean;
  readonly refresh?: boolean;
}

/** The names in a new fleet file. */
interface NewNames {
  readonly tenants: readonly string[];
  readonly certificates: readonly string[];
  /** Profiles of tenants without a certificate, which the file has as comments. */
  readonly withoutCertificate: readonly string[];
}

interface FleetInitReport extends NewNames {
  /** As given; `-` is stdout. */
  readonly file: string;
  /** The file's text if it goes to stdout. */
  readonly content: string | null;
}

export async function init(options: FleetInitOptions, context: Context): Promise<FleetInitReport> {
  const { file = defaultFleetFile, force = false } = options;
  const { profiles } = await readSettings(options, context);
  const recorded = knownTenants(profiles);
  // Load the tenant client only if a tenant is asked.
  const known =
    options.refresh === true
      ? await (await import('./pool.ts')).askKnown(recorded, options, context)
      : recorded;
  const { text, ...named } = newFleet(known);
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
  const lines = [style.mark('ok', wrote(file, `fleet file: ${holds}`))];
  if (withoutCertificate.length > 0)
    lines.push(`  In comments, since nothing was set there: ${withoutCertificate.map(onOneLine).join(', ')}`);
  const next =
    tenants.length === 0
      ? 'Declare certificates and tenants in it: `mfa-cli help fleet-file` shows how'
      : `Enter the path of each .p12 in it, then: ${fleetCommand('plan', file)}`;
  return [...lines, `  ${next}`, ''].join('\n');
}

export const command: CommandModule<FleetInitOptions, FleetInitReport> = { work: init, format };

const head = `# The push certificate of each tenant. \`mfa-cli fleet plan\` shows the changes, \`mfa-cli fleet apply\` makes them, and
# \`mfa-cli fleet status\` shows when each certificate expires. The format: \`mfa-cli help fleet-file\`.
# This file holds no secret, only its place: { env: VARIABLE }, { file: PATH } or { command: [PROGRAM, ARGUMENT] }.
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

/** A valid fleet file from this machine's records, without secrets; an example in comments if there are none. */
export function newFleet(known: readonly KnownTenant[]): NewNames & { readonly text: string } {
  if (known.length === 0)
    return { text: `${head}\n${example}`, tenants: [], certificates: [], withoutCertificate: [] };
  const certificates = namedCertificates(known);
  const taken = new Set<string>();
  const tenants = known.flatMap((tenant) => {
    const last = tenant.certificates.at(-1);
    if (last === undefined) return [];
    const name = freeName(tenant.profile, 'tenant', taken);
    const called = certificates.get(identityOf(last))?.name ?? '';
    const isTold = tenant.toldKey === last.clientAppKey;
    const lines = [
      tenantLines(name, tenant, called, last.clientAppKey),
      ...(isTold ? ['    # The tenant reports that it pushes with this key.'] : []),
      // A tenant pushes with the key that was set last.
      ...tenant.certificates
        .slice(0, -1)
        .map(({ clientAppKey }) => `    # Set earlier, no longer in use: ${onOneLine(clientAppKey)}`),
    ];
    return { name, lines: lines.join('\n') };
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

/** The identity of a certificate; no fingerprint has a blank. */
function identityOf({ fingerprint, topic }: KnownCertificate): string {
  return fingerprint ?? `topic ${topic}`;
}

/** The name and the lines of each certificate that was set last at some tenant, once by its identity. */
function namedCertificates(known: readonly KnownTenant[]) {
  const named = new Map<string, { readonly name: string; readonly lines: string }>();
  const taken = new Set<string>();
  for (const certificate of known.flatMap(({ certificates }) => certificates.slice(-1))) {
    const { topic, fingerprint, notAfter } = certificate;
    if (named.has(identityOf(certificate))) continue;
    const name = freeName(topic.slice(topic.lastIndexOf('.') + 1), 'app', taken);
    const origin =
      fingerprint === null || notAfter === null
        ? 'A tenant reports its topic, but not the certificate'
        : `Expires on ${onOneLine(notAfter.slice(0, 10))}; SHA-256 ${onOneLine(fingerprint)}`;
    const lines = `  # ${origin}
  ${name}:
    p12: ${scalar(`${name}.p12`)} # enter the path of the file
    password: { env: ${variableFor(name)}_P12_PASSWORD }
    topic: ${scalar(topic)}`;
    named.set(identityOf(certificate), { name, lines });
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
  return `  # Nothing was set there from this machine. Remove the {} above when you add a tenant.
${tenantLines(name, tenant, 'NAME', tenant.toldKey ?? 'KEY').replace(/^ {2}/gm, '  # ')}`;
}

/** A valid name that is not taken, as close to the wanted one as possible. */
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

/** A text in YAML: plain, or in JSON's quotes, which YAML also reads. */
function scalar(text: string): string {
  const isPlain = /^[A-Za-z][\w.@/-]*$/.test(text) && !/^(true|false|null|y|n|yes|no|on|off)$/i.test(text);
  return isPlain ? text : onOneLine(JSON.stringify(text));
}
