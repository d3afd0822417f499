import type { Api } from './api.ts';
import type { ApnsAnswer, TokenHolder } from './apns/apns.ts';
import { ApnsRefusal } from './apns/judge-push.ts';
import { challengeApis, type ScriptedAnswer } from './challenge-apis.ts';
import { ChallengeSender } from './challenge-sender.ts';
import { Challenges } from './challenges.ts';
import { deviceApis } from './device-apis.ts';
import { Devices } from './devices.ts';
import { Journal } from './journal.ts';
import { PushQueue } from './push-queue.ts';
import { Script } from './script.ts';
import type { World } from './world.ts';

const maxAnswers = 200;

/** An answer of APNs, as the tenant lists it. */
interface ListedAnswer extends ApnsAnswer {
  readonly at: Date;
}

/** The phones of a tenant's users, and their calls to the tenant. */
export interface Phones {
  readonly challenges: Challenges;
  readonly sender: ChallengeSender;
  /** The next answers of APNs, which do not depend on the push. */
  readonly scripted: Script<ScriptedAnswer>;
  readonly answers: Journal<ListedAnswer>;
  readonly apis: readonly Api[];
}

/** Makes the phones known to APNs. */
export function openPhones(world: World, notifyChanged: () => void): Phones {
  const { state, apns, now } = world;
  const devices = new Devices(state, now);
  const challenges = new Challenges(now);
  const sender = new ChallengeSender(devices, challenges, world);
  const queue = new PushQueue();
  const scripted = new Script<ScriptedAnswer>();
  const answers = new Journal<ListedAnswer>(maxAnswers, notifyChanged);
  const holder: TokenHolder = {
    findToken: (token) => devices.findToken(token),
    nextScripted: () => refusalOf(scripted.next(), now()),
    deliver({ deviceToken, topic, payload }, apnsId) {
      devices.noteTopic(deviceToken, topic);
      queue.put(deviceToken, { payload, topic, apnsId });
    },
    noteAnswer(answer) {
      answers.add({ ...answer, at: now() });
    },
  };
  apns.add(holder);
  const apis = [
    ...deviceApis({ ...world, devices, challenges }),
    ...challengeApis({ ...world, devices, challenges, sender, queue, scripted }),
  ];
  return { challenges, sender, scripted, answers, apis };
}

function refusalOf(scripted: ScriptedAnswer | null, now: Date): ApnsRefusal | null {
  if (scripted === null) return null;
  const { reason, status } = scripted;
  return new ApnsRefusal(reason, status, status === 410 ? now : null);
}
