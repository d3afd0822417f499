import type { Validity } from '../checks/validity.ts';
import { count } from '../text/phrasing.ts';
import { inAnnotation, inAnnotationProperty, inLabel } from '../text/printable.ts';

interface Expiry {
  /** ISO 8601. */
  readonly notAfter: string;
  readonly daysLeft: number;
}

/**
 * An error for what has expired, a warning for what soon does, nothing for the rest.
 * `what` begins the sentence.
 */
export function formatExpiryAnnotation(
  what: string,
  { state, notAfter, daysLeft }: Expiry & { readonly state: Validity },
  owner: string | null,
): string {
  const whose = owner === null ? '' : ` ${owner}.`;
  const date = notAfter.slice(0, 10);
  if (state === 'expired')
    return formatAnnotation('error', 'certificate-expired', `${what} expired on ${date}.${whose}`);
  if (state === 'valid') return '';
  const left = `${what} expires on ${date}, in ${count(daysLeft, 'day')}.${whose}`;
  return formatAnnotation('warning', 'certificate-expires-soon', left);
}

/**
 * Seconds since 1970, as Prometheus has its times, and whole days. Names and help are the
 * same for whoever prints them: node_exporter refuses files that differ in the help of a
 * metric.
 */
export function formatExpiryMetrics(
  certificates: readonly (Expiry & { readonly labels: Readonly<Record<string, string>> })[],
): string {
  return [
    formatGauge(
      'mfa_cli_certificate_expiry_timestamp_seconds',
      'Expiry of the push certificate that was set last, as a Unix timestamp.',
      certificates.map(({ labels, notAfter }) => ({ labels, value: Date.parse(notAfter) / 1000 })),
    ),
    formatGauge(
      'mfa_cli_certificate_days_left',
      'Whole days until the push certificate that was set last expires, negative after that.',
      certificates.map(({ labels, daysLeft }) => ({ labels, value: daysLeft })),
    ),
  ].join('');
}

/**
 * A workflow command that GitHub shows as an annotation, with its line break.
 * @see
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function formatAnnotation(
  level: 'error' | 'warning',
  title: string,
  message: string,
): string {
  return `::${level} title=${inAnnotationProperty(title)}::${inAnnotation(message)}\n`;
}

/** A gauge for each reason why pushes will not reach phones. */
export function formatObjectionMetrics(
  objections: readonly Readonly<Record<string, string>>[],
): string {
  return formatGauge(
    'mfa_cli_push_objection',
    'A known reason why pushes with the certificate that was set last will not reach phones.',
    objections.map((labels) => ({ labels, value: 1 })),
  );
}

interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * A gauge in the text exposition format 0.0.4: its help, its type and one line per
 * sample; without samples it is still declared. The format allows each set of labels
 * once: the first sample counts. The help is the program's own text, without backslashes
 * or line breaks.
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function formatGauge(name: string, help: string, samples: readonly Sample[]): string {
  const lines = new Map<string, string>();
  for (const { labels, value } of samples) {
    const series = `${name}{${formatLabels(labels)}}`;
    if (!lines.has(series)) lines.set(series, `${series} ${value}\n`);
  }
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${[...lines.values()].join('')}`;
}

function formatLabels(labels: Sample['labels']): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${inLabel(value)}"`)
    .join(',');
}
