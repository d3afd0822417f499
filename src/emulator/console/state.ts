import { nobodysToken } from '../../apple/apns.ts';
import { reasons } from '../apns/judge-push.ts';
import { type AssumptionName, assumptions as known, usualAssumptions } from '../assumptions.ts';
import type { Journal } from '../bounded.ts';
import type {
  ConsoleAnswer,
  ConsoleChallenge,
  ConsolePerson,
  ConsoleState,
  ConsoleTenant,
} from '../browser/console/state.ts';
import { currentToken, type Device } from '../device.ts';
import type { Answering } from '../http.ts';
import type { User } from '../people.ts';
import { administrator, defaultPeople, user as standardUser } from '../people.ts';
import type { Phones } from '../phones.ts';
import type { AnsweredRequest } from '../server.ts';
import type { World } from '../world.ts';
import type { SetCertificates } from './certificates.ts';

export interface Watched extends World {
  readonly certificates: SetCertificates;
  readonly phones: Pick<Phones, 'challenges' | 'scripted' | 'answers'>;
  readonly requests: Journal<AnsweredRequest & { readonly at: Date }>;
}

/** Maximum items of each kind, so that the page stays small. */
const shown = {
  people: 100,
  phones: 10,
  challenges: 50,
  requests: 100,
  answers: 50,
  topic: 200,
} as const;

/** @param run differs for each start of the emulator */
export async function readState(watched: Watched, run: string): Promise<ConsoleState> {
  const { settings, certificates, phones, requests, now } = watched;
  const devices = settings.state().devices;
  return {
    run,
    now: now().toISOString(),
    certificates: await certificates.list(),
    people: peopleOf(watched, devices),
    phones: { total: devices.length, reachable: devices.filter(isWithinReach).length },
    challenges: { total: phones.challenges.total(), items: challengesOf(watched, devices) },
    requests: {
      total: requests.total(),
      items: latest(requests, shown.requests).map(({ at, milliseconds, ...request }) => ({
        ...request,
        at: at.toISOString(),
        milliseconds: Math.round(milliseconds),
      })),
    },
    answers: { total: phones.answers.total(), items: answersOf(watched, devices) },
    scripted: phones.scripted.left().slice(0, shown.answers),
  };
}

/** The constant part of the state. */
export function describeTenant({ url, apns, assumptions }: World): ConsoleTenant {
  return {
    host: new URL(url).host,
    apnsHost: apns.host,
    apnsEnvironment: apns.environment,
    assumptions: (Object.keys(known) as AssumptionName[]).map((name) => {
      const [value, { question }] = [assumptions[name], known[name]];
      return { name, value, isUsual: value === usualAssumptions[name], question };
    }),
    reasons,
  };
}

function peopleOf({ directory }: Watched, devices: readonly Device[]): ConsoleState['people'] {
  const users = directory.users();
  const phonesOf = (user: string): ConsolePerson['phones'] => {
    const own = devices.filter((device) => device.user === user);
    const items = own.slice(-shown.phones).map((device) => ({
      ...{ udid: device.udid, name: device.name, os: device.os, osVersion: device.osVersion },
      ...{ isReachable: isWithinReach(device), hasCodes: device.otp !== null },
    }));
    return { total: own.length, items };
  };
  const owners = new Set(devices.map(({ user }) => user));
  // Users with a phone come first, so that they are never left out.
  const order = (user: User): number =>
    owners.has(user.user) ? 0 : kindOf(user) === 'rehearsal' ? 2 : 1;
  return {
    total: users.length,
    items: users
      .toSorted((one, other) => order(one) - order(other))
      .slice(0, shown.people)
      .map((user) => ({ user: user.user, kind: kindOf(user), phones: phonesOf(user.user) })),
  };
}

/** There is no stand-in for FCM, which pushes to Android. */
function isWithinReach(device: Device): boolean {
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
    .latest(shown.challenges)
    .map(({ user, openedAt, expiresAt, verdict, pushes }) => ({
      ...{ user, verdict, openedAt: openedAt.toISOString(), expiresAt: expiresAt.toISOString() },
      pushes: pushes.slice(-shown.phones).map(({ udid, status, reason }) => ({
        ...{ phone: names.get(udid) ?? null, status, reason },
      })),
    }));
}

function answersOf({ phones }: Watched, devices: readonly Device[]): readonly ConsoleAnswer[] {
  const names = new Map(
    devices.flatMap(({ name, tokens }) => tokens.map(({ value }) => [value, name])),
  );
  return latest(phones.answers, shown.answers).map(
    ({ number, at, deviceToken, topic, status, reason }) => ({
      ...{
        number,
        at: at.toISOString(),
        status,
        reason,
        topic: topic?.slice(0, shown.topic) ?? null,
      },
      phone: names.get(deviceToken) ?? null,
      isProbe: deviceToken === nobodysToken,
    }),
  );
}

function latest<Entry extends object>(
  { entries }: Journal<Entry>,
  most: number,
): Journal<Entry>['entries'] {
  return entries.slice(-most).reverse();
}

/** Milliseconds in which changes are collected. */
const pause = 100;

const mostFollowers = 50;

/** The pages that follow a tenant by server-sent events. */
export function createEvents(read: () => Promise<ConsoleState>) {
  /** The pages, and whether each is still welcome. */
  const followers = new Map<Answering, () => boolean>();
  let timer: NodeJS.Timeout | null = null;
  const noted = (): void => {
    if (followers.size > 0 && timer === null) timer = setTimeout(() => void tell(), pause);
  };
  const tell = async (): Promise<void> => {
    // Later changes are sent the next time.
    timer = null;
    const text = JSON.stringify(await read());
    for (const [response, isWelcome] of followers) {
      if (!isWelcome()) response.end();
      // A browser that does not read gets the state when it reads again.
      else if (!response.writableNeedDrain) response.write(`data: ${text}\n\n`);
    }
  };
  return {
    noted,
    /** Sends the state after each change until the browser leaves. @param isWelcome asked before each event @returns false if there are too many */
    follow(response: Answering, isWelcome: () => boolean): boolean {
      if (followers.size >= mostFollowers) return false;
      response.writeHead(200, {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
        'Cross-Origin-Resource-Policy': 'same-origin',
      });
      followers.set(response, isWelcome);
      response.once('close', () => followers.delete(response));
      response.on('drain', noted);
      noted();
      return true;
    },
  };
}
