import type { ApnsEnvironment } from '../pkcs12/model.ts';
import type { Api } from './api.ts';
import { readClientTrust } from './apns/authority.ts';
import { type ApnsRefusal, createScriptedAnswers, type ScriptedAnswers } from './apns/judge-push.ts';
import { type ApnsAnswer, type PushServiceOptions, startPushService } from './apns/push-service.ts';
import type { Assumptions } from './assumptions.ts';
import { createJournal, type Journal } from './bounded.ts';
import { type Challenges, challengeApis, createChallenges } from './challenges.ts';
import { deviceApis } from './device-apis.ts';
import { createDevices, type Devices } from './devices.ts';
import type { Directory } from './directory.ts';
import { type Route, send } from './http.ts';
import { createPushQueue, sendPush } from './push.ts';
import type { Settings } from './settings.ts';

/** The setup of the stand-in for APNs. */
export interface ApnsOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** Whether another one will do where that is taken. */
  readonly orNext: boolean;
  readonly environment: ApnsEnvironment;
  /** PEM: the authorities of client certificates, which TLS then requires; null: APNs' answers judge. */
  readonly clientCa: string | null;
  /** PEM: what they have revoked. */
  readonly crl: string | null;
}

/** The stand-in for APNs, for the phones of every tenant that is told to it. */
export interface Apns {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** Its certificate's authority, PEM. */
  readonly ca: string;
  readonly environment: ApnsEnvironment;
  add(phones: TokenHolder): void;
  close(): Promise<void>;
}

/** The phones of one tenant, as APNs sees them. */
interface TokenHolder {
  readonly findToken: Devices['findToken'];
  readonly scripted: () => ApnsRefusal | null;
  readonly deliver: PushServiceOptions['deliver'];
  readonly answered: PushServiceOptions['answered'];
}

/** The users' phones, and everything between them and the tenant. */
export interface Phones {
  readonly apis: readonly Api[];
  readonly routes: readonly Route[];
  readonly challenges: Challenges;
  readonly scripted: ScriptedAnswers;
  /** The latest of the stand-in. */
  readonly answers: Journal<ApnsAnswer & { readonly at: Date }>;
}

const answersKept = 200;

const usualApns: ApnsOptions = {
  port: 0,
  orNext: false,
  environment: 'production',
  clientCa: null,
  crl: null,
};

/** Starts the stand-in for APNs. @throws {CliError} usage (the port), file-unreadable (an invalid CA or list) */
export async function startApns(options: Partial<ApnsOptions>, now: () => Date): Promise<Apns> {
  const { port, orNext, environment, clientCa, crl } = { ...usualApns, ...options };
  const holders: TokenHolder[] = [];
  const holderOf = (token: string): TokenHolder | undefined =>
    holders.find(({ findToken }) => findToken(token) !== null);
  const { host, ca, close } = await startPushService({
    port,
    orNext,
    environment,
    clientTrust: clientCa === null ? null : readClientTrust(clientCa, crl),
    now,
    findToken: (token) => holderOf(token)?.findToken(token) ?? null,
    scripted(path) {
      const holder = holderOf(path.slice(path.lastIndexOf('/') + 1).toLowerCase());
      // A token of nobody's is whosever turn it is.
      for (const { scripted } of holder === undefined ? holders : [holder]) {
        const answer = scripted();
        if (answer !== null) return answer;
      }
      return null;
    },
    deliver: (push, apnsId) => holderOf(push.deviceToken)?.deliver(push, apnsId),
    answered(answer) {
      const holder = holderOf(answer.deviceToken ?? '');
      // That of nobody's token, or of no push at all, concerns whoever looks.
      for (const { answered } of holder === undefined ? holders : [holder]) answered(answer);
    },
  });
  return { host, ca, environment, add: (phones) => void holders.push(phones), close };
}

/** The phones of a tenant's users. */
export function createPhones(
  settings: Settings,
  directory: Directory,
  apns: Apns,
  assumptions: Assumptions,
  { now, noted }: { now(): Date; noted(): void },
): Phones {
  const devices = createDevices(settings, now);
  const challenges = createChallenges(now);
  const queue = createPushQueue();
  const scripted = createScriptedAnswers(now);
  const answers: Phones['answers'] = createJournal(answersKept, noted);
  apns.add({
    findToken: devices.findToken,
    scripted: scripted.next,
    deliver({ deviceToken, topic, payload }, apnsId) {
      devices.noteTopic(deviceToken, topic);
      queue.put(deviceToken, { payload, topic, apnsId });
    },
    answered: (answer) => answers.add({ ...answer, at: now() }),
  });
  return {
    challenges,
    scripted,
    answers,
    apis: [
      ...deviceApis({ devices, challenges, assumptions, now }),
      ...challengeApis({
        settings,
        devices,
        challenges,
        queue,
        scripted,
        directory,
        assumptions,
        now,
        sendPush: (certificate, push) => sendPush(certificate, push, apns),
      }),
    ],
    routes: [authorityRoute(apns.ca)],
  };
}

/** The authority that clients of the stand-in must trust. It is not secret, and needs no sign-in. */
function authorityRoute(ca: string): Route {
  return {
    method: 'GET',
    path: '/emulator/apns-ca.pem',
    answer(_request, response) {
      send(response, 200, 'application/x-pem-file', ca);
    },
  };
}
