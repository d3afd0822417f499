import { type ApnsIdentity, apnsOrigin, type TokenKey } from '../apple/apns.ts';
import { decodeTokenKey, tokenKeyLimit } from '../apple/provider-token.ts';
import { checkPushIdentity } from '../checks/check-push-identity.ts';
import type { Finding } from '../checks/finding.ts';
import type { Context } from '../context.ts';
import { judgeSecret, nameOf } from '../files/read.ts';
import {
  type GivenApns,
  type GivenTokenKey,
  givenApns,
  givenP12,
  givenTokenKey,
} from '../settings/certificate.ts';
import { judgeAppleId } from '../settings/given-texts.ts';
import type { ApnsOptions, P12Options, TokenKeyOptions } from '../settings/options.ts';
import { requireValues } from '../settings/require-value.ts';
import { type ApnsTarget, apnsTargetOf, requirePair } from './ask-apns.ts';
import { openP12, readGivenFile } from './open-p12.ts';

export interface SenderOptions extends P12Options, TokenKeyOptions, ApnsOptions {}

export interface Sender {
  readonly file: string;
  readonly target: ApnsTarget;
  /** SHA-256 of the certificate; null without one. */
  readonly fingerprint: string | null;
  readonly token?: TokenNames;
  readonly findings: readonly Finding[];
  /** @throws {CliError} usage: a certificate without its key */
  identity(): ApnsIdentity | TokenKey;
}

export type TokenNames = Pick<TokenKey, 'keyId' | 'teamId'>;

/** A note for every command that uses a .p8. */
export const tenantTakesP12 =
  'A tenant needs a .p12 with a push certificate: start one with `mfa-cli apns request`.';

/**
 * Opens the given .p8 or .p12. A .p8 has no certificate to check, and contains neither
 * its topic nor its IDs.
 * @param warnDays the number of days left at which a certificate expires soon
 * @throws {CliError} usage, key-not-recognized, interrupted, and as openP12
 */
export async function openSender(
  options: SenderOptions,
  warnDays: number,
  context: Context,
): Promise<Sender> {
  const apns = givenApns(options, context.env);
  const given = givenTokenKey(options, context.env);
  if (given !== null) return openTokenSender(given, apns, context);
  const { file, identity } = await openP12(givenP12(options, context.env), context);
  return {
    file: file.name,
    target: apnsTargetOf(identity, apns),
    fingerprint: identity.certificate?.fingerprint ?? null,
    findings: checkPushIdentity(identity, {
      ...apns,
      now: context.now(),
      to: context.destination,
      warnDays,
    }),
    identity: () => requirePair(identity),
  };
}

async function openTokenSender(
  given: GivenTokenKey,
  apns: GivenApns,
  context: Context,
): Promise<Sender> {
  const needed = neededValues(given, apns);
  const { keyId, teamId, topic } = await requireValues(needed, context);
  const environment = apns.environment ?? 'production';
  const target = { topic, environment, origin: apnsOrigin(environment, apns.host) };
  const judge = judgeSecret(given.path, nameOf(given.path));
  const file = await readGivenFile(given, { limit: tokenKeyLimit }, { ...context, judge });
  const key: TokenKey = { tokenKey: decodeTokenKey(file), keyId, teamId };
  return {
    file: file.name,
    target,
    fingerprint: null,
    token: { keyId, teamId },
    findings: [],
    identity: () => key,
  };
}

/** The values that a .p8 does not contain. */
function neededValues({ keyId, teamId }: GivenTokenKey, { topic }: GivenApns) {
  return {
    keyId: {
      given: keyId,
      message: 'Key ID of the .p8:',
      name: 'key ID of the .p8',
      option: '--key-id ID',
      variable: 'MFA_CLI_KEY_ID',
      validate: (text: string) => judgeAppleId(text, 'key'),
    },
    teamId: {
      given: teamId,
      message: 'Team ID of the Apple developer account:',
      name: 'team ID',
      option: '--team-id ID',
      variable: 'MFA_CLI_TEAM_ID',
      validate: (text: string) => judgeAppleId(text, 'team'),
    },
    topic: {
      given: topic,
      message: 'Topic, the bundle ID of the app:',
      name: 'topic',
      option: '--topic TOPIC',
    },
  };
}
