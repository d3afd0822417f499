import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { trusting } from '../support/fleet.ts';

export const manifestsDirectory = fileURLToPath(
  new URL('../../deploy/kubernetes', import.meta.url),
);

interface Container {
  readonly args: readonly string[];
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  readonly volumeMounts: readonly { readonly name: string }[];
}

interface Pod {
  readonly containers: readonly Container[];
  readonly volumes: readonly { readonly name: string }[];
}

interface JobSpec {
  readonly completions?: number;
  readonly template: { readonly spec: Pod };
}

interface Manifest {
  readonly kind: 'Job' | 'CronJob' | 'PersistentVolumeClaim';
  readonly spec: JobSpec & { readonly jobTemplate?: { readonly spec: JobSpec } };
}

export function manifest(file: string): Manifest {
  return parse(readFileSync(`${manifestsDirectory}/${file}`, 'utf8'));
}

export function podOf({ spec }: Manifest): Pod {
  return (spec.jobTemplate?.spec ?? spec).template.spec;
}

/**
 * The command line and the environment that Kubernetes gives the container of a manifest, with its volumes below a directory.
 * @param index of an indexed job; null: the job is none
 */
export function commandIn(
  file: string,
  directory: string,
  index: number | null,
): { words: readonly string[]; env: Readonly<Record<string, string>> } {
  const [container] = podOf(manifest(file)).containers;
  if (container === undefined) throw new Error(`${file} has no container`);
  const here = (text: string): string =>
    text.replace(/^\/(fleet|secrets|state|scratch)\b/, `${directory}/$1`);
  const env = {
    ...Object.fromEntries((container.env ?? []).map(({ name, value }) => [name, here(value)])),
    // In place of sha256:HASH.
    ...(container.env?.some(({ name }) => name === 'MFA_CLI_TRUST_FLEET')
      ? trusting(`${directory}/fleet/mfa-fleet.yaml`)
      : {}),
    ...(index === null ? {} : { JOB_COMPLETION_INDEX: String(index) }),
  };
  const expanded = (word: string): string =>
    word.replace(
      /\$\((\w+)\)/g,
      (whole, name: string) => (env as Record<string, string>)[name] ?? whole,
    );
  return { words: container.args.map((word) => here(expanded(word))), env };
}
