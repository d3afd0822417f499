import { formatDaysLeft } from '../../report/dates.ts';
import { formatTable } from '../../report/fields.ts';
import { formatAnnotation } from '../../report/github.ts';
import { formatGauge } from '../../report/prometheus.ts';
import type { Held } from '../../tenant/read-back.ts';
import type { Style } from '../../terminal/style.ts';
import { count } from '../../text/count.ts';
import { wordsForHeld } from './held-words.ts';

/** For a person, as annotations of a GitHub workflow, or as metrics. */
export type StatusFormat = 'text' | 'github' | 'prometheus';

/** What this machine set last for one client app key. */
export interface CertificateStatus {
  readonly profile: string;
  readonly tenant: string;
  readonly clientAppKey: string;
  readonly topic: string;
  readonly fingerprint: string;
  readonly notAfter: string;
  readonly daysLeft: number;
  readonly state: 'valid' | 'expires-soon' | 'expired';
  readonly setAt: string;
  /** What the tenant says of it, where it was asked. */
  readonly held?: Held;
}

export interface StatusReport {
  /** Always `machine`: the days are of its record, also where the tenant was asked, which tells a topic at most. */
  readonly source: 'machine';
  readonly warnDays: number;
  /** Fewest days left first. */
  readonly certificates: readonly CertificateStatus[];
  readonly ok: boolean;
}

/** The report in the format that was asked for. */
export function formatStatus(
  report: StatusReport,
  style: Style,
  { format }: { readonly format?: StatusFormat },
): string | Uint8Array {
  if (format === 'github') return Buffer.from(formatAnnotations(report));
  if (format === 'prometheus') return Buffer.from(formatMetrics(report));
  return formatText(report, style);
}

/** Behind what ends with exit 4, since a pipe has no color. */
const marks: Readonly<Record<CertificateStatus['state'], string>> = {
  valid: '',
  'expires-soon': '  !',
  expired: '  ✗',
};

const nothingSet = 'No certificate was set from this machine.';

function formatText({ certificates, warnDays }: StatusReport, style: Style): string {
  if (certificates.length === 0) return `${nothingSet}\n`;
  const asked = certificates.some(({ held }) => held !== undefined);
  const rows = certificates.map(
    ({ profile, tenant, clientAppKey, notAfter, daysLeft: days, state, held }) => [
      profile,
      tenant,
      clientAppKey,
      ...(asked ? [held === undefined ? '' : wordsForHeld(held)] : []),
      `${formatDaysLeft(notAfter, days, style, warnDays)}${marks[state]}`,
    ],
  );
  const head = ['PROFILE', 'TENANT', 'CLIENT APP KEY', ...(asked ? ['HELD'] : []), 'VALID UNTIL'];
  const origin = asked
    ? 'The dates are those of what this machine set last: a tenant tells a topic at most, and never which certificate.\n'
    : 'This is what this machine set last; the tenant may hold something else.\n';
  return `${formatTable(head, rows, style)}\n${origin}`;
}

/** An error for what has expired, a warning for what soon does; and one for no record, since such a job never warns. */
function formatAnnotations({ certificates, warnDays }: StatusReport): string {
  if (certificates.length === 0) return formatAnnotation('warning', 'certificate-unknown', nothingSet);
  const annotations = certificates.flatMap(
    ({ state, profile, tenant, clientAppKey, topic, notAfter, daysLeft: days, held }) => {
      const what = `The push certificate for ${clientAppKey} at ${tenant} (profile ${profile})`;
      const date = notAfter.slice(0, 10);
      const differs =
        held?.outcome === 'differs'
          ? [
              formatAnnotation(
                'warning',
                'certificate-differs',
                `${what} was set with the topic ${topic}; the tenant says that it holds ${held.topic ?? 'none'}.`,
              ),
            ]
          : [];
      if (state === 'expired')
        return [formatAnnotation('error', 'certificate-expired', `${what} expired on ${date}.`), ...differs];
      if (state === 'valid') return differs;
      const left = `${what} expires on ${date}, in ${count(days, 'day')}.`;
      return [formatAnnotation('warning', 'certificate-expires-soon', left), ...differs];
    },
  );
  if (annotations.length > 0) return annotations.join('');
  return `No certificate that was set from this machine expires within ${count(warnDays, 'day')}.\n`;
}

/** Seconds since 1970, as Prometheus has its times, and whole days. */
function formatMetrics({ certificates }: StatusReport): string {
  const samples = (measure: (certificate: CertificateStatus) => number) =>
    certificates.map((certificate) => {
      const { profile, tenant, clientAppKey, topic } = certificate;
      return {
        labels: { profile, tenant, client_app_key: clientAppKey, topic },
        value: measure(certificate),
      };
    });
  return [
    formatGauge(
      'mfa_cli_certificate_expiry_timestamp_seconds',
      'End of the push certificate that this machine set last, in seconds since 1970.',
      samples(({ notAfter }) => Date.parse(notAfter) / 1000),
    ),
    formatGauge(
      'mfa_cli_certificate_days_left',
      'Whole days until the push certificate that this machine set last ends, negative once it has.',
      samples(({ daysLeft: days }) => days),
    ),
  ].join('');
}
