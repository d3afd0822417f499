import { nobodysToken } from '../../apple/apns.ts';
import { reasons } from '../apns/judge-push.ts';
import { type AssumptionName, assumptions as known, usualAssumptions } from '../assumptions.ts';
import type {
  ConsoleAnswer,
  ConsoleAssumption,
  ConsoleChallenge,
  ConsolePerson,
  ConsolePhone,
  ConsoleRequest,
  ConsoleState,
  ConsoleTenant,
} from '../browser/console/state.ts';
import { currentToken, type Device } from '../device.ts';
import type { Journal } from '../journal.ts';
import type { User } from '../people.ts';
import { administrator, defaultPeople, user as standardUser } from '../people.ts';
import type { Phones } from '../phones.ts';
import type { ListedRequest } from '../server.ts';
import type { World } from '../world.ts';
import type { ConsoleCertificates } from './certificates.ts';

export interface Watched extends World {
  readonly certificates: ConsoleCertificates;
  readonly phones: Pick<Phones, 'challenges' | 'scripted' | 'answers'>;
  readonly requests: Journal<ListedRequest>;
}

/** Maximum items of each kind, so that the page stays small. */
const limits = {
  people: 100,
  phones: 10,
  challenges: 50,
  requests: 100,
  answers: 50,
  topicLength: 200,
} as const;

/** @param run differs for each start of the emulator */
export async function readState(watched: Watched, run: string): Promise<ConsoleState> {
  const { state, certificates, phones, requests, now } = watched;
  const devices = state.parts().devices;
  return {
    run,
    now: now().toISOString(),
    certificates: await certificates.list(),
    people: peopleOf(watched, devices),
    phones: { total: devices.length, reachable: devices.filter(isReachable).length },
    challenges: { total: phones.challenges.total, items: challengesOf(watched, devices) },
    requests: { total: requests.total, items: requestsOf(watched) },
    answers: { total: phones.answers.total, items: answersOf(watched, devices) },
    scripted: phones.scripted.runs.slice(0, limits.answers),
  };
}

/** The constant part of the state. */
export function describeTenant({ url, apns, assumptions }: World): ConsoleTenant {
  const describe = (name: AssumptionName): ConsoleAssumption => ({
    name,
    value: assumptions[name],
    isUsual: assumptions[name] === usualAssumptions[name],
    question: known[name].question,
  });
  return {
    host: new URL(url).host,
    apnsHost: apns.host,
    apnsEnvironment: apns.environment,
    assumptions: (Object.keys(known) as AssumptionName[]).map(describe),
    reasons,
  };
}

function peopleOf({ directory }: Watched, devices: readonly Device[]): ConsoleState['people'] {
  const users = directory.users();
  const owners = new Set(devices.map(({ user }) => user));
  const items = users
    .toSorted((one, other) => rankOf(one, owners) - rankOf(other, owners))
    .slice(0, limits.people)
    .map((user) => ({ user: user.user, kind: kindOf(user), phones: phonesOf(user, devices) }));
  return { total: users.length, items };
}

/** Users with a phone come first, so that they are never left out. */
function rankOf(user: User, owners: ReadonlySet<string>): number {
  if (owners.has(user.user)) return 0;
  return kindOf(user) === 'rehearsal' ? 2 : 1;
}

function phonesOf({ user }: User, devices: readonly Device[]): ConsolePerson['phones'] {
  const own = devices.filter((device) => device.user === user);
  return { total: own.length, items: own.slice(-limits.phones).map(describePhone) };
}

function describePhone(device: Device): ConsolePhone {
  return {
    udid: device.udid,
    name: device.name,
    os: device.os,
    osVersion: device.osVersion,
    isReachable: isReachable(device),
    hasCodes: device.otp !== null,
  };
}

/** There is no stand-in for FCM, which pushes to Android. */
function isReachable(device: Device): boolean {
  return device.os === 'ios' && currentToken(device) !== null;
}

function kindOf({ user, uuid, isServiceUser }: User): ConsolePerson['kind'] {
  if (isServiceUser) return 'program';
  if (user === administrator.user) return 'administrator';
  const isRehearsal = user !== standardUser.user && defaultPeople.some((one) => one.uuid === uuid);
  return isRehearsal ? 'rehearsal' : 'user';
}

function challengesOf(
  { phones }: Watched,
  devices: readonly Device[],
): readonly ConsoleChallenge[] {
  const names = new Map(devices.map(({ udid, name }) => [udid, name]));
  return phones.challenges
    .latest(limits.challenges)
    .map(({ user, openedAt, expiresAt, verdict, pushes }) => ({
      user,
      verdict,
      openedAt: openedAt.toISOString(),
      expiresAt: expiresAt.toISOString(),
      pushes: pushes.slice(-limits.phones).map(({ udid, status, reason }) => ({
        phone: names.get(udid) ?? null,
        status,
        reason,
      })),
    }));
}

function requestsOf({ requests }: Watched): readonly ConsoleRequest[] {
  return requests.latest(limits.requests).map(({ at, milliseconds, ...request }) => ({
    ...request,
    at: at.toISOString(),
    milliseconds: Math.round(milliseconds),
  }));
}

function answersOf({ phones }: Watched, devices: readonly Device[]): readonly ConsoleAnswer[] {
  const names = new Map(
    devices.flatMap(({ name, tokens }) => tokens.map(({ value }) => [value, name])),
  );
  return phones.answers
    .latest(limits.answers)
    .map(({ number, at, deviceToken, topic, status, reason }) => ({
      number,
      at: at.toISOString(),
      status,
      reason,
      topic: topic?.slice(0, limits.topicLength) ?? null,
      phone: names.get(deviceToken) ?? null,
      isProbe: deviceToken === nobodysToken,
    }));
}
