import { usualAssumptions } from './assumptions.ts';
import { type EmulatorOptions, openPlace } from './emulator.ts';
import { makeSigningKey } from './oauth/provider.ts';
import { makePasswords, type Passwords } from './people.ts';
import type { Apns } from './phones.ts';
import { hostsOf } from './server.ts';
import { settingsOver } from './settings.ts';
import { openStatesFile } from './state.ts';
import { addressOf, createTenant, type Tenant, type TenantAddress } from './tenant.ts';

/** Several tenants behind one port, told apart by their host names. */
export interface TenantsOptions extends Omit<EmulatorOptions, 'passwords'> {
  readonly count: number;
  /** Of the people of a tenant, by its number; generated at each start by default. */
  passwords?(number: number): Passwords;
}

/** A tenant by the name that leads to it. */
export interface NamedTenant extends TenantAddress {
  /** `tenant-1` */
  readonly name: string;
}

export interface Tenants {
  /** In the order of their numbers, from 1 on. */
  readonly tenants: readonly NamedTenant[];
  readonly apns: Pick<Apns, 'host' | 'ca'>;
  /** The tenant of that name, as it is once it was first asked for. */
  open(name: string): Tenant;
  close(): Promise<void>;
}

/** A host name that leads to a tenant; `pod.` is before it where somebody is sent to another of its hosts. */
const hostName = /^(?:pod\.)?(tenant-[1-9]\d*)\.localhost(?=:|$)/;

/**
 * Starts tenants at `tenant-1.localhost`, `tenant-2.localhost` …, which share nothing but the port, the stand-in for APNs and
 * the key that signs their tokens. Each is made when it is first asked for.
 * @throws {CliError} usage (a port, a redirect URI), file-unreadable, file-unwritable
 */
export function startTenants({
  count,
  passwords = makePasswords,
  ...options
}: TenantsOptions): Promise<Tenants> {
  return openPlace(options, async ({ server, apns, close }) => {
    const { port } = server;
    const states = options.stateFile === null ? null : openStatesFile(options.stateFile);
    const assumptions = { ...usualAssumptions, ...options.assumptions };
    const signingKey = await makeSigningKey();
    const tenants = Array.from({ length: count }, (_, index) => {
      const name = `tenant-${index + 1}`;
      const own = passwords(index + 1);
      return { name, own, ...addressOf(`http://${name}.localhost:${port}`, own) };
    });
    const byName = new Map(tenants.map((tenant) => [tenant.name, tenant]));
    const opened = new Map<string, Tenant>();
    const open = (name: string): Tenant => {
      const known = opened.get(name);
      if (known !== undefined) return known;
      const tenant = byName.get(name);
      if (tenant === undefined) throw new Error(`there is no ${name}`);
      const settings = settingsOver(states?.of(name) ?? null);
      const { own, url } = tenant;
      const made = createTenant(options, { url, settings, passwords: own, assumptions, apns, signingKey });
      opened.set(name, made);
      return made;
    };
    // Phones are there before anybody asks their tenant, and applications that cannot be understood are told at once.
    for (const { name } of tenants) if (states?.has(name) === true) open(name);
    server.serve({
      home: `http://tenant-1.localhost:${port}`,
      at(host) {
        const [name = '', known = ''] = hostName.exec(host) ?? [];
        return byName.has(known) && hostsOf(name, port).includes(host) ? open(known).serving : null;
      },
    });
    return { tenants: tenants.map(({ own: _, ...tenant }) => tenant), apns, open, close };
  });
}
