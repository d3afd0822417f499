import { randomUUID } from 'node:crypto';
import { category, defaultMessage, randomChallenge } from '../apple/apns.ts';
import { type Api, api } from './api.ts';
import { type ApnsRefusal, reasons } from './apns/judge-push.ts';
import { readPublicKey } from './apns/provider-tokens.ts';
import type { Assumptions } from './assumptions.ts';
import { type Script, scriptedTimes } from './bounded.ts';
import type { Devices } from './devices.ts';
import { badArgument, badOperation, Refusal } from './envelope.ts';
import { user as standardUser } from './people.ts';
import { openPushSender, type PushQueue, type PushSender, sendPush } from './push.ts';
import type { World } from './world.ts';

type Verdict = 'Pending' | 'Approved' | 'Denied' | 'Expired';

/** The outcome of the push to one device. */
interface PushedTo {
  readonly udid: string;
  /** The HTTP status from APNs; null: no answer, and the reason says why. */
  readonly status: number | null;
  readonly reason: string | null;
}

/** A sign-in waiting for its user's answer. */
interface Challenge {
  readonly id: string;
  readonly user: string;
  /** Sent in the push, and returned by the answer. */
  readonly answer: string;
  readonly openedAt: Date;
  readonly expiresAt: Date;
  readonly accepted: boolean | null;
  /** Empty until all are known. */
  readonly pushes: readonly PushedTo[];
}

/** The lifetime of a challenge, in milliseconds. */
const lifetime = 5 * 60 * 1000;
const kept = 1000;

/** Current and past sign-ins. */
export type Challenges = ReturnType<typeof createChallenges>;

export function createChallenges(now: () => Date) {
  let challenges: readonly Challenge[] = [];
  let total = 0;
  const isExpired = ({ expiresAt }: Challenge): boolean => expiresAt <= now();
  const change = (id: string, changes: Partial<Challenge>): void => {
    challenges = challenges.map((known) => (known.id === id ? { ...known, ...changes } : known));
  };
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
    notePushes: (id: string, pushes: readonly PushedTo[]): void => change(id, { pushes }),
    /** The count of all challenges ever. */
    total: (): number => total,
    /** The latest ones, newest first, with their verdicts. */
    latest: (most: number): readonly (Challenge & { readonly verdict: Verdict })[] =>
      challenges
        .slice(-most)
        .reverse()
        .map((challenge) => ({ ...challenge, verdict: verdictOf(challenge) })),
    /** The user's sign-in that waits for this answer. @throws {Refusal} unknown, already answered, expired */
    requireWaiting(user: string, answer: string): Challenge {
      const challenge = challenges.find((known) => known.user === user && known.answer === answer);
      if (challenge === undefined) throw unknownChallenge();
      if (challenge.accepted !== null) throw badOperation('The challenge has been answered.');
      if (isExpired(challenge)) throw new Refusal('System.TimeoutException', 'The challenge has expired.');
      return challenge;
    },
    /** Ends the wait for an answer; an earlier answer stays. */
    end: (id: string): void => change(id, { expiresAt: now() }),
    decide: ({ id }: Challenge, accepted: boolean): void => change(id, { accepted }),
  };
}

const unknownChallenge = (): Refusal => badArgument('There is no such challenge.');

const longestWait = 60;

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
  const push = async (challenge: Challenge, message: string, sender: PushSender) => {
    const payload = payloadOf(challenge, message, assumptions, now());
    const pushes = await Promise.all(
      devices.reachable(challenge.user).map(async ({ udid, token }) => ({
        ...{ udid, ...(await sendPush(sender, { deviceToken: token, payload }, apns)) },
      })),
    );
    challenges.notePushes(challenge.id, pushes);
    return pushes;
  };
  return {
    verdict: challenges.verdict,
    /** Ends the wait for the answer. */
    end: challenges.end,
    isReachable: (user: string): boolean => devices.reachable(user).length > 0,
    /** Resolves once the push service has answered. @throws {Refusal} no certificate, or no phone */
    async ask(user: string, message: string) {
      const sender = await openPushSender(settings);
      if (devices.reachable(user).length === 0)
        throw new Refusal(null, `No device of ${user} has a push token.`);
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
    /** Starts a sign-in of that user, as a web page would. */
    api('/emulator/challenge', right, async ({ all, text }) => {
      const name = all.User ?? standardUser.user;
      // The service user has no phone.
      const found = typeof name === 'string' ? directory.findPerson(name) : null;
      if (found === null) throw badArgument('There is no such user.');
      const message = all.Message === undefined ? defaultMessage : text('Message');
      const { id, pushes } = await ring.ask(found.user, message);
      const Pushes = pushes.map(({ udid, status, reason }) => ({
        ...{ DeviceID: udid, Status: status, Reason: reason },
      }));
      return { ChallengeId: id, Status: challenges.verdict(id), Pushes };
    }),
    api('/emulator/verdict', right, ({ text }) => ({ Status: challenges.verdict(text('ChallengeId')) })),
    /** Delivers pushes to the app, like iOS. */
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
      scripted.add({ reason, status: all.Goaway === true ? null : status }, integer('Times', scriptedTimes));
    }),
    /** Adds a key for APNs, as a developer account would. */
    api('/emulator/apns-key', right, ({ text, texts, value }) => {
      const [keyId = '', teamId = ''] = ['KeyId', 'TeamId'].map((name) => {
        const id = text(name);
        if (/^[A-Z0-9]{10}$/.test(id)) return id;
        throw badArgument(`${name} must have ten characters of A to Z and 0 to 9.`);
      });
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

/**
 * The payload of a challenge. The vendor's app reads two of its options; the others have the names of the Android library.
 * @param now the start of the sign-in
 */
function payloadOf(
  { id, user, answer, expiresAt }: Challenge,
  message: string,
  { 'push-options': sent }: Assumptions,
  now: Date,
) {
  const usual = { Message: message, ChallengeAnswer: answer };
  const more = {
    ...{ Title: 'Sign-in request', AppName: 'mfa-cli emulator', TargetAuthUser: user, LoginType: 'Web' },
    ...{ IpAddress: '127.0.0.1', Location: '', CountryCode: '', CountryName: '', AppIconUrl: '' },
    ...{ AuthRequestDate: now.toISOString(), ExpiryDate: expiresAt.toISOString() },
    ...{ CommandUuid: id, CollapseId: id },
  };
  const Options = sent === 'all' ? { ...usual, ...more } : usual;
  return { aps: { alert: message, category }, payload: { Options } };
}
