/** Shows nobody anything. */
export function noProgress(_text: string): { stop(): void } {
  return { stop() {} };
}

/** Of a store that must not ask it. */
export async function noKeychain(): Promise<never> {
  throw new Error('the keychain was asked for');
}
