import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { historyOf, tenantHistory } from '../../../src/change/history.ts';
import { type OpenLedger, openLedger } from '../../../src/change/ledger.ts';
import { machineLedger, readLedger } from '../../../src/change/ledger-file.ts';
import type { LedgerLine } from '../../../src/change/ledger-line.ts';
import { forOne, type RunOptions, runAllJobs } from '../../../src/change/run/run-all-jobs.ts';
import type { ChangeEvent, Job } from '../../../src/change/run/run-job.ts';
import { wantedCertificate } from '../../../src/change/target.ts';
import { CliError } from '../../../src/errors/cli-error.ts';
import { readPushIdentity } from '../../../src/pkcs12/push-identity.ts';
import { createTenantClient } from '../../../src/tenant/client.ts';
import { type ReadBack, unknownKey } from '../../../src/tenant/read-back.ts';
import { unbounded } from '../../../src/text/pace.ts';
import { Secret } from '../../../src/text/secret.ts';
import { p12Bytes } from '../../support/fixtures.ts';
import { memoryHttp } from '../../support/memory-http.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { doneAt, lineOf, start } from '../examples.ts';

let directory: string;
beforeEach(() => {
  directory = join(temporaryDirectory(), 'config');
});

const password = new Secret('secret');
const identity = await readPushIdentity(
  { name: 'a.p12', path: null, bytes: p12Bytes('01-default-aes256') },
  password,
  unbounded,
);
const wanted = wantedCertificate(identity.certificate, {
  topic: 'com.example.app',
  environment: null,
  owner: null,
  ticket: null,
  against: [],
});
const file = { identity, password, findings: [] };

/** A tenant's way with a request: it answers, with a page perhaps, or the connection ends as an error says. */
type Answering = () => { readonly success: boolean } | string | CliError;
const accepting: Answering = () => ({ success: true });

/** A host, and how it answers. */
interface HostOptions {
  readonly answer?: Answering;
  readonly lines?: readonly LedgerLine[];
  readonly held?: ReadBack;
}

function jobAt(host: string, { answer = accepting, lines = [], held }: HostOptions = {}): Job {
  const tenant = `https://${host}`;
  const { http } = memoryHttp(() => {
    calls.push(host);
    const answered = answer();
    if (answered instanceof CliError) return Promise.reject(answered);
    if (typeof answered === 'string') return { body: answered };
    return { body: { ...answered, Message: 'No.', Result: null } };
  });
  const bearer = {
    accessToken: () => new Secret('the-token'),
    secrets: () => [],
    renew: () => Promise.reject(new CliError('session-expired', 'not renewable')),
  };
  const unheld: ReadBack = { outcome: 'unknown', why: 'it is silent', latest: unknownKey };
  return {
    target: { tenant, clientAppKey: 'com.example.app', wanted },
    file,
    sendAs: null,
    history: tenantHistory(historyOf(lines), tenant),
    withOpenTenant: (_pause, work) =>
      work({
        client: createTenantClient(tenant, http, bearer),
        user: 'alice@acme.example',
        hostHasAnswered: true,
        askHeld: async () => held ?? unheld,
      }),
  };
}

const deleting = (job: Job): Job => ({
  ...job,
  target: { ...job.target, wanted: null },
  file: null,
});

let calls: string[] = [];
beforeEach(() => {
  calls = [];
});

async function run(
  jobs: readonly Job[],
  given: Partial<RunOptions> = {},
  heard: (event: ChangeEvent) => Promise<void> | void = () => {},
): Promise<readonly ChangeEvent[]> {
  const { signal } = new AbortController();
  const record = openLedger({ directory, named: null, now: () => new Date(start) });
  const events: ChangeEvent[] = [];
  try {
    for await (const event of runAllJobs(jobs, { ...forOne, ledger: record, signal, ...given })) {
      events.push(event);
      await heard(event);
    }
  } finally {
    await record.close();
  }
  return events;
}

const kindsOf = (events: readonly ChangeEvent[]) =>
  events.map(({ kind, target }) => `${kind} ${new URL(target.tenant).hostname}`);
const written = async () => (await readLedger(machineLedger(directory))).lines;
const outcomes = async () => (await written()).map(({ outcome }) => outcome);

