import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { LogoutReport } from '../../src/commands/logout.ts';
import type { Assumptions } from '../../src/emulator/assumptions.ts';
import { createMachine, type RunOptions, testNow } from '../support/context.ts';
import { p12Path } from '../support/fixtures.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startTenant, visit, visitAs } from '../support/tenant.ts';
import { expectTold } from './told.ts';

/** What comes of a step: its exit code, what is said on stderr, and the JSON document. */
interface Outcome {
  readonly exitCode: number;
  readonly code: string | undefined;
  readonly report: Record<string, unknown>;
}

/** What an admin does about a refusal whose hint says so; what it changes is kept for the steps that follow. */
export type Remedy = 'send-as-query' | 'send-as-form' | 'legacy-file';

const remedies: Readonly<Record<Remedy, RegExp>> = {
  'legacy-file': /apns convert \S+\.p12 --encryption legacy/,
  'send-as-query': /--send-as query/,
  'send-as-form': /--send-as form\b/,
};

/** How a whole journey went: what every step came to, by its name, and what had to be done about refusals. */
export interface Journey {
  readonly steps: Readonly<Record<string, string>>;
  readonly remedies: readonly Remedy[];
  /** What was said on stderr, step by step. */
  readonly said: readonly string[];
}

const key = 'com.example.lab';

/**
 * Everything that an administrator and a user do at one tenant that takes the unknown like this: sign in, set, read
 * back, enroll a phone, approve a sign-in, probe, be renewed, delete, sign out. The tenant holds what it was given, and
 * nothing in the end; and no stream shows a secret, which `createMachine` sees to.
 */
export async function travel(assumptions: Assumptions): Promise<Journey> {
  const directory = temporaryDirectory();
  const [stateFile, passwordFile, legacy] = ['state.json', 'password.txt', 'legacy.p12'].map(
    (name) => join(directory, name),
  ) as [string, string, string];
  writeFileSync(passwordFile, 'secret\n', { mode: 0o600 });
  let now = testNow;
  const { emulator, login } = await startTenant({ assumptions, stateFile, now: () => now });
  const machine = createMachine();
  const steps: Record<string, string> = {};
  // No hint leads a secret into an address on mere words: the documentation does.
  const isRead =
    assumptions['mobile-parameters'] === 'query' && assumptions['missing-parameter'] === 'words';
  const used: Remedy[] = isRead ? ['send-as-query'] : [];
  const said: string[] = [];

  const run = async (
    argv: readonly string[],
    options: RunOptions = {},
  ): Promise<Outcome & { hints: string }> => {
    const { exitCode, stdout, stderr } = await machine.run([...argv, '--json'], {
      ...options,
      now,
    });
    const report = JSON.parse(stdout);
    return { exitCode, report, code: report.error?.code, hints: stderr };
  };
  const step = async (name: string, argv: readonly string[], options?: RunOptions) => {
    const outcome = await run(argv, options);
    steps[name] = outcome.code ?? String(outcome.exitCode);
    said.push(`${name}: ${outcome.hints}`);
    return outcome.report;
  };
  const set = () => [
    'apns',
    'set',
    '--p12',
    existsSync(legacy) ? legacy : p12Path('01-default-aes256'),
    '--password-file',
    passwordFile,
    ...sendAs(),
  ];
  const sendAs = () => {
    if (used.includes('send-as-query')) return ['--send-as', 'query'];
    return used.includes('send-as-form') ? ['--send-as', 'form'] : [];
  };
  const held = (): Record<string, string> =>
    JSON.parse(readFileSync(stateFile, 'utf8')).tenants.tenant.settings;

  await step('login', login, { browser: visit });
  const { user } = await step('whoami', ['whoami']);
  expect(user, said.join('')).toBe(emulator.administrator.user);

  for (let outcome = await run(set()); ; outcome = await run(set())) {
    steps.set = outcome.code ?? String(outcome.exitCode);
    const next = (Object.keys(remedies) as Remedy[]).find(
      (remedy) => !used.includes(remedy) && remedies[remedy].test(outcome.hints),
    );
    if (outcome.exitCode === 0 || next === undefined) break;
    used.push(next);
    if (next === 'legacy-file') {
      const argv = [
        'apns',
        'convert',
        p12Path('01-default-aes256'),
        '--password-file',
        passwordFile,
      ];
      const made = [
        '--format',
        'p12',
        '--encryption',
        'legacy',
        '--new-password-file',
        passwordFile,
      ];
      expect(await run([...argv, ...made, '--out', legacy])).toMatchObject({ exitCode: 0 });
    }
  }
  expect(held()).toEqual({
    'Mobile.IosCustomApp.ClientAppKey': key,
    [`${key}_APNSCert`]: expect.stringMatching(/^MII/),
    [`${key}_APNSPass`]: 'secret',
    [`${key}_APNSTopic`]: key,
  });
  expect(await step('set again', set())).toMatchObject({ unchanged: true, sent: true });
  await step('read one', [
    'api',
    'POST',
    '/Core/GetTenantConfig?key=Mobile.IosCustomApp.ClientAppKey&dflt=',
  ]);
  await step('read all', ['api', 'POST', '/TenantConfig/GetAdvancedConfig']);

  const phone = ['--profile', 'phone'];
  await step('login of a user', [...login, ...phone], { browser: visitAs(emulator.user.user) });
  const without = ['apns', 'delete', '--client-app-key', key, '--yes', ...sendAs(), ...phone];
  await step('delete without the right', without);
  await step('enroll', ['device', 'enroll', ...phone]);
  await step('token', ['device', 'register-token', ...phone]);
  const { body } = await step('challenge', ['api', 'POST', '/emulator/challenge']);
  await step('listen', ['device', 'listen', ...phone]);
  const answer = ['device', 'answer', '--approve', ...phone];
  // MD5 gives no code for three of sixteen half-minutes, and the error says so: a person waits for the next one.
  while (/yields no code for the next/.test(JSON.stringify(await step('answer', answer))))
    now = new Date(now.getTime() + 30_000);
  const { ChallengeId } = (body as { Result: { ChallengeId: string } }).Result;
  const asked = ['api', 'POST', '/emulator/verdict', '--data', JSON.stringify({ ChallengeId })];
  const { Status } = ((await step('verdict', asked)).body as { Result: { Status: string } }).Result;
  steps.verdict = Status;

  await expectTold(assumptions, { machine, emulator, stateFile, now });
  for (const name of ['refresh', 'refresh again']) {
    emulator.expireAccessTokens();
    await step(name, ['api', 'POST', '/Security/WhoAmI']);
  }
  const remove = ['apns', 'delete', '--client-app-key', key, '--yes', ...sendAs()];
  await step('delete', remove);
  expect(held()).toEqual({});
  await step('delete what is not there', remove);
  const sessions = (await step('logout', ['logout', '--all', '--yes']))
    .sessions as LogoutReport['sessions'];
  const outcomes = sessions.flatMap(({ revocations }) => revocations.map(({ outcome }) => outcome));
  steps.logout = [...new Set(outcomes)].join();
  await step('whoami after it', ['whoami']);
  return { steps, remedies: used, said };
}
