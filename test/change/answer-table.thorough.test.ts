import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import {
  type AnswerKind,
  type AnswerRule,
  answers,
  outcomes,
} from '../../src/change/answer-table.ts';
import { codes } from '../../src/errors/codes.ts';
import {
  type Example,
  examples,
  startExample,
  unwritten,
  type WrittenKind,
} from '../support/change-answers.ts';
import { createMachine } from '../support/context.ts';
import { p12Path } from '../support/fixtures.ts';
import { ledgerOf, linesIn } from '../support/ledger.ts';
import { isThorough } from '../support/patience.ts';
import { mayBecomeAnother } from '../support/second-user.ts';
import { doneAt } from './examples.ts';

const key = 'com.example.lab';
const argvOf = {
  set: ['apns', 'set', p12Path('01-default-aes256'), '--force'],
  delete: ['apns', 'delete', key, '--yes', '--force'],
} as const;
const reportedAs = { set: 'sent', delete: 'deleted' } as const;

/** One way to ask, of all that must not matter to the outcome. */
interface Way {
  readonly asked: 'set' | 'delete';
  readonly form: 'json' | 'form';
  readonly turn: 'first' | 'last';
  readonly signIn: 'profile' | 'service user' | 'token';
  readonly ledger: 'with' | 'without';
}

const everyWay: readonly Way[] = (['set', 'delete'] as const).flatMap((asked) =>
  (['json', 'form'] as const).flatMap((form) =>
    (['first', 'last'] as const).flatMap((turn) =>
      (['profile', 'service user', 'token'] as const).flatMap((signIn) =>
        (['with', 'without'] as const).map((ledger) => ({ asked, form, turn, signIn, ledger })),
      ),
    ),
  ),
);

/** A quarter of all ways, which have any two choices in each combination. */
const quarterOfWays = everyWay.filter(({ asked, form, turn, signIn, ledger }) => {
  const firsts = [asked === 'set', form === 'json', turn === 'first', ledger === 'with'];
  const isUnlike = (asked === 'set') !== (form === 'json');
  return firsts.filter(Boolean).length % 2 === 0 && isUnlike === (signIn === 'service user');
});

/** That quarter, or seven ways that have each choice with each form and request. */
const ways = isThorough ? quarterOfWays : everyWay.filter((_way, index) => index % 7 === 0);

/** Only a service user gets another session when its first is not accepted. */
function waysOf(kind: WrittenKind): readonly Way[] {
  if (kind === 'unauthorized') return ways.filter(({ signIn }) => signIn !== 'service user');
  if (kind === 'out-of-scope') return ways.filter(({ signIn }) => signIn === 'service user');
  return ways;
}

/** A machine that is signed in so, with or without an earlier set on record. */
function machineFor({ signIn, ledger }: Pick<Way, 'signIn' | 'ledger'>, tenant: string) {
  const machine = createMachine();
  mkdirSync(machine.directory, { recursive: true, mode: 0o700 });
  if (signIn === 'profile') keepSession(machine.directory, tenant);
  if (ledger === 'with') {
    const lines = doneAt('earlier', 0, { tenant, clientAppKey: key, topic: key, notBefore: null });
    const texts = lines.map((line) => `${JSON.stringify({ ...line, at: earlier(line.id) })}\n`);
    writeFileSync(ledgerOf(machine.directory), texts.join(''), { mode: 0o600 });
  }
  return machine;
}

function earlier(id: string): string {
  return `2026-11-20T08:00:0${id === 'earlier' ? 0 : 1}.000Z`;
}

function keepSession(directory: string, tenant: string): void {
  const session = {
    tenant,
    appId: 'mfa-cli',
    clientId: 'mfa-cli',
    grant: 'authorization-code',
    expiresAt: null,
    scope: 'all',
    user: 'admin@example.com',
    accessToken: 'the-access-token',
    refreshToken: null,
  };
  const profile = { settings: { tenant }, session, certificates: [] };
  const kept = { current: 'default', profiles: { default: profile } };
  writeFileSync(join(directory, 'config.json'), JSON.stringify(kept), { mode: 0o600 });
}

