import { randomUUID } from 'node:crypto';
import { category, defaultMessage, randomChallenge } from '../apple/apns.ts';
import { type Api, api } from './api.ts';
import { mostScripted, reasons, type ScriptedAnswers } from './apns/judge-push.ts';
import { readPublicKey } from './apns/provider-tokens.ts';
import type { Assumptions } from './assumptions.ts';
import type { Devices } from './devices.ts';
import type { Directory } from './directory.ts';
import { badArgument, badOperation, Refusal, tooManyScripted } from './envelope.ts';
import { user as standardUser } from './people.ts';
import { openPushSender, type PushQueue, type PushSender, sendPush } from './push.ts';
import type { World } from './world.ts';

type Verdict = 'Pending' | 'Approved' | 'Denied' | 'Expired';

/** What became of the push to one device. */
interface PushedTo {
  readonly udid: string;
  /** Of APNs; null: no answer came, and the reason says why. */
  readonly status: number | null;
  readonly reason: string | null;
}

/** A sign-in waiting for its user's answer. */
interface Challenge {
  readonly id: string;
  readonly user: string;
  /** What the push carries and the answer returns. */
  readonly answer: string;
  readonly openedAt: Date;
  readonly expiresAt: Date;
  readonly accepted: boolean | null;
  /** Empty until they are all known. */
  readonly pushes: readonly PushedTo[];
}

/** Milliseconds. */
const lifetime = 5 * 60 * 1000;
const kept = 1000;

/** The sign-ins that are waiting or have waited. */
export type Challenges = ReturnType<typeof createChallenges>;

export function createChallenges(now: () => Date) {
  let challenges: readonly Challenge[] = [];
  let total = 0;
  const isExpired = ({ expiresAt }: Challenge): boolean => expiresAt <= now();
  const verdictOf = (challenge: Challenge): Verdict => {
    if (challenge.accepted !== null) return challenge.accepted ? 'Approved' : 'Denied';
    return isExpired(challenge) ? 'Expired' : 'Pending';
  };
  return {
    open(user: string, answer: string): Challenge {
      const openedAt = now();
      const expiresAt = new Date(openedAt.getTime() + lifetime);
      const challenge = { id: randomUUID(), user, answer, openedAt, expiresAt, accepted: null, pushes: [] };
      total++;
      challenges = [...challenges.slice(1 - kept), challenge];
      return challenge;
    },
    verdict(id: string): Verdict {
      const challenge = challenges.find((known) => known.id === id);
      if (challenge === undefined) throw unknownChallenge();
      return verdictOf(challenge);
    },
    notePushes(id: string, pushes: readonly PushedTo[]): void {
      challenges = challenges.map((known) => (known.id === id ? { ...known, pushes } : known));
    },
    /** How many there have ever been. */
    total: (): number => total,
    /** The latest ones, the newest first, each with its verdict. */
    latest: (most: number): readonly (Challenge & { readonly verdict: Verdict })[] =>
      challenges
        .slice(-most)
        .reverse()
        .map((challenge) => ({ ...challenge, verdict: verdictOf(challenge) })),
    /** That user's sign-in waiting for this answer. @throws {Refusal} unknown, already answered, expired */
    requireWaiting(user: string, answer: string): Challenge {
      const challenge = challenges.find((known) => known.user === user && known.answer === answer);
      if (challenge === undefined) throw unknownChallenge();
      if (challenge.accepted !== null) throw badOperation('The challenge has been answered.');
      if (isExpired(challenge)) throw new Refusal('System.TimeoutException', 'The challenge has expired.');
      return challenge;
    },
    /** From now on it cannot be answered; an answer that came stands. */
    end(id: string): void {
      challenges = challenges.map((known) => (known.id === id ? { ...known, expiresAt: now() } : known));
    },
    decide({ id }: Challenge, accepted: boolean): void {
      challenges = challenges.map((known) => (known.id === id ? { ...known, accepted } : known));
    },
  };
}

const unknownChallenge = (): Refusal => badArgument('There is no such challenge.');

const longestWait = 60;

/** No reason of APNs is a third as long. */
const longestReason = 100;

const noGoogle = 'There is no stand-in for FCM: nothing was sent.';

/** Asks a user's phones about a sign-in. */
type Ring = ReturnType<typeof createRing>;

export function createRing(
  devices: Devices,
  challenges: Challenges,
  { settings, assumptions, apns, now }: Pick<World, 'settings' | 'assumptions' | 'apns' | 'now'>,
) {
  const pushTo = (challenge: Challenge, message: string, sender: PushSender | null) => {
    const options = pushOptions(challenge, message, now());
    const payload = applePayload(options, assumptions);
    return Promise.all(
      devices.reachable(challenge.user).map(async ({ udid, os, token }) => {
        if (os === 'android' || sender === null)
          return { DeviceID: udid, Status: null, Reason: noGoogle, Data: googleData(options) };
        const { status, reason } = await sendPush(sender, { deviceToken: token, payload }, apns);
        return { DeviceID: udid, Status: status, Reason: reason };
      }),
    );
  };
  const note = (id: string, pushes: Awaited<ReturnType<typeof pushTo>>): void =>
    challenges.notePushes(
      id,
      pushes.map(({ DeviceID, Status, Reason }) => ({ udid: DeviceID, status: Status, reason: Reason })),
    );
  return {
    verdict: challenges.verdict,
    end: challenges.end,
    isReachable: (user: string): boolean => devices.reachable(user).length > 0,
    /** Resolves once the push service has answered. @throws {Refusal} no certificate, or no phone */
    async ask(user: string, message: string) {
      const reachable = devices.reachable(user);
      const googleAlone = reachable.length > 0 && reachable.every(({ os }) => os === 'android');
      const sender = googleAlone ? null : await openPushSender(settings);
      if (reachable.length === 0) throw new Refusal(null, `No device of ${user} has a push token.`);
      const challenge = challenges.open(user, randomChallenge());
      const pushes = await pushTo(challenge, message, sender);
      note(challenge.id, pushes);
      return { id: challenge.id, pushes };
    },
    /** Rings in the background, and tells the challenge's ID; without a certificate nothing rings, and nobody is told. */
    begin(user: string, message: string): string {
      const challenge = challenges.open(user, randomChallenge());
      const ringing = openPushSender(settings).then(async (sender) =>
        note(challenge.id, await pushTo(challenge, message, sender)),
      );
      ringing.catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
      });
      return challenge.id;
    },
  };
}

