import { createHash, createPublicKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import type { AdapterFactory } from 'oidc-provider';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';
import LRU from 'oidc-provider/lib/helpers/lru.js';
import { Provider } from 'oidc-provider/lib/provider.js';
import type { Application } from '../applications.ts';
import { clientMetadata, createConfiguration, issuerOf } from './configuration.ts';
import type { TenantParts } from './tenant-parts.ts';

/** The OAuth servers of the tenant's applications (RFC 6749, 7636), from a certified library, with one signing key. */
export interface Providers {
  /** The server for an application as it is now, created on first use. */
  of(application: Application): Provider;
  /** The keys that verify their signatures, as a JWK Set (RFC 7517 §5). */
  readonly publicKeys: { readonly keys: readonly object[] };
  /** Forgets everything granted: codes and refresh tokens. */
  forgetGrants(): void;
}

/** A key for tokens. */
export async function makeSigningKey(): Promise<KeyObject> {
  return (await promisify(generateKeyPair)('rsa', { modulusLength: 2048 })).privateKey;
}

/** @param shape makes a new server answer like the vendor's */
export function createProviders(
  parts: TenantParts,
  privateKey: KeyObject,
  shape: (provider: Provider, application: Application) => void,
): Providers {
  const publicKey = createPublicKey(privateKey);
  const { kty, e, n } = publicKey.export({ format: 'jwk' });
  const described = { alg: 'RS256', use: 'sig', kid: thumbprint({ e, kty, n }) };
  /** By key: grants outlive a change of the application. */
  const stores = new Map<string, LRU>();
  const storeOf = ({ key }: Application): LRU => {
    const store = stores.get(key) ?? new LRU({ maxSize: 10_000 });
    stores.set(key, store);
    return store;
  };
  const providers = new WeakMap<Application, Provider>();
  return {
    of(application) {
      const known = providers.get(application);
      if (known !== undefined) return known;
      const provider = new Provider(issuerOf(parts.url, application), {
        ...createConfiguration(application, parts),
        adapter: adapterOf(application, storeOf(application), parts),
        jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), ...described }] },
      });
      provider.silent = true;
      shape(provider, application);
      providers.set(application, provider);
      return provider;
    },
    publicKeys: { keys: [{ kty, e, n, ...described }] },
    forgetGrants() {
      for (const store of stores.values()) store.clear();
    },
  };
}

/** Clients are looked up on each request, since service users come and go; everything else is kept in memory. */
function adapterOf(application: Application, store: LRU, parts: TenantParts): AdapterFactory {
  return (model) => {
    const adapter = new MemoryAdapter(model, store);
    if (model === 'Client') adapter.find = async (id) => clientMetadata(application, id, parts);
    return adapter;
  };
}

/** RFC 7638 §3: over the members in alphabetical order. */
function thumbprint(members: { e: unknown; kty: unknown; n: unknown }): string {
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}
