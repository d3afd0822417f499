import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { BootstrapReport } from '../../../src/commands/bootstrap/report.ts';
import type { Faults } from '../../../src/emulator/faults.ts';
import { sessionOf } from '../../emulator/security-session.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { expectSteps, wholeTranscript } from '../../support/transcript.ts';
import {
  applicationOf,
  type BareTenant,
  makeApplication,
  startBare,
  theirs,
} from './ready-tenant.ts';

type FaultKind = Parameters<Faults['add']>[1];
const changing = /Import|Update|Store|Assign|Set|Add|Create|Delete/;

/** `create application ✓ client ✓`: each step with what is done, and whether it is in effect. */
function stepsIn({ steps = [] }: Partial<BootstrapReport>): string {
  const words: string[] = [];
  let before: string | undefined;
  for (const { step, action, verified } of steps) {
    const mark = verified === null ? '' : verified ? ' ✓' : ' ✗';
    words.push(
      `${action === before ? '' : `${before === undefined ? '' : '| '}${action} `}${step}${mark}`,
    );
    before = action;
  }
  return words.join(' ');
}

/**
 * Command lines of the administrator (`$`) and of others at a tenant that nobody has made ready, and what happens between them: `fault KIND PATH TIMES`, `write FILE`, `theirs` (an
 * application of somebody else), `role NAME` (of somebody else), and `application` (as the tenant tells it).
 */
test(
  'what bootstrap does, step by step, and what the tenant is like afterwards',
  { timeout: wholeTranscript },
  () =>
    expectSteps('bootstrap-runs.txt', async ([title = '', ...lines]) => {
      const [, assumption = '', value = ''] = /\((\S+)=(\S+)\)$/.exec(title) ?? [];
      const tenant = await startBare(value === '' ? {} : { assumptions: { [assumption]: value } });
      const file = join(temporaryDirectory(), 'ci.secret');
      const initial = tenant.state();
      const outcomes: (readonly string[])[] = [[]];
      for (const line of lines) {
        const [word = '', ...rest] = line.split(' ');
        if (word.endsWith('$')) outcomes.push(await runLine(tenant, word, rest, file, initial));
        else outcomes.push(await happen(tenant, word, rest, file));
      }
      await tenant.emulator.close();
      return outcomes;
    }),
);

async function runLine(
  tenant: BareTenant,
  who: string,
  words: readonly string[],
  file: string,
  initial: string,
): Promise<readonly string[]> {
  const { emulator, port } = tenant;
  const argv = words.join(' ').replace('FILE', file).split(' ').filter(Boolean);
  const tokens: Readonly<Record<string, () => Promise<Readonly<Record<string, string>>>>> = {
    user$: async () => ({ MFA_CLI_TOKEN: await sessionOf(emulator, emulator.user) }),
    ended$: async () => ({ MFA_CLI_TOKEN: 'token-of-last-week' }),
    nobody$: async () => ({}),
    wide$: async () => ({ MFA_CLI_TOKEN: await sessionOf(emulator), MFA_CLI_SCOPE: 'all mail' }),
    stranger$: async () => ({
      MFA_CLI_CLIENT_ID: 'ci@example.com',
      MFA_CLI_CLIENT_SECRET: 'wrong-secret',
    }),
    half$: async () => ({ MFA_CLI_CLIENT_SECRET: 'ci-client-secret' }),
  };
  const given = await tokens[who]?.();
  const env = given === undefined ? {} : { env: given };
  const [before, asked] = [tenant.state(), emulator.requests.length];
  const { exitCode, report, error, stderr } = await tenant.bootstrap(
    argv.map((each) => each.replaceAll('_', ' ')),
    env,
  );
  const state = tenant.state();
  const requests = emulator.requests.slice(asked);
  const changes = requests.filter(({ path }) => changing.test(path)).length;
  const silence = requests.length === 0 ? ', nobody is asked' : '';
  const masked = (text: string): string =>
    text
      .replaceAll(emulator.url, 'https://abc1234.id.cyberark.cloud')
      .replaceAll(String(port), '8400')
      .replaceAll(file, 'FILE')
      .replaceAll(/(?<=ErrorID |RowKey )[\w:-]+/g, '0');
  const outcome =
    state === initial ? ', as in the beginning' : state === before ? ', as before' : '';
  const secret = existsSync(file)
    ? `, FILE${readFileSync(file, 'utf8') === 'mine' ? ' (mine)' : ''}`
    : '';
  const [first = '', ...hints] =
    error === null || error === undefined ? [] : [error.message, ...error.hints];
  const { applications, roles } = JSON.parse(state).tenants.tenant;
  expect(
    (roles ?? []).filter(({ name }: { name: string }) => name === 'mfa-cli').length,
  ).toBeLessThan(2);
  const notes = stderr
    .split('\n')
    .filter((line) => !/^( |$|mfa-cli: |\d+ changes? at )/.test(line));
  return [
    `${exitCode}, ${changes} changes${silence}${outcome}${secret}; applications: ${applications?.length ?? 0}`,
    ...[stepsIn(report), error && `${error.code}: ${first}`, ...hints].filter(Boolean),
    ...notes.map((note) => `note: ${note}`),
  ].map((each) => masked(String(each)));
}

