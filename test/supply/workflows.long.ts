import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const github = fileURLToPath(new URL('../../.github/', import.meta.url));
const files = readdirSync(github, { recursive: true, encoding: 'utf8' }).filter((path) =>
  /\.ya?ml$/.test(path),
);

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly uses?: string;
  readonly steps?: readonly Step[];
  readonly permissions?: unknown;
  readonly 'runs-on': string;
  readonly 'timeout-minutes': number;
}

interface Workflow {
  readonly on: unknown;
  readonly permissions: unknown;
  readonly jobs: Readonly<Record<string, Job>>;
}

function read(path: string): unknown {
  return parse(readFileSync(github + path, 'utf8'), { strict: true });
}

const workflows = files
  .filter((path) => path.startsWith('workflows/'))
  .map((path) => [path, read(path) as Workflow] as const);
const steps = workflows.flatMap(([, { jobs }]) =>
  Object.values(jobs).flatMap((job) => job.steps ?? []),
);

describe('workflows', () => {
  // test/supply/pins.test.ts has how they take the actions of others.
  test('leave no token with a checkout', () => {
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    for (const { with: given } of checkouts) expect(given?.['persist-credentials']).toBe(false);
  });

  test.each(workflows)('%s may read only, and ends', (path, { on, permissions, jobs }) => {
    expect(permissions).toEqual({ contents: 'read' });
    expect(Object.keys(on as object)).not.toContain('pull_request_target');
    for (const job of Object.values(jobs)) {
      expect(job.uses ?? '@0').toMatch(/@[0-9a-f]+$/);
      expect(typeof job['timeout-minutes']).toBe('number');
      // What each job of a release may do besides is in release-workflow.long.ts.
      if (path !== 'workflows/release.yml') expect(job.permissions).toBeUndefined();
    }
  });

  test('run all of .ci/run on Linux, and the smoke test elsewhere', () => {
    const { jobs } = read('workflows/ci.yml') as Workflow;
    const runs = (job?: Job): readonly string[] =>
      job?.steps?.flatMap(({ run }) => run ?? []) ?? [];
    expect(jobs.everything?.['runs-on']).toMatch(/^ubuntu-/);
    expect(runs(jobs.everything)).toEqual(['.ci/run']);
    expect(runs(jobs.smoke)).toEqual(['npm ci', 'npm run build', 'npm run smoke']);
    expect(readFileSync(`${github}workflows/ci.yml`, 'utf8')).toMatch(
      /os: \[macos-\d+, windows-\d+\]/,
    );
  });
});

test('updates are asked for of every kind of package', () => {
  const { version, updates } = read('dependabot.yml') as {
    version: number;
    updates: readonly { 'package-ecosystem': string; directories?: readonly string[] }[];
  };
  expect(version).toBe(2);
  expect(updates.map((update) => update['package-ecosystem'])).toEqual(['npm', 'github-actions']);
  for (const folder of updates[0]?.directories ?? [])
    expect(existsSync(`${github}..${folder}/package-lock.json`)).toBe(true);
  expect(updates[0]?.directories).toHaveLength(6);
});
