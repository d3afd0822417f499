import { type Application, type LetterCase, sameName } from '../applications.ts';
import type { Assumptions } from '../assumptions.ts';
import type { Asking, Exchange } from '../http.ts';
import type { World } from '../world.ts';

/** A request to an application's endpoint. */
export interface Asked extends Exchange {
  /** As in the address. */
  readonly appId: string;
  /** Null: there is none with that ID. */
  readonly application: Application | null;
  /** The parameters of the query, and those of a form, which take precedence. */
  parameters(): Promise<URLSearchParams>;
  /** The body as a form, whatever it calls itself. */
  form(): Promise<URLSearchParams>;
}

/** A client of an application. */
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
  /** Null: none was sent. */
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
