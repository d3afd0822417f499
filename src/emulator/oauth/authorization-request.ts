import type { Application } from '../applications.ts';
import type { World } from '../world.ts';
import { findClient, isRegistered, knownScopes } from './clients.ts';
import { modeNotAllowed, OAuthRefusal, unknownApp, unknownScope } from './errors.ts';

/** What can be requested: the word sets that the vendor lists. */
const responseTypes = [
  ...[['code'], ['id_token'], ['token', 'id_token'], ['code', 'token', 'id_token']],
  ...[
    ['code', 'token'],
    ['code', 'id_token'],
  ],
] as const;

/** An authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3) that the tenant accepts: what it names exists and is allowed. */
export interface AuthorizationRequest {
  readonly application: Application;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly responseType: (typeof responseTypes)[number];
  readonly scopes: readonly string[];
  readonly state: string | null;
  readonly nonce: string | null;
  /** With S256; null: no PKCE. */
  readonly codeChallenge: string | null;
  readonly prompt: readonly string[];
  readonly loginHint: string | null;
}

/** A refusal that the browser delivers to the client. */
export class RedirectedRefusal extends OAuthRefusal {
  readonly redirectUri: string;
  readonly application: Application | null;

  constructor(refusal: OAuthRefusal, to: { redirectUri: string; application: Application | null }) {
    super(refusal.body.error, refusal.body.error_description);
    this.redirectUri = to.redirectUri;
    this.application = to.application;
  }
}

/**
 * Reads the parameters of a request to that application's authorization endpoint.
 * @throws {OAuthRefusal} shown in the browser: 400 or 500
 * @throws {RedirectedRefusal} sent to the client
 */
export function readAuthorizationRequest(
  appId: string,
  parameters: URLSearchParams,
  world: World,
): AuthorizationRequest {
  const redirectUri = parameters.get('redirect_uri') ?? '';
  // The browser is sent there, so it must also fit into a header.
  if (!URL.canParse(redirectUri) || !/^[\x21-\x7e]+$/.test(redirectUri))
    throw invalidRequest('Invalid URI: The format of the URI could not be determined.', 500);
  if (!parameters.get('response_type')) throw invalidRequest('missing response_type', 500);
  const application = world.applications.find(appId);
  // The vendor's OpenAPI says so, although nobody has registered a redirect URI for a missing application.
  if (application === null) throw new RedirectedRefusal(unknownApp(appId), { redirectUri, application });
  const responseType = readResponseType(parameters.get('response_type') ?? '');
  const prompt = readPrompt(parameters.get('prompt') ?? '');
  if (!isRegistered(redirectUri, application.redirectUris, world.assumptions))
    throw invalidRequest('invalid redirect');
  try {
    return {
      application,
      redirectUri,
      responseType,
      prompt,
      clientId: readClient(application, parameters, world),
      scopes: readScopes(application, parameters, responseType, world),
      codeChallenge: readCodeChallenge(parameters),
      state: parameters.get('state'),
      nonce: parameters.get('nonce'),
      loginHint: parameters.get('login_hint'),
    };
  } catch (error) {
    throw error instanceof OAuthRefusal ? new RedirectedRefusal(error, { redirectUri, application }) : error;
  }
}

function invalidRequest(description: string, status = 400): OAuthRefusal {
  return new OAuthRefusal('invalid_request', description, status);
}

function readResponseType(text: string): AuthorizationRequest['responseType'] {
  const words = new Set(text.split(' '));
  const found = responseTypes.find(
    (type) => type.length === words.size && type.every((word) => words.has(word)),
  );
  if (found !== undefined) return found;
  throw new OAuthRefusal('unsupported_response_type', `invalid response_type: ${text}`);
}

function readPrompt(text: string): readonly string[] {
  const values = text.split(' ').filter(Boolean);
  const other = values.find((value) => value !== 'none' && value !== 'login');
  if (other === undefined) return values;
  throw new OAuthRefusal(
    'unsupported_prompt',
    `Unsupported prompt value: '${other}'.  Supported prompt values: 'none' and 'login'.`,
  );
}

function readClient(application: Application, parameters: URLSearchParams, world: World): string {
  const client = findClient(application, parameters.get('client_id') ?? '', world);
  const secret = parameters.get('client_secret');
  if (client !== null && (secret === null || secret === client.secret)) return client.id;
  throw new OAuthRefusal('invalid_client', 'invalid client creds');
}

function readScopes(
  application: Application,
  parameters: URLSearchParams,
  responseType: AuthorizationRequest['responseType'],
  { assumptions }: World,
): readonly string[] {
  const isAllowed = responseType.every((word) =>
    application.grants.includes(word === 'code' ? 'authorization_code' : 'implicit'),
  );
  if (!isAllowed) throw modeNotAllowed();
  const scopes = knownScopes(application, parameters.get('scope') ?? '', assumptions['scope-case']);
  if (scopes === null || scopes.length === 0) throw unknownScope();
  if (responseType.some((word) => word === 'id_token') && !scopes.includes('openid')) throw unknownScope();
  return scopes;
}

/** Only S256, which the OpenAPI's example calls SHA256. */
function readCodeChallenge(parameters: URLSearchParams): string | null {
  const challenge = parameters.get('code_challenge');
  if (challenge === null) return null;
  if (/^(S256|SHA256)$/.test(parameters.get('code_challenge_method') ?? '')) return challenge;
  throw invalidRequest('not supported value of code_challenge_method');
}
