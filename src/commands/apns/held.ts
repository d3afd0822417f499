import type { CertificateRecord } from '../../auth/stored-schemas.ts';
import type { Context } from '../../context.ts';
import { connectionTo, openConnection } from '../../delivery/connection.ts';
import { askPhones } from '../../delivery/phones.ts';
import { CliError } from '../../errors/cli-error.ts';
import { type GlobalOptions, type Settings, type Stored, settingsFrom } from '../../settings/settings.ts';
import { compareHeld, type Held, type ReadBack, readBack } from '../../tenant/certificates.ts';
import type { TenantClient } from '../../tenant/client.ts';
import type { PhoneCount } from '../../tenant/enrolled-devices.ts';
import type { Terminal } from '../../terminal/terminal.ts';
import { shellWord } from '../../text/phrasing.ts';

type Target = Pick<CertificateRecord, 'tenant' | 'clientAppKey'>;

/** What was asked of a tenant, and the profile that remembers it. */
interface Kept extends Target {
  readonly profile: string;
}

/**
 * Asks the tenants, all at once, what they hold for the keys that something was asked for, each with its profile's session;
 * says once each why something is not known. In the order of `all`.
 * @throws {CliError} interrupted
 */
export async function askHeld(
  all: readonly Kept[],
  settings: Settings,
  options: GlobalOptions,
  context: Context,
): Promise<readonly Answer[]> {
  const doors = new Map<string, Promise<Door | string>>();
  const doorFor = (kept: Kept): Promise<Door | string> => {
    const name = JSON.stringify([kept.profile, kept.tenant]);
    const door = doors.get(name) ?? openDoor(kept, settings, options, context);
    doors.set(name, door);
    return door;
  };
  const told = await Promise.all(
    all.map(async (kept): Promise<readonly [Kept, Answer]> => {
      const door = await doorFor(kept);
      if (typeof door === 'string') return [kept, { outcome: 'unknown', why: door, phones: null }];
      return [kept, { ...(await readBack(door.client, kept.clientAppKey)), phones: await door.phones }];
    }),
  );
  sayUnknown(told, context.terminal);
  return told.map(([, answer]) => answer);
}

/** What a tenant says of a key, and of the phones that are enrolled. */
type Answer = ReadBack & { readonly phones: PhoneCount | null };

interface Door {
  readonly client: TenantClient;
  /** Asked for once, however many keys it is asked about. */
  readonly phones: Promise<PhoneCount | null>;
}

/** The way to ask a tenant, or why there is none. @throws {CliError} interrupted */
async function openDoor(
  { profile, tenant }: Kept,
  { store, profiles, profileName }: Stored & Pick<Settings, 'profileName'>,
  options: GlobalOptions,
  context: Context,
): Promise<Door | string> {
  try {
    const settings = settingsFrom({ ...options, profile }, { store, profiles }, context);
    const connection = await connectionTo(tenant, settings);
    // What the environment holds is for the profile in force and for its tenant alone.
    const given = profile === profileName && settings.tenant() === tenant;
    const own = given ? connection : { ...connection, clientSecret: null, accessToken: null };
    const open = await openConnection(own, settings.profile.session, settings, context);
    return { client: open.client, phones: askPhones(open, settings, context) };
  } catch (error) {
    if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
    const signedOut = ['not-signed-in', 'session-expired'].includes(error.code);
    return signedOut
      ? `${error.message}; sign in with: mfa-cli login --profile ${shellWord(profile)}`
      : error.message;
  }
}

/** Asks the tenant that was given this; it has it by now, so what goes wrong here is no failure. @throws {CliError} interrupted */
export async function askAfterwards(
  client: TenantClient,
  given: Pick<CertificateRecord, 'tenant' | 'clientAppKey' | 'topic'>,
  terminal: Terminal,
): Promise<Held> {
  const answer = await readBack(client, given.clientAppKey);
  sayUnknown([[given, answer]], terminal);
  return sayHeld(given, answer, terminal);
}

type Told = readonly [asked: Target & { readonly profile?: string }, answer: ReadBack];

/** Each refusal has an ID of its own, so that no two are the same words: one for each tenant is enough. */
function sayUnknown(told: readonly Told[], { note }: Terminal): void {
  const reasons = new Map(
    told.flatMap(([{ tenant, profile }, answer]) =>
      answer.outcome === 'unknown'
        ? [[JSON.stringify([profile, tenant]), { tenant, ...answer }] as const]
        : [],
    ),
  );
  for (const { tenant, why } of reasons.values()) note(`It is not known what ${tenant} holds: ${why}`);
}

/** Says what differs, and gives what a tenant told as a report has it. */
export function sayHeld(
  { tenant, clientAppKey, topic }: Pick<CertificateRecord, 'tenant' | 'clientAppKey' | 'topic'>,
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
