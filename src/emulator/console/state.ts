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
const shown = { people: 100, phones: 10, challenges: 50, requests: 100, answers: 50, texts: 200 } as const;

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
    const items = most(own, isWithinReach).map((device) => ({
      ...{ udid: device.udid.slice(0, shown.texts), name: device.name.slice(0, shown.texts) },
      osVersion: device.osVersion.slice(0, shown.texts),
      isReachable: isWithinReach(device),
      hasCodes: device.otp !== null,
    }));
    return { total: own.length, items };
  };
  const owners = new Set(devices.map(({ user }) => user));
  // Users with a phone come first, so that they are never left out.
  const order = (user: User): number => (owners.has(user.user) ? 0 : kindOf(user) === 'rehearsal' ? 2 : 1);
  return {
    total: users.length,
    items: users
      .toSorted((one, other) => order(one) - order(other))
      .slice(0, shown.people)
      .map((user) => ({ user: user.user, kind: kindOf(user), phones: phonesOf(user.user) })),
  };
}

/** Whether the stand-in for APNs can push to the device. */
function isWithinReach(device: Device): boolean {
  return currentToken(device) !== null;
}

/** The phones to show, in their order. Drops the oldest first, and those that count last. */
function most<Item>(items: readonly Item[], counts: (item: Item) => boolean): readonly Item[] {
  const byWeight = items.toSorted((one, other) => Number(counts(one)) - Number(counts(other)));
  const kept = new Set(byWeight.slice(-shown.phones));
  return items.filter((item) => kept.has(item));
}

function kindOf({ user, uuid, isServiceUser }: User): ConsolePerson['kind'] {
  if (isServiceUser) return 'program';
  if (user === administrator.user) return 'administrator';
  const isRehearsal = user !== standardUser.user && defaultPeople.some((one) => one.uuid === uuid);
  return isRehearsal ? 'rehearsal' : 'user';
}

function challengesOf({ phones }: Watched, devices: readonly Device[]): readonly ConsoleChallenge[] {
  const names = new Map(devices.map(({ udid, name }) => [udid, name]));
  return phones.challenges.latest(shown.challenges).map(({ user, openedAt, expiresAt, verdict, pushes }) => ({
    ...{ user, verdict, openedAt: openedAt.toISOString(), expiresAt: expiresAt.toISOString() },
    pushes: most(pushes, ({ status }) => status === 200).map(({ udid, status, reason }) => ({
      ...{ phone: short(names.get(udid)), status, reason },
    })),
  }));
}

function answersOf({ phones }: Watched, devices: readonly Device[]): readonly ConsoleAnswer[] {
  const names = new Map(devices.flatMap(({ name, tokens }) => tokens.map(({ value }) => [value, name])));
  return latest(phones.answers, shown.answers).map(({ number, at, deviceToken, topic, status, reason }) => ({
    ...{ number, at: at.toISOString(), status, reason: short(reason), topic: short(topic) },
    phone: short(names.get(deviceToken)),
    isProbe: deviceToken === nobodysToken,
  }));
}

function short(text: string | null | undefined): string | null {
  return text?.slice(0, shown.texts) ?? null;
}

function latest<Entry extends object>({ entries }: Journal<Entry>, most: number): Journal<Entry>['entries'] {
  return entries.slice(-most).reverse();
}

/** Milliseconds in which changes are collected. */
const pause = 100;

/** Maximum pages that follow a tenant. */
const mostFollowers = 50;

/**
 * The pages that follow a tenant by server-sent events; each gets the changes since its last event.
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html
 */
export function createEvents(read: () => Promise<ConsoleState>) {
  const followers = new Map<Answering, { told: Map<string, string>; isWelcome(): boolean }>();
  let timer: NodeJS.Timeout | null = null;
  const noted = (): void => {
    if (followers.size > 0 && timer === null) timer = setTimeout(() => void tell(), pause);
  };
  const tell = async (): Promise<void> => {
    // Later changes are sent the next time.
    timer = null;
    const state = await read();
    const texts = Object.entries(state).map(([name, value]) => [name, JSON.stringify(value)] as const);
    for (const [response, { told, isWelcome }] of followers) {
      if (!isWelcome()) {
        response.end();
        continue;
      }
      // A browser that does not read gets the changes when it reads again.
      if (response.writableNeedDrain) continue;
      const changed = texts.filter(([name, text]) => name === 'now' || told.get(name) !== text);
      if (changed.length === 1) continue;
      for (const [name, text] of changed) told.set(name, text);
      response.write(`data: {${changed.map(([name, text]) => `"${name}":${text}`).join(',')}}\n\n`);
    }
  };
  return {
    noted,
    /** Sends changes until the browser leaves. @param isWelcome asked before each event @returns false if there are too many */
    follow(response: Answering, isWelcome: () => boolean): boolean {
      if (followers.size >= mostFollowers) return false;
      response.writeHead(200, {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-store',
        'X-Content-Type-Options': 'nosniff',
        'Cross-Origin-Resource-Policy': 'same-origin',
      });
      followers.set(response, { told: new Map(), isWelcome });
      response.once('close', () => followers.delete(response));
      response.on('drain', noted);
      noted();
      return true;
    },
  };
}
