import { onOneLine } from '../../text/printable.ts';
import { isName } from './file/schema.ts';
import type { KnownCertificate, KnownTenant } from './known-tenants.ts';

/** The names in a new fleet file. */
export interface NewNames {
  readonly tenants: readonly string[];
  readonly certificates: readonly string[];
  /** Profiles of tenants without a certificate, which the file has as comments. */
  readonly withoutCertificate: readonly string[];
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

/**
 * A valid fleet file from this machine's records, without secrets; an example in comments
 * if there are none.
 */
export function newFleet(known: readonly KnownTenant[]): NewNames & { readonly text: string } {
  const certificates = new Map<string, { readonly name: string; readonly lines: string }>();
  const tenants = new Map<string, string>();
  const comments = new Map<string, string>();
  const taken = new Set<string>();
  const takenByTenants = new Set<string>();
  for (const tenant of known) {
    const { certificate, profile } = tenant;
    const name = freeName(profile, 'tenant', takenByTenants);
    if (certificate === null) {
      const lines = tenantLines(name, tenant, 'NAME', 'KEY').replace(/^ {2}/gm, '  # ');
      comments.set(profile, `  # Nothing is on record there.\n${lines}`);
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

function declare({ topic, fingerprint, notAfter }: KnownCertificate, taken: Set<string>) {
  const name = freeName(topic.slice(topic.lastIndexOf('.') + 1), 'app', taken);
  const expiry = onOneLine(notAfter.slice(0, 10));
  const lines = `  # Expires on ${expiry}; SHA-256 ${onOneLine(fingerprint)}
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