async function happen(
  tenant: BareTenant,
  word: string,
  [first = '', path = '', times = '1']: readonly string[],
  file: string,
): Promise<readonly string[]> {
  const { emulator, ask } = tenant;
  if (word === 'application') {
    const text = JSON.stringify((await applicationOf(tenant)).OAuthProfile);
    return [text.replaceAll(String(tenant.port), '8400')];
  }
  if (word === 'fault') emulator.faults.add(path, first as FaultKind, Number(times));
  else if (word === 'write') writeFileSync(first.replace('FILE', file), 'mine');
  else if (word === 'role') await ask('/Roles/StoreRole', { Name: first, Description: 'Of Grace' });
  else if (word === 'theirs') {
    const OAuthProfile = { ...theirs.OAuthProfile, ...JSON.parse(first || '{}') };
    await makeApplication(tenant, { ...theirs, OAuthProfile });
  } else throw new Error(`nothing is called ${word}`);
  return [];
}

test.each([
  'lost',
  // It was done, and nobody was told.
  'unanswered',
] as const)(
  'runs that are cut off (%s) after each call that changes something come to a service user whose password opens the tenant',
  async (kind) => {
    const tenant = await startBare();
    const { faults, url } = tenant.emulator;
    const file = join(temporaryDirectory(), 'ci.secret');
    const more = ['--service-user', 'pipe@example.com', '--secret-file', file];
    const left = new Set<string>();
    const state = () => `${tenant.state()}${existsSync(file)}`;
    let exitCode = 7;
    for (let nth = 1; exitCode !== 0; left.add(state())) {
      const before = state();
      faults.addFrom(nth, kind);
      exitCode = (await tenant.bootstrap(['--yes', ...more])).exitCode;
      faults.clear();
      expect([0, 2, 7, 8]).toContain(exitCode);
      // The user was not made: the file is in the way, which is said.
      if (exitCode === 2) rmSync(file);
      if (state() === before) nth++;
    }
    // As many calls change something.
    expect(left.size).toBe(11);
    expect((await tenant.bootstrap(['--yes', ...more])).exitCode).toBe(0);
    const client_secret = readFileSync(file, 'utf8').trimEnd();
    const grant = { grant_type: 'client_credentials', scope: 'all', client_id: 'pipe@example.com' };
    const body = new URLSearchParams({ ...grant, client_secret });
    const answer = await fetch(`${url}/OAuth2/Token/mfa-cli-pipelines`, { method: 'POST', body });
    expect(answer.status).toBe(200);
  },
);

test('an application of somebody else whose names have lines of their own forges no line of the plan', async () => {
  const tenant = await startBare();
  const AllowedClients = ['evil\n  keep    role         mfa-cli\u001b[2J'];
  const OAuthProfile = { TargetIsUs: true, ClientIDType: 0, AllowedClients };
  await makeApplication(tenant, { Name: 'Theirs', ServiceName: 'mfa-cli', OAuthProfile });
  const env = {
    MFA_CLI_TOKEN: await sessionOf(tenant.emulator),
    MFA_CLI_TENANT: tenant.emulator.url,
  };
  const { stdout } = await tenant.machine.run(['bootstrap', '--dry-run'], { env });
  expect(stdout).toContain('AllowedClients: evil\\u000a  keep    role         mfa-cli\\u001b[2J');
  const lines = stdout.split('\n').filter((line) => /^ {2}\w+ +role /.test(line));
  expect(lines).toEqual(['  create  role         mfa-cli']);
});
