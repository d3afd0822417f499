/**
 * A file of `browser/` with its imports as one script, which the build bundles
 * (scripts/build/browser-scripts.mjs).
 */
declare module '*?browser' {
  export const script: string;
}
// The index of oidc-provider prints a warning on Node.js 20 and Bun before it exports the
// provider.
declare module 'oidc-provider/lib/provider.js' {
  export { Provider } from 'oidc-provider';
}
