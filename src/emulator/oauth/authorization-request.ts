import type { IncomingMessage } from 'node:http';
import { type Application, type LetterCase, sameName } from '../applications.ts';
import type { Assumptions } from '../assumptions.ts';
import type { Exchange } from '../http.ts';
import type { World } from '../world.ts';
import {
  invalidRedirect,
  invalidRequest,
  modeNotAllowed,
  OAuthRefusal,
  refusal,
  unknownApp,
  unknownScope,
} from './errors.ts';

/** A request to an application's endpoint. */
export interface OAuthCall extends Exchange {
  readonly appId: string;
  /** Null: no application has that ID. */
  readonly application: Application | null;
  /** The parameters of the query, and those of a form, which take precedence. */
  parameters(): Promise<URLSearchParams>;
  /** The body as a form, regardless of its content type. */
  form(): Promise<URLSearchParams>;
}

/** @throws {OAuthRefusal} */
export function requireApplication({
  application,
  appId,
}: Pick<OAuthCall, 'application' | 'appId'>): Application {
  if (application === null) throw unknownApp(appId);
  return application;
}

export interface Client {
  /** In the application's spelling of its ID. */
  readonly id: string;
  /** Null: a public client. */
  readonly secret: string | null;
}

/**
 * The client with that ID: a listed one, else a service user if the application accepts
 * them.
 */
export function findClient(
  application: Application,
  id: string,
  { directory, assumptions }: Pick<World, 'directory' | 'assumptions'>,
): Client | null {
  const isClient = (name: string): boolean => sameName(name, id, assumptions['client-id-case']);
  const listed = application.publicClients.find(isClient);
  if (listed !== undefined) return { id: listed, secret: null };
  const user = application.confidentialClients ? directory.findUser(id) : null;
  if (user === null || !user.isOauthClient || !isClient(user.user)) return null;
  return { id: user.user, secret: user.password };
}

/**
 * The client that a request claims to come from, in the `Authorization: Basic` header
 * (RFC 6749 §2.3.1), else in the form; null: no client ID. The decoding of the header,
 * which the RFC requires, is an assumption.
 */
export function readClientCredentials(
  request: IncomingMessage,
  form: URLSearchParams,
  encoding: Assumptions['basic-credentials'],
): Client | null {
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

type RedirectRules = Pick<Assumptions, 'redirect-any-port' | 'redirect-localhost'>;

/**
 * Whether a redirect URI is registered: as an equal string, or as one that the
 * assumptions allow for loopback.
 */
export function isRegistered(
  uri: string,
  registered: readonly string[],
  rules: RedirectRules,
): boolean {
  const compared = comparedPart(uri, rules);
  return registered.some((known) => comparedPart(known, rules) === compared);
}

/** The relevant part of a loopback redirect; the whole of any other. */
function comparedPart(uri: string, rules: RedirectRules): string {
  const [, origin = '', host = '', rest = ''] =
    /^(http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(?::\d+)?)(.*)$/s.exec(uri) ?? [];
  if (origin === '') return uri;
  const isAnyPort = rules['redirect-any-port'] === 'yes';
  const port = isAnyPort ? '' : origin.slice(`http://${host}`.length);
  const isSameHost = rules['redirect-localhost'] === 'yes' && host === 'localhost';
  return `http://${isSameHost ? '127.0.0.1' : host}${port}${rest}`;
}

/**
 * The scopes in a `scope` parameter (RFC 6749 §3.3), in the application's spelling.
 * @throws {OAuthRefusal} an unknown scope
 */
export function readScopes(
  application: Application,
  parameter: string,
  letterCase: LetterCase,
): readonly string[] {
  const known = Object.keys(application.scopes);
  const names = parameter.split(' ').filter(Boolean);
  const found = names.map((name) => known.find((scope) => sameName(scope, name, letterCase)));
  if (found.every((scope) => scope !== undefined)) return [...new Set(found)];
  throw unknownScope();
}

const responseTypes = ['code', 'id_token'] as const;

/**
 * A valid authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3): everything that it
 * names exists and is allowed.
 */
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
  /** Whether only a new sign-in counts (`prompt=login`). */
  readonly needsNewSignIn: boolean;
  readonly loginHint: string | null;
}

/** The address of the client that gets a refusal. */
interface RefusalTarget {
  readonly redirectUri: string;
  /** Null: it does not exist. */
  readonly application: Application | null;
}

/** A refusal that the browser carries to the client. */
export class RedirectedRefusal extends OAuthRefusal {
  readonly to: RefusalTarget;

  constructor({ body, status }: OAuthRefusal, to: RefusalTarget) {
    super(body, status);
    this.to = to;
  }
}

/**
 * @throws {OAuthRefusal} shown in the browser
 * @throws {RedirectedRefusal} sent to the client
 */
export function readAuthorizationRequest(
  appId: string,
  parameters: URLSearchParams,
  world: World,
): AuthorizationRequest {
  const redirectUri = parameters.get('redirect_uri') ?? '';
  // The URI becomes a header, so it must be ASCII.
  if (!URL.canParse(redirectUri) || !/^[\x21-\x7e]+$/.test(redirectUri))
    throw invalidRequest('Invalid URI: The format of the URI could not be determined.', 500);
  const wantedType = parameters.get('response_type');
  if (!wantedType) throw invalidRequest('missing response_type', 500);
  const application = world.applications.find(appId);
  // The vendor's OpenAPI documents this redirect, although a missing application has no
  // registered URI.
  if (application === null)
    throw new RedirectedRefusal(unknownApp(appId), { redirectUri, application });
  const responseType = responseTypes.find((type) => type === wantedType);
  if (responseType === undefined)
    throw refusal('unsupported_response_type', `invalid response_type: ${wantedType}`);
  if (!isRegistered(redirectUri, application.redirectUris, world.assumptions))
    throw invalidRedirect(redirectUri, application.redirectUris);
  try {
    return {
      application,
      redirectUri,
      responseType,
      ...readGranted(application, parameters, responseType, world),
      state: parameters.get('state'),
      nonce: parameters.get('nonce'),
      needsNewSignIn: parameters.get('prompt') === 'login',
      loginHint: parameters.get('login_hint'),
    };
  } catch (error) {
    if (!(error instanceof OAuthRefusal)) throw error;
    throw new RedirectedRefusal(error, { redirectUri, application });
  }
}

function readGranted(
  application: Application,
  parameters: URLSearchParams,
  responseType: AuthorizationRequest['responseType'],
  world: World,
): Pick<AuthorizationRequest, 'clientId' | 'scopes' | 'codeChallenge'> {
  const client = findClient(application, parameters.get('client_id') ?? '', world);
  if (client === null) throw refusal('invalid_client', 'invalid client creds');
  const grant = responseType === 'code' ? 'authorization_code' : 'implicit';
  if (!application.grants.includes(grant)) throw modeNotAllowed();
  const scope = parameters.get('scope') ?? '';
  const scopes = readScopes(application, scope, world.assumptions['scope-case']);
  if (scopes.length === 0) throw unknownScope();
  const codeChallenge = parameters.get('code_challenge');
  const method = parameters.get('code_challenge_method') ?? '';
  // Only S256, which the example in the OpenAPI calls SHA256.
  if (codeChallenge !== null && !/^(S256|SHA256)$/.test(method))
    throw invalidRequest('not supported value of code_challenge_method');
  return { clientId: client.id, scopes, codeChallenge };
}
