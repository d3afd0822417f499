import { authorizationUrl, endpoints } from '../../auth/connection.ts';
import { membersOf, parseJson } from '../../text/json.ts';
import { type Asked, type Look, type Probe, type Telling, Untold, wordsFor } from './look.ts';

/** Asks for the same name with its letters in the other case. */
export function tellCase(
  member: 'appId' | 'clientId' | 'scope',
  cause: 'application' | 'client' | 'scope',
): Telling<'insensitive' | 'sensitive'> {
  return async (look) => {
    const name = look.connection[member];
    const other = otherCase(name);
    if (other === name) throw new Untold(`the name of the ${cause} has no letters`);
    const isKnown = await takes(look, { [member]: other }, cause);
    return {
      found: isKnown ? 'insensitive' : 'sensitive',
      evidence: `with its letters in the other case the ${cause} is ${isKnown ? 'known' : 'unknown'}`,
    };
  };
}

/** Asks to be sent back to an address that is almost the registered one. */
export function tellRedirect(change: (registered: URL) => void, what: string): Telling<'no' | 'yes'> {
  return async (look) => {
    const changed = new URL(look.redirectUri);
    change(changed);
    const isTaken = await takes(look, { redirectUri: changed.href }, 'redirect');
    return {
      found: isTaken ? 'yes' : 'no',
      evidence: `the registered redirect with ${what} is ${isTaken ? 'taken' : 'refused'}`,
    };
  };
}

/** Looks at the redirect of an error: whoever names the issuer names it there, too (RFC 9207 §2). */
export const tellIssuer: Probe<'authorization-iss'> = async (look) => {
  await requireKnown(look);
  const { connection, redirectUri } = look;
  // Nobody has this scope, so that no code can come, whose verifier nobody has either.
  const request = { redirectUri, state: nothing, codeChallenge: nothing.padEnd(43, '-') };
  const answer = await look.ask({
    method: 'GET',
    url: authorizationUrl({ ...connection, scope: nothing }, request),
  });
  const target = answer.headers.location ?? '';
  const query = new URLSearchParams(/\?([^#]*)/.exec(target)?.[1]);
  if (!target.startsWith(redirectUri) || !query.has('error'))
    throw new Untold(`an unknown scope is answered with ${wordsFor(answer)}`);
  const isNamed = query.has('iss');
  return {
    found: isNamed ? 'present' : 'absent',
    evidence: `the redirect with an error ${isNamed ? 'names' : 'does not name'} the issuer`,
  };
};

export const tellAccessToken: Probe<'access-token'> = async ({ token }) => {
  if (typeof token === 'string') throw new Untold(token);
  const [header = '', ...others] = token.reveal().split('.');
  const document = parseJson(Buffer.from(header, 'base64url').toString());
  const isJwt = others.length === 2 && typeof document === 'object' && document !== null;
  return {
    found: isJwt ? 'jwt' : 'opaque',
    evidence: `the token of the session has ${isJwt ? 'a' : 'no'} header of a JWT`,
  };
};

/** Asks to revoke a token that there never was. */
export const tellRevocation: Probe<'revoke-public-client'> = async (look) => {
  await requireKnown(look);
  const { connection } = look;
  if (connection.clientSecret !== null) throw new Untold('the client has a secret');
  const answer = await look.ask({
    method: 'POST',
    url: endpoints(connection).revocation,
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    body: new URLSearchParams({ token: nothing, client_id: connection.clientId }).toString(),
  });
  const evidence = `a token that there never was is answered with ${wordsFor(answer)}`;
  if (answer.status < 300) return { found: 'accepted', evidence };
  if (answer.status >= 400 && answer.status < 500) return { found: 'refused', evidence };
  throw new Untold(evidence);
};

export const tellDiscovery: Probe<'discovery'> = async ({ connection: { tenant, appId }, ask }) => {
  const url = `${tenant}/${encodeURIComponent(appId)}/.well-known/openid-configuration`;
  const answer = await ask({ method: 'GET', url, headers: { accept: 'application/json' } });
  const { token_endpoint: endpoint } = membersOf(parseJson(answer.body)) ?? {};
  const evidence = `its address answers ${wordsFor(answer)}`;
  if (answer.status === 200 && typeof endpoint === 'string') return { found: 'published', evidence };
  if (answer.status >= 500) throw new Untold(evidence);
  return { found: 'absent', evidence };
};

/** A name that nothing has. */
const nothing = 'mfa-cli-probe';

/** Whether the authorization endpoint takes this instead of what is right. @throws {Untold} not even the latter; or another answer */
async function takes(look: Look, instead: Partial<Asked>, cause: string): Promise<boolean> {
  await requireKnown(look);
  const seen = await look.authorize(instead);
  if (seen.kind === 'known') return true;
  if (seen.kind === 'refused' && seen.error.facts.cause === cause) return false;
  throw new Untold(unclear);
}

const unclear = 'the authorization endpoint gives no clear answer';

/** @throws {Untold} */
async function requireKnown(look: Look): Promise<void> {
  const seen = await look.authorize({});
  if (seen.kind === 'known') return;
  const cause = seen.kind === 'refused' ? seen.error.facts.cause : undefined;
  throw new Untold(
    cause === undefined ? unclear : `the authorization endpoint refuses the ${cause} as it was given`,
  );
}

function otherCase(name: string): string {
  return [...name]
    .map((letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()))
    .join('');
}
