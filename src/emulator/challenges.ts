import { randomUUID } from 'node:crypto';
import { category, defaultMessage, randomChallenge } from '../apple/apns.ts';
import { type Api, api } from './api.ts';
import type { ApnsAnswer } from './apns/apns.ts';
import { type ApnsRefusal, reasons } from './apns/judge-push.ts';
import { readPublicKey } from './apns/provider-tokens.ts';
import type { Assumptions } from './assumptions.ts';
import { createJournal, type Script, scriptedTimes } from './bounded.ts';
import type { Devices } from './devices.ts';
import { badArgument, badOperation, Refusal } from './envelope.ts';
import { user as standardUser } from './people.ts';
import { openPushSender, type PushQueue, type PushSender, sendPush } from './push.ts';
import type { World } from './world.ts';

type Verdict = 'Pending' | 'Approved' | 'Denied' | 'Expired';

interface Challenge {
  readonly id: string;
  readonly user: string;
  /** Sent in the push, and returned by the answer. */
  readonly answer: string;
  readonly openedAt: Date;
  expiresAt: Date;
  accepted: boolean | null;
  /** The outcome of the push to each device; empty until all are known. */
  pushes: readonly PhonePush[];
}

/** The push of a challenge to a phone, and what came of it. */
interface PhonePush extends Pick<ApnsAnswer, 'status' | 'reason'> {
  readonly udid: string;
  /** The data that Google would deliver to an Android phone; null: an iPhone. */
  readonly data: GoogleData | null;
}

interface GoogleData {
  /** URL-encoded JSON. */
  readonly data_value: string;
}

/** The lifetime of a challenge, in milliseconds. */
const lifetime = 5 * 60 * 1000;
const kept = 1000;

/** Current and past sign-ins. */
export type Challenges = ReturnType<typeof createChallenges>;

export function createChallenges(now: () => Date) {
  const { entries, add, total } = createJournal<Challenge>(kept);
  const require = (matches: (known: Challenge) => boolean): Challenge => {
    const found = entries.find(matches);
    if (found === undefined) throw badArgument('There is no such challenge.');
    return found;
  };
  const verdictOf = ({ accepted, expiresAt }: Challenge): Verdict => {
    if (accepted !== null) return accepted ? 'Approved' : 'Denied';
    return expiresAt <= now() ? 'Expired' : 'Pending';
  };
  return {
    open(user: string, answer: string): Challenge {
      const [openedAt, id] = [now(), randomUUID()];
      const expiresAt = new Date(openedAt.getTime() + lifetime);
      return add({ id, user, answer, openedAt, expiresAt, accepted: null, pushes: [] });
    },
    verdict: (id: string): Verdict => verdictOf(require((known) => known.id === id)),
    total,
    latest: (most: number): readonly (Challenge & { readonly verdict: Verdict })[] =>
      entries
        .slice(-most)
        .reverse()
        .map((challenge) => ({ ...challenge, verdict: verdictOf(challenge) })),
    /** The user's sign-in that waits for this answer. @throws {Refusal} unknown, already answered, expired */
    requireWaiting(user: string, answer: string): Challenge {
      const challenge = require((known) => known.user === user && known.answer === answer);
      if (challenge.accepted !== null) throw badOperation('The challenge has been answered.');
      if (verdictOf(challenge) === 'Expired')
        throw new Refusal('System.TimeoutException', 'The challenge has expired.');
      return challenge;
    },
    /** Ends the wait for an answer, if there is such a challenge; an earlier answer stays. */
    end(id: string): void {
      const challenge = entries.find((known) => known.id === id);
      if (challenge !== undefined) challenge.expiresAt = now();
    },
  };
}

const longestWait = 60;

const noGoogle = 'The emulator has no stand-in for FCM: nothing was sent.';

/** The longest reason of APNs has a third of this length. */
const longestReason = 100;

/** Asks a user's phones to approve a sign-in. */
export type Ring = ReturnType<typeof createRing>;

export function createRing(
  devices: Devices,
  challenges: Challenges,
  { settings, assumptions, apns, now }: Pick<World, 'settings' | 'assumptions' | 'apns' | 'now'>,
) {
  const open = (user: string): Challenge => challenges.open(user, randomChallenge());
  const push = async (challenge: Challenge, message: string, sender: PushSender | null) => {
    const options = optionsOf(challenge, message, now());
    const payload = applePayload(options, assumptions);
    const pushes = await Promise.all(
      devices.reachable(challenge.user).map(async ({ udid, os, token }): Promise<PhonePush> => {
        if (os === 'android' || sender === null)
          return { udid, status: null, reason: noGoogle, data: googleData(options) };
        const sent = await sendPush(sender, { deviceToken: token, payload }, apns);
        return { udid, ...sent, data: null };
      }),
    );
    challenge.pushes = pushes;
    return pushes;
  };
  return {
    verdict: challenges.verdict,
    end: challenges.end,
    isReachable: (user: string): boolean => devices.reachable(user).length > 0,
    /** Resolves once the push service has answered. @throws {Refusal} no certificate, or no phone */
    async ask(user: string, message: string) {
      const reachable = devices.reachable(user);
      const isGooglesAlone = reachable.length > 0 && reachable.every(({ os }) => os === 'android');
      const sender = isGooglesAlone ? null : await openPushSender(settings);
      if (reachable.length === 0) throw new Refusal(null, `No device of ${user} has a push token.`);
      const challenge = open(user);
      return { id: challenge.id, pushes: await push(challenge, message, sender) };
    },
    /** Sends the pushes in the background, and returns the challenge's ID; without a certificate it sends none and reports nothing. */
    begin(user: string, message: string): string {
      const challenge = open(user);
      const ringing = openPushSender(settings).then((sender) => push(challenge, message, sender));
      ringing.catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
      });
      return challenge.id;
    },
  };
}

