export const targets: Readonly<
  Record<string, { readonly bun: string; readonly runtime: string; readonly keychain: string }>
>;
export function ownTarget(): string | undefined;
