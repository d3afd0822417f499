import type { KeyObject } from 'node:crypto';
import { CliError } from '../errors/cli-error.ts';
import { type Apns, type ApnsOptions, startApns } from './apns/apns.ts';
import { type Assumptions, usualAssumptions } from './assumptions.ts';
import { makeSigningKey } from './oauth/provider.ts';
import { once } from './once.ts';
import { makePasswords, type Passwords } from './people.ts';
import { hostsOf, type OpenedServer, openServer } from './server.ts';
import { holdState, onlyTenant, openStates } from './state-file.ts';
import { addressOf, openTenant, type Tenant, type TenantAddress } from './tenant.ts';
import type { TenantState } from './tenant-state.ts';
import type { TenantOptions } from './world.ts';

/** How to start a local tenant that answers like CyberArk Identity. */
export interface EmulatorOptions extends TenantOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** The JSON file for the tenant's state across restarts; null: only in memory. */
  readonly stateFile: string | null;
  /** Passwords of the default users; generated at each start by default. */
  readonly passwords?: Passwords;
  readonly assumptions?: Partial<Assumptions>;
  /**
   * The stand-in for APNs; by default on a free port, for production, and open to every
   * client certificate.
   */
  readonly apns?: Partial<ApnsOptions>;
  /** The key that signs its tokens; generated for each start by default. */
  readonly signingKey?: KeyObject;
}

export interface TenantsOptions extends Omit<EmulatorOptions, 'passwords'> {
  readonly count: number;
  /** Passwords of a tenant's users, by its number; generated at each start by default. */
  passwords?(number: number): Passwords;
}

/** The parts that all tenants of an emulator share. */
interface Shared {
  readonly apns: Pick<Apns, 'host' | 'ca'>;
  /** Ends the server and the stand-in for APNs, and unlocks the state file. */
  close(): Promise<void>;
}

/** An emulator with one tenant. */
export interface Emulator extends Omit<Tenant, 'routing'>, Shared {}

/** A tenant among several, by its name: `tenant-1`. */
export interface NamedTenant extends TenantAddress {
  readonly name: string;
}

/** An emulator with several tenants. */
export interface Tenants extends Shared {
  readonly tenants: readonly NamedTenant[];
  /** Returns a tenant, and opens it on the first call. */
  open(name: string): Tenant;
}

/** A tenant's host name; `pod.` precedes it at its other host. */
const hostName = /^(?:pod\.)?(tenant-[1-9]\d*)\.localhost(?=:|$)/;

/**
 * Starts tenants that share only the port, the stand-in for APNs and the key that signs
 * their tokens, and are opened on their first request.
 * @throws {CliError} usage (a port, a redirect URI), file-unreadable, file-unwritable
 */
export function startTenants(options: TenantsOptions): Promise<Tenants> {
  return openPort(options, (opened) => openTenants(options, opened));
}

function openTenants({ count, passwords, stateFile }: TenantsOptions, opened: OpenedPort): Tenants {
  const { port } = opened.server;
  const states = openStates(stateFile);
  const openers = new Map<string, () => Tenant>();
  const tenants: NamedTenant[] = [];
  for (let number = 1; number <= count; number++) {
    const name = `tenant-${number}`;
    const url = `http://${name}.localhost:${port}`;
    const ownPasswords = passwords?.(number) ?? makePasswords();
    openers.set(
      name,
      once(() => opened.open(url, states.of(name), ownPasswords)),
    );
    tenants.push({ name, ...addressOf(url, ownPasswords) });
  }
  const open = (name: string): Tenant => {
    const opener = openers.get(name);
    if (opener === undefined) throw new Error(`there is no ${name}`);
    return opener();
  };
  // Stored tenants open at the start: APNs must know their phones, and unreadable
  // applications must be reported.
  for (const name of openers.keys()) if (states.has(name)) open(name);
  opened.server.answerFor({
    home: `http://tenant-1.localhost:${port}`,
    at(host) {
      const [name = '', tenant = ''] = hostName.exec(host) ?? [];
      if (!openers.has(tenant) || !hostsOf(name, port).includes(host)) return null;
      return open(tenant).routing;
    },
  });
  return { tenants, open, ...opened.shared };
}

/**
 * Starts a tenant on 127.0.0.1.
 * @throws {CliError} usage (a port, a redirect URI), file-unreadable, file-unwritable
 */
export function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  return openPort(options, (opened) => openOneTenant(options, opened));
}

function openOneTenant(
  { stateFile, passwords = makePasswords() }: EmulatorOptions,
  opened: OpenedPort,
): Emulator {
  const { port } = opened.server;
  const home = `http://127.0.0.1:${port}`;
  const state = openStates(stateFile).of(onlyTenant);
  const { routing, ...tenant } = opened.open(home, state, passwords);
  const hosts = ['127.0.0.1', 'localhost'].flatMap((name) => hostsOf(name, port));
  opened.server.answerFor({ home, at: (host) => (hosts.includes(host) ? routing : null) });
  return { ...tenant, ...opened.shared };
}

/** An open port, on which tenants can be opened. */
interface OpenedPort {
  readonly server: OpenedServer;
  readonly shared: Shared;
  /** @throws {CliError} file-unreadable */
  open(url: string, state: TenantState, passwords: Passwords): Tenant;
}

type PortOptions = Omit<EmulatorOptions, 'passwords'>;

/**
 * Opens a port, the stand-in for APNs and the lock of the state file, and closes them if
 * `openAll` fails. @throws {CliError}
 */
async function openPort<Started>(
  options: PortOptions,
  openAll: (opened: OpenedPort) => Started,
): Promise<Started> {
  const { stateFile, redirectUris } = options;
  for (const uri of redirectUris) requireRedirectUri(uri);
  const unlock = stateFile === null ? () => {} : holdState(stateFile);
  const closings: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(closings.map((closing) => closing()));
    unlock();
  };
  try {
    const server = await openServer(options.port, options.owners);
    closings.push(server.close);
    const apns = await startApns(options.apns ?? {}, options.now);
    closings.push(apns.close);
    return openAll({
      server,
      shared: { apns: { host: apns.host, ca: apns.ca }, close },
      open: tenantOpener(options, server, apns),
    });
  } catch (error) {
    await close();
    throw error;
  }
}

function tenantOpener(
  options: PortOptions,
  { peerOf }: OpenedServer,
  apns: Apns,
): OpenedPort['open'] {
  const assumptions = { ...usualAssumptions, ...options.assumptions };
  const signingKey = once(() => options.signingKey ?? makeSigningKey());
  return (url, state, passwords) => {
    const base = { url, state, assumptions, apns, signingKey, peerOf };
    return openTenant(options, base, passwords);
  };
}

/** RFC 6749 §3.1.2: an absolute URI without a fragment; here also a web address. */
function requireRedirectUri(uri: string): void {
  const url = URL.canParse(uri) ? new URL(uri) : null;
  if (url === null || !/^https?:$/.test(url.protocol) || uri.includes('#'))
    throw new CliError('usage', `"${uri}" is not a valid redirect URI`);
}