test('a line is written, and the event taken, before the request leaves', async () => {
  const seen: string[] = [];
  const job = jobAt('a.example', {
    answer() {
      seen.push('request');
      expect(readFileSync(join(directory, 'ledger.jsonl'), 'utf8')).toContain('"sending"');
      return { success: true };
    },
  });
  const events = await run([job], {}, async ({ kind }) => {
    await new Promise((resolve) => setImmediate(resolve));
    seen.push(kind);
  });
  expect(seen).toEqual(['sending', 'request', 'sent']);
  expect(events.at(-1)).toMatchObject({ kind: 'sent', sentAs: 'json', unrecorded: null });
});

test('the lines say what was asked, by whom, and what came of it', async () => {
  await run([jobAt('a.example')]);
  const [sending, done] = await written();
  expect(sending).toMatchObject({
    tenant: 'https://a.example',
    asked: 'set',
    ...wanted,
    by: 'alice@acme.example',
    outcome: 'sending',
    of: null,
  });
  expect(done).toEqual({
    ...sending,
    id: done?.id,
    at: done?.at,
    outcome: 'done',
    sentAs: 'json',
    of: sending?.id,
  });
});

test('no event, and no line, has the file, the password or the token', async () => {
  const events = await run([jobAt('a.example')]);
  const told = JSON.stringify([events, await written()], (_key, value: unknown) =>
    value instanceof Secret ? value.reveal() : value,
  );
  expect(told).not.toMatch(/"secret"|the-token|pfx|privateKey/);
});

test('nothing is sent once its reader has stopped, and the ledger says so', async () => {
  const stop = new Error('the state cannot be written');
  const stopped = run([jobAt('a.example'), jobAt('b.example')], {}, () => {
    throw stop;
  });
  await expect(stopped).rejects.toBe(stop);
  expect(calls).toEqual([]);
  expect(await outcomes()).toEqual(['sending', 'not-done']);
});

describe('an answer', () => {
  const silence = new CliError('outcome-unknown', 'The tenant did not answer');
  const page = '<html>Sign in to the network</html>';
  const refused = { success: false };

  test.each<[string, Answering, string, string]>([
    ['that refuses', () => refused, 'failed', 'not-done'],
    ['that is missing', () => silence, 'unknown', 'unknown'],
    ['that is a page', () => page, 'unknown', 'unknown'],
    [
      'that never came to be, since nobody was reached',
      () => new CliError('tenant-unreachable', 'Unreachable'),
      'failed',
      'not-done',
    ],
  ])('%s', async (_what, answer, kind, outcome) => {
    const events = await run([jobAt('a.example', { answer })]);
    expect(kindsOf(events)).toEqual(['sending a.example', `${kind} a.example`]);
    expect(await outcomes()).toEqual(['sending', outcome]);
  });

  test('settles the earlier requests for its key', async () => {
    const lines = [lineOf('a', 0, { tenant: 'https://a.example' })];
    const events = await run([jobAt('a.example', { lines })]);
    expect(events.at(-1)).toMatchObject({ kind: 'settled', request: { id: 'a' } });
  });
});

describe('a deletion', () => {
  const at = { tenant: 'https://a.example', topic: 'com.example.old' };

  test('notes what it takes away', async () => {
    await run([deleting(jobAt('a.example', { lines: doneAt('a', 0, at) }))]);
    expect((await written())[0]).toMatchObject({ asked: 'delete', topic: 'com.example.old' });
  });

  test.each<[string, ReadBack, readonly string[]]>([
    ['is not repeated', { outcome: 'told', topic: null, latest: unknownKey }, []],
    [
      'is repeated',
      { outcome: 'told', topic: 'com.example.old', latest: unknownKey },
      ['a.example'],
    ],
  ])("without an answer %s, by the tenant's word", async (_what, held, sent) => {
    const lines = [...doneAt('a', 0, at), lineOf('b', 5, { ...at, asked: 'delete' })];
    const events = await run([deleting(jobAt('a.example', { lines, held }))]);
    expect(calls).toEqual(sent);
    expect(events.map(({ kind }) => kind)).toContain('sent');
  });

  test('is sent after a set without an answer, though the tenant tells no topic', async () => {
    const lines = [lineOf('b', 5, at)];
    const held: ReadBack = { outcome: 'told', topic: null, latest: unknownKey };
    await run([deleting(jobAt('a.example', { lines, held }))]);
    expect(calls).toEqual(['a.example']);
  });
});

describe('a ledger that cannot be written', () => {
  beforeEach(() => {
    mkdirSync(directory, { mode: 0o700 });
    mkdirSync(join(directory, 'ledger.jsonl'));
  });

  test('does not keep one tenant from its certificate', async () => {
    const events = await run([jobAt('a.example')]);
    expect(calls).toEqual(['a.example']);
    expect(events.at(-1)).toMatchObject({ kind: 'sent', unrecorded: { code: /./ } });
  });

  test('keeps a fleet from sending anything', async () => {
    const jobs = ['a.example', 'b.example', 'c.example'].map((host) => jobAt(host));
    const events = await run(jobs, { needsLedger: true });
    expect(calls).toEqual([]);
    expect(kindsOf(events)).toEqual(['failed a.example']);
  });
});

