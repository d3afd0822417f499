import type { KeptSessions } from './keychain/kept-sessions.ts';
import type { Keychain } from './keychain/keychain.ts';
import type { PlacedSessions } from './keychain/place-sessions.ts';
import type { KeptSession, Profiles, StoredSession } from './profile.ts';
import { concernsKeychain, isInKeychain } from './profile-changes.ts';

/** Where the sessions of a store are: in its file, or in the keychain. What speaks with the keychain is loaded for that alone. */
interface SessionPlaces {
  /** @throws {CliError} keychain-unavailable, interrupted */
  reveal(session: KeptSession): Promise<StoredSession | null>;
  /** @throws {CliError} keychain-unavailable, interrupted */
  place(before: Profiles, after: Profiles): Promise<PlacedSessions>;
}

/** @param directory of the store; it exists where a session is in the keychain */
export function sessionPlaces(directory: string, keychain: () => Promise<Keychain>): SessionPlaces {
  // What a tag stands for never changes, and each question to the keychain takes a process.
  const revealed = new Map<string, StoredSession>();

  async function openKept(): Promise<KeptSessions> {
    const { keptSessions } = await import('./keychain/kept-sessions.ts');
    const kept = keptSessions(directory, await keychain());
    return {
      ...kept,
      async write(number, session) {
        const written = await kept.write(number, session);
        revealed.set(written.keychain.tag, session);
        return written;
      },
    };
  }

  return {
    async reveal(session) {
      if (!isInKeychain(session)) return session;
      const { tag } = session.keychain;
      const found = revealed.get(tag) ?? (await (await openKept()).read(session));
      if (found !== null) revealed.set(tag, found);
      return found;
    },

    async place(before, after) {
      if (!concernsKeychain(before, after)) return { profiles: after, settle: nothing, discard: nothing };
      const { placeSessions } = await import('./keychain/place-sessions.ts');
      return placeSessions(before, after, await openKept());
    },
  };
}

async function nothing(): Promise<void> {}
