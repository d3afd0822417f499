import { defaultMessage } from '../apple/apns.ts';
import { type Api, api, type Call } from './api.ts';
import type { Apns } from './apns/apns.ts';
import { type ApnsRefusal, reasons } from './apns/judge-push.ts';
import { readPublicKey } from './apns/provider-tokens.ts';
import type { ChallengeSender } from './challenge-sender.ts';
import type { Challenges, PhonePush } from './challenges.ts';
import type { Devices } from './devices.ts';
import { badArgument } from './envelope.ts';
import { leaveUnlisted } from './http.ts';
import type { Parameters } from './parameters.ts';
import { user as standardUser } from './people.ts';
import type { PushQueue, QueuedPush } from './push-queue.ts';
import { type Script, scriptedTimes } from './script.ts';
import type { World } from './world.ts';

/** An answer of APNs that is set up for the next pushes. */
export type ScriptedAnswer = Pick<ApnsRefusal, 'reason' | 'status'>;

interface ChallengeTenant extends World {
  readonly devices: Devices;
  readonly challenges: Challenges;
  readonly sender: ChallengeSender;
  readonly queue: PushQueue;
  readonly scripted: Script<ScriptedAnswer>;
}

/** `/emulator`: the parts of a rehearsal that a real tenant, APNs and a phone play. */
export function challengeApis(tenant: ChallengeTenant): readonly Api[] {
  const { challenges, scripted, apns } = tenant;
  const right = 'manage-apns-certificates';
  return [
    api('/emulator/challenge', right, ({ parameters }) => sendChallenge(parameters, tenant)),
    api('/emulator/verdict', right, ({ parameters }) => ({
      Status: challenges.verdict(parameters.text('ChallengeId')),
    })),
    api('/emulator/pushes', 'signed-in', (call) => takePush(call, tenant)),
    api('/emulator/apns', right, ({ parameters }) => scriptAnswers(parameters, scripted)),
    api('/emulator/apns-key', right, ({ parameters }) => addProviderKey(parameters, apns)),
  ];
}

async function sendChallenge(
  parameters: Parameters,
  { directory, challenges, sender }: ChallengeTenant,
): Promise<object> {
  const name = parameters.all.User ?? standardUser.user;
  // The service user has no phone.
  const person = typeof name === 'string' ? directory.findPerson(name) : null;
  if (person === null) throw badArgument('There is no such user.');
  const hasMessage = parameters.all.Message !== undefined;
  const message = hasMessage ? parameters.text('Message') : defaultMessage;
  const { id, pushes } = await sender.send(person.user, message);
  return { ChallengeId: id, Status: challenges.verdict(id), Pushes: pushes.map(describePush) };
}

function describePush({ udid, status, reason, data }: PhonePush): object {
  const described = { DeviceID: udid, Status: status, Reason: reason };
  return data === null ? described : { ...described, Data: data };
}

/** In seconds. */
const waitRange = { min: 0, max: 60, fallback: 0 };

/**
 * The oldest push that waits for the caller's phone; null: none arrived in time, which an
 * open phone asks again and again.
 */
async function takePush(
  { parameters, caller, response }: Call,
  { devices, queue }: ChallengeTenant,
): Promise<QueuedPush | null> {
  const token = parameters.text('DeviceToken').toLowerCase();
  const seconds = parameters.number('Wait', waitRange);
  if (!devices.owns(caller.user, token))
    throw badArgument('The token does not belong to a device of yours.');
  const closed = new AbortController();
  response.once('close', () => closed.abort());
  const push = await queue.take(token, seconds * 1000, closed.signal);
  if (push === null) leaveUnlisted(response);
  return push;
}

/** The longest reason of APNs has a third of this length. */
const maxReasonLength = 100;

function scriptAnswers(parameters: Parameters, scripted: Script<ScriptedAnswer>): void {
  const reason = parameters.shortText('Reason', maxReasonLength);
  const range = { min: 400, max: 599, fallback: statusOf(reason) };
  const status = parameters.integer('Status', range);
  const isGoaway = parameters.all.Goaway === true;
  const times = parameters.integer('Times', scriptedTimes);
  scripted.add({ reason, status: isGoaway ? null : status }, times);
}

/** The HTTP status of a reason of APNs; that of a bad request for any other. */
function statusOf(reason: string): number {
  return Object.hasOwn(reasons, reason) ? reasons[reason as keyof typeof reasons] : 400;
}

function addProviderKey(parameters: Parameters, apns: Apns): void {
  const keyId = parameters.text('KeyId');
  const teamId = parameters.text('TeamId');
  if (![keyId, teamId].every((id) => /^[A-Z0-9]{10}$/.test(id)))
    throw badArgument('KeyId and TeamId must have ten characters of A to Z and 0 to 9.');
  const publicKey = readPublicKey(parameters.text('PublicKey'));
  if (publicKey === null)
    throw badArgument(
      'PublicKey must be the public half of a .p8 in PEM: openssl pkey -in KEY.p8 -pubout.',
    );
  const hasTopics = parameters.value('Topics') !== undefined;
  const topics = hasTopics ? parameters.texts('Topics') : null;
  apns.addKey({ keyId, teamId, publicKey, topics });
}
