/** Progress that shows nothing. */
export function noProgress(_text: string): { stop(): void } {
  return { stop() {} };
}

/** For a store that must not ask the keychain. */
export async function noKeychain(): Promise<never> {
  throw new Error('the keychain was asked for');
}
