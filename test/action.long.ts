import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { notingNpm, readAction, runAction } from './support/action.ts';
import { writeBuiltApp } from './support/built-app/built-app.ts';
import { p12Bytes, p12Path } from './support/fixtures.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { settingsOf, startTenant, type TestTenant } from './support/tenant.ts';
import { isMissing } from './support/tools.ts';

const good = '22-pw-spaces-quotes';
const password = ` a"b'c$ `;
const base64 = p12Bytes(good).toString('base64');
const fingerprint = '30b8405b649f4f43a02219afcf85fe6c7c00cff68c72c6f592f74262a752a780';
const given = { fingerprint, 'not-after': '2027-12-24T13:29:19Z' };
const nothingGiven = { fingerprint: '', 'not-after': '' };
const held = {
  'com.example.lab_APNSCert': base64,
  'com.example.lab_APNSPass': password,
  'com.example.lab_APNSTopic': 'com.example.lab',
};

type Inputs = Readonly<Record<string, string>>;

/** The inputs of a service user of the tenant, with the certificate of a file. */
const inputsFor = ({ emulator }: TestTenant): Inputs => ({
  tenant: emulator.url,
  'client-id': emulator.serviceUser.user,
  'client-secret': emulator.serviceUser.password,
  p12: p12Path(good),
});

/** Runs the action: what it ends with, tells, gives to later steps, and leaves at the tenant. */
async function act(tenant: TestTenant, inputs: Inputs) {
  const { emulator } = tenant;
  const job = { ...notingNpm().env, MFA_CLI_APNS_HOST: '127.0.0.1:1' };
  const usual = { password, 'warn-days': '0' };
  const { exitCode, stdout, stderr, outputs, summary, workspace } = await runAction(
    { ...usual, ...inputs },
    job,
  );
  const page = readable(summary);
  const told = `${stdout}${stderr}${JSON.stringify(outputs)}${page}`;
  for (const secret of [password, emulator.serviceUser.password, base64])
    expect(told).not.toContain(secret);
  expectPlainCells(summary);
  expect(existsSync(join(workspace, 'pwned'))).toBe(false);
  const sent = emulator.requests.filter(({ path }) => path.startsWith('/Mobile/')).length;
  const annotations = stdout.split('\n').filter((line) => line.startsWith('::'));
  const titles = annotations.map((line) => /^::(\w+ title=[\w-]+)::/.exec(line)?.[1]);
  const settings = await settingsOf(emulator);
  return { exitCode, stdout, stderr, outputs, page, sent, annotations, titles, settings };
}

