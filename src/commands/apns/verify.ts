import type { PushAnswer } from '../../apple/apns.ts';
import { isAppleHost } from '../../apple/apns.ts';
import { openSender, type TokenNames, tenantTakesP12 } from '../../certificate/apns-sender.ts';
import { type ApnsTarget, verifyIdentity } from '../../certificate/ask-apns.ts';
import { type Standing, standingOf } from '../../change/judge-reach.ts';
import { wordsAgainst } from '../../change/reach-words.ts';
import { type Finding, stopsAt } from '../../checks/finding.ts';
import { isPractice } from '../../checks/issuer.ts';
import type { Context } from '../../context.ts';
import type { ApnsEnvironment } from '../../pkcs12/model.ts';
import { formatFields, inParts, wordsForRejection } from '../../report/fields.ts';
import { countConcerns, formatConcerns } from '../../report/findings.ts';
import { judgingOf } from '../../settings/certificate.ts';
import { noConnection } from '../../settings/options.ts';
import { readSettings } from '../../settings/resolve.ts';
import type { Style } from '../../terminal/style.ts';
import { onOneLine } from '../../text/printable.ts';
import type { CommandModule } from '../command.ts';
import type { VerifyOptions } from './options.ts';

export interface VerifyReport extends Standing {
  /** Of the .p12 or the .p8. */
  readonly file: string;
  /** SHA-256 of the certificate; null without one. */
  readonly fingerprint: string | null;
  /** With a .p8. */
  readonly token?: TokenNames;
  readonly topic: string | null;
  readonly environment: ApnsEnvironment;
  /** `api.push.apple.com`, with the port unless it is 443. */
  readonly host: string;
  /** Whether the host is Apple's, and no stand-in. */
  readonly isApple: boolean;
  /** Null if APNs was not asked, or if TLS ended the connection. */
  readonly answer: PushAnswer | null;
  /** Whether APNs rejected nothing but the device token, which is made up. */
  readonly accepted: boolean;
  readonly explanation: string;
  readonly findings: readonly Finding[];
  /**
   * False if anything speaks against it, or APNs did not accept the certificate or the
   * key.
   */
  readonly ok: boolean;
}

export async function verify(options: VerifyOptions, context: Context): Promise<VerifyReport> {
  const judging = judgingOf({ ...options, force: undefined });
  const sender = await openSender(options, judging.warnDays, context);
  const { file, target, fingerprint, token, findings } = sender;
  const ask = async () => {
    const { network } = await readSettings({ ...noConnection, ...options }, context);
    return verifyIdentity(sender.identity(), target, network, context);
  };
  const stopped = `APNs was not asked: the checks found ${countConcerns(findings)}.`;
  const isApple = isAppleHost(target.origin.hostname);
  const verification = stopsAt(findings, judging) ? null : await ask();
  const { answer, accepted, explanation } = verification ?? {
    answer: null,
    accepted: false,
    explanation: stopped,
  };
  const standing = standingOf({
    now: context.now(),
    findings: asSent(findings, target),
    isLocal: !isApple,
    verification,
  });
  return {
    file,
    fingerprint,
    ...(token === undefined ? {} : { token }),
    topic: target.topic,
    environment: target.environment,
    host: target.origin.host,
    isApple,
    answer,
    accepted,
    explanation: token === undefined ? explanation : `${explanation} ${tenantTakesP12}`,
    findings,
    ...standing,
    ok: accepted && standing.reach !== 'against',
  };
}

function format(report: VerifyReport, style: Style): string {
  const { fingerprint, token, topic, environment, host } = report;
  const { answer, accepted, explanation, findings } = report;
  const fields = formatFields(
    [
      ['SHA-256', token === undefined ? (fingerprint ?? 'none') : null],
      ['Key ID', token?.keyId ?? null],
      ['Team ID', token?.teamId ?? null],
      ['Topic', onOneLine(topic ?? 'none')],
      ['Environment', environment],
      ['Host', host],
      ['apns-id', answer?.apnsId == null ? null : onOneLine(answer.apnsId)],
    ],
    style,
  );
  const what = token === undefined ? 'certificate' : 'key';
  const headline = accepted ? acceptedVerdict(report, what, style) : rejected(report, what, style);
  const verdict =
    headline === null ? style.verdict('error', explanation) : `${headline}\n\n${explanation}`;
  return inParts(`${verdict}\n`, fields, formatConcerns(findings, style));
}

/**
 * The sandbox was asked about a certificate that serves nothing else, and the headline
 * says so.
 */
function asSent(findings: readonly Finding[], { environment }: ApnsTarget): readonly Finding[] {
  if (environment !== 'sandbox') return findings;
  return findings.filter(({ code }) => code !== 'sandbox-only');
}

/** A stand-in's rejection; null where the explanation alone is the headline. */
function rejected(report: VerifyReport, what: string, style: Style): string | null {
  if (report.isApple || report.answer === null) return null;
  const rejection = wordsForRejection(
    report,
    `this ${what} for ${onOneLine(report.topic ?? 'no topic')}`,
  );
  return style.verdict('error', `${rejection}.`);
}

function acceptedVerdict(
  { topic, environment, host, isApple, against, findings }: VerifyReport,
  what: string,
  style: Style,
): string {
  const asked = `this ${what} for ${onOneLine(topic ?? 'no topic')}`;
  const words = isApple
    ? `APNs accepts ${asked} (${environment}).`
    : `${host} accepts ${asked}, in place of APNs.`;
  const doubt = wordsAgainst(against, { subject: 'But pushes' });
  const practice = findings.find(isPractice);
  if (doubt === null && practice === undefined) return style.verdict('ok', words);
  if (doubt === null) return style.verdict('ok', `${words} ${practice?.message}`);
  return style.verdict('warning', `${words} ${doubt}`);
}

export const command: CommandModule<VerifyOptions, VerifyReport> = {
  work: verify,
  format,
  exitCode({ ok, accepted, findings }, options) {
    if (ok) return 0;
    if (accepted) return 4;
    return stopsAt(findings, judgingOf({ ...options, force: undefined })) ? 4 : 6;
  },
};
