import { createHash, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import type { AdapterFactory, ClientMetadata, Configuration, ResourceServer } from 'oidc-provider';
import { Provider } from 'oidc-provider/lib/provider.js';
import type { Application } from '../applications.ts';
import type { Directory } from '../directory.ts';
import { once } from '../once.ts';
import type { World } from '../world.ts';
import { findClient } from './authorization-request.ts';
import type { Bounces } from './bounces.ts';
import type { Consents } from './consents.ts';
import { userNotAllowed } from './errors.ts';
import { GrantStore } from './grant-store.ts';

/** A key for tokens. Making it is the slowest part of the start. */
export function makeSigningKey(): KeyObject {
  return generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
}

export interface OAuthWorld extends World {
  readonly providers: Providers;
  readonly bounces: Bounces;
  readonly consents: Consents;
}

/** The public keys of the signatures, as a JWK Set (RFC 7517 §5). */
interface PublicKeys {
  readonly keys: readonly object[];
}

/**
 * The OAuth servers of the tenant's applications (RFC 6749, 7636), from a certified
 * library, with one signing key.
 */
export interface Providers {
  of(application: Application): Provider;
  publicKeys(): PublicKeys;
  forgetGrants(): void;
}

/** @param shape makes a new server answer like the vendor's */
export function createProviders(
  world: World,
  shape: (provider: Provider, application: Application, world: World) => void,
): Providers {
  const signingKey = once(() => describeKey(world.signingKey()));
  /** By key: grants survive changes of the application. */
  const stores = new Map<string, GrantStore>();
  const storeOf = ({ key }: Application): GrantStore => {
    const store = stores.get(key) ?? new GrantStore(world.now);
    stores.set(key, store);
    return store;
  };
  const providers = new WeakMap<Application, Provider>();
  return {
    of(application: Application): Provider {
      const known = providers.get(application);
      if (known !== undefined) return known;
      const provider = new Provider(issuerOf(world.url, application), {
        ...createConfiguration(application, world),
        adapter: adapterOf(application, storeOf(application), world),
        jwks: { keys: [signingKey().privateKey] },
      });
      provider.silent = true;
      shape(provider, application, world);
      providers.set(application, provider);
      return provider;
    },
    publicKeys: () => ({ keys: [signingKey().publicKey] }),
    forgetGrants(): void {
      for (const store of stores.values()) store.clear();
    },
  };
}

/**
 * A key as JWKs, named by its thumbprint over the members in alphabetical order (RFC 7638
 * §3).
 */
function describeKey(privateKey: KeyObject) {
  const { kty, e, n } = createPublicKey(privateKey).export({ format: 'jwk' });
  const kid = createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');
  const described = { alg: 'RS256', use: 'sig', kid };
  return {
    privateKey: { ...privateKey.export({ format: 'jwk' }), ...described },
    publicKey: { kty, e, n, ...described },
  };
}

/**
 * Looks up clients on each request, since service users can change; everything else stays
 * in memory.
 */
function adapterOf(application: Application, store: GrantStore, world: World): AdapterFactory {
  return (model) => {
    const adapter = store.adapterFor(model);
    if (model === 'Client') adapter.find = async (id) => clientMetadata(application, id, world);
    return adapter;
  };
}

/** The server library's token endpoint, which no client sees. */
export const libraryTokenPath = '/token';

const codeSeconds = 60;
const day = 24 * 60 * 60;

/** An application's issuer, with a trailing slash. */
export function issuerOf(url: string, { appId }: Pick<Application, 'appId'>): string {
  return `${url}/${encodeURIComponent(appId)}/`;
}

/** The audience of grants: all of the tenant's APIs. */
export function resourceOf(url: string): string {
  return `${url}/`;
}

function createConfiguration(
  application: Application,
  { url, directory, assumptions }: World,
): Configuration {
  const { accessTokenSeconds, refreshTokenSeconds } = application;
  return {
    routes: { token: libraryTokenPath },
    responseTypes: ['code'],
    scopes: [],
    claims: { openid: ['auth_time', ...Object.keys(personClaims('', directory))] },
    clientBasedCORS: () => false,
    ttl: {
      AuthorizationCode: codeSeconds,
      Grant: refreshTokenSeconds ?? day,
      RefreshToken: refreshTokenSeconds ?? day,
      AccessToken: accessTokenSeconds,
      ClientCredentials: accessTokenSeconds,
      IdToken: accessTokenSeconds,
    },
    expiresWithSession: () => false,
    issueRefreshToken: () => refreshTokenSeconds !== null,
    rotateRefreshToken: assumptions['refresh-token'] === 'rotated',
    features: {
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resourceOf(url),
        getResourceServerInfo: (_context, _resource, { clientId }) =>
          apisAsResource(application, clientId, assumptions['access-token']),
      },
    },
    formats: {
      customizers: {
        jwt(_context, token, parts) {
          const { iss, aud, iat, exp, scope, jti } = parts.payload;
          const key = 'accountId' in token ? token.accountId : String(token.clientId);
          const { uuid: sub = key, user: unique_name = key } = directory.findUser(key) ?? {};
          parts.payload = { iss, aud, sub, unique_name, iat, exp, scope, jti };
        },
      },
    },
    findAccount(_context, uuid) {
      const { user } = directory.findUser(uuid) ?? {};
      if (user === undefined) return undefined;
      if (!application.permits(user)) throw new GrantRefusal(userNotAllowed().message);
      return { accountId: uuid, claims: () => personClaims(user, directory) };
    },
  };
}

/**
 * A refusal with the members by which the server library gives it to the client as it
 * stands.
 */
class GrantRefusal extends Error {
  override readonly name = 'GrantRefusal';
  readonly error = 'access_denied';
  readonly error_description: string;
  readonly expose = true;
  readonly statusCode = 400;

  constructor(description: string) {
    super('access_denied');
    this.error_description = description;
  }
}

/** The tenant's APIs as the target of an access token. */
function apisAsResource(
  { scopes }: Application,
  audience: string,
  format: World['assumptions']['access-token'],
): ResourceServer {
  const resource = { scope: Object.keys(scopes).join(' '), audience };
  return format === 'opaque'
    ? { ...resource, accessTokenFormat: 'opaque' }
    : { ...resource, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'RS256' } } };
}

/** A client in the server library's form: its authentication and its allowed requests. */
function clientMetadata(
  application: Application,
  clientId: string,
  world: World,
): ClientMetadata | undefined {
  const client = findClient(application, clientId, world);
  if (client === null) return undefined;
  const { id, secret } = client;
  const grants: string[] = application.grants.filter((grant) => grant !== 'implicit');
  if (application.refreshTokenSeconds !== null) grants.push('refresh_token');
  const metadata: ClientMetadata = {
    client_id: id,
    token_endpoint_auth_method: secret === null ? 'none' : 'client_secret_post',
    grant_types: grants.filter((grant) => secret !== null || grant !== 'client_credentials'),
    // The tenant answers authorization requests itself, but the library checks these
    // members for a code.
    response_types: grants.includes('authorization_code') ? ['code'] : [],
    redirect_uris: [resourceOf(world.url)],
  };
  return secret === null ? metadata : { ...metadata, client_secret: secret };
}

/** A user's claims in an ID token. */
export function personClaims(name: string, directory: Directory) {
  const { uuid = name, displayName = name, mail = name } = directory.findUser(name) ?? {};
  return { sub: uuid, unique_name: name, name: displayName, email: mail };
}
