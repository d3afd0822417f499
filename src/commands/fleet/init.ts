import { dirname, resolve } from 'node:path';
import type { Profile, Profiles } from '../../auth/profile.ts';
import { latestRecord } from '../../auth/profiles.ts';
import type { CertificateRecord } from '../../auth/stored-schemas.ts';
import type { Context } from '../../context.ts';
import { orNull } from '../../errors/cli-error.ts';
import { writePrivateFile } from '../../files/write.ts';
import { wrote } from '../../report/findings.ts';
import { defaultFleetFile, defaults } from '../../settings/defaults.ts';
import { parseTenantAddress } from '../../tenant/address.ts';
import type { Style } from '../../terminal/style.ts';
import { count, isOn } from '../../text/phrasing.ts';
import { onOneLine } from '../../text/printable.ts';
import { shellLine } from '../../text/shell.ts';
import type { CommandModule } from '../command.ts';
import { fleetCommand } from './file/fleet.ts';
import { readFleet } from './file/read-fleet.ts';
import { isName } from './file/schema.ts';
import type { FleetInitOptions } from './options.ts';
import { trustWritten } from './trust.ts';

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

async function init(options: FleetInitOptions, context: Context): Promise<FleetInitReport> {
  const { file = defaultFleetFile, force = false } = options;
  const store = await context.profiles();
  const { text, ...named } = newFleet(knownTenants(await store.read()));
  if (file === '-') return { file, content: text, ...named };
  await writePrivateFile(file, text, force, context.signal);
  await trustWritten(readFleet(text, { file, directory: dirname(resolve(file)) }), context);
  return { file, content: null, ...named };
}

function format(report: FleetInitReport, style: Style): string | Uint8Array {
  const { file, content, tenants, certificates, withoutCertificate } = report;
  if (content !== null) return Buffer.from(content);
  const holds = `${count(tenants.length, 'tenant')}, ${count(certificates.length, 'certificate')}`;
  const lines = [style.mark('ok', wrote(file, `fleet file: ${holds}`))];
  if (withoutCertificate.length > 0)
    lines.push(
      `  In comments, since nothing was set there: ${withoutCertificate.map(onOneLine).join(', ')}`,
    );
  const next =
    tenants.length === 0
      ? 'Declare certificates and tenants in it: `mfa-cli help fleet-file` shows how'
      : `Enter the path of each .p12 in it, set the variables of the passwords, and run: ${shellLine(fleetCommand('plan', file))}`;
  return [...lines, `  ${next}`, ''].join('\n');
}

export const command: CommandModule<FleetInitOptions, FleetInitReport, string | Uint8Array> = {
  work: init,
  format,
};

export interface KnownTenant {
  /** The profile that signs in there. */
  readonly profile: string;
  readonly tenant: string;
  /** The settings of a service user, by their keys in the file; null: a person signs in. */
  readonly account: Readonly<Record<string, string | true>> | null;
  /** The certificate set there last by any profile, if any. */
  readonly certificate: Pick<
    CertificateRecord,
    'clientAppKey' | 'topic' | 'fingerprint' | 'notAfter'
  > | null;
}

/** The tenants of this machine's profiles and records. Leaves out a profile that has only a virtual phone: it is not an admin's. */
function knownTenants(profiles: Profiles): readonly KnownTenant[] {
  const known = new Map<string, KnownTenant>();
  for (const [name, profile] of Object.entries(profiles.profiles)) {
    const { settings, session, device, certificates } = profile;
    const tenant = session?.tenant ?? orNull(() => parseTenantAddress(settings.tenant ?? ''));
    const isPhone = device != null && session === null && certificates.length === 0;
    if (tenant === null || isPhone || known.has(tenant)) continue;
    const certificate = latestRecord(profiles, tenant);
    known.set(tenant, { profile: name, tenant, account: accountOf(profile), certificate });
  }
  // Records of a profile that belongs to another tenant now: signing in there again takes a new profile.
  for (const { tenant } of Object.values(profiles.profiles).flatMap(
    ({ certificates }) => certificates,
  )) {
    if (known.has(tenant) || !URL.canParse(tenant)) continue;
    const [profile = tenant] = new URL(tenant).hostname.split('.');
    known.set(tenant, {
      profile,
      tenant,
      account: null,
      certificate: latestRecord(profiles, tenant),
    });
  }
  return [...known.values()];
}

