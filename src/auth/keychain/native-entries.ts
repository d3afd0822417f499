import type { Entries } from './items.ts';

/** What the entries are found by in the keychain, beside their names. */
const service = 'mfa-cli';

/** Not the kernel's keyring, which is lost with the next start and is not encrypted. */
const options = { linux: { store: 'secret-service' } } as const;

/**
 * The entries of macOS's Keychain, Windows's Credential Manager or the Secret Service, all under the service `mfa-cli`.
 * Throws an error with the code MODULE_NOT_FOUND where the optional package is missing; the methods throw the system's words.
 */
export async function nativeEntries(): Promise<Entries> {
  const { AsyncEntry } = await import('@napi-rs/keyring');
  const entry = (name: string) => new AsyncEntry(service, name, options);
  return {
    get: async (name) => (await entry(name).getPassword()) ?? null,
    set: async (name, text) => entry(name).setPassword(text),
    delete: async (name) => {
      await entry(name).deleteCredential();
    },
  };
}
