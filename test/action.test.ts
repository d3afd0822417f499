import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { notingNpm, readAction, runAction } from './support/action.ts';
import { p12Bytes, p12Path } from './support/fixtures.ts';
import { settingsOf, startTenant } from './support/tenant.ts';
import { isMissing } from './support/tools.ts';
import { expectTranscript, wholeTranscript } from './support/transcript.ts';

const good = '22-pw-spaces-quotes';
const password = ` a"b'c$ `;
const base64 = p12Bytes(good).toString('base64');
const fixture = (input: string) => (_: string, name: string) =>
  input === 'p12' ? p12Path(name) : base64;

/**
 * Below a title the inputs of a run: `tenant` for those of a service user, `%` for a .p12 of the fixtures, and quotes as in JSON. What comes of it:
 * the exit code and the requests that changed something; the annotations and outputs; the summary; the settings of the tenant.
 */
test.skipIf(isMissing('bash'))('the action', { timeout: wholeTranscript }, () =>
  expectTranscript('action.txt', async ([title = '', ...lines]) => {
    const { emulator } = await startTenant();
    const { url, requests, serviceUser } = emulator;
    if (title.includes('no answer'))
      emulator.faults.add('/Mobile/SetApnsCertForClientApp', 'unanswered', 3);
    const inputs: Record<string, string> = { password, 'warn-days': '0' };
    const tenant = {
      tenant: url,
      'client-id': serviceUser.user,
      'client-secret': serviceUser.password,
    };
    for (const line of lines)
      if (line === 'tenant') Object.assign(inputs, tenant);
      else {
        const [name = '', value = ''] = line.split(/: (.*)/);
        inputs[name] = value.startsWith('"')
          ? JSON.parse(value)
          : value.replace(/^%(.*)/, fixture(name));
      }
    const job = { ...notingNpm().env, MFA_CLI_APNS_HOST: '127.0.0.1:1' };
    const { exitCode, stdout, stderr, outputs, summary, workspace } = await runAction(inputs, job);
    const told = `${stdout}${stderr}${JSON.stringify(outputs)}${readable(summary)}`;
    for (const secret of [password, serviceUser.password, base64])
      expect(told).not.toContain(secret);
    // What a cell holds is neither Markdown nor HTML.
    for (const cell of summary.split('\n').flatMap((line) => line.slice(2, -2).split(' | ')))
      if (cell.includes('&#'))
        expect(cell.replaceAll(/&#\d+;/g, '')).toMatch(/^[\p{L}\p{N} ,✓✗]*$/u);
    expect(existsSync(join(workspace, 'pwned'))).toBe(false);
    const settings = Object.entries(await settingsOf(emulator)).map(([name, value]) =>
      `${name}: ${value}`.replace(base64, 'BASE64').replace(password, 'PASSWORD').slice(0, 80),
    );
    const changes = requests.filter(({ path }) => path.startsWith('/Mobile/'));
    const shown = [
      `[${exitCode}] ${changes.length} sent`,
      ...`${stderr}${stdout}`.split('\n').filter((line) => line !== ''),
      ...Object.entries(outputs).map(([name, value]) => `${name}=${value}`),
      ...readable(summary)
        .split('\n')
        .slice(4)
        .filter((line) => line !== ''),
      ...settings,
    ];
    return shown.map((line) =>
      line
        .replaceAll(url, 'TENANT')
        .replaceAll(p12Path(good), `%${good}`)
        .replaceAll(/\d+(?= days)/g, 'N'),
    );
  }),
);

/** Markdown with its character references as what they stand for. */
function readable(summary: string): string {
  return summary.replaceAll(/&#(\d+);/g, (_reference, code) => String.fromCodePoint(Number(code)));
}

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
