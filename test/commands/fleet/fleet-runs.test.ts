import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { encodeRecord, type RecordEntry } from '../../../src/commands/fleet/record.ts';
import type { FleetStatusReport } from '../../../src/commands/fleet/report.ts';
import { serverCa } from '../../support/apns.ts';
import { type Misbehaving, refuse, startFleet, type TestFleet } from '../../support/fleet.ts';
import { expectSteps, wholeTranscript } from '../../support/transcript.ts';

const other = (name: string, origin: string, key: string): string =>
  `  ${name}: { tenant: "${origin}", certificate: null, client-app-key: ${key}, sign-in: { client-id: ci@t1, client-secret: { env: CI_SECRET } } }`;

/** What a tenant does in place of an answer: `refuses set`, `drops delete`, `forgets set` (it never answers),
 * `has status 401`. */
function faultOf([verb, ...words]: readonly string[]): Misbehaving {
  const word = words.at(-1);
  return (call, response) => {
    if (verb !== 'has' && call !== word) return false;
    if (verb === 'forgets') return true;
    if (verb === 'drops') response.destroy();
    else if (verb === 'has') response.writeHead(Number(word)).end();
    else if (call === 'token') response.writeHead(400).end('{"error":"invalid_client"}');
    else refuse(response);
    return true;
  };
}

/**
 * A fleet (`tenants COUNT`; `old`: a key of t1 that is to go, `again`: a second name of t1; `tls`), and what happens to it: faults
 * of a tenant, `edit FROM ¦ TO`, `earlier KEY YEAR` (t1 holds that key, set then), `t1 holds KEY TOPIC` (`latest`:
 * the key set last), `forget NAME` (in the record), `record TEXT`, and command lines.
 */
test(
  'what plan, apply and status do, tenant by tenant, and in which order',
  { timeout: wholeTranscript },
  () =>
    expectSteps('fleet-runs.txt', async ([, setup = '', ...lines]) => {
      const [, count = '1', ...extras] = setup.split(' ');
      const faults = new Map<string, Misbehaving>();
      const order: string[] = [];
      const fleet = await startFleet(Number(count), {
        tls: (number) => extras.includes('tls') && number !== 2,
        misbehaving: (number) => (url, response, request) => {
          const call = /^\/(Core\/Get)?TenantConfig/.test(url) ? 'ask' : url;
          if (!/^(token|ask)$/.test(call)) order.push(`t${number} ${call}`);
          const fault = faults.get(`t${number}`) ?? faults.get('all');
          const tenant = fleet.tenants[number - 1];
          if (fault?.(call, response, request)) return true;
          return call === 'ask' && extras.includes('tells') && tenant
            ? tell(url, response, tenant)
            : false;
        },
        more: (origin) => [
          ...(extras.includes('old') ? [other('old', origin(1), 'com.example.old')] : []),
          ...(extras.includes('again') ? [other('again', origin(1), 'com.example.lab')] : []),
        ],
      });
      const outcomes: (readonly string[])[] = [[], []];
      for (const line of lines) {
        const [before = '', command] = line.split('$ ');
        if (command !== undefined) outcomes.push(await runLine(fleet, before, command, order));
        else {
          happen(fleet, line, faults);
          outcomes.push([]);
        }
      }
      // Each tenant sees its own session alone.
      for (const { name, bytes } of fleet.tenants)
        expect(bytes.join('\n').replaceAll(`token-of-${name}-`, '')).not.toContain('token-of-');
      return outcomes;
    }),
);

type Tenant = TestFleet['tenants'][number];

/** A tenant that tells the topics that it holds, and the key set last, if it has one. */
function tell(url: string, response: ServerResponse, { holds }: Tenant): boolean {
  const key = new URL(url, 'http://tenant').searchParams.get('key') ?? '';
  const latest = holds.get('latest') ?? [...holds.keys()].at(-1) ?? null;
  const isLatest = key === 'Mobile.IosCustomApp.ClientAppKey';
  const Result = isLatest ? latest : (holds.get(key.replace('_APNSTopic', '')) ?? null);
  response
    .setHeader('content-type', 'application/json')
    .end(JSON.stringify({ success: true, Result }));
  return true;
}

