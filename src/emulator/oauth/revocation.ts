import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Application } from '../applications.ts';
import { readBody, send } from '../http-messages.ts';
import { readClientCredentials } from './client-authentication.ts';
import type { Client } from './clients.ts';
import { OAuthRefusal, unknownApp, unknownClient } from './errors.ts';
import type { Providers } from './provider.ts';
import type { TenantParts } from './tenant-parts.ts';
import { authenticate } from './token-request.ts';

/**
 * Revokes a token of the client that asks (RFC 7009 §2.1). The answer is 200 whether or not it was valid, so it proves
 * nothing. @throws {OAuthRefusal}
 */
export async function answerRevocation(
  application: Application | null,
  appId: string,
  request: IncomingMessage,
  response: ServerResponse,
  { parts, providers }: { parts: TenantParts; providers: Providers },
): Promise<void> {
  const form = new URLSearchParams(await readBody(request));
  if (application === null) throw unknownApp(appId);
  const token = form.get('token');
  if (!token) throw new OAuthRefusal('invalid_request', 'missing token');
  const credentials = readClientCredentials(request, form, parts.assumptions['basic-credentials']);
  if (credentials === null) throw new OAuthRefusal('invalid_client', 'wrong clientid');
  const client = authenticate(application, credentials, parts);
  if (client.secret === null && parts.assumptions['revoke-public-client'] === 'refused')
    throw unknownClient();
  await revoke(application, token, client, { parts, providers });
  send(response, 200, 'text/html; charset=utf-8', '');
}

/** An access token or ID token alone, or a refresh token with everything obtained through it. */
async function revoke(
  application: Application,
  token: string,
  { id }: Client,
  { parts: { accessTokens }, providers }: { parts: TenantParts; providers: Providers },
): Promise<void> {
  const access = accessTokens.find(token);
  if (access?.application?.key === application.key && access.clientId === id) accessTokens.forget(token);
  const { RefreshToken } = providers.of(application);
  const refresh = await RefreshToken.find(token);
  if (refresh?.clientId !== id || refresh.grantId === undefined) return;
  await RefreshToken.revokeByGrantId(refresh.grantId);
  accessTokens.forgetGrant(refresh.grantId);
}
