import { createHash } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { Emulator, EmulatorOptions } from '../../src/emulator/tenants.ts';
import { type ApiAnswer, callApi, openEmulator } from '../support/emulator.ts';

export const redirectUri = 'http://127.0.0.1:8400/callback';
export const verifier = 'verifier-of-forty-three-characters-or-more-0';

/** An emulator that ends with the test. */
export async function startTenant(options: Partial<EmulatorOptions> = {}): Promise<Emulator> {
  const emulator = await openEmulator({ redirectUris: [redirectUri], ...options });
  onTestFinished(() => emulator.close());
  return emulator;
}

export function authorizationUrl(
  emulator: Emulator,
  changes: Record<string, string | undefined> = {},
): string {
  const parameters = {
    ...{ response_type: 'code', client_id: emulator.clientId, redirect_uri: redirectUri },
    ...{ scope: 'all', state: 'the-state' },
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  };
  return `${emulator.url}/OAuth2/Authorize/${emulator.appId}?${form(parameters)}`;
}

/** Where an authorization request ends, without any page in between. */
async function authorize(
  emulator: Emulator,
  changes: Record<string, string | undefined> = {},
): Promise<URL> {
  const response = await fetch(authorizationUrl(emulator, changes), { redirect: 'manual' });
  return new URL(response.headers.get('location') ?? 'none:');
}

async function authorizationCode(emulator: Emulator, scope = 'all'): Promise<string> {
  return (await authorize(emulator, { scope })).searchParams.get('code') ?? '';
}

/** A form sent to the address, and the JSON that answers. */
export async function postForm(
  url: string,
  parameters: Record<string, string | undefined>,
  headers: Record<string, string> = {},
): Promise<ApiAnswer> {
  const response = await fetch(url, { method: 'POST', body: form(parameters), headers });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

function requestToken(
  emulator: Emulator,
  parameters: Record<string, string | undefined>,
  headers: Record<string, string> = {},
): Promise<ApiAnswer> {
  return postForm(`${emulator.url}/OAuth2/Token/${emulator.appId}`, parameters, headers);
}

export function exchangeCode(
  emulator: Emulator,
  code: string,
  changes: Record<string, string | undefined> = {},
): Promise<ApiAnswer> {
  return requestToken(emulator, {
    ...{
      grant_type: 'authorization_code',
      client_id: emulator.clientId,
      redirect_uri: redirectUri,
    },
    ...{ code, code_verifier: verifier, ...changes },
  });
}

export function refresh(emulator: Emulator, refreshToken: unknown): Promise<ApiAnswer> {
  const grant = { grant_type: 'refresh_token', client_id: emulator.clientId };
  return requestToken(emulator, { ...grant, refresh_token: String(refreshToken) });
}

interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** The administrator's tokens; needs `autoApprove`. */
export async function signInAsAdministrator(emulator: Emulator, scope = 'all'): Promise<Tokens> {
  const { body } = await exchangeCode(emulator, await authorizationCode(emulator, scope));
  return { accessToken: String(body.access_token), refreshToken: String(body.refresh_token) };
}

/** The access token of a person; needs `autoApprove`. */
export async function signInAs(emulator: Emulator, user: string): Promise<string> {
  const { searchParams } = await authorize(emulator, { login_hint: user });
  const { body } = await exchangeCode(emulator, searchParams.get('code') ?? '');
  return String(body.access_token);
}

export async function whoAmIStatus(emulator: Emulator, token: string): Promise<number> {
  return (await callApi(emulator, '/Security/WhoAmI', token)).status;
}

export function claimsOf(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
}

function form(parameters: Record<string, string | undefined>): URLSearchParams {
  return new URLSearchParams(
    Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
