import { randomChallenge } from '../apple/apns.ts';
import type { Challenge, Challenges, ChallengeVerdict, PhonePush } from './challenges.ts';
import type { Devices, ReachableDevice } from './devices.ts';
import { Refusal } from './envelope.ts';
import { openPushSender, type PushSender, sendPush } from './push.ts';
import { applePayload, googleData, pushOptions } from './push-content.ts';
import type { World } from './world.ts';

/** A challenge whose pushes have been answered. */
export interface SentChallenge {
  readonly id: string;
  readonly pushes: readonly PhonePush[];
}

type SenderWorld = Pick<World, 'state' | 'assumptions' | 'apns' | 'now'>;

const noStandInForGoogle = 'The emulator has no stand-in for FCM: nothing was sent.';

/** Asks a user's phones to approve a sign-in. */
export class ChallengeSender {
  readonly #devices: Devices;
  readonly #challenges: Challenges;
  readonly #world: SenderWorld;

  constructor(devices: Devices, challenges: Challenges, world: SenderWorld) {
    this.#devices = devices;
    this.#challenges = challenges;
    this.#world = world;
  }

  isReachable(user: string): boolean {
    return this.#devices.reachable(user).length > 0;
  }

  verdict(id: string): ChallengeVerdict {
    return this.#challenges.verdict(id);
  }

  end(id: string): void {
    this.#challenges.end(id);
  }

  /** Waits for the answers of APNs. @throws {Refusal} no certificate, or no phone */
  async send(user: string, message: string): Promise<SentChallenge> {
    const reachable = this.#devices.reachable(user);
    const isGoogleOnly = reachable.length > 0 && reachable.every(({ os }) => os === 'android');
    const sender = isGoogleOnly ? null : await openPushSender(this.#world.state);
    if (reachable.length === 0) throw new Refusal(null, `No device of ${user} has a push token.`);
    const challenge = this.#challenges.open(user, randomChallenge());
    await this.#push(challenge, message, sender);
    return { id: challenge.id, pushes: challenge.pushes };
  }

  /**
   * Sends the pushes in the background, and returns the challenge's ID. Without a
   * certificate, it sends none and reports nothing.
   */
  begin(user: string, message: string): string {
    const challenge = this.#challenges.open(user, randomChallenge());
    openPushSender(this.#world.state)
      .then((sender) => this.#push(challenge, message, sender))
      .catch((error: unknown) => {
        if (!(error instanceof Refusal)) throw error;
      });
    return challenge.id;
  }

  /** Notes the outcomes in the challenge. @param sender null: no phone is Apple's */
  async #push(challenge: Challenge, message: string, sender: PushSender | null): Promise<void> {
    const { assumptions, apns, now } = this.#world;
    const options = pushOptions(challenge, message, now());
    const payload = applePayload(options, assumptions);
    const pushTo = async ({ udid, os, token }: ReachableDevice): Promise<PhonePush> => {
      if (os === 'android' || sender === null)
        return { udid, status: null, reason: noStandInForGoogle, data: googleData(options) };
      const sent = await sendPush(sender, { deviceToken: token, payload }, apns);
      return { udid, ...sent, data: null };
    };
    challenge.pushes = await Promise.all(this.#devices.reachable(challenge.user).map(pushTo));
  }
}