function happen(fleet: TestFleet, line: string, faults: Map<string, Misbehaving>): void {
  const [word = '', ...rest] = line.split(' ');
  if (word === 'edit') {
    const [from = '', to = ''] = line.slice('edit '.length).split(' ¦ ');
    fleet.edit(new RegExp(from), to);
  } else if (word === 'record') {
    rmSync(fleet.record, { force: true });
    writeFileSync(fleet.record, rest.join(' '));
  } else if (word === 'lock') {
    rmSync(fleet.record);
    writeFileSync(`${fleet.record}.lock`, 'somebody');
  } else if (word === 'earlier') {
    const [key = '', year] = rest;
    const { tenants } = JSON.parse(readFileSync(fleet.record, 'utf8')) as {
      tenants: RecordEntry[];
    };
    const [first] = tenants;
    if (first === undefined) throw new Error('nothing is on record');
    const entry = {
      ...first,
      name: 'old',
      clientAppKey: key,
      topic: key,
      setAt: `${year}-01-01T00:00:00Z`,
    };
    writeFileSync(fleet.record, encodeRecord({ entries: [...tenants, entry] }));
    fleet.tenants[0]?.holds.set(key, key);
  } else if (word === 'forget') {
    const { tenants } = JSON.parse(readFileSync(fleet.record, 'utf8')) as {
      tenants: RecordEntry[];
    };
    writeFileSync(
      fleet.record,
      encodeRecord({ entries: tenants.filter(({ name }) => name !== rest[0]) }),
    );
  } else if (rest[0] === 'holds') {
    const holds = fleet.tenants[Number(word.slice(1)) - 1]?.holds;
    const [, key = '', topic] = rest;
    if (topic === undefined) holds?.delete(key);
    else holds?.set(key, topic);
  } else if (rest[0] === 'recovers') faults.delete(word);
  else faults.set(word.replace(/s$/, ''), faultOf(rest));
}

/** One line for all tenants; then errors and findings that they share, requests in order, the record and the notes. */
async function runLine(
  fleet: TestFleet,
  before: string,
  line: string,
  order: string[],
): Promise<readonly string[]> {
  const at = (text: string): string =>
    text.replaceAll('DIR', fleet.directory).replace(/\bCA$/, serverCa);
  const [, given] = /^answer ?(.*?) ?$/.exec(before) ?? [];
  const env = Object.fromEntries(
    [...before.matchAll(/(\w+)=(\S*)/g)].map(([, name, value = '']) => [name, at(value)]),
  );
  // One after another: their order is that of the line.
  const alone = /^apply(?!.*--concurrency)/.test(line) ? ['--concurrency', '1'] : [];
  const words = [...line.trim().split(' ').map(at), ...alone];
  const answers = given
    ?.split(' ')
    .filter(Boolean)
    .map((answer) => answer === 'yes');
  const options = { env: { NO_COLOR: '1', ...env }, ...(answers === undefined ? {} : { answers }) };
  const masked = (text: string): string =>
    text
      .replaceAll(fleet.directory, 'DIR')
      .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
      .replaceAll(/ \([A-Z_]{9,}\)/g, '');
  if (before === 'text ') {
    const { exitCode, stdout } = await fleet.run(words, options);
    order.length = 0;
    return [String(exitCode), ...stdout.trimEnd().split('\n')].map(masked);
  }
  const { exitCode, report, outcomes, stderr, questions } = await fleet.json(words, options);
  const sent = order.splice(0);
  // What is tried again comes when its pause is over, and tenants are asked at the same time.
  const isInOrder = line.startsWith('apply') && new Set(sent).size === sent.length;
  const inOrder = (texts: readonly string[]) => (isInOrder ? texts : texts.toSorted());
  const requests = inOrder(sent);
  const { error } = report as { error?: { code: string; message: string; hints: string[] } };
  const told = report.tenants?.flatMap(({ error: failed = null, findings = [], tries = null }) => [
    ...(failed === null ? [] : [failed.message, ...failed.hints]),
    ...(tries === null ? [] : [`tries: ${tries}`]),
    ...findings.filter(({ code }) => code === 'silences-other-app').map(({ message }) => message),
  ]);
  const asked = questions.map((question) => `asked: ${question}`);
  if (error !== undefined)
    return [
      `${exitCode} ${error.code}: ${error.message}`,
      ...error.hints,
      ...asked,
      ...requests,
    ].map(masked);
  expect(`${JSON.stringify(report)}${stderr}`).not.toMatch(/token-of-|the-secret-of-the-pipeline/);
  const states = (report as unknown as FleetStatusReport).tenants.map(
    ({ name, state, held, inUse }) =>
      [name, state, held?.outcome, held?.topic, inUse === false && 'not in use']
        .filter(Boolean)
        .join(' '),
  );
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a slow machine shows the progress between them
  const shown = stderr.replaceAll(/\u001b\[\?2026h.*?\u001b\[\?2026l/gs, '');
  const notes = inOrder(shown.split('\n').filter(Boolean));
  return [
    `${exitCode}: ${(line.startsWith('status') ? states : outcomes).join(', ')}`,
    ...new Set(told.map(masked)),
    ...asked,
    ...(requests.length === 0 ? [] : [`requests: ${requests.join(', ')}`]),
    ...(requests.length === 0 ? [] : [`record: ${recorded(fleet).join(', ')}`]),
    ...notes.map((note) => `stderr: ${note}`),
  ].map(masked);
}

/** `t1 set`, and of a request without an answer what was there before. */
function recorded({ record }: TestFleet): readonly string[] {
  const { tenants } = JSON.parse(readFileSync(record, 'utf8')) as { tenants: RecordEntry[] };
  return tenants.map(({ name, state, outcome, before }) => {
    if (outcome === undefined) return `${name} ${state}`;
    return `${name} ${state} (${outcome}; before: ${before ? `${before.state} ${before.topic}` : before})`;
  });
}