interface ChallengeParts {
  readonly devices: Devices;
  readonly challenges: Challenges;
  readonly queue: PushQueue;
  readonly scripted: Script<Pick<ApnsRefusal, 'reason' | 'status'>>;
  readonly ring: Ring;
}

/** `/emulator`: the parts of a rehearsal that a real tenant, APNs and a phone play. */
export function challengeApis(
  { devices, challenges, queue, scripted, ring }: ChallengeParts,
  { directory, apns }: World,
): readonly Api[] {
  const right = 'manage-apns-certificates';
  return [
    api('/emulator/challenge', right, async ({ all, text }) => {
      const name = all.User ?? standardUser.user;
      // The service user has no phone.
      const found = typeof name === 'string' ? directory.findPerson(name) : null;
      if (found === null) throw badArgument('There is no such user.');
      const message = all.Message === undefined ? defaultMessage : text('Message');
      const { id, pushes } = await ring.ask(found.user, message);
      const Pushes = pushes.map(({ udid, status, reason, data }) => ({
        ...{ DeviceID: udid, Status: status, Reason: reason },
        ...(data !== null && { Data: data }),
      }));
      return { ChallengeId: id, Status: challenges.verdict(id), Pushes };
    }),
    api('/emulator/verdict', right, ({ text }) => ({
      Status: challenges.verdict(text('ChallengeId')),
    })),
    api('/emulator/pushes', null, ({ text, number, caller, response }) => {
      const token = text('DeviceToken').toLowerCase();
      const wait = number('Wait', { least: 0, most: longestWait, otherwise: 0 });
      if (!devices.owns(caller.user, token))
        throw badArgument('The token does not belong to a device of yours.');
      const gone = new AbortController();
      response.once('close', () => gone.abort());
      return queue.take(token, wait * 1000, gone.signal);
    }),
    api('/emulator/apns', right, ({ all, shortText, integer }) => {
      const reason = shortText('Reason', longestReason);
      const known = Object.hasOwn(reasons, reason) ? reasons[reason as keyof typeof reasons] : 400;
      const status = integer('Status', { least: 400, most: 599, otherwise: known });
      scripted.add(
        { reason, status: all.Goaway === true ? null : status },
        integer('Times', scriptedTimes),
      );
    }),
    api('/emulator/apns-key', right, ({ text, texts, value }) => {
      const [keyId, teamId] = [text('KeyId'), text('TeamId')];
      if (![keyId, teamId].every((id) => /^[A-Z0-9]{10}$/.test(id)))
        throw badArgument('KeyId and TeamId must have ten characters of A to Z and 0 to 9.');
      const publicKey = readPublicKey(text('PublicKey'));
      if (publicKey === null)
        throw badArgument(
          'PublicKey must be the public half of a .p8 in PEM: openssl pkey -in KEY.p8 -pubout.',
        );
      const topics = value('Topics') === undefined ? null : texts('Topics');
      apns.addKey({ keyId, teamId, publicKey, topics });
    }),
  ];
}

/** The content of a push, by the names of the vendor's Android library. */
interface PushOptions {
  readonly Message: string;
  readonly ChallengeAnswer: string;
  readonly [name: string]: string;
}

/** @param now the start of the sign-in */
function optionsOf(
  { id, user, answer, expiresAt }: Challenge,
  message: string,
  now: Date,
): PushOptions {
  return {
    Message: message,
    ChallengeAnswer: answer,
    Title: 'Sign-in request',
    AppName: 'mfa-cli emulator',
    TargetAuthUser: user,
    LoginType: 'Web',
    IpAddress: '127.0.0.1',
    Location: '',
    CountryCode: '',
    CountryName: '',
    AppIconUrl: '',
    AuthRequestDate: now.toISOString(),
    ExpiryDate: expiresAt.toISOString(),
    CommandUuid: id,
    CollapseId: id,
  };
}

/** The payload for an iPhone, whose app reads two of the options. */
function applePayload(options: PushOptions, { 'push-options': sent }: Assumptions) {
  const { Message, ChallengeAnswer } = options;
  const Options = sent === 'all' ? options : { Message, ChallengeAnswer };
  return { aps: { alert: Message, category }, payload: { Options } };
}

function googleData(options: PushOptions): GoogleData {
  return { data_value: encodeURIComponent(JSON.stringify(options)) };
}
