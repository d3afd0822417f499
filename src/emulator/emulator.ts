import type { KeyObject } from 'node:crypto';
import { type Assumptions, usualAssumptions } from './assumptions.ts';
import { makeSigningKey } from './oauth/provider.ts';
import { makePasswords, type Passwords } from './passwords.ts';
import type { Apns, ApnsOptions } from './phones.ts';
import { openPlace } from './place.ts';
import { siteAt } from './server.ts';
import { openSettings } from './settings.ts';
import { createTenant, type Tenant, type TenantOptions } from './tenant.ts';

/** A local tenant on loopback that answers like CyberArk Identity. */
export interface EmulatorOptions extends TenantOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** JSON file that keeps the tenant's settings across restarts; null keeps them in memory. */
  readonly stateFile: string | null;
  /** Of the default people; generated at each start by default. */
  readonly passwords?: Passwords;
  /** How it handles what the vendor does not document; the likelier way by default. */
  readonly assumptions?: Partial<Assumptions>;
  /** The stand-in for APNs; by default on a free port, for production, and open to every client certificate. */
  readonly apns?: Partial<ApnsOptions>;
  /** The key that signs its tokens; generated at each start by default. */
  readonly signingKey?: KeyObject;
}

export interface Emulator extends Omit<Tenant, 'serving'> {
  /** The stand-in for APNs. */
  readonly apns: Pick<Apns, 'host' | 'ca'>;
  close(): Promise<void>;
}

/** Starts a tenant on 127.0.0.1. @throws {CliError} usage (a port, a redirect URI), file-unreadable, file-unwritable */
export function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  return openPlace(options, async ({ server, apns, close }) => {
    const { serving, ...tenant } = createTenant(options, {
      url: `http://127.0.0.1:${server.port}`,
      settings: openSettings(options.stateFile),
      passwords: options.passwords ?? makePasswords(),
      assumptions: { ...usualAssumptions, ...options.assumptions },
      apns,
      signingKey: options.signingKey ?? (await makeSigningKey()),
    });
    server.serve(siteAt(['127.0.0.1', 'localhost'], server.port, serving));
    return { ...tenant, apns, close };
  });
}
