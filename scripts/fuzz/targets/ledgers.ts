import { historyOf } from '../../../src/change/history.ts';
import { mergedLines } from '../../../src/change/ledger.ts';
import { decodeLine, encodeLine, longestLine } from '../../../src/change/ledger-line.ts';
import { statusFormats } from '../../../src/commands/apns/status-formats.ts';
import {
  areQuiet,
  certificatesOf,
  requestsOf,
  type StatusReport,
} from '../../../src/commands/apns/status-report.ts';
import {
  declaredDifferences,
  targetDifferences,
} from '../../../src/commands/fleet/saved-plan/compare-plans.ts';
import {
  decodeSavedPlan,
  encodeSavedPlan,
  hashOfPlan,
  type SavedPlan,
} from '../../../src/commands/fleet/saved-plan/saved-plan.ts';
import { CliError } from '../../../src/errors/cli-error.ts';
import { harmless } from '../../../src/text/printable.ts';
import { mutateJson } from '../mutate.ts';
import { attempt, bytesOf, requireHarmless, type Target, Violation, written } from '../target.ts';

const now = new Date('2026-11-24T16:00:00Z');

const set = {
  id: '9f1c',
  at: '2026-11-24T16:00:00.000Z',
  tenant: 'https://acme.id.cyberark.cloud',
  clientAppKey: 'com.example.app',
  asked: 'set',
  topic: 'com.example.app',
  fingerprint: '30'.repeat(32),
  notBefore: '2026-11-24T13:29:19Z',
  notAfter: '2027-12-24T13:29:19Z',
  environments: ['sandbox', 'production'],
  environment: null,
  team: { id: 'ABCDE12345', name: 'Example Ltd' },
  against: ['topic-mismatch'],
  by: 'ada@example.com',
  owner: 'identity team',
  ticket: 'CHG-7',
  sentAs: 'json',
  outcome: 'done',
  plan: `sha256:${'ab'.repeat(32)}`,
  of: null,
};

/** A line of a ledger, which a clone may bring: what is read of it, is written and told. */
export const ledger: Target = {
  name: 'ledger',
  bytesLimit: longestLine,
  seconds: 1,
  seeds: () =>
    written(
      JSON.stringify(set),
      JSON.stringify({ ...set, asked: 'delete', outcome: 'unknown' }),
      JSON.stringify({ ...set, asked: 'prove', outcome: 'approved', appConfirmed: true }),
      JSON.stringify({ ...set, asked: 'alert', outcome: '30' }),
    ),
  mutate: ({ bytes }, all, random) => mutateJson(bytes, bytesOf(all), random),
  async judge(bytes) {
    const line = decodeLine(Buffer.from(bytes).toString('utf8'));
    if (line === null) return;
    const again = decodeLine(encodeLine(line).trimEnd());
    if (again === null || encodeLine(again) !== encodeLine(line))
      throw new Violation('reads another line from what it has written');
    const report = harmless(reportOf(mergedLines([[line]])));
    for (const format of Object.values(statusFormats))
      requireHarmless(format(report, now).replaceAll('\r\n', '\n'));
  },
};

function reportOf(lines: ReturnType<typeof mergedLines>): StatusReport {
  const { tenants } = historyOf(lines);
  const known = [...tenants.values()].map((history) => ({
    history,
    profile: null,
    reported: null,
  }));
  const certificates = known.flatMap((each) => certificatesOf(each, { now, warnDays: 30 }));
  return {
    source: 'machine',
    records: [],
    warnDays: 30,
    profile: null,
    elsewhere: 0,
    certificates,
    requests: known.flatMap(requestsOf),
    ok: areQuiet(certificates),
  };
}

const saved: SavedPlan = {
  version: 1,
  validUntil: '2026-11-25T16:00:00.000Z',
  trust: `sha256:${'cd'.repeat(32)}`,
  selection: { only: ['acme'], label: ['ring=canary'], shard: null },
  terms: {
    failOn: 'error',
    force: false,
    warnDays: 30,
    all: false,
    concurrency: 8,
    maxFailures: 3,
    canary: 'acme',
    prove: true,
    proveUser: 'uma@example.com',
    proveTimeout: 120,
    hook: ['notify', 'team'],
  },
  programs: [{ program: 'op', arguments: 'ef'.repeat(32) }],
  targets: [
    {
      name: 'acme',
      tenant: set.tenant,
      clientAppKey: set.clientAppKey,
      certificate: 'app',
      action: 'set',
      fingerprint: set.fingerprint,
      topic: set.topic,
      environment: null,
      owner: set.owner,
      ticket: null,
      lastLine: set.id,
    },
  ],
};

/** A saved plan, which another job has made: its hash, and the differences that it is refused for. */
export const plan: Target = {
  name: 'plan',
  bytesLimit: 64 * 1024,
  seconds: 1,
  seeds: () => written(encodeSavedPlan(saved), JSON.stringify(saved)),
  mutate: ({ bytes }, all, random) => mutateJson(bytes, bytesOf(all), random),
  async judge(bytes) {
    const read = await attempt(() => decodeSavedPlan(bytes, 'fleet.plan.json'));
    if (read === null) return;
    const again = decodeSavedPlan(encodeSavedPlan(read), 'fleet.plan.json');
    if (hashOfPlan(again) !== hashOfPlan(read))
      throw new Violation('has another hash once it is written');
    const lines = [
      ...declaredDifferences(read, saved),
      ...targetDifferences(read.targets, saved.targets, null),
    ];
    if (lines.some((line) => line.includes('\n')))
      throw new Violation('tells a difference on several lines');
    const refusal = new CliError('plan-changed', 'The plan no longer holds', { lines });
    await attempt(() => Promise.reject(refusal));
  },
};
