import {
  encodePayload,
  judgeDeviceToken,
  mfaPayload,
  mfaPushOf,
  type PushAnswer,
  plainDeviceToken,
} from '../../apple/apns.ts';
import { isTaken } from '../../apple/failure.ts';
import { openSender, type TokenNames, tenantTakesP12 } from '../../certificate/apns-sender.ts';
import { askApns } from '../../certificate/ask-apns.ts';
import { type Finding, hasErrors } from '../../checks/finding.ts';
import { defaultWarnDays } from '../../checks/validity.ts';
import type { Context } from '../../context.ts';
import type { ApnsEnvironment } from '../../pkcs12/model.ts';
import { formatFields, inParts, withMoments } from '../../report/fields.ts';
import { formatFindings } from '../../report/findings.ts';
import { noConnection } from '../../settings/options.ts';
import { requireValues } from '../../settings/require-value.ts';
import { readSettings } from '../../settings/resolve.ts';
import type { Style } from '../../terminal/style.ts';
import { inJson, onOneLine } from '../../text/printable.ts';
import type { CommandModule } from '../command.ts';
import type { SendOptions } from './options.ts';

export interface SendReport {
  /** The .p12 or .p8 file. */
  readonly file: string;
  /** With a .p8 file. */
  readonly token?: TokenNames;
  readonly topic: string | null;
  readonly environment: ApnsEnvironment;
  /** `api.push.apple.com`, with the port unless it is 443. */
  readonly host: string;
  /** Hexadecimal, in lower case. */
  readonly deviceToken: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Size of the payload: compact, in UTF-8. */
  readonly bytes: number;
  /** Whether APNs accepted the push. APNs does not report its delivery. */
  readonly sent: boolean;
  readonly dryRun: boolean;
  /** Null: nothing was sent, or TLS ended the connection. */
  readonly answer: PushAnswer | null;
  readonly explanation: string;
  readonly findings: readonly Finding[];
  /** False exactly if a finding has level `error`, or APNs refused. */
  readonly ok: boolean;
}

async function send(options: SendOptions, context: Context): Promise<SendReport> {
  const payload = mfaPayload(mfaPushOf(options));
  const bytes = encodePayload(payload);
  const deviceToken = await requireDeviceToken(options.deviceToken, context);
  const sender = await openSender(options, defaultWarnDays, context);
  const { file, token, findings } = sender;
  const { topic, environment, origin } = sender.target;
  const push = {
    deviceToken,
    headers: pushHeaders(topic, context.now()),
    payload: Buffer.from(bytes).toString('utf8'),
  };
  const stopped = hasErrors(findings);
  const dryRun = options.dryRun === true;
  const outcome =
    stopped || dryRun
      ? {
          answer: null,
          explanation: `Nothing was sent${stopped ? ': the checks found errors' : ''}.`,
        }
      : await askApns(
          { ...push, retry: true },
          { identity: sender.identity(), origin },
          (await readSettings({ ...noConnection, ...options }, context)).network,
          context,
        );
  const sent = outcome.answer !== null && isTaken(outcome.answer);
  return {
    file,
    ...(token === undefined ? {} : { token }),
    topic,
    environment,
    host: origin.host,
    deviceToken,
    headers: push.headers,
    payload,
    bytes: bytes.length,
    sent,
    dryRun,
    answer: outcome.answer,
    explanation:
      token === undefined ? outcome.explanation : `${outcome.explanation} ${tenantTakesP12}`,
    findings,
    ok: sent || (dryRun && !stopped),
  };
}

/** @throws {CliError} usage, interrupted */
async function requireDeviceToken(given: string | undefined, context: Context): Promise<string> {
  const needed = {
    given,
    message: 'Device token of the app:',
    name: 'device token',
    option: '--device-token HEX',
    validate: judgeDeviceToken,
  };
  return plainDeviceToken((await requireValues({ needed }, context)).needed);
}

function format(report: SendReport, style: Style, _options: SendOptions, now: Date): string {
  const {
    token,
    topic,
    environment,
    host,
    deviceToken,
    headers,
    payload,
    answer,
    findings,
    dryRun,
  } = report;
  const fields = formatFields(
    [
      ['Key ID', token?.keyId ?? null],
      ['Team ID', token?.teamId ?? null],
      ['Topic', onOneLine(topic ?? 'none')],
      ['Environment', environment],
      ['Host', host],
      ['Device token', deviceToken],
      ['apns-id', answer?.apnsId == null ? null : onOneLine(answer.apnsId)],
    ],
    style,
  );
  const request = dryRun
    ? [
        formatFields(
          Object.entries(headers).map(([name, value]) => [name, onOneLine(value)]),
          style,
        ),
        `${inJson(payload)}\n`,
      ]
    : [];
  return inParts(
    `${verdict(report, style, now)}\n`,
    fields,
    ...request,
    formatFindings(findings, style),
  );
}

function verdict({ sent, ok, explanation, token }: SendReport, style: Style, now: Date): string {
  if (sent) return style.verdict('ok', explanation);
  const also = token === undefined ? '' : `\n${tenantTakesP12}`;
  return ok
    ? `${style.verdict('ok', 'Checks passed. Nothing was sent (dry run).')}${also}`
    : style.verdict('error', withMoments(explanation, now));
}

/** Seconds that APNs stores a push. */
const expiration = 300;

/**
 * The headers of an MFA push: an alert with high priority that expires.
 * @see https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns
 */
function pushHeaders(topic: string | null, now: Date): Record<string, string> {
  return {
    ...(topic === null ? {} : { 'apns-topic': topic }),
    'apns-push-type': 'alert',
    'apns-priority': '10',
    'apns-expiration': String(Math.floor(now.getTime() / 1000) + expiration),
  };
}

export const command: CommandModule<SendOptions, SendReport> = {
  work: send,
  format,
  exitCode({ ok, findings }) {
    if (ok) return 0;
    return hasErrors(findings) ? 4 : 6;
  },
};
