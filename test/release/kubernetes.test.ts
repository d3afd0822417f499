import { readdirSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { manifest, manifestsDirectory, podOf } from '../deploy/manifests.ts';
import { requireLocked } from './packages.ts';

type Kind = new (document: unknown) => { validate(): void };

const jobs: Record<'IoK8sApiBatchV1CronJob' | 'IoK8sApiBatchV1Job', Kind> = requireLocked(
  'kubernetes-models/batch/v1',
);
const core: Record<'IoK8sApiCoreV1PersistentVolumeClaim', Kind> =
  requireLocked('kubernetes-models/v1');
const kinds = {
  Job: jobs.IoK8sApiBatchV1Job,
  CronJob: jobs.IoK8sApiBatchV1CronJob,
  PersistentVolumeClaim: core.IoK8sApiCoreV1PersistentVolumeClaim,
};

/** The document with, at each of its members in turn, what cannot be there. */
function wrongs(document: unknown): readonly { path: string; wrong: unknown }[] {
  if (typeof document !== 'object' || document === null) return [];
  return Object.entries(document).flatMap(([name, value]) => {
    const put = (other: unknown): unknown =>
      Array.isArray(document)
        ? document.map((item, index) => (String(index) === name ? other : item))
        : { ...document, [name]: other };
    const inside = wrongs(value).map(({ path, wrong }) => ({
      path: `${name}.${path}`,
      wrong: put(wrong),
    }));
    return [{ path: name, wrong: put(typeof value === 'boolean' ? 'x' : false) }, ...inside];
  });
}

function isValid(Kind: Kind, document: unknown): boolean {
  try {
    new Kind(document).validate();
    return true;
  } catch {
    return false;
  }
}

describe.each(readdirSync(manifestsDirectory))('deploy/kubernetes/%s', (file) => {
  const document = manifest(file);

  test('is what the schema of Kubernetes allows', () => {
    const Kind = kinds[document.kind];
    new Kind(document).validate();
    // The schema lets pass what it does not know: so every member has to be one that it would refuse with something else in it.
    const unknownIn = (whole: unknown) =>
      wrongs(whole)
        .filter(({ wrong }) => isValid(Kind, wrong))
        .map(({ path }) => path);
    expect(unknownIn(document)).toEqual([]);
    expect(unknownIn({ ...document, spc: 1 })).toEqual(['spc']);
  });

  test.skipIf(document.kind === 'PersistentVolumeClaim')(
    'lets a pod do nothing but its work',
    () => {
      const pod = podOf(document);
      expect(pod).toMatchObject({
        restartPolicy: 'Never',
        automountServiceAccountToken: false,
        securityContext: { runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } },
      });
      const [container, ...others] = pod.containers;
      expect(others).toEqual([]);
      expect(container).toMatchObject({
        image: 'registry.example.com/mfa-cli@sha256:DIGEST',
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        resources: { limits: { memory: expect.any(String) } },
      });
      expect(container).not.toHaveProperty('command');
      // A secret is a file: a variable shows in `kubectl describe`.
      expect(JSON.stringify(container)).not.toContain('secretKeyRef');
      expect(new Set(container?.volumeMounts.map(({ name }) => name))).toEqual(
        new Set(pod.volumes.map(({ name }) => name)),
      );
    },
  );
});

test('all of them have as many shards', () => {
  const apply = manifest('apply.yaml').spec;
  const [container] = podOf(manifest('apply.yaml')).containers;
  const shards = container?.env?.find(({ name }) => name === 'MFA_CLI_SHARDS')?.value;
  const named = (file: string, what: string) =>
    podOf(manifest(file)).containers[0]?.args.filter((word) => word.startsWith(`/state/${what}-`));
  const all = (what: string, ending: string) =>
    Array.from({ length: count }, (_, index) => `/state/${what}-${index}${ending}`);
  const count = apply.completions ?? 0;
  expect(count).toBeGreaterThan(1);
  expect([shards, named('merge.yaml', 'report'), named('status.yaml', 'record')]).toEqual([
    String(count),
    all('report', '.json'),
    all('record', '.ledger.jsonl'),
  ]);
});
