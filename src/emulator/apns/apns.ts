import type { ApnsEnvironment } from '../../pkcs12/model.ts';
import { readClientTrust } from './authority.ts';
import type { ApnsRefusal, Judge } from './judge-push.ts';
import { createTokenJudge } from './provider-tokens.ts';
import { type PushServiceOptions, startPushService } from './push-service.ts';

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

/** The phones of one tenant, as APNs sees them. */
interface TokenHolder {
  readonly findToken: Judge['findToken'];
  readonly scripted: () => ApnsRefusal | null;
  readonly deliver: PushServiceOptions['deliver'];
  readonly answered: PushServiceOptions['answered'];
}

const usualApns: ApnsOptions = {
  port: 0,
  orNext: false,
  environment: 'production',
  clientCa: null,
  crl: null,
};

/** The stand-in for APNs, for the phones of every tenant that is told to it. */
export type Apns = Awaited<ReturnType<typeof startApns>>;

/** Starts the stand-in for APNs. @throws {CliError} usage (the port), file-unreadable (an invalid CA or list) */
export async function startApns(options: Partial<ApnsOptions>, now: () => Date) {
  const { port, orNext, environment, clientCa, crl } = { ...usualApns, ...options };
  const holders: TokenHolder[] = [];
  const providerTokens = createTokenJudge();
  const holderOf = (token: string): TokenHolder | undefined =>
    holders.find(({ findToken }) => findToken(token) !== null);
  const { host, ca, close } = await startPushService({
    port,
    orNext,
    environment,
    clientTrust: clientCa === null ? null : readClientTrust(clientCa, crl),
    now,
    topicsFor: providerTokens.topicsFor,
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
  return {
    host,
    ca,
    environment,
    close,
    add: (phones: TokenHolder): void => void holders.push(phones),
    addKey: providerTokens.add,
  };
}
