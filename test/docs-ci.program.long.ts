import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Emulator } from '../src/emulator/tenants.ts';
import { sessionOf } from './emulator/security-session.ts';
import { notingNpm, readAction } from './support/action.ts';
import { writeBuiltApp } from './support/built-app/built-app.ts';
import { createMachine } from './support/context.ts';
import { callApi, openEmulator } from './support/emulator.ts';
import { p12Bytes, p12Path } from './support/fixtures.ts';
import { startFleet } from './support/fleet.ts';
import { cleanEnvironment, runShell } from './support/process.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { isMissing } from './support/tools.ts';

const bashTest = test.skipIf(isMissing('bash'));

/** The blocks of a page with their languages. */
function blocksOf(page: string) {
  const text = readFileSync(new URL(`../${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(
    ([, language = '', content = '']) => ({
      language,
      content,
    }),
  );
}

const blocks = ['docs/ci.md', 'docs/approve.md', 'docs/watch.md'].flatMap(blocksOf);
const snippets = blocks.filter(({ language }) => language === 'sh').map(({ content }) => content);
/** The pipelines of other makers, on these pages and on two more. */
const pipelines = [...blocks, ...blocksOf('docs/renew.md'), ...blocksOf('docs/app.md')]
  .filter(({ language }) => language === 'yaml' || language === 'groovy')
  .map(({ content }) => content)
  .join('\n');
/** The command lines inside them. */
const inPipelines = [
  ...pipelines.matchAll(/^ *(?:- (?:run: )?|sh ')(?:CI=true PATH="\S+" )?(mfa-cli [^'\n]*)'?$/gm),
].map(([, line = '']) => line);
const isOfFleet = (line: string): boolean => / fleet |--record/.test(line);
const embedded = inPipelines.filter((line) => !isOfFleet(line));

/** A tenant, and what `bootstrap --service-user` printed for a pipeline once it had made it ready. */
let made: { readonly emulator: Emulator; readonly variables: Readonly<Record<string, string>> };
const kept = temporaryDirectory();
beforeAll(async () => {
  const emulator = await openEmulator({ bare: true });
  const machine = createMachine(join(kept, 'mfa-cli'));
  const secretFile = join(kept, 'ci.secret');
  const user = ['--service-user', 'pipeline@example.com', '--secret-file', secretFile];
  const argv = ['bootstrap', '--tenant', emulator.url, ...user, '--yes'];
  const { exitCode, stderr } = await machine.run(argv, {
    env: { MFA_CLI_TOKEN: await sessionOf(emulator) },
  });
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('In the pipeline, set:\n')]);
  const exported = [...stderr.matchAll(/^export (\w+)=(\S+)$/gm)].map(
    ([, name = '', value = '']) => [name, value],
  );
  made = { emulator, variables: Object.fromEntries(exported) };
});
afterAll(() => made.emulator.close());

const pushSettings = async () => {
  const answer = await callApi(
    made.emulator,
    '/TenantConfig/GetAdvancedConfig',
    await sessionOf(made.emulator),
  );
  const { Results } = answer.body.Result as { Results: { Row: { ID: string } }[] };
  return Results.map(({ Row }) => Row.ID);
};
beforeEach(async () => {
  for (const name of await pushSettings()) {
    const ClientAppKey = /(.*)_APNSCert$/.exec(name)?.[1];
    const token = await sessionOf(made.emulator);
    if (ClientAppKey !== undefined)
      await callApi(made.emulator, '/Mobile/DeleteApnsCertForClientApp', token, { ClientAppKey });
  }
});

/** A directory with cert.p12, and the environment of a job: what `bootstrap` printed, and the secrets of the certificate. */
async function job(more: Readonly<Record<string, string>> = {}) {
  const directory = temporaryDirectory();
  copyFileSync(p12Path('01-default-aes256'), join(directory, 'cert.p12'));
  mkdirSync(join(directory, 'build'));
  writeBuiltApp(join(directory, 'build/MyApp.ipa'), { profileExpires: '2120-01-01T00:00:00Z' });
  const env = cleanEnvironment({
    CI: 'true',
    ...made.variables,
    MFA_CLI_P12_BASE64: p12Bytes('01-default-aes256').toString('base64'),
    MFA_CLI_P12_PASSWORD: 'secret',
    MFA_CLI_KEY_PASSWORD: 'sesame',
    TEXTFILE_DIRECTORY: directory,
    ...more,
  });
  return {
    directory,
    settings: pushSettings,
    run: (script: string) => runShell(`set -eu -o pipefail; cd '${directory}'\n${script}`, env),
  };
}

describe('the variables of a pipeline', () => {
  const wanted = [
    'MFA_CLI_APP_ID',
    'MFA_CLI_CLIENT_ID',
    'MFA_CLI_CLIENT_SECRET_FILE',
    'MFA_CLI_TENANT',
  ];
  test('are printed whole by bootstrap', () => {
    expect(Object.keys(made.variables).sort()).toEqual(wanted);
  });

  const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, pipeline = 'false'] = /## In a pipeline\n\n```sh\n([\s\S]*?)```/.exec(readme) ?? [];
  bashTest('of the README are those, and its block sets the certificate', async () => {
    const { MFA_CLI_TENANT: tenant = '', MFA_CLI_CLIENT_ID: user = '' } = made.variables;
    const secret = readFileSync(made.variables.MFA_CLI_CLIENT_SECRET_FILE ?? '', 'utf8').trim();
    const { run, settings } = await job({
      ...{
        MFA_CLI_TENANT: '',
        MFA_CLI_APP_ID: '',
        MFA_CLI_CLIENT_ID: '',
        MFA_CLI_CLIENT_SECRET_FILE: '',
      },
      MFA_CLI_CLIENT_SECRET: secret,
    });
    const block = pipeline
      .replace('abc1234.id.cyberark.cloud', tenant)
      .replace('ci@example.com', user);
    expect(block).toContain(tenant);
    expect(await run(block)).toMatchObject({ exitCode: 0 });
    expect(await settings()).toHaveLength(4);
  });
});

describe('the pages on pipelines', () => {
  bashTest.each([
    ['apns convert', ['cert.p12.base64'], 0],
    ['--dry-run', [], 0],
    ['--json', ['report.json'], 4],
    ['case $code', ['report.json'], 4],
    ['--format prometheus', ['mfa_cli.prom'], 0],
  ])('the shell snippet with %s runs', async (words, files, settings) => {
    const snippet = snippets.find((text) => text.includes(words)) ?? 'false';
    const { directory, run, settings: settingsNow } = await job();
    const { exitCode, stderr } = await run(snippet);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(files.filter((name) => !existsSync(join(directory, name)))).toEqual([]);
    expect(await settingsNow()).toHaveLength(settings);
  });

  bashTest('the shell snippet that gets the program builds the commit that it names', async () => {
    const snippet = snippets.find((text) => text.includes('COMMIT')) ?? 'false';
    const [origin, directory, npm] = [temporaryDirectory(), temporaryDirectory(), notingNpm()];
    const git = 'git -c user.name=A -c user.email=a@example.com';
    const env = cleanEnvironment(npm.env);
    const shell = (script: string) => runShell(`set -eu; cd '${origin}'\n${script}`, env);
    await shell(`git init -q; ${git} commit -q --allow-empty -m first`);
    const first = (await shell('git rev-parse HEAD')).stdout.trim();
    await shell(`${git} commit -q --allow-empty -m second`);
    const get = (commit: string) => {
      const script = snippet
        .replace('https://github.com/OWNER/mfa-cli.git', origin)
        .replace('COMMIT', commit);
      writeFileSync(join(directory, 'get-mfa-cli.sh'), script);
      return runShell(`cd '${directory}'; sh get-mfa-cli.sh`, env);
    };
    expect(await get(first)).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect((await shell(`git -C '${directory}/mfa-cli' rev-parse HEAD`)).stdout.trim()).toBe(first);
    const calls = [
      'npm ci --prefix ./mfa-cli --include=dev --ignore-scripts',
      'npm run build --prefix ./mfa-cli',
      'npm install --global ./mfa-cli',
    ].map((call) => `${directory}: ${call}`);
    expect(npm.calls()).toEqual(calls);
    expect((await get('0'.repeat(40))).exitCode).not.toBe(0);
    expect(npm.calls()).toEqual(calls);
  });

  bashTest('its Prometheus snippet writes what was set, also when it ends soon', async () => {
    const { directory, run } = await job();
    const snippet = snippets.find((text) => text.includes('prometheus')) ?? 'false';
    await run('mfa-cli apns set');
    const soon = snippet.replace('--all-profiles', '--all-profiles --warn-days 9999');
    expect((await run(soon)).exitCode).toBe(0);
    expect(readFileSync(join(directory, 'mfa_cli.prom'), 'utf8')).toMatch(
      /^mfa_cli_certificate_days_left\{profile="default",tenant="http:\/\/127\.0\.0\.1:\d+",client_app_key="com\.example\.lab",topic="com\.example\.lab"\} \d+$/m,
    );
    expect((await run(snippet.replace('apns status', 'apns stats'))).exitCode).not.toBe(0);
  });

  bashTest('the command lines in its pipelines run', async () => {
    const named = pipelines.split('\n').filter((line) => /(?<![\w/-])mfa-cli [a-z]/.test(line));
    expect([inPipelines.length, named.length, snippets.length]).toEqual([13, 13, 10]);
    const { run } = await job();
    for (const line of embedded) {
      const { exitCode, stderr } = await run(line);
      // The certificate of the tests is not of Apple, which is a warning; nor does Apple answer the request.
      const code = /--fail-on warning|--if-days-left/.test(line) ? 4 : 0;
      const notes = line.includes('apns renew') ? /^✓ Wrote .*\n✓ Wrote .*\n$/ : /^$/;
      expect([line, exitCode, stderr]).toEqual([line, code, expect.stringMatching(notes)]);
    }
  });

  bashTest('its jobs plan, carry out the approved plan, and watch the ledger', async () => {
    const fleet = await startFleet(2);
    writeFileSync(fleet.file, readFileSync(fleet.file, 'utf8').replace('  t1:', '  acme:'));
    const lines = new Set(inPipelines.filter(isOfFleet));
    const [plan = '', apply = '', ...watching] = lines;
    const env = { ...fleet.env, NO_COLOR: '1', CI: 'true' };
    const run = (line: string, more: Record<string, string> = {}) =>
      runShell(`set -eu; cd '${fleet.directory}'\n${line}`, { ...env, ...more });
    const planned = await run(plan);
    const APPROVE = /^sha256:[0-9a-f]{64}$/m.exec(planned.stdout)?.[0] ?? '';
    const hashing = snippets.find((text) => text.includes('sha256sum')) ?? 'false';
    if (!isMissing('jq'))
      expect((await run(hashing)).stdout).toContain(APPROVE.replace('sha256:', ''));
    const applied = await run(apply, { APPROVE });
    expect([applied.exitCode, applied.stderr]).toEqual([
      8,
      expect.stringContaining('mfa-cli apns prove --user uma@example.com'),
    ]);
    expect(fleet.tenants.map(({ holds }) => holds.size)).toEqual([1, 0]);
    const ended = [];
    const table = snippets.find((text) => text.includes('--format csv')) ?? 'false';
    for (const line of [...watching, table]) ended.push((await run(line)).exitCode);
    expect(ended).toEqual([0, 0, 0]);
  });

  test('gives the action only inputs that it has', () => {
    const inputs = Object.keys(readAction().inputs);
    const given = [
      ...pipelines.matchAll(/uses: OWNER\/mfa-cli@.*\n +with:\n((?: {10}.*\n)+)/g),
    ].map(([, lines = '']) => [...lines.matchAll(/^ +([\w-]+):/gm)].map(([, name = '']) => name));
    expect(given.map(({ length }) => length)).toEqual([7, 5, 4]);
    expect(given.flat().filter((name) => !inputs.includes(name))).toEqual([]);
  });
});
