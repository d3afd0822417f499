import type { PushAnswer } from '../../apple/apns.ts';
import { checkPushIdentity } from '../../checks/check-push-identity.ts';
import { type Finding, stopsAt } from '../../checks/finding.ts';
import type { Context } from '../../context.ts';
import { apnsTargetOf, verifyIdentity } from '../../delivery/apns.ts';
import { openP12 } from '../../delivery/open-p12.ts';
import type { ApnsEnvironment } from '../../pkcs12/model.ts';
import { countConcerns, formatConcerns, formatFields } from '../../report/fields.ts';
import {
  type ApnsOptions,
  type GlobalOptions,
  givenApns,
  givenP12,
  type JudgingOptions,
  type P12Options,
  readSettings,
  warnDaysOf,
} from '../../settings/settings.ts';
import type { Style } from '../../terminal/style.ts';
import { onOneLine } from '../../text/printable.ts';
import type { CommandModule } from '../command.ts';

export interface VerifyOptions extends GlobalOptions, P12Options, ApnsOptions, JudgingOptions {}

export interface VerifyReport {
  readonly file: string;
  /** SHA-256 of the certificate; null without one. */
  readonly fingerprint: string | null;
  readonly topic: string | null;
  readonly environment: ApnsEnvironment;
  /** `api.push.apple.com`, with the port where it is not 443. */
  readonly host: string;
  /** Null where nothing was asked, and where TLS ended the connection. */
  readonly answer: PushAnswer | null;
  /** Whether APNs found nothing wrong but the device token, which no device has. */
  readonly accepted: boolean;
  readonly explanation: string;
  readonly findings: readonly Finding[];
  /** False exactly when a finding has level `error`, or APNs did not accept. */
  readonly ok: boolean;
}

export async function verify(options: VerifyOptions, context: Context): Promise<VerifyReport> {
  const warnDays = warnDaysOf(options);
  const { file, identity } = await openP12(givenP12(options, context.env), context);
  const given = givenApns(options, context.env);
  const target = apnsTargetOf(identity, given);
  const findings = checkPushIdentity(identity, { now: context.now(), warnDays, ...given });
  const verification = stopsAt(findings, options)
    ? {
        answer: null,
        accepted: false,
        explanation: `APNs was not asked: the checks found ${countConcerns(findings)}.`,
      }
    : await verifyIdentity(identity, target, (await readSettings(options, context)).network, context);
  return {
    file: file.name,
    fingerprint: identity.certificate?.fingerprint ?? null,
    topic: target.topic,
    environment: target.environment,
    host: target.origin.host,
    answer: verification.answer,
    accepted: verification.accepted,
    explanation: verification.explanation,
    findings,
    ok: verification.accepted,
  };
}

function format(report: VerifyReport, style: Style): string {
  const { fingerprint, topic, environment, host, answer, accepted, explanation, findings } = report;
  const fields = formatFields(
    [
      ['SHA-256', fingerprint ?? 'none'],
      ['Topic', onOneLine(topic ?? 'none')],
      ['Environment', environment],
      ['Host', host],
      ['apns-id', answer?.apnsId == null ? null : onOneLine(answer.apnsId)],
    ],
    style,
  );
  const verdict = accepted
    ? `${style.green(`✓ APNs accepts this certificate for ${onOneLine(topic ?? 'no topic')} (${environment}).`)}\n\n${explanation}`
    : style.red(`✗ ${explanation}`);
  return [`${verdict}\n`, fields, formatConcerns(findings, style)].filter((part) => part !== '').join('\n');
}

export const command: CommandModule<VerifyOptions, VerifyReport> = {
  work: verify,
  format,
  exitCode: ({ ok, findings }, options) => (ok ? 0 : stopsAt(findings, options) ? 4 : 6),
};
