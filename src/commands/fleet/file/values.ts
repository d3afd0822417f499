import { resolve } from 'node:path';
import type { FleetCertificate, FleetTenant, SecretSource, SignIn } from './fleet.ts';
import type { DeclaredCertificate, DeclaredSecret, DeclaredTenant } from './schema.ts';

/** The certificate that a valid declaration means. @param directory absolute, what paths start from */
export function certificateOf(
  name: string,
  { p12, password, topic, environment }: DeclaredCertificate,
  defaultEnvironment: FleetCertificate['environment'],
  directory: string,
): FleetCertificate {
  return {
    name,
    p12: typeof p12 === 'string' ? { path: resolve(directory, p12) } : { env: p12.env },
    password: password === undefined ? null : secretOf(password, directory),
    topic: topic ?? null,
    environment: environment ?? defaultEnvironment,
  };
}

/** The same of a tenant, whose address and certificate are known. */
export function tenantOf(
  name: string,
  origin: string,
  certificate: FleetCertificate | null,
  declared: DeclaredTenant,
  directory: string,
): FleetTenant {
  const { labels = {} } = declared;
  return {
    name,
    tenant: origin,
    certificate,
    clientAppKey: declared['client-app-key'] ?? null,
    signIn: signInOf(declared['sign-in'], directory),
    labels: Object.fromEntries(Object.entries(labels).map(([label, value]) => [label, String(value)])),
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
  if ('file' in declared) return { file: resolve(directory, declared.file) };
  const [program, ...words] = declared.command;
  // As a shell does: what has a slash is a path, and anything else is looked for in PATH.
  return { command: [/[\\/]/.test(program) ? resolve(directory, program) : program, ...words] };
}
