import type { ApnsAnswer } from './apns/apns.ts';
import { ApnsRefusal } from './apns/judge-push.ts';
import { createJournal, createScript } from './bounded.ts';
import { challengeApis, createChallenges, createRing } from './challenges.ts';
import { deviceApis } from './device-apis.ts';
import { createDevices } from './devices.ts';
import { createPushQueue } from './push.ts';
import type { World } from './world.ts';

const answersKept = 200;

/** The phones of a tenant's users, and their calls to the tenant. */
export type Phones = ReturnType<typeof createPhones>;

export function createPhones(world: World, noted: () => void) {
  const { settings, apns, now } = world;
  const devices = createDevices(settings, now);
  const challenges = createChallenges(now);
  const ring = createRing(devices, challenges, world);
  const queue = createPushQueue();
  const scripted = createScript<Pick<ApnsRefusal, 'reason' | 'status'>>();
  const answers = createJournal<ApnsAnswer & { readonly at: Date }>(answersKept, noted);
  apns.add({
    findToken: devices.findToken,
    scripted() {
      const { reason, status } = scripted.next() ?? {};
      if (reason === undefined || status === undefined) return null;
      return new ApnsRefusal(reason, status, status === 410 ? now() : null);
    },
    deliver({ deviceToken, topic, payload }, apnsId) {
      devices.noteTopic(deviceToken, topic);
      queue.put(deviceToken, { payload, topic, apnsId });
    },
    answered: (answer) => void answers.add({ ...answer, at: now() }),
  });
  return {
    challenges,
    ring,
    scripted,
    answers,
    apis: [
      ...deviceApis(devices, challenges, world),
      ...challengeApis({ devices, challenges, queue, scripted, ring }, world),
    ],
  };
}
