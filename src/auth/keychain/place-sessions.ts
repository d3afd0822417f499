import { membersOf } from '../../text/json.ts';
import type { KeptSession, Profile, Profiles } from '../profile.ts';
import { isInKeychain } from '../profile-changes.ts';
import type { KeptSessions } from './kept-sessions.ts';

/** Sessions that are where they belong, but for what the file does not say yet. */
export interface PlacedSessions {
  /** What is to be written into the file. */
  readonly profiles: Profiles;
  /** Removes from the keychain what the file does not mean any more. @throws {CliError} keychain-unavailable */
  settle(): Promise<void>;
  /** Removes what was put there, since the file could not be written. @throws {CliError} keychain-unavailable */
  discard(): Promise<void>;
}

/**
 * Puts each session of `after` into the keychain or takes it out, as its profile says. A new item never has the number of one
 * that the file means, so that until the file is replaced what was stays in force; what a crash leaves behind has the
 * number that the next one takes.
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
    const number = lowestBeyond(taken);
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
    return { profiles, settle: () => removeAll(retired), discard: () => removeAll(written) };
  } catch (error) {
    await removeAll(written).catch(() => undefined);
    throw error;
  }
}

/**
 * A session moves only where its profile's setting changes in the same step, and a new one goes where the last one was:
 * whoever can only write the file does not get tokens into it.
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

function lowestBeyond(taken: ReadonlySet<number>): number {
  let number = 0;
  while (taken.has(number)) number++;
  return number;
}

/** The numbers of all items that the file means, in profiles that this version cannot read, too. */
function numbersIn({ profiles, foreign = {} }: Profiles): readonly number[] {
  return [...Object.values(profiles), ...Object.values(foreign)].flatMap((profile) => {
    const item = membersOf(membersOf(membersOf(profile)?.session)?.keychain);
    return typeof item?.number === 'number' ? [item.number] : [];
  });
}
