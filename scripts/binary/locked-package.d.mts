interface Lock {
  readonly packages: Readonly<
    Record<string, { readonly version?: string; readonly integrity?: string }>
  >;
}
export function readLocks(): Lock;
export function fetchLocked(name: string, lock: Lock, cache: string): Promise<string>;
