import { type Application, type LetterCase, sameName } from '../applications.ts';
import type { Assumptions } from '../assumptions.ts';
import type { Asking, Exchange } from '../http.ts';
import type { World } from '../world.ts';
import { modeNotAllowed, OAuthRefusal, unknownApp, unknownScope } from './errors.ts';

/** A request to an application's endpoint. */
export interface Asked extends Exchange {
  readonly appId: string;
  /** Null: there is none with that ID. */
  readonly application: Application | null;
  /** The parameters of the query, and those of a form, which take precedence. */
  parameters(): Promise<URLSearchParams>;
  /** The body as a form, whatever it calls itself. */
  form(): Promise<URLSearchParams>;
}

export interface Client {
  /** In the application's spelling. */
  readonly id: string;
  /** Null: a public client. */
  readonly secret: string | null;
}

/** The client with that ID: one on the application's list, else a service user if it accepts them. */
export function findClient(
  application: Application,
  id: string,
  { directory, assumptions }: Pick<World, 'directory' | 'assumptions'>,
): Client | null {
  const isMeant = (name: string): boolean => sameName(name, id, assumptions['client-id-case']);
  const listed = application.publicClients.find(isMeant);
  if (listed !== undefined) return { id: listed, secret: null };
  const user = application.confidentialClients ? directory.findUser(id) : null;
  return user?.isOauthClient === true && isMeant(user.user) ? { id: user.user, secret: user.password } : null;
}

/** The client that a request to the token or revocation endpoint claims to come from. */
export interface ClientCredentials {
  readonly id: string;
  readonly secret: string | null;
}

/**
 * Client ID and secret from the `Authorization: Basic` header (RFC 6749 §2.3.1), else from the form; null: no client ID.
 * Whether those in the header are form-encoded, as the RFC says, is an assumption.
 */
export function readClientCredentials(
  request: Asking,
  form: URLSearchParams,
  encoding: Assumptions['basic-credentials'],
): ClientCredentials | null {
  const header = /^Basic +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (header === undefined) {
    const id = form.get('client_id');
    return id ? { id, secret: form.get('client_secret') } : null;
  }
  const [id = '', secret = ''] = Buffer.from(header, 'base64').toString('utf8').split(/:(.*)/s);
  if (id === '') return null;
  return encoding === 'raw' ? { id, secret } : { id: formDecoded(id), secret: formDecoded(secret) };
}

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch {
    return text;
  }
}

type Comparison = Pick<Assumptions, 'redirect-any-port' | 'redirect-localhost'>;

/** Whether a redirect URI is registered: the same string, except for what the assumptions allow for loopback. */
export function isRegistered(uri: string, registered: readonly string[], comparison: Comparison): boolean {
  return registered.some((known) => loopback(known, comparison) === loopback(uri, comparison));
}

/** The part of a loopback redirect that counts; all of any other. */
function loopback(uri: string, comparison: Comparison): string {
  const [, origin = '', host = '', rest = ''] =
    /^(http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(?::\d+)?)(.*)$/s.exec(uri) ?? [];
  if (origin === '') return uri;
  const port = comparison['redirect-any-port'] === 'yes' ? '' : origin.slice(`http://${host}`.length);
  const name = comparison['redirect-localhost'] === 'yes' && host === 'localhost' ? '127.0.0.1' : host;
  return `http://${name}${port}${rest}`;
}

/** The scopes in a `scope` parameter (RFC 6749 §3.3), in the application's spelling; null: one of them is unknown. */
export function knownScopes(
  application: Application,
  parameter: string,
  letterCase: LetterCase,
): readonly string[] | null {
  const known = Object.keys(application.scopes);
  const asked = parameter.split(' ').filter(Boolean);
  const found = asked.map((name) => known.find((scope) => sameName(scope, name, letterCase)));
  return found.every((scope) => scope !== undefined) ? [...new Set(found)] : null;
}

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