function accountOf({ settings, session }: Profile): KnownTenant['account'] {
  if (session?.grant !== 'client-credentials') return null;
  const { clientId, appId } = session;
  return {
    'client-id': clientId,
    ...(appId === defaults.appId ? {} : { 'app-id': appId }),
    ...(settings.scope === undefined ? {} : { scope: settings.scope }),
    ...(isOn(settings['platform-token']) ? { 'platform-token': true } : {}),
  };
}

const head = `# The push certificate of each tenant. \`mfa-cli fleet plan\` shows the changes, \`mfa-cli fleet apply\` makes them, and
# \`mfa-cli fleet status\` shows when each certificate expires. The format: \`mfa-cli help fleet-file\`.
# This file holds no secret, only the source of each: { env: VARIABLE }, { file: PATH } or { command: [PROGRAM, ARGUMENT] }.
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
  const certificates = new Map<string, { readonly name: string; readonly lines: string }>();
  const tenants = new Map<string, string>();
  const comments = new Map<string, string>();
  const [taken, takenByTenants] = [new Set<string>(), new Set<string>()];
  for (const tenant of known) {
    const { certificate, profile } = tenant;
    const name = freeName(profile, 'tenant', takenByTenants);
    if (certificate === null) {
      const lines = tenantLines(name, tenant, 'NAME', 'KEY').replace(/^ {2}/gm, '  # ');
      comments.set(profile, `  # Nothing was set there from this machine.\n${lines}`);
      continue;
    }
    const { fingerprint, clientAppKey } = certificate;
    const declared = certificates.get(fingerprint) ?? declare(certificate, taken);
    certificates.set(fingerprint, declared);
    tenants.set(name, tenantLines(name, tenant, declared.name, clientAppKey));
  }
  const body = [
    certificates.size === 0 ? 'certificates: {}' : 'certificates:',
    ...[...certificates.values()].map(({ lines }) => lines),
    '',
    tenants.size === 0 ? 'tenants: {} # remove the {} when you add a tenant' : 'tenants:',
    ...tenants.values(),
    ...comments.values(),
    '',
  ];
  return {
    text: `${head}\n${known.length === 0 ? example : body.join('\n')}`,
    tenants: [...tenants.keys()],
    certificates: [...certificates.values()].map(({ name }) => name),
    withoutCertificate: [...comments.keys()],
  };
}

function declare(
  { topic, fingerprint, notAfter }: NonNullable<KnownTenant['certificate']>,
  taken: Set<string>,
) {
  const name = freeName(topic.slice(topic.lastIndexOf('.') + 1), 'app', taken);
  const lines = `  # Expires on ${onOneLine(notAfter.slice(0, 10))}; SHA-256 ${onOneLine(fingerprint)}
  ${name}:
    p12: ${scalar(`${name}.p12`)} # enter the path of the file
    password: { env: ${variableFor(name)}_P12_PASSWORD }
    topic: ${scalar(topic)}`;
  return { name, lines };
}

function tenantLines(
  name: string,
  { profile, tenant, account }: KnownTenant,
  certificate: string,
  clientAppKey: string,
): string {
  const members = Object.entries(account ?? { profile }).map(
    ([key, value]) => `${key}: ${scalar(value)}`,
  );
  if (account !== null) members.push(`client-secret: { env: ${variableFor(name)}_CLIENT_SECRET }`);
  return `  ${name}:
    tenant: ${scalar(tenant.replace(/^https:\/\//, ''))}
    certificate: ${scalar(certificate)}
    client-app-key: ${scalar(clientAppKey)}
    sign-in: { ${members.join(', ')} }`;
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
function scalar(text: string | true): string {
  if (text === true) return 'true';
  const isPlain =
    /^[A-Za-z][\w.@/-]*$/.test(text) && !/^(true|false|null|y|n|yes|no|on|off)$/i.test(text);
  return isPlain ? text : onOneLine(JSON.stringify(text));
}
