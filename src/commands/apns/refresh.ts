import type { Profiles } from '../../auth/profile.ts';
import { latestRecord, profileNamed } from '../../auth/profiles.ts';
import {
  isSame,
  type OpenRequest,
  openRequests,
  requestsTo,
  withDeleted,
  withoutRequest,
  withSet,
} from '../../auth/requests.ts';
import type { CertificateRecord } from '../../auth/stored-schemas.ts';
import { connectionTo, type OpenTenant, openConnection } from '../../change/open.ts';
import { keysInUse } from '../../checks/key-in-use.ts';
import type { Context } from '../../context.ts';
import { unlessInterrupted } from '../../errors/cli-error.ts';
import { destination, formatHint, mfaCli, nowhere } from '../../errors/hint.ts';
import type { GlobalOptions } from '../../settings/global-options.ts';
import { noConnection } from '../../settings/options.ts';
import { settingsFrom } from '../../settings/resolve.ts';
import { orThrow, type Settings } from '../../settings/settings.ts';
import type { PhoneCount } from '../../tenant/enrolled-devices.ts';
import { compareHeld, type Held, type ReadBack } from '../../tenant/read-back.ts';
import type { Terminal } from '../../terminal/terminal.ts';

type Target = Pick<CertificateRecord, 'tenant' | 'clientAppKey'>;

type Kept = Target & { readonly profile: string };

/** A request without an answer, and whether the tenant's report shows that it took effect. */
interface SettledRequest {
  readonly request: OpenRequest;
  readonly done: boolean;
}

interface Refreshed {
  readonly profiles: Profiles;
  readonly settled: readonly SettledRequest[];
  heldFor(record: CertificateRecord & Kept): Held | undefined;
  /** The iPhones enrolled at its tenant; null if the tenant does not say. */
  phonesFor(record: Kept): PhoneCount | null;
  /** The key that a tenant reports as set last; null if it reports none. */
  latestKeyOf(tenant: string): string | null;
}

/**
 * Asks the tenants of these profiles what they hold, warns of differences, and settles requests without an answer.
 * @throws {CliError} interrupted
 */
export async function refreshRecord(
  names: readonly string[],
  settings: Settings,
  options: GlobalOptions,
  context: Context,
): Promise<Refreshed> {
  const { profiles: before, store } = settings;
  const { terminal } = context;
  const kept = names.flatMap((profile) =>
    profileNamed(before, profile).certificates.map((record) => ({ profile, ...record })),
  );
  const open = openRequests(before).filter(({ profile }) => names.includes(profile));
  const unset = open.filter((request) => !kept.some((record) => isKept(record, request)));
  const told = await askAll([...kept, ...unset], settings, options, context);
  const answerFor = (wanted: Kept) => told.find(([target]) => isKept(target, wanted))?.[1];
  const settled = open.flatMap((request): SettledRequest[] => {
    const answer = answerFor(request);
    const done = answer === undefined ? null : settledBy(request, answer, before);
    return done === null ? [] : [{ request, done }];
  });
  if (settled.length > 0)
    await store
      .update((latest) => withSettled(latest, settled))
      .catch(
        unlessInterrupted(({ message }) =>
          terminal.warn(`The settled requests could not be saved: ${message}`),
        ),
      );
  const latestKeyOf = (tenant: string): string | null =>
    told.find(([target, { latestKey }]) => target.tenant === tenant && latestKey != null)?.[1]
      .latestKey ?? null;
  for (const tenant of new Set(told.map(([target]) => target.tenant))) {
    const latest = latestKeyOf(tenant);
    const known = requestsTo(before, tenant).map(({ clientAppKey }) => clientAppKey);
    if (latest !== null && !known.includes(latest))
      terminal.warn(
        `${tenant} pushes with the client app key "${latest}", which this machine never set`,
      );
  }
  return {
    profiles: withSettled(before, settled),
    settled,
    latestKeyOf,
    phonesFor: (record) => answerFor(record)?.phones ?? null,
    heldFor(record) {
      const answer = answerFor(record);
      return answer === undefined ? undefined : sayHeld(record, answer, terminal);
    },
  };
}

function isKept(one: Kept, other: Kept): boolean {
  return one.profile === other.profile && isSame(one, other);
}

/**
 * Whether a tenant's answer about the key of a request shows that the request took effect; null if it does not show. Setting the
 * same topic again never shows.
 */
function settledBy(request: OpenRequest, told: ReadBack, profiles: Profiles): boolean | null {
  const { tenant, clientAppKey, asked, topic } = request;
  const isOnly = openRequests(profiles).filter((other) => isSame(other, request)).length === 1;
  if (told.outcome === 'unknown' || !isOnly) return null;
  if (asked === 'delete') return told.topic === null;
  const previous = latestRecord(profiles, tenant, clientAppKey);
  if (previous !== null) return previous.topic === topic ? null : told.topic === topic;
  if (told.topic !== topic) return false;
  // The key may have existed before, but a key that replaced another as the one in use was set since.
  const others = requestsTo(profiles, tenant).filter(
    (other) => other.clientAppKey !== clientAppKey,
  );
  const wasOther = [...keysInUse(others).values()].some(({ inUse }) => inUse === true);
  return wasOther && told.latestKey === clientAppKey ? true : null;
}

