import { onTestFinished } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import type { Emulator, EmulatorOptions } from '../../src/emulator/tenants.ts';
import { openEmulator, serviceToken } from './emulator.ts';

export interface TestTenant {
  readonly emulator: Emulator;
  /** The loopback port whose redirect URI is registered. */
  readonly port: number;
  /** `--tenant URL --port N` for `login`. */
  readonly login: readonly string[];
}

/** An emulator of this test's own, that is gone after it. */
export async function startTenant(options: Partial<EmulatorOptions> = {}): Promise<TestTenant> {
  const port = await freePort();
  const emulator = await openEmulator({
    redirectUris: [`http://127.0.0.1:${port}/callback`],
    accessTokenSeconds: 18_000,
    ...options,
  });
  onTestFinished(() => emulator.close());
  return { emulator, port, login: ['login', '--tenant', emulator.url, '--port', String(port)] };
}

/** A browser without a person: it follows redirects, as one does whose sign-in is remembered. */
export async function visit(url: string): Promise<void> {
  await (await fetch(url)).text();
}

/** The authorization URL that the address of a browser leads to. */
export async function authorizationUrlOf(url: string): Promise<URL> {
  const { headers } = await fetch(url, { redirect: 'manual' });
  return new URL(headers.get('location') ?? url);
}

/** The same browser of somebody else than the administrator. */
export function visitAs(user: string): (url: string) => Promise<void> {
  return async (url) => {
    const address = await authorizationUrlOf(url);
    address.searchParams.set('login_hint', user);
    await visit(address.href);
  };
}

/** The push settings that the tenant holds, read back as the administrator. */
export async function settingsOf(emulator: Emulator): Promise<Record<string, string>> {
  const answer = await fetch(`${emulator.url}/TenantConfig/GetAdvancedConfig`, {
    method: 'POST',
    headers: { authorization: `Bearer ${await serviceToken(emulator)}` },
  });
  const { Result } = (await answer.json()) as {
    Result: { Results: { Row: { ID: string; Value: string } }[] };
  };
  return Object.fromEntries(Result.Results.map(({ Row }) => [Row.ID, Row.Value]));
}
