import { printable } from '../text/printable.ts';

/** One value of a metric, and what tells it from the others. */
interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/**
 * A gauge in the text exposition format 0.0.4: its help, its type and a line a sample; without samples it is declared
 * all the same. The help is ours and holds neither a backslash nor a line break.
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

/** Control characters are spelled out first: whoever did it later would add a backslash that nobody escapes. */
function escapeLabel(value: string): string {
  return printable(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
