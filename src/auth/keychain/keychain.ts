/** The system's keychain, as far as sessions need it. Every method throws {CliError} keychain-unavailable. */
export interface Keychain {
  /** Writes something of no value, reads it and removes it. */
  check(): Promise<void>;
  /** Null if there is no such item, or one that was not written to its end. @throws {CliError} interrupted, too */
  read(account: string): Promise<string | null>;
  /** Replaces what is there. Only where nothing refers to the account yet: a crash leaves neither the old text nor the new. */
  write(account: string, text: string): Promise<void>;
  /** Nothing happens if there is none. */
  remove(account: string): Promise<void>;
}

/** What the process that speaks with the keychain is asked. */
export type KeychainRequest =
  | { readonly do: 'check' }
  | { readonly do: 'read' | 'remove'; readonly account: string }
  | { readonly do: 'write'; readonly account: string; readonly text: string };

/** What it answers; `text` is that of a read. */
export type KeychainAnswer =
  | { readonly text: string | null }
  | { readonly failure: KeychainFailure; readonly words: string };

/** `package`: npm left the optional package out. `library`: the executable could not unpack its library, or not load it from there. */
export type KeychainFailure = 'package' | 'library' | 'locked' | 'none';
