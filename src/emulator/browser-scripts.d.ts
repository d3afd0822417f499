/** A file of `browser/` and all it imports, as the text of one script: the build bundles it (scripts/build/browser-scripts.mjs). */
declare module '*?browser' {
  export const script: string;
}