/** What a cell of the summary holds is neither Markdown nor HTML. */
function expectPlainCells(summary: string): void {
  const cells = summary.split('\n').flatMap((line) => line.slice(2, -2).split(' | '));
  for (const cell of cells.filter((each) => each.includes('&#')))
    expect(cell.replaceAll(/&#\d+;/g, '')).toMatch(/^[\p{L}\p{N} ,✓✗]*$/u);
}

/** Markdown with its character references as what they stand for. */
function readable(summary: string): string {
  return summary.replaceAll(/&#(\d+);/g, (_reference, code) => String.fromCodePoint(Number(code)));
}

/** A run that asks the tenant to change nothing. */
const nothingSent = { sent: 0, settings: {} };

describe.skipIf(isMissing('bash'))('the action', () => {
  test('sets the certificate of the secret store', async () => {
    const tenant = await startTenant();
    const inputs = { ...inputsFor(tenant), p12: '', 'p12-base64': base64 };
    const ended = await act(tenant, { ...inputs, environment: 'production' });
    expect(ended).toMatchObject({ exitCode: 0, sent: 1, outputs: given, settings: held });
    expect(ended.titles).toEqual(['warning title=issuer-not-apple']);
    expect(ended.page).toContain('| Verdict | ✓ Set the push certificate |');
    expect(ended.page).toContain('| Environment | production |');
    expect(ended.page).toContain(`| SHA-256 | ${fingerprint} |`);
    expect(ended.page).toMatch(/\| Valid until \| 2027-12-24 \(\d+ days left\) \|/);
    expect(ended.page).toContain('| info: encryption-modern |');
  });

  test('takes a path, a topic and a client app key', async () => {
    const tenant = await startTenant();
    const inputs = { topic: 'com.example.lab.voip', 'client-app-key': 'of the app' };
    const ended = await act(tenant, { ...inputsFor(tenant), ...inputs });
    expect(ended).toMatchObject({ exitCode: 0, sent: 1, outputs: given });
    expect(ended.settings).toMatchObject({
      'Mobile.IosCustomApp.ClientAppKey': 'of the app',
      'of the app_APNSCert': base64,
      'of the app_APNSTopic': 'com.example.lab.voip',
    });
    expect(ended.page).toContain('| Topic | com.example.lab.voip |');
    expect(ended.page).toContain('| Environment | not checked |');
  });

  test('checks a built app, and sends nothing', async () => {
    const tenant = await startTenant();
    const app = join(temporaryDirectory(), '-App.ipa');
    writeBuiltApp(app);
    const ended = await act(tenant, { app });
    expect(ended).toMatchObject({ exitCode: 0, titles: [], outputs: nothingGiven, ...nothingSent });
    expect(ended.page).toContain('| Verdict | ✓ The app passes the checks |');
    expect(ended.page).toContain('| Bundle ID | com.example.lab |');
    expect(ended.page).toContain('| Profile until | 2027-01-15 |');
    writeBuiltApp(app, { team: 'ZYXWV98765' });
    const other = await act(tenant, { app, p12: p12Path(good) });
    expect(other).toMatchObject({ exitCode: 4, ...nothingSent });
    expect(other.titles).toEqual(['error title=app-team-mismatch']);
    expect(other.annotations[0]).toContain('(Payload/Approver.app/Approver)');
    expect(other.page).toContain('| Verdict | ✗ The app has faults |');
  });

  test('fails on a warning about an app only if that is asked for', async () => {
    const tenant = await startTenant();
    const app = join(temporaryDirectory(), 'App.ipa');
    writeBuiltApp(app, { environment: 'development' });
    const inputs = { app, p12: p12Path(good) };
    expect(await act(tenant, inputs)).toMatchObject({ exitCode: 0 });
    const strict = await act(tenant, { ...inputs, 'fail-on': 'warning' });
    expect(strict).toMatchObject({ exitCode: 4 });
    expect(strict.titles).toEqual(['warning title=app-environment-mismatch']);
  });

  test('tells an app that cannot be read', async () => {
    const tenant = await startTenant();
    const ended = await act(tenant, { app: 'nowhere/App.ipa' });
    expect(ended).toMatchObject({ exitCode: 3, titles: ['error title=file-not-found'] });
    expect(ended.page).toContain('| Verdict | ✗ The app was not checked |');
  });

  test('does not say that nothing was sent where the tenant did not answer', async () => {
    const tenant = await startTenant();
    tenant.emulator.faults.add('/Mobile/SetApnsCertForClientApp', 'unanswered', 3);
    const ended = await act(tenant, inputsFor(tenant));
    expect(ended).toMatchObject({ exitCode: 7, outputs: nothingGiven, settings: held });
    expect(ended.titles).toEqual(['error title=outcome-unknown']);
    expect(ended.annotations[0]).toContain('(sent 3 times)');
    expect(ended.page).toContain('| Verdict | ✗ The tenant may have set the certificate |');
    expect(`${ended.stdout}${ended.page}`).not.toContain('Nothing was sent');
  });

  test('stops at an expired certificate, and tells which it was', async () => {
    const tenant = await startTenant();
    const inputs = { ...inputsFor(tenant), p12: p12Path('30-exp'), password: 'secret' };
    const ended = await act(tenant, inputs);
    expect(ended).toMatchObject({ exitCode: 4, ...nothingSent });
    expect(ended.titles).toEqual([
      'error title=certificate-expired',
      'warning title=issuer-not-apple',
    ]);
    expect(ended.outputs['not-after']).toBe('2024-01-30T00:00:00Z');
    expect(ended.page).toContain('| Verdict | ✗ Nothing was sent, the checks found errors |');
    expect(ended.page).toContain('| Valid until | 2024-01-30 (expired) |');
    expect(ended.page).toContain('| error: certificate-expired |');
  });

  test.each(['true', 'True'])('sends nothing with dry-run: %s', async (value) => {
    const tenant = await startTenant();
    const ended = await act(tenant, { ...inputsFor(tenant), 'dry-run': value });
    expect(ended).toMatchObject({ exitCode: 0, outputs: given, ...nothingSent });
    expect(ended.page).toContain('| Verdict | ✓ Dry run, nothing was sent |');
  });

  test('needs no tenant for a dry run', async () => {
    const tenant = await startTenant();
    const ended = await act(tenant, { p12: p12Path(good), 'dry-run': 'true' });
    expect(ended).toMatchObject({ exitCode: 0, outputs: given });
  });

  test('stops at a warning with fail-on, from as many days on as warn-days says', async () => {
    const tenant = await startTenant();
    const inputs = { 'dry-run': 'true', 'warn-days': '9999', 'fail-on': 'warning' };
    const ended = await act(tenant, { p12: p12Path(good), ...inputs });
    expect(ended).toMatchObject({ exitCode: 4, ...nothingSent });
    expect(ended.titles).toEqual([
      'warning title=certificate-expires-soon',
      'warning title=issuer-not-apple',
    ]);
  });

  test.each<[title: string, inputs: Inputs, exitCode: number, code: string, words: string]>([
    ['dry-run is neither true nor false', { 'dry-run': 'yes' }, 2, 'usage', 'not "yes"'],
    ['verify is neither true nor false', { verify: 'on' }, 2, 'usage', 'not "on"'],
    ['the store has no client secret', { 'client-secret': '' }, 2, 'usage', 'input client-secret'],
    ['there is no tenant', { tenant: '' }, 2, 'usage', 'Inputs of the action: tenant for'],
    ['there is no file', { p12: '' }, 2, 'usage', 'input p12-base64 from the secret store'],
    [
      'there is no password',
      { password: '' },
      3,
      'pkcs12-password-required',
      'Inputs of the action: password for MFA_CLI_P12_PASSWORD.',
    ],
    ['verify does not reach APNs', { verify: 'true' }, 7, 'apns-unreachable', '127.0.0.1:1'],
    ['nobody has the scope', { scope: 'nobody-has-it' }, 5, 'sign-in-failed', '"nobody-has-it"'],
  ])('sends nothing where %s', async (_title, inputs, exitCode, code, words) => {
    const tenant = await startTenant();
    const ended = await act(tenant, { ...inputsFor(tenant), ...inputs });
    expect(ended).toMatchObject({ exitCode, outputs: nothingGiven, ...nothingSent });
    expect(ended.titles).toEqual([`error title=${code}`]);
    expect(ended.annotations[0]).toContain(words);
    expect(ended.page).toContain('| Verdict | ✗ Nothing was sent |');
    expect(ended.page).toContain(`| error: ${code} |`);
  });

  test.each([
    '<img src=x> | [a](https://example.com) `b` **c** @all\n# d & www.example.com',
    '--force"; touch pwned; $(touch pwned) `touch pwned` 100%\n::warning::not ours',
    '--password',
  ])('takes a topic for nothing else: %j', async (topic) => {
    const tenant = await startTenant();
    const ended = await act(tenant, { p12: p12Path(good), 'dry-run': 'true', topic });
    expect(ended.exitCode).toBe(4);
    expect(ended.titles).toEqual(['error title=topic-mismatch', 'warning title=issuer-not-apple']);
    expect(ended.annotations[0]).toContain(topic.replace('%', '%25').replace('\n', '%0A'));
    expect(ended.page).toContain(`| Topic | ${topic.replace('\n', ' ')} |`);
  });
});

describe('action.yml', () => {
  test('has no expression in a script, and names what the action takes and gives', () => {
    const { inputs, outputs, steps } = readAction();
    expect(steps.map(({ id }) => id)).toEqual(['get', 'set']);
    expect(steps.filter(({ run: script }) => script === '' || script.includes('${{'))).toEqual([]);
    expect(Object.keys(outputs)).toEqual(['fingerprint', 'not-after']);
    const used = steps
      .flatMap(({ env }) => Object.values(env))
      .flatMap((value) => /inputs\.([\w-]+)/.exec(value)?.[1] ?? []);
    expect(used.sort()).toEqual(Object.keys(inputs).sort());
  });

  test('passes secrets to the last step only, and in variables of the program', () => {
    const { steps } = readAction();
    const passed = Object.entries(steps[1]?.env ?? {})
      .filter(([name]) => name.startsWith('MFA_CLI_'))
      .map(([name, value]) => [name, /^\$\{\{ inputs\.([\w-]+) \}\}$/.exec(value)?.[1]]);
    expect(Object.fromEntries(passed)).toEqual({
      MFA_CLI_TENANT: 'tenant',
      MFA_CLI_APP_ID: 'app-id',
      MFA_CLI_CLIENT_ID: 'client-id',
      MFA_CLI_CLIENT_SECRET: 'client-secret',
      MFA_CLI_SCOPE: 'scope',
      MFA_CLI_CLIENT_APP_KEY: 'client-app-key',
      MFA_CLI_P12: 'p12',
      MFA_CLI_P12_BASE64: 'p12-base64',
      MFA_CLI_P12_PASSWORD: 'password',
    });
  });
});
