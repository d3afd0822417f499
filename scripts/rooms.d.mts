/** One room of `src`, as rooms.mjs declares and explains it. */
export interface Room {
  readonly name: string;
  readonly holds: string;
  readonly imports: readonly string[];
  readonly types: readonly string[];
  readonly packages: readonly string[];
  readonly chunk: string | null;
  readonly late?: string;
}

export const rooms: readonly Room[];
export const everyones: readonly string[];
export const sharedPackages: readonly string[];
export const typePackages: readonly string[];
export const quickest: readonly string[];
export const chunks: readonly string[];
export const declarations: string;
export const declaring: readonly string[];
export const stages: readonly {
  readonly entry: string;
  readonly rooms: readonly string[];
  readonly packages: readonly string[];
}[];
export function roomOf(path: string): string;
