import { createHash, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { realPathOf } from '../../files/directory.ts';
import { members, membersOf, readJson } from '../../text/json.ts';
import type { Profile, Profiles } from '../profile.ts';
import { isInKeychain } from '../profiles.ts';
import type {
  KeptSession,
  KeychainItem,
  KeychainSession,
  StoredSession,
} from '../stored-schemas.ts';
import { storedSession } from '../stored-schemas.ts';
import type { Keychain } from './ask-keychain.ts';

/** Profiles with their sessions in place, to be written to the file. */
export interface PlacedSessions {
  readonly profiles: Profiles;
  /**
   * Removes items that the file no longer refers to.
   * @throws {CliError} keychain-unavailable
   */
  settle(): Promise<void>;
  /**
   * Removes new items after a failed write of the file.
   * @throws {CliError} keychain-unavailable
   */
  discard(): Promise<void>;
}

/**
 * Moves each session of `after` into or out of the keychain, as its profile says. A new
 * item gets an unused number, so that the old items stay valid until the file is
 * replaced. The next session reuses the number of an item that a crash left.
 * @throws {CliError} keychain-unavailable, interrupted
 */
export async function placeSessions(
  before: Profiles,
  after: Profiles,
  kept: KeptSessions,
): Promise<PlacedSessions> {
  const taken = new Set([...numbersIn(before), ...numbersIn(after)]);
  const written: number[] = [];
  const removeAll = async (numbers: Iterable<number>): Promise<void> => {
    for (const number of numbers) await kept.remove(number);
  };

  async function place(name: string, profile: Profile): Promise<KeptSession | null> {
    const { session } = profile;
    const previous = Object.hasOwn(before.profiles, name) ? before.profiles[name] : undefined;
    if (session === null || belongsInKeychain(session, profile, previous) === isInKeychain(session))
      return session;
    if (isInKeychain(session)) return kept.read(session);
    let number = 0;
    while (taken.has(number)) number++;
    taken.add(number);
    written.push(number);
    return kept.write(number, session);
  }

  try {
    const placed: [string, Profile][] = [];
    for (const [name, profile] of Object.entries(after.profiles))
      placed.push([name, { ...profile, session: await place(name, profile) }]);
    const profiles = { ...after, profiles: Object.fromEntries(placed) };
    const meant = new Set(numbersIn(profiles));
    const retired = numbersIn(before).filter((number) => !meant.has(number));
    return {
      profiles,
      settle: () => removeAll(retired),
      discard: () => removeAll(written),
    };
  } catch (error) {
    await removeAll(written).catch(() => undefined);
    throw error;
  }
}

/**
 * A session moves only if its profile's setting changes in the same step; a new one goes
 * where the last one was. Write access to the file alone thus never brings tokens into
 * it.
 */
function belongsInKeychain(
  session: KeptSession,
  { settings }: Profile,
  previous: Profile | undefined,
): boolean {
  const wanted = settings.store === 'keychain';
  if (previous !== undefined && previous.settings.store !== settings.store) return wanted;
  if (session === previous?.session || isInKeychain(session)) return isInKeychain(session);
  return wanted || (previous?.session != null && isInKeychain(previous.session));
}

/**
 * The numbers of all keychain items that the file names, including those in profiles that
 * this version cannot read.
 */
function numbersIn({ profiles, foreign = {} }: Profiles): readonly number[] {
  return [...Object.values(profiles), ...Object.values(foreign)].flatMap((profile) => {
    const item = membersOf(membersOf(membersOf(profile)?.session)?.keychain);
    return typeof item?.number === 'number' ? [item.number] : [];
  });
}

/**
 * The sessions of one configuration directory in the keychain. Each item is complete; the
 * file only names it.
 */
export interface KeptSessions {
  /** Null: the item is gone, or does not match the file. */
  read(kept: KeychainSession): Promise<StoredSession | null>;
  write(number: number, session: StoredSession): Promise<KeychainSession>;
  remove(number: number): Promise<void>;
}

/**
 * Whose a session is, and for what. The file is easier to change than the keychain and
 * must not pass off one session as another.
 */
const owned = ['tenant', 'appId', 'clientId', 'grant', 'user'] as const;
const content = members({ tag: v.string(), session: storedSession });

/**
 * @param directory an existing one. Directories share no items, not even a copy, whose
 *   sessions belong to the original
 */
export function keptSessions(directory: string, keychain: Keychain): KeptSessions {
  const prefix = createHash('sha256').update(realPathOf(directory)).digest('hex').slice(0, 32);
  const account = (number: number) => `${prefix}.${number}`;
  /** By tag: its item never changes, and each request to the keychain takes a process. */
  const known = new Map<string, StoredSession>();
  async function sessionIn({ number, tag }: KeychainItem): Promise<StoredSession | null> {
    const before = known.get(tag);
    if (before !== undefined) return before;
    const found = readJson(content, (await keychain.read(account(number))) ?? '');
    if (found?.tag !== tag) return null;
    known.set(tag, found.session);
    return found.session;
  }
  return {
    async read(kept) {
      const session = await sessionIn(kept.keychain);
      const isOwned = session !== null && owned.every((name) => session[name] === kept[name]);
      return isOwned ? session : null;
    },
    async write(number, session) {
      const tag = randomBytes(16).toString('hex');
      await keychain.write(account(number), asciiJson({ tag, session }));
      known.set(tag, session);
      return withoutTokens(session, { number, tag });
    },
    remove: (number) => keychain.remove(account(number)),
  };
}

/** Members that may be secret stay in the keychain. */
function withoutTokens(session: StoredSession, keychain: KeychainItem): KeychainSession {
  const { tenant, appId, clientId, grant, expiresAt, scope, user, refreshToken } = session;
  const renewable = refreshToken !== null;
  return { tenant, appId, clientId, grant, expiresAt, scope, user, renewable, keychain };
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