test.each<[string, Answering, string, readonly string[]]>([
  ['done', accepting, 'sent', ['done']],
  ['unknown', () => new CliError('outcome-unknown', 'No answer'), 'unknown', ['unknown']],
  ['not done', () => ({ success: false }), 'failed', []],
])(
  'what is %s is on record, or nothing is, though the line before it could not be written',
  async (_what, answer, kind, recorded) => {
    const record = openLedger({ directory, named: null, now: () => new Date(start) });
    const busy = new CliError('file-unwritable', 'No space is left');
    const late: OpenLedger = {
      ...record,
      append: (facts) =>
        facts.outcome === 'sending' ? Promise.reject(busy) : record.append(facts),
    };
    const events = await run([jobAt('a.example', { answer })], { ledger: late });
    const unrecorded = recorded.length === 0 ? busy : null;
    expect(events.at(-1)).toMatchObject({ kind, unrecorded });
    expect(await outcomes()).toEqual(recorded);
  },
);

test('a fleet begins nothing more once an outcome was lost, even if the next line can be written', async () => {
  const record = openLedger({ directory, named: null, now: () => new Date(start) });
  let isLost = false;
  const losingOne: OpenLedger = {
    ...record,
    append(facts) {
      if (facts.outcome !== 'done' || isLost) return record.append(facts);
      isLost = true;
      return Promise.reject(new CliError('file-unwritable', 'No space is left'));
    },
  };
  const jobs = ['a', 'b', 'c', 'd'].map((name) => jobAt(`${name}.example`));
  const events = await run(jobs, { ledger: losingOne, needsLedger: true });
  expect(events.find(({ kind }) => kind === 'sent')).toMatchObject({
    unrecorded: { code: 'file-unwritable' },
  });
  // The next one begins while the outcome is written.
  expect(calls).not.toContain('c.example');
});

describe('many tenants', () => {
  const failing = { answer: () => ({ success: false }) };

  test('follow a canary only if all went well at its host', async () => {
    const jobs = [jobAt('a.example'), jobAt('b.example', failing), jobAt('c.example')];
    await run(jobs, { canary: 'b.example', concurrency: 8 });
    expect(calls).toEqual(['b.example']);
    calls = [];
    await run(jobs, { canary: 'c.example', concurrency: 1 });
    expect(calls).toEqual(['c.example', 'a.example', 'b.example']);
    calls = [];
    const atOneHost = [jobAt('b.example'), jobAt('b.example', failing)];
    await run([jobAt('a.example'), ...atOneHost], { canary: 'b.example', concurrency: 8 });
    expect(calls).toEqual(['b.example', 'b.example']);
  });

  test('end after so many failures', async () => {
    const jobs = ['a', 'b', 'c', 'd'].map((name) => jobAt(`${name}.example`, failing));
    await run(jobs, { maxFailures: 2 });
    expect(calls).toEqual(['a.example', 'b.example']);
  });

  test.each([
    ['with a limit of failures none begins while another pauses', 1, ['a.example']],
    [
      'without one the others begin meanwhile',
      Number.POSITIVE_INFINITY,
      ['a.example', 'b.example', 'c.example'],
    ],
  ])('%s', async (_what, maxFailures, expected) => {
    const begun: string[] = [];
    const pausing = (host: string): Job => ({
      ...jobAt(host),
      async withOpenTenant(pause) {
        begun.push(host);
        await pause(async () => {
          if (host === 'a.example') seen = [...begun];
        });
        throw new CliError('rate-limited', 'Too many requests');
      },
    });
    let seen: readonly string[] = [];
    await run(['a.example', 'b.example', 'c.example'].map(pausing), { maxFailures });
    expect([seen, begun]).toEqual([expected, expected]);
  });

  test('do not begin after an interrupt', async () => {
    const controller = new AbortController();
    const jobs = ['a', 'b'].map((name) => jobAt(`${name}.example`));
    const events = await run(jobs, { signal: controller.signal }, ({ kind }) => {
      if (kind === 'sending') controller.abort(new CliError('interrupted', 'Interrupted'));
    });
    expect(kindsOf(events)).toEqual(['sending a.example', 'sent a.example']);
  });
});