const credentials = {
  profile: {},
  'service user': { MFA_CLI_CLIENT_ID: 'ci@example.com', MFA_CLI_CLIENT_SECRET: 'the-secret-1' },
  token: { MFA_CLI_TOKEN: 'the-access-token' },
} as const;

/** Runs the command, and tells its end beside what is on record afterwards. */
async function run(way: Way, tenant: string, words: readonly string[] = []) {
  const machine = machineFor(way, tenant);
  const env = {
    MFA_CLI_TENANT: tenant,
    MFA_CLI_P12_PASSWORD: 'secret',
    ...credentials[way.signIn],
  };
  const argv = [...argvOf[way.asked], '--send-as', way.form, '--json', ...words];
  const { exitCode, stdout } = await machine.run(argv, { env, aside: async () => {} });
  const status = await machine.run(['apns', 'status', '--all-profiles', '--json']);
  return {
    exitCode,
    document: JSON.parse(stdout),
    ledger: linesIn(ledgerOf(machine.directory)).at(-1),
    status: { exitCode: status.exitCode, requests: JSON.parse(status.stdout).requests },
  };
}

/** A sentence of the table, with anything in its places. */
function sentence(claim: string): RegExp {
  const parts = claim
    .split(/\{\w+\}/)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}`);
}

type Ran = Awaited<ReturnType<typeof run>>;

/** Holds what was seen against the row. */
function expectRow({ claim, code, outcome }: AnswerRule, way: Way, ran: Ran): void {
  const { document, exitCode, ledger, status } = ran;
  expect(exitCode).toBe(code === null ? 0 : codes[code].exitCode);
  const reported = reportedAs[way.asked];
  if (outcome === 'not-done') expect(document).not.toHaveProperty(reported);
  else expect(document[reported]).toBe(outcomes[outcome].reported);
  if (code !== null) {
    expect(document.error).toMatchObject({ code, exitCode: codes[code].exitCode });
    expect(document.error.message).toMatch(sentence(claim));
    expect(document.error.message).not.toMatch(/[{}]|token=/);
  }
  expect(ledger?.outcome).toBe(outcome);
  expect(status.exitCode).toBe(outcome === 'unknown' ? 4 : 0);
  expect(status.requests).toHaveLength(outcome === 'unknown' ? 1 : 0);
}

/** How often the row is sent in a way: earlier tries, and those that the row allows. */
function triesOf({ again }: AnswerRule, { asked, turn }: Way): number {
  if (turn === 'last') return again === 'both-renewed' ? 4 : 3;
  if (again === 'both-after-pause') return 3;
  if (again === 'set-alone') return asked === 'set' ? 3 : 1;
  return again === 'both-renewed' ? 2 : 1;
}

const wayWords = ({ asked, form, turn, signIn, ledger }: Way): string =>
  `${asked} as ${form}, ${turn} try, ${signIn}, ${ledger} a ledger`;

describe.each(Object.keys(examples) as WrittenKind[])('%s', (kind) => {
  const cases = examples[kind].flatMap((example) => waysOf(kind).map((way) => ({ example, way })));
  // Seven ways, of which every third case has another one.
  const tried = cases.filter((_case, index) => isThorough || index % 3 === 0);

  test.each(
    tried.map((each) => ({ ...each, name: `${each.example.words}: ${wayWords(each.way)}` })),
  )('$name', async ({ example, way }: { example: Example; way: Way }) => {
    const { url, calls } = await startExample(example, way.turn);
    const row: AnswerRule = answers[kind];
    const ran = await run(way, url);
    expectRow(row, way, ran);
    expect(calls()).toBe(triesOf(row, way));
    if (row.outcome === 'unknown') expect(ran.document.tries).toBe(calls());
  });
});

describe.each(Object.keys(unwritten) as (keyof typeof unwritten)[])('%s', (kind) => {
  const isPossible = kind !== 'neighbor' || mayBecomeAnother;
  const signedIn = ways.filter(({ turn, signIn }) => turn === 'first' && signIn !== 'service user');

  const named = signedIn.map((way) => ({ way, name: wayWords(way) }));

  test.runIf(isPossible).each(named)('$name', async ({ way }) => {
    const ran = await run(way, await unwritten[kind](), ['--timeout', '2']);
    expectRow(answers[kind], way, ran);
  });
});

test('after a silence only a success tells a set from one that may have been made', async () => {
  for (const kind of ['refused', 'forbidden', 'redirect', 'done'] as const) {
    const [example] = examples[kind] as readonly [Example];
    let calls = 0;
    const { url } = await startExample(
      {
        words: 'silence, then an answer',
        plays(response, request) {
          calls++;
          if (calls === 1) response.destroy();
          else example.plays(response, request);
        },
      },
      'first',
    );
    const way: Way = {
      asked: 'set',
      form: 'json',
      turn: 'first',
      signIn: 'token',
      ledger: 'without',
    };
    const { exitCode, document, ledger } = await run(way, url);
    const isDone = kind === 'done';
    expect([exitCode, document.sent]).toEqual(isDone ? [0, true] : [7, null]);
    expect(ledger?.outcome).toBe(isDone ? 'done' : 'unknown');
    if (!isDone) expect(document.error.hints[0]).toMatch(/^Of the last try: /);
  }
});

test('an error code has one outcome, so that an error tells it', () => {
  const outcomeOf = new Map<string, string>();
  for (const { code, outcome } of Object.values<AnswerRule>(answers)) {
    const known = outcomeOf.get(String(code)) ?? outcome;
    expect(outcome).toBe(known);
    outcomeOf.set(String(code), outcome);
  }
});

const path = fileURLToPath(new URL('../../docs/answers.md', import.meta.url));
const againWords: Readonly<Record<AnswerRule['again'], string>> = {
  never: 'no',
  'set-alone': 'a set request, up to three times',
  'both-after-pause': 'after a pause, up to three times',
  'both-renewed': 'once, with a renewed session',
  'both-in-other-form': 'once, in the other form',
};
const reportedWords = { done: '`true`', unknown: '`null`', 'not-done': 'an error instead' };
const placeWords: Readonly<Record<string, string>> = {
  '{tenant}': 'TENANT',
  '{done}': 'set (or deleted) the certificate',
  '{times}': '',
  '{answer}': 'ANSWER',
  '{status}': 'STATUS',
  '{words}': ': WORDS',
  '{to}': 'ADDRESS',
};

function cellsOf({ description, claim, code, outcome, again }: AnswerRule): readonly string[] {
  const said = claim.replaceAll(/\{\w+\}/g, (place) => placeWords[place] ?? place);
  return [
    description,
    said,
    code === null ? '0' : `\`${code}\` (${codes[code].exitCode})`,
    reportedWords[outcome],
    `\`${outcome}\``,
    againWords[again],
  ];
}

