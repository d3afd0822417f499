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
import { keysInUse } from '../../checks/key-in-use.ts';
import type { Context } from '../../context.ts';
import { askPhones, connectionTo, openConnection } from '../../delivery/connection.ts';
import { unlessInterrupted } from '../../errors/cli-error.ts';
import { type GlobalOptions, type Settings, settingsFrom } from '../../settings/settings.ts';
import { compareHeld, type Held, type ReadBack, readBack } from '../../tenant/certificates.ts';
import type { TenantClient } from '../../tenant/client.ts';
import type { PhoneCount } from '../../tenant/enrolled-devices.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { shellWord } from '../../text/shell.ts';

type Target = Pick<CertificateRecord, 'tenant' | 'clientAppKey'>;

type Kept = Target & { readonly profile: string };

/** A request whose answer is missing, and whether what a tenant tells shows that it was done. */
interface SettledRequest {
  readonly request: OpenRequest;
  readonly done: boolean;
}

/** The record after the tenants were asked. */
interface Refreshed {
  readonly profiles: Profiles;
  readonly settled: readonly SettledRequest[];
  heldFor(record: CertificateRecord & Kept): Held | undefined;
  /** The iPhones that are enrolled at its tenant; null where that does not tell. */
  phonesFor(record: Kept): PhoneCount | null;
  /** The key that a tenant says was set last; null where it does not say. */
  latestKeyOf(tenant: string): string | null;
}

/**
 * Asks the tenants of these profiles what they hold, says what differs, and settles what that shows to be done or not.
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
  const told = await askHeld([...kept, ...unset], settings, options, context);
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
          terminal.warn(`What was settled could not be remembered: ${message}`),
        ),
      );
  const latestKeyOf = (tenant: string): string | null =>
    told.find(([target, { latestKey }]) => target.tenant === tenant && latestKey != null)?.[1].latestKey ??
    null;
  for (const tenant of new Set(told.map(([target]) => target.tenant))) {
    const latest = latestKeyOf(tenant);
    const known = requestsTo(before, tenant).map(({ clientAppKey }) => clientAppKey);
    if (latest !== null && !known.includes(latest))
      terminal.warn(`${tenant} pushes with the client app key ${latest}, which this machine never set`);
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
 * Whether a tenant's answer about the key of a request shows that the request was done; null: it does not show. A set of the
 * topic that the key had before never shows.
 */
function settledBy(request: OpenRequest, told: ReadBack, profiles: Profiles): boolean | null {
  const { tenant, clientAppKey, asked, topic } = request;
  const isOnly = openRequests(profiles).filter((other) => isSame(other, request)).length === 1;
  if (told.outcome === 'unknown' || !isOnly) return null;
  if (asked === 'delete') return told.topic === null;
  const previous = latestRecord(profiles, tenant, clientAppKey);
  if (previous !== null) return previous.topic === topic ? null : told.topic === topic;
  if (told.topic !== topic) return false;
  // It may have been there before; but a key that is in use now, after another one was, has been set since.
  const others = requestsTo(profiles, tenant).filter((other) => other.clientAppKey !== clientAppKey);
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

/** A tenant's answer about a key, and about the phones that are enrolled. */
type Answer = ReadBack & { readonly phones: PhoneCount | null };

/** The way to ask a tenant, and its phones, which are asked for once, however many keys it is asked about. */
interface Door {
  readonly client: TenantClient;
  readonly phones: Promise<PhoneCount | null>;
}

/**
 * Asks the tenants, all at once, each with its profile's session; says once each why something is not known.
 * @throws {CliError} interrupted
 */
async function askHeld(
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
      return [kept, { ...(await readBack(door.client, kept.clientAppKey)), phones: await door.phones }];
    }),
  );
  sayUnknown(told, context.terminal);
  return told;
}

/** Or the reason why there is no way in. @throws {CliError} interrupted */
function openDoor(
  { profile, tenant }: Kept,
  { store, profiles, profileName }: Settings,
  options: GlobalOptions,
  context: Context,
): Promise<Door | string> {
  const open = async (): Promise<Door> => {
    const settings = settingsFrom({ ...options, profile }, { store, profiles }, context);
    const connection = await connectionTo(tenant, settings);
    // What the environment holds is for the profile in force and for its tenant alone.
    const given = profile === profileName && settings.tenant() === tenant;
    const own = given ? connection : { ...connection, clientSecret: null, accessToken: null };
    const opened = await openConnection(own, settings.profile.session, settings, context);
    return { client: opened.client, phones: askPhones(opened, settings, context) };
  };
  return open().catch(
    unlessInterrupted(({ code, message }) => {
      const isSignedOut = code === 'not-signed-in' || code === 'session-expired';
      return isSignedOut
        ? `${message}; sign in with: mfa-cli login --profile ${shellWord(profile)}`
        : message;
    }),
  );
}

/** Asks the tenant that was given this; it has it by now, so what goes wrong here is no failure. @throws {CliError} interrupted */
export async function askAfterwards(
  client: TenantClient,
  given: Target & Pick<CertificateRecord, 'topic'>,
  terminal: Terminal,
): Promise<Held> {
  const answer = await readBack(client, given.clientAppKey);
  sayUnknown([[given, answer]], terminal);
  return sayHeld(given, answer, terminal);
}

/** Each refusal has an ID of its own, so that no two are the same words: one for each tenant is enough. */
function sayUnknown(
  told: readonly (readonly [Target & Partial<Kept>, ReadBack])[],
  { note }: Terminal,
): void {
  const reasons = new Map(
    told.flatMap(([{ tenant, profile }, answer]) =>
      answer.outcome === 'unknown'
        ? [[JSON.stringify([profile, tenant]), [tenant, answer.why]] as const]
        : [],
    ),
  );
  for (const [tenant, why] of reasons.values()) note(`It is not known what ${tenant} holds: ${why}`);
}

/** Says what differs, and gives the tenant's answer as a report has it. */
function sayHeld(
  { tenant, clientAppKey, topic }: Target & Pick<CertificateRecord, 'topic'>,
  answer: ReadBack,
  { warn }: Terminal,
): Held {
  const held = compareHeld(answer, topic);
  if (held.outcome === 'differs')
    warn(
      held.topic === null
        ? `${tenant} tells the topics of other client app keys, and none for ${clientAppKey}`
        : `${tenant} holds the topic ${held.topic} for ${clientAppKey}, not ${topic}`,
    );
  return held;
}
