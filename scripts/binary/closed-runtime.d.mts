export const variables: readonly string[];
export function closeRuntime(executable: string, copy: string): Promise<void>;