function table(lines: readonly (readonly string[])[]): string {
  const widths = (lines[0] ?? []).map((_cell, column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  );
  const row = (line: readonly string[]): string =>
    `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [head = [], ...others] = lines;
  return [row(head), row(widths.map((width) => '-'.repeat(width))), ...others.map(row)].join('\n');
}

test('docs/answers.md has the table as it is declared; vitest -u writes it there', async () => {
  const page = readFileSync(path, 'utf8');
  const [before] = page.split('<!-- answers -->\n');
  const after = page.split('<!-- end of answers -->')[1];
  const head = ['what arrived', 'the sentence', 'code (exit)', '`sent`, `deleted`', 'ledger'];
  const rows = Object.values<AnswerRule>(answers).map(cellsOf);
  const later = Object.entries(outcomes).map(([outcome, { next }]) => [`\`${outcome}\``, next]);
  const tables = [
    table([[...head, 'sent again'], ...rows]),
    '',
    table([['ledger', 'the next run'], ...later]),
  ];
  await expect(
    `${before}<!-- answers -->\n${tables.join('\n')}\n<!-- end of answers -->${after}`,
  ).toMatchFileSnapshot(path);
});

test('each kind of answer has an example', () => {
  const kinds: readonly AnswerKind[] = Object.keys(answers) as AnswerKind[];
  expect([...Object.keys(examples), ...Object.keys(unwritten)].sort()).toEqual([...kinds].sort());
});
