import { defaultMessage, randomChallenge } from '../apple/payload.ts';
import { type Api, optionalInteger, optionalNumber, requireShortText, requireText } from './api.ts';
import { reasons } from './apns/reasons.ts';
import { mostScripted, type ScriptedAnswers } from './apns/scripted-answers.ts';
import type { Assumptions } from './assumptions.ts';
import type { Challenges } from './challenges.ts';
import type { Devices } from './devices.ts';
import type { Directory } from './directory.ts';
import { Refusal, tooManyScripted } from './envelope.ts';
import { user as standardUser } from './people.ts';
import { applePayload, googleData, pushOptions } from './push-payload.ts';
import type { PushQueue } from './push-queue.ts';
import { openPushSender, type PushSender } from './push-sender.ts';
import type { DevicePush, PushOutcome } from './send-push.ts';
import type { Settings } from './settings.ts';

export interface ChallengeParts {
  readonly settings: Settings;
  readonly devices: Devices;
  readonly challenges: Challenges;
  readonly queue: PushQueue;
  readonly scripted: ScriptedAnswers;
  readonly directory: Directory;
  readonly assumptions: Assumptions;
  sendPush(sender: PushSender, push: DevicePush): Promise<PushOutcome>;
  now(): Date;
}

const longestWait = 60;

/** No reason of APNs is a third as long. */
const longestReason = 100;

const noGoogle = 'There is no stand-in for FCM: nothing was sent.';

/** `/emulator`: what a real tenant, APNs and a phone do among themselves, so that a rehearsal needs none of them. */
export function challengeApis(parts: ChallengeParts): readonly Api[] {
  const { settings, devices, challenges, queue, scripted, directory, assumptions, now } = parts;
  return [
    {
      /** Stands for a sign-in of that user on some web page. */
      path: '/emulator/challenge',
      right: 'manage-apns-certificates',
      async call({ parameters }) {
        const { user } = requireUser(directory, parameters.User ?? standardUser.user);
        const message =
          parameters.Message === undefined ? defaultMessage : requireText(parameters, 'Message');
        const reachable = devices.reachable(user);
        const googleAlone = reachable.length > 0 && reachable.every(({ os }) => os === 'android');
        const sender = googleAlone ? null : await openPushSender(settings);
        if (reachable.length === 0) throw new Refusal(null, `No device of ${user} has a push token.`);
        const challenge = challenges.open(user, randomChallenge());
        const { id } = challenge;
        const options = pushOptions(challenge, message, now());
        const payload = applePayload(options, assumptions);
        const Pushes = await Promise.all(
          reachable.map(async ({ udid, os, token }) => {
            if (os === 'android' || sender === null)
              return { DeviceID: udid, Status: null, Reason: noGoogle, Data: googleData(options) };
            const { status, reason } = await parts.sendPush(sender, { deviceToken: token, payload });
            return { DeviceID: udid, Status: status, Reason: reason };
          }),
        );
        challenges.notePushes(
          id,
          Pushes.map(({ DeviceID, Status, Reason }) => ({ udid: DeviceID, status: Status, reason: Reason })),
        );
        return { ChallengeId: id, Status: challenges.verdict(id), Pushes };
      },
    },
    {
      path: '/emulator/verdict',
      right: 'manage-apns-certificates',
      call: ({ parameters }) => ({ Status: challenges.verdict(requireText(parameters, 'ChallengeId')) }),
    },
    {
      /** What iOS does: delivers pushes to the app. */
      path: '/emulator/pushes',
      right: null,
      call({ parameters, caller, signal }) {
        const token = requireText(parameters, 'DeviceToken').toLowerCase();
        const wait = optionalNumber(parameters, 'Wait', { least: 0, most: longestWait, otherwise: 0 });
        if (!devices.owns(caller.user, token))
          throw new Refusal('System.ArgumentException', 'The token does not belong to a device of yours.');
        return queue.take(token, wait * 1000, signal);
      },
    },
    {
      path: '/emulator/apns',
      right: 'manage-apns-certificates',
      call({ parameters }) {
        const reason = requireShortText(parameters, 'Reason', longestReason);
        const known = Object.hasOwn(reasons, reason) ? reasons[reason as keyof typeof reasons] : 400;
        const status = optionalInteger(parameters, 'Status', { least: 400, most: 599, otherwise: known });
        const times = optionalInteger(parameters, 'Times', { least: 0, most: mostScripted, otherwise: 1 });
        if (!scripted.add(reason, parameters.Goaway === true ? null : status, times))
          throw tooManyScripted(mostScripted, 'answers');
        return null;
      },
    },
  ];
}

/** A person of the tenant; the service user has no phone. @throws {Refusal} */
function requireUser(directory: Directory, name: unknown): { readonly user: string } {
  const found = typeof name === 'string' ? directory.findPerson(name) : null;
  if (found === null) throw new Refusal('System.ArgumentException', 'There is no such user.');
  return found;
}
