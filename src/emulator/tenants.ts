import type { KeyObject } from 'node:crypto';
import { CliError } from '../errors/cli-error.ts';
import { type Apns, type ApnsOptions, startApns } from './apns/apns.ts';
import { type Assumptions, usualAssumptions } from './assumptions.ts';
import { once } from './bounded.ts';
import { makeSigningKey } from './oauth/provider.ts';
import { makePasswords, type Passwords } from './people.ts';
import { hostsOf, openServer } from './server.ts';
import { holdState, onlyTenant, openStates, type Settings } from './settings.ts';
import { addressOf, createTenant, type Tenant } from './tenant.ts';
import type { TenantOptions } from './world.ts';

/** A local tenant on loopback that answers like CyberArk Identity. */
export interface EmulatorOptions extends TenantOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** JSON file that keeps the tenant's settings across restarts; null keeps them in memory. */
  readonly stateFile: string | null;
  /** Passwords of the default users; generated at each start by default. */
  readonly passwords?: Passwords;
  readonly assumptions?: Partial<Assumptions>;
  /** The stand-in for APNs; by default on a free port, for production, and open to every client certificate. */
  readonly apns?: Partial<ApnsOptions>;
  /** The key that signs its tokens; generated for each start by default. */
  readonly signingKey?: KeyObject;
}

export interface TenantsOptions extends Omit<EmulatorOptions, 'passwords'> {
  readonly count: number;
  /** Passwords of a tenant's users, by its number; generated at each start by default. */
  passwords?(number: number): Passwords;
}

export type Tenants = Awaited<ReturnType<typeof startTenants>>;
export type NamedTenant = Tenants['tenants'][number];

/** A tenant's host name; `pod.` precedes it at its other host. */
const hostName = /^(?:pod\.)?(tenant-[1-9]\d*)\.localhost(?=:|$)/;

/**
 * Starts tenants that share only the port, the stand-in for APNs and the key that signs their tokens, and are created on their
 * first request. @throws {CliError} usage (a port, a redirect URI), file-unreadable, file-unwritable
 */
export function startTenants({ count, passwords = makePasswords, ...options }: TenantsOptions) {
  return openPlace(options, ({ server, create, ...place }) => {
    const { port } = server;
    const states = openStates(options.stateFile);
    const tenants = Array.from({ length: count }, (_, index) => {
      const name = `tenant-${index + 1}`;
      const [url, own] = [`http://${name}.localhost:${port}`, passwords(index + 1)];
      const open = once(() => create(url, states.of(name), own));
      return { open, told: { name, ...addressOf(url, own) } };
    });
    const opened = new Map(tenants.map(({ open, told }) => [told.name, open]));
    /** Returns a tenant, and creates it on the first call. */
    const open = (name: string): Tenant => {
      const known = opened.get(name);
      if (known === undefined) throw new Error(`there is no ${name}`);
      return known();
    };
    // Stored tenants open at the start: APNs must know their phones, and unreadable applications must be reported.
    for (const name of opened.keys()) if (states.has(name)) open(name);
    server.serve({
      home: `http://tenant-1.localhost:${port}`,
      at(host) {
        const [name = '', known = ''] = hostName.exec(host) ?? [];
        return opened.has(known) && hostsOf(name, port).includes(host) ? open(known).serving : null;
      },
    });
    return { tenants: tenants.map(({ told }) => told), open, ...place };
  });
}

export type Emulator = Awaited<ReturnType<typeof startEmulator>>;

/** Starts a tenant on 127.0.0.1. @throws {CliError} usage (a port, a redirect URI), file-unreadable, file-unwritable */
export function startEmulator(options: EmulatorOptions) {
  return openPlace(options, ({ server, create, ...place }) => {
    const home = `http://127.0.0.1:${server.port}`;
    const settings = openStates(options.stateFile).of(onlyTenant);
    const { serving, ...tenant } = create(home, settings, options.passwords ?? makePasswords());
    const hosts = ['127.0.0.1', 'localhost'].flatMap((name) => hostsOf(name, server.port));
    server.serve({ home, at: (host) => (hosts.includes(host) ? serving : null) });
    return { ...tenant, ...place };
  });
}

interface Place {
  readonly server: Awaited<ReturnType<typeof openServer>>;
  readonly apns: Pick<Apns, 'host' | 'ca'>;
  /** @throws {CliError} file-unreadable */
  create(url: string, settings: Settings, passwords: Passwords): Tenant;
  close(): Promise<void>;
}

/** Opens a port, the stand-in for APNs and the lock of the state file, and closes them if `start` fails. @throws {CliError} */
async function openPlace<Started>(
  options: Omit<EmulatorOptions, 'passwords'>,
  start: (place: Place) => Started,
): Promise<Started> {
  const { port, stateFile, now, redirectUris } = options;
  for (const uri of redirectUris) requireRedirectUri(uri);
  const unlock = stateFile === null ? () => {} : holdState(stateFile);
  const closings: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(closings.map((closing) => closing()));
    unlock();
  };
  try {
    const server = await openServer(port, options.owners);
    closings.push(server.close);
    const apns = await startApns(options.apns ?? {}, now);
    closings.push(apns.close);
    const assumptions = { ...usualAssumptions, ...options.assumptions };
    const signingKey = once(() => options.signingKey ?? makeSigningKey());
    const common = { assumptions, apns, signingKey, peerOf: server.peerOf };
    const create: Place['create'] = (url, settings, passwords) =>
      createTenant(options, { url, settings, passwords, ...common });
    return start({ server, apns: { host: apns.host, ca: apns.ca }, create, close });
  } catch (error) {
    await close();
    throw error;
  }
}

/** RFC 6749 §3.1.2: an absolute URI without a fragment; here also a web address. */
function requireRedirectUri(uri: string): void {
  const url = URL.canParse(uri) ? new URL(uri) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || uri.includes('#'))
    throw new CliError('usage', `"${uri}" is not a valid redirect URI`);
}
