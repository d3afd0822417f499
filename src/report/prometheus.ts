import { printable } from '../text/printable.ts';

/** One value of a metric, and its labels. */
interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * A gauge in the text exposition format 0.0.4: its help, its type and one line per sample; without samples it is still
 * declared. The help is our own text, without backslashes or line breaks.
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function formatGauge(name: string, help: string, samples: readonly Sample[]): string {
  const lines = samples.map(({ labels, value }) => `${name}{${formatLabels(labels)}} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${lines.join('')}`;
}

function formatLabels(labels: Sample['labels']): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escapeLabel(value)}"`)
    .join(',');
}

/** Control characters are escaped first: doing it later would add a backslash that stays unescaped. */
function escapeLabel(value: string): string {
  return printable(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