function withSettled(profiles: Profiles, settled: readonly SettledRequest[]): Profiles {
  return settled.reduce((all, { request: { profile, ...request }, done }) => {
    const { tenant, clientAppKey, topic, fingerprint, notAfter, at } = request;
    if (!done) return withoutRequest(all, profile, request);
    if (request.asked === 'delete') return withDeleted(all, profile, request);
    if (topic === null || fingerprint === null || notAfter === null) return all;
    return withSet(all, profile, { tenant, clientAppKey, topic, fingerprint, notAfter, setAt: at });
  }, profiles);
}

type Answer = ReadBack & { readonly phones: PhoneCount | null };

/** Asks a tenant about a key; its phones are fetched once for all keys. */
interface Door {
  readonly ask: (clientAppKey: string) => Promise<ReadBack>;
  readonly phones: Promise<PhoneCount | null>;
}

/**
 * Asks all tenants in parallel, each with its profile's session, and notes once for each why something is unknown.
 * @throws {CliError} interrupted
 */
async function askAll(
  all: readonly Kept[],
  settings: Settings,
  options: GlobalOptions,
  context: Context,
): Promise<readonly (readonly [Kept, Answer])[]> {
  const doors = new Map<string, Promise<Door | string>>();
  const told = await Promise.all(
    all.map(async (kept): Promise<readonly [Kept, Answer]> => {
      const name = JSON.stringify([kept.profile, kept.tenant]);
      const opening = doors.get(name) ?? openDoor(kept, settings, options, context);
      doors.set(name, opening);
      const door = await opening;
      if (typeof door === 'string') return [kept, { outcome: 'unknown', why: door, phones: null }];
      return [kept, { ...(await door.ask(kept.clientAppKey)), phones: await door.phones }];
    }),
  );
  sayUnknown(told, context.terminal);
  return told;
}

/** Opens a tenant, or gives the reason why it cannot. @throws {CliError} interrupted */
function openDoor(
  { profile, tenant }: Kept,
  { store, profiles, profileName }: Settings,
  options: GlobalOptions,
  context: Context,
): Promise<Door | string> {
  const open = async (): Promise<Door> => {
    const given = { ...noConnection, ...options, profile };
    const settings = settingsFrom(given, { store, profiles }, context);
    const connection = await connectionTo(tenant, settings, context);
    // Credentials in the environment are for the current profile and its tenant only.
    const isOwn = profile === profileName && orThrow(settings.tenant) === tenant;
    const own = isOwn ? connection : { ...connection, clientSecret: null, accessToken: null };
    const opened = await openConnection(own, settings, context);
    return { ask: opened.askHeld, phones: opened.askPhones() };
  };
  return open().catch(
    unlessInterrupted(({ code, message }) => {
      const isSignedOut = code === 'not-signed-in' || code === 'session-expired';
      if (!isSignedOut) return message;
      const signIn = {
        text: '{message}. Run {command}',
        values: { message },
        command: mfaCli('login', ...destination),
      };
      return formatHint(signIn, { ...nowhere, tenant, profile });
    }),
  );
}

/** Asks the tenant after a set. An error here does not fail the set. @throws {CliError} interrupted */
export async function askAfterwards(
  given: Target & Pick<CertificateRecord, 'topic'>,
  open: OpenTenant,
  context: Context,
): Promise<Held> {
  const answer = await open.askHeld(given.clientAppKey);
  sayUnknown([[given, answer]], context.terminal);
  return sayHeld(given, answer, context.terminal);
}

/** Notes one reason for each tenant: each refusal has its own ID, so no two texts are equal. */
function sayUnknown(
  told: readonly (readonly [Target & Partial<Kept>, ReadBack])[],
  { note }: Terminal,
): void {
  const reasons = new Map(
    told.flatMap(([{ tenant, profile }, answer]) =>
      answer.outcome === 'unknown'
        ? [[JSON.stringify([profile, tenant]), answer.why] as const]
        : [],
    ),
  );
  for (const why of reasons.values()) note(`The topic is unknown: ${why}.`);
}

function sayHeld(
  { tenant, clientAppKey, topic }: Target & Pick<CertificateRecord, 'topic'>,
  answer: ReadBack,
  { warn }: Terminal,
): Held {
  const held = compareHeld(answer, topic);
  if (held.outcome === 'differs')
    warn(
      held.topic === null
        ? `${tenant} reports topics for other client app keys, but none for ${clientAppKey}`
        : `${tenant} reports the topic ${held.topic} for ${clientAppKey}, not ${topic}`,
    );
  return held;
}