/** `/emulator`: what a real tenant, APNs and a phone do among themselves, so that a rehearsal needs none of them. */
export function challengeApis(
  devices: Devices,
  {
    challenges,
    queue,
    scripted,
    ring,
  }: { challenges: Challenges; queue: PushQueue; scripted: ScriptedAnswers; ring: Ring },
  { directory, apns }: Pick<World, 'directory' | 'apns'>,
): readonly Api[] {
  return [
    /** Stands for a sign-in of that user on some web page. */
    api('/emulator/challenge', 'manage-apns-certificates', async ({ all, text }) => {
      const { user } = requireUser(directory, all.User ?? standardUser.user);
      const { id, pushes } = await ring.ask(
        user,
        all.Message === undefined ? defaultMessage : text('Message'),
      );
      return { ChallengeId: id, Status: challenges.verdict(id), Pushes: pushes };
    }),
    api('/emulator/verdict', 'manage-apns-certificates', ({ text }) => ({
      Status: challenges.verdict(text('ChallengeId')),
    })),
    /** What iOS does: delivers pushes to the app. */
    api('/emulator/pushes', null, ({ text, number, caller, signal }) => {
      const token = text('DeviceToken').toLowerCase();
      const wait = number('Wait', { least: 0, most: longestWait, otherwise: 0 });
      if (!devices.owns(caller.user, token))
        throw badArgument('The token does not belong to a device of yours.');
      return queue.take(token, wait * 1000, signal);
    }),
    api('/emulator/apns', 'manage-apns-certificates', ({ all, shortText, integer }) => {
      const reason = shortText('Reason', longestReason);
      const known = Object.hasOwn(reasons, reason) ? reasons[reason as keyof typeof reasons] : 400;
      const status = integer('Status', { least: 400, most: 599, otherwise: known });
      const times = integer('Times', { least: 0, most: mostScripted, otherwise: 1 });
      if (!scripted.add(reason, all.Goaway === true ? null : status, times))
        throw tooManyScripted(mostScripted, 'answers');
    }),
    /** Stands for a key that a developer account has made for APNs. */
    api('/emulator/apns-key', 'manage-apns-certificates', ({ text, texts, value }) => {
      const [keyId, teamId] = [text('KeyId'), text('TeamId')];
      for (const [name, id] of [
        ['KeyId', keyId],
        ['TeamId', teamId],
      ] as const)
        if (!/^[A-Z0-9]{10}$/.test(id))
          throw badArgument(`${name} must have ten characters of A to Z and 0 to 9.`);
      const publicKey = readPublicKey(text('PublicKey'));
      if (publicKey === null)
        throw badArgument(
          'PublicKey must be the public half of a .p8 in PEM: openssl pkey -in KEY.p8 -pubout.',
        );
      const topics = value('Topics') === undefined ? null : texts('Topics');
      if (!apns.addKey({ keyId, teamId, publicKey, topics })) throw badOperation('There are too many keys.');
    }),
  ];
}

/** A person of the tenant; the service user has no phone. @throws {Refusal} */
function requireUser(directory: Directory, name: unknown): { readonly user: string } {
  const found = typeof name === 'string' ? directory.findPerson(name) : null;
  if (found === null) throw badArgument('There is no such user.');
  return found;
}

/** What a push says about a challenge, under the names that the vendor's Android library reads. */
type Options = Readonly<Record<string, string>> & {
  readonly Message: string;
  readonly ChallengeAnswer: string;
};

/** @param now when the sign-in began */
function pushOptions({ id, user, answer, expiresAt }: Challenge, message: string, now: Date): Options {
  return {
    Message: message,
    ChallengeAnswer: answer,
    Title: 'Sign-in request',
    AppName: 'mfa-cli emulator',
    AppIconUrl: '',
    TargetAuthUser: user,
    LoginType: 'Web',
    IpAddress: '127.0.0.1',
    Location: '',
    CountryCode: '',
    CountryName: '',
    AuthRequestDate: now.toISOString(),
    ExpiryDate: expiresAt.toISOString(),
    CommandUuid: id,
    CollapseId: id,
  };
}

/** The payload for an iPhone; its app is known to read two of the options. */
function applePayload(
  options: Options,
  { 'push-options': sent }: Assumptions,
): Readonly<Record<string, unknown>> {
  const { Message, ChallengeAnswer } = options;
  return {
    aps: { alert: Message, category },
    payload: { Options: sent === 'all' ? options : { Message, ChallengeAnswer } },
  };
}

/** The data that Google would deliver to an Android phone. */
function googleData(options: Options): { readonly data_value: string } {
  return { data_value: encodeURIComponent(JSON.stringify(options)) };
}
