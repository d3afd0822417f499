import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, onTestFinished } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import type { Emulator, EmulatorOptions } from '../../src/emulator/tenants.ts';
import { createMachine, type RunOptions, type RunResult } from './context.ts';
import { callApi, ended, openEmulator, serviceToken } from './emulator.ts';
import { p12Path, secretPassword } from './fixtures.ts';

export interface TestTenant {
  readonly emulator: Emulator;
  /** The loopback port whose redirect URI is registered. */
  readonly port: number;
  /** `--tenant URL --port N` for `login`. */
  readonly login: readonly string[];
}

/** Starts an emulator for this test alone. */
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

/** A machine whose profile has a session at a tenant, as after `login`, without a refresh token. */
export interface SignedIn {
  readonly emulator: Emulator;
  readonly machine: ReturnType<typeof createMachine>;
  /** `apns set` of a file that is valid until 2027-12-24, with its password. */
  set(words?: readonly string[], options?: RunOptions): Promise<RunResult>;
}

/** Keeps a session in the profile, without a browser. */
export async function signIn(
  emulator: Emulator,
  machine = createMachine(),
  profile = 'default',
): Promise<SignedIn> {
  const [path, tenant] = [join(machine.directory, 'config.json'), emulator.url];
  const ids = { appId: 'mfa-cli', clientId: 'mfa-cli' };
  const tokens = { accessToken: await serviceToken(emulator), refreshToken: null };
  const facts = {
    grant: 'authorization-code',
    expiresAt: null,
    scope: 'all',
    user: 'admin@example.com',
  };
  mkdirSync(machine.directory, { recursive: true, mode: 0o700 });
  const kept = existsSync(path) ? readFileSync(path, 'utf8') : '{"current":null,"profiles":{}}';
  const { current, profiles } = JSON.parse(kept);
  profiles[profile] = {
    settings: { tenant, 'app-id': 'mfa-cli', 'client-id': 'mfa-cli', scope: 'all' },
    session: { tenant, ...ids, ...facts, ...tokens },
    certificates: [],
  };
  writeFileSync(path, JSON.stringify({ current: current ?? profile, profiles }), { mode: 0o600 });
  const set: SignedIn['set'] = (words = [], options = {}) =>
    machine.run(['apns', 'set', p12Path('01-default-aes256'), ...words], {
      ...options,
      env: { ...secretPassword, ...options.env },
    });
  return { emulator, machine, set };
}

/** One emulator for all tests of a file, without a certificate at the start of each test. */
export function shareTenant(options: Partial<EmulatorOptions> = {}): () => Promise<SignedIn> {
  let emulator: Emulator | undefined;
  const opened = (): Emulator => {
    if (emulator === undefined) throw new Error('no test has begun');
    return emulator;
  };
  beforeAll(async () => {
    emulator = await openEmulator({ accessTokenSeconds: 18_000, ...options });
  });
  afterAll(() => emulator?.close());
  beforeEach(async () => {
    const token = await serviceToken(opened());
    for (const name of Object.keys(await settingsOf(opened()))) {
      const ClientAppKey = /(.*)_APNSCert$/.exec(name)?.[1];
      if (ClientAppKey !== undefined)
        await callApi(opened(), '/Mobile/DeleteApnsCertForClientApp', token, { ClientAppKey });
    }
  });
  return () => signIn(opened());
}

/** A browser without a person: it follows redirects, like one with a remembered sign-in. */
export async function visit(url: string): Promise<void> {
  await (await fetch(url)).text();
}

/** The authorization URL behind the address that the browser gets. */
export async function authorizationUrlOf(url: string): Promise<URL> {
  const { headers } = await fetch(url, { redirect: 'manual' });
  return new URL(headers.get('location') ?? url);
}

/** The same browser for a user other than the administrator. */
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
    headers: { authorization: `Bearer ${await serviceToken(emulator)}`, ...ended },
  });
  const { Result } = (await answer.json()) as {
    Result: { Results: { Row: { ID: string; Value: string } }[] };
  };
  return Object.fromEntries(Result.Results.map(({ Row }) => [Row.ID, Row.Value]));
}
