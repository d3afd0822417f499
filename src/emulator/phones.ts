import type { Assumptions } from '../assumptions.ts';
import type { ApnsEnvironment } from '../pkcs12/model.ts';
import type { Api } from './api.ts';
import { readClientTrust } from './apns/client-trust.ts';
import { startPushService } from './apns/push-service.ts';
import { createScriptedAnswers } from './apns/scripted-answers.ts';
import { challengeApis } from './challenge-apis.ts';
import { createChallenges } from './challenges.ts';
import { deviceApis } from './device-apis.ts';
import { createDevices } from './devices.ts';
import type { Directory } from './directory.ts';
import { send } from './http-messages.ts';
import { createPushQueue } from './push-queue.ts';
import type { Route } from './route.ts';
import { sendPush } from './send-push.ts';
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

/** The users' phones, and everything between them and the tenant. */
export interface Phones {
  readonly apns: {
    /** `127.0.0.1:PORT` */
    readonly host: string;
    /** Its certificate's authority, PEM. */
    readonly ca: string;
  };
  readonly apis: readonly Api[];
  readonly routes: readonly Route[];
  close(): Promise<void>;
}

const usualApns: ApnsOptions = {
  port: 0,
  orNext: false,
  environment: 'production',
  clientCa: null,
  crl: null,
};

/** Starts the stand-in for APNs. @throws {CliError} usage (the port), file-unreadable (an invalid CA or list) */
export async function startPhones(
  settings: Settings,
  directory: Directory,
  options: Partial<ApnsOptions>,
  assumptions: Assumptions,
  now: () => Date,
): Promise<Phones> {
  const { port, orNext, environment, clientCa, crl } = { ...usualApns, ...options };
  const devices = createDevices(settings, now);
  const challenges = createChallenges(now);
  const queue = createPushQueue();
  const scripted = createScriptedAnswers(now);
  const apns = await startPushService({
    port,
    orNext,
    environment,
    clientTrust: clientCa === null ? null : readClientTrust(clientCa, crl),
    now,
    findToken: devices.findToken,
    scripted: scripted.next,
    deliver({ deviceToken, topic, payload }, apnsId) {
      devices.noteTopic(deviceToken, topic);
      queue.put(deviceToken, { payload, topic, apnsId });
    },
  });
  return {
    apns: { host: apns.host, ca: apns.ca },
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
    close: apns.close,
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
