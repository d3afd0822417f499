import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fixedPasswords } from '../../src/emulator/people.ts';
import { type Emulator, type EmulatorOptions, startEmulator } from '../../src/emulator/tenants.ts';
import { applePath } from './apple-fixtures.ts';

/** Making a key takes most of an emulator's start. */
const signingKey = createPrivateKey(readFileSync(applePath('key.pem')));

/** Starts an emulator on a free port that keeps nothing and signs in without a person, unless the test sets other options. */
export async function openEmulator(options: Partial<EmulatorOptions> = {}): Promise<Emulator> {
  return startEmulator({
    passwords: fixedPasswords,
    port: 0,
    stateFile: null,
    autoApprove: true,
    redirectUris: ['http://127.0.0.1:8400/callback'],
    accessTokenSeconds: 3600,
    now: () => new Date(),
    signingKey,
    ...options,
  });
}

/** Ends the connection with the answer: one that is kept may be closed just when it is used again. */
export const ended = { connection: 'close' } as const;

export interface ApiAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** An API call like those of mfa-cli; a string as body is sent unchanged. */
export async function callApi(
  { url }: Pick<Emulator, 'url'>,
  path: string,
  token: string,
  body: unknown = {},
): Promise<ApiAnswer> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token}`,
      'content-type': 'application/json',
      'x-idap-native-client': 'true',
      ...ended,
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

/** An access token of the service user, who may manage push certificates. */
export async function serviceToken({ url, serviceUser }: Emulator): Promise<string> {
  const response = await fetch(`${url}/OAuth2/Token/mfa-cli`, {
    method: 'POST',
    headers: ended,
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      scope: 'all',
      client_id: serviceUser.user,
      client_secret: serviceUser.password,
    }),
  });
  return ((await response.json()) as { access_token: string }).access_token;
}
