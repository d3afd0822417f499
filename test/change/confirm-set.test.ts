import { describe, expect, test } from 'vitest';
import { confirmSet } from '../../src/change/confirm-set.ts';
import type { PastRequest } from '../../src/change/history.ts';
import type { SetPlan } from '../../src/change/plan-set-from-ledger.ts';
import { finding } from '../../src/checks/finding.ts';
import { acme, fingerprint, lineOf } from './examples.ts';

const [set] = [lineOf('a', 0)];
const past: PastRequest = { id: 'a', line: set, outcome: 'done', at: set.at };
const replaced = {
  kind: 'other',
  replaced: { topic: set.topic, notAfter: set.notAfter, setAt: set.at },
} as const;
const same = { kind: 'same' } as const;
const warned = [finding('certificate-expires-soon', 'It expires soon.')];
const silencing = [finding('silences-other-app', 'Another app gets no more pushes.')];

/** A first set, of a certificate without a warning. */
const first: SetPlan = {
  tenant: acme,
  clientAppKey: 'com.example.app',
  keyFrom: 'given',
  other: null,
  topic: 'com.example.app',
  fingerprint,
  notAfter: '2028-01-31T00:00:00.000Z',
  before: { kind: 'not-known' },
  findings: [],
  previous: null,
  unanswered: [],
  affectsPhones: false,
  stops: false,
};

/** The questions about a set. */
async function questionsAbout(plan: Partial<SetPlan>, yes = false): Promise<readonly string[]> {
  const questions: string[] = [];
  const terminal = {
    interactive: true,
    flags: { quiet: false },
    present: async () => {},
    warn: () => {},
  };
  const prompt = {
    confirm: async ({ message }: { readonly message: string }) => {
      questions.push(message);
      return true;
    },
  };
  const ready = {
    plan: { ...first, ...plan },
    open: { tenant: acme },
    input: { opened: { identity: { certificate: null } }, terms: { yes } },
    verification: null,
    phones: undefined,
  };
  await confirmSet(ready as never, { terminal, prompt } as never);
  return questions;
}

const asked = (verb: string) => [`${verb} the certificate for com.example.app at acme.example?`];

describe('a set is asked about', () => {
  test.each<[string, Partial<SetPlan>]>([
    ['with a warning', { findings: warned }],
    ['after a request whose outcome is unknown', { unanswered: [past] }],
    ['where it silences another app', { findings: silencing }],
  ])('%s, even the first', async (_when, plan) => {
    expect(await questionsAbout(plan)).toEqual(asked('Set'));
    expect(await questionsAbout(plan, true)).toEqual([]);
  });

  test.each<[string, Partial<SetPlan>]>([
    ['where it replaces another certificate', { before: replaced }],
    ['where it is the same, and silences another app', { before: same, findings: silencing }],
  ])('%s', async (_when, plan) => {
    expect(await questionsAbout({ ...plan, previous: past })).toEqual(asked('Replace'));
  });
});

describe('nothing is asked about', () => {
  test.each<[string, Partial<SetPlan>]>([
    ['a first set that nothing speaks against', {}],
    ['the same certificate', { before: same, previous: past }],
    ['the same, with a warning', { before: same, previous: past, findings: warned }],
  ])('%s', async (_what, plan) => {
    expect(await questionsAbout(plan)).toEqual([]);
  });
});
