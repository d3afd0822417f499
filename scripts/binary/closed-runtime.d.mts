export const variables: readonly string[];
export const engineOption: string;
export const measured: { readonly name: string; readonly becomes: string };
export function closeRuntime(executable: string, copy: string): Promise<void>;
