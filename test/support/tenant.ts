import { onTestFinished } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/emulator.ts';
import { fixedPasswords } from '../../src/emulator/passwords.ts';

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
  const emulator = await startEmulator({
    passwords: fixedPasswords,
    port: 0,
    stateFile: null,
    autoApprove: true,
    redirectUris: [`http://127.0.0.1:${port}/callback`],
    accessTokenSeconds: 18_000,
    now: () => new Date(),
    ...options,
  });
  onTestFinished(() => emulator.close());
  return { emulator, port, login: ['login', '--tenant', emulator.url, '--port', String(port)] };
}

/** A browser without a person: it follows redirects, as one does whose sign-in is remembered. */
export async function visit(url: string): Promise<void> {
  await (await fetch(url)).text();
}

/** The same browser of somebody else than the administrator. */
export function visitAs(user: string): (url: string) => Promise<void> {
  return (url) => visit(`${url}&${new URLSearchParams({ login_hint: user })}`);
}

/** An answer's envelope, or its error. */
export async function callApi(
  { url }: Emulator,
  path: string,
  token: string,
  body: object = {},
): Promise<Record<string, unknown>> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as Record<string, unknown>;
}

/** An access token of the service user, who may manage push certificates. */
export async function serviceToken({ url, serviceUser }: Emulator): Promise<string> {
  const response = await fetch(`${url}/OAuth2/Token/mfa-cli`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'all',
      client_id: serviceUser.user,
      client_secret: serviceUser.password,
    }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
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
