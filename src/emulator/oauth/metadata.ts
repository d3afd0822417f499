import type { Application } from '../applications.ts';
import { sendJson } from '../http.ts';
import { type Asked, requireApplication } from './authorization-request.ts';
import { someUnknownApp } from './errors.ts';
import { issuerOf, type OAuthWorld } from './provider.ts';

/** Sends the public keys (RFC 7517 §5). @throws {OAuthRefusal} */
export function answerKeys(asked: Asked, { providers }: OAuthWorld): void {
  requireApplication(asked);
  sendJson(asked.response, 200, providers.publicKeys());
}

/** Sends the OpenID provider metadata of the application in `serviceName`. @throws {OAuthRefusal} */
export async function answerNamedMetadata(asked: Asked, world: OAuthWorld): Promise<void> {
  const appId = (await asked.parameters()).get('serviceName') ?? '';
  answerMetadata({ ...asked, application: world.applications.find(appId) }, world);
}

/** Sends an application's OpenID provider metadata, if the assumptions publish it. @throws {OAuthRefusal} */
export function answerMetadata({ application, response }: Asked, { url, assumptions }: OAuthWorld): void {
  if (application === null || assumptions.discovery === 'absent') throw someUnknownApp();
  sendJson(response, 200, metadataOf(application, url));
}

/** Exactly the members in the vendor's list: no revocation, no grant types, no `iss` parameter. */
function metadataOf(application: Application, url: string): object {
  const appId = encodeURIComponent(application.appId);
  return {
    issuer: issuerOf(url, application),
    authorization_endpoint: `${url}/OAuth2/Authorize/${appId}`,
    token_endpoint: `${url}/OAuth2/Token/${appId}`,
    userinfo_endpoint: `${url}/OAuth2/UserInfo/${appId}`,
    jwks_uri: `${url}/OAuth2/Keys/${appId}`,
    end_session_endpoint: `${url}/OAuth2/EndSession/${appId}`,
    scopes_supported: Object.keys(application.scopes),
    response_types_supported: responseTypesOf(application),
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    claims_supported: ['aud', 'exp', 'iat', 'iss', 'sub', 'unique_name'],
  };
}

function responseTypesOf({ grants }: Application): readonly string[] {
  const [code, implicit] = [grants.includes('authorization_code'), grants.includes('implicit')];
  return [
    ...(code ? ['code'] : []),
    ...(implicit ? ['id_token', 'token id_token'] : []),
    ...(code && implicit ? ['code token id_token', 'code token', 'code id_token'] : []),
  ];
}
