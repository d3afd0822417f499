/** A file of `browser/` with its imports as one script, which the build bundles (scripts/build/browser-scripts.mjs). */
declare module '*?browser' {
  export const script: string;
}
// Loading oidc-provider's index prints a warning on Node 20; its modules do not, but have no types of their own.
declare module 'oidc-provider/lib/provider.js' {
  export { Provider } from 'oidc-provider';
}
declare module 'oidc-provider/lib/helpers/errors.js' {
  import { errors } from 'oidc-provider';
  export import CustomOIDCProviderError = errors.CustomOIDCProviderError;
}
declare module 'oidc-provider/lib/adapters/memory_adapter.js' {
  import type { Adapter } from 'oidc-provider';
  import type LRU from 'oidc-provider/lib/helpers/lru.js';

  const MemoryAdapter: new (model: string, store: LRU) => Adapter;

  export { MemoryAdapter as default };
}
declare module 'oidc-provider/lib/helpers/lru.js' {
  class LRU {
    constructor(options: { maxSize: number });
    clear(): void;
  }

  export { LRU as default };
}
