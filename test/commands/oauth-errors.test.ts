import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { refusal, type ScriptedTenant, startScriptedTenant } from '../auth/scripted-tenant.ts';
import { createMachine, testNow } from '../support/context.ts';
import { serviceToken } from '../support/emulator.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startTenant, visit } from '../support/tenant.ts';

const directory = temporaryDirectory();

interface Row {
  readonly operation: string;
  readonly example: string;
  readonly answer: {
    readonly status: number;
    readonly body?: { error: string; error_description: string };
  };
}

/** The refusals of one endpoint in the vendor's OpenAPI. */
function examplesOf(endpoint: string): readonly (readonly [error: string, description: string])[] {
  const file = new URL('../fixtures/vendor/oauth-examples.json', import.meta.url);
  const rows: readonly Row[] = JSON.parse(readFileSync(file, 'utf8'));
  return rows.flatMap(({ operation, answer }) =>
    operation.includes(`/${endpoint}/`) && answer.status === 400 && answer.body !== undefined
      ? [[answer.body.error, answer.body.error_description] as const]
      : [],
  );
}

/** What tenants have been seen to answer beside. */
const seen = [
  ['invalid_grant', 'challenge mismatch'],
  ['access_denied', 'invalid client creds or client not allowed'],
  ['invalid_request', 'unknown app'],
  ['invalid_scope', 'unknown scope requested'],
  ['unauthorized_client', 'auth mode not allowed'],
  ['access_denied', 'user not allowed access to app'],
] as const;
const tokenErrors = [...examplesOf('Token'), ...seen];

/** One tenant that gives codes and answers the rest as it is told, and what a sign-in there keeps. */
let shared: {
  readonly tenant: ScriptedTenant;
  readonly login: readonly string[];
  readonly config: string;
};
beforeAll(async () => {
  const [tenant, port] = [await startScriptedTenant(), await freePort()];
  const login = [
    'login',
    '--tenant',
    tenant.url,
    '--port',
    String(port),
    '--timeout',
    '20',
    '--json',
  ];
  const machine = createMachine(join(directory, 'mfa-cli'));
  expect((await machine.run(login, { browser: visit })).exitCode).toBe(0);
  shared = { tenant, login, config: readFileSync(join(machine.directory, 'config.json'), 'utf8') };
});
afterAll(() => shared.tenant.close());

/** A machine of its own with that sign-in. */
function startMachine() {
  const machine = createMachine();
  mkdirSync(machine.directory, { recursive: true, mode: 0o700 });
  writeFileSync(join(machine.directory, 'config.json'), shared.config, { mode: 0o600 });
  return { ...shared, machine, login: () => machine.run(shared.login, { browser: visit }) };
}

function answerTokensWith(tenant: ScriptedTenant, error: string, description: string): void {
  tenant.script = (_form, path) =>
    path.startsWith('/OAuth2/Token/')
      ? refusal(error, description)
      : { status: 200, body: '{"success":true}' };
}

test('the OpenAPI has refusals of tokens and of revocations', () => {
  expect([examplesOf('Token').length, examplesOf('Revoke').length]).toEqual([4, 1]);
});

test.each(tokenErrors)(
  'a token endpoint that answers %s, %s ends login and a renewal with its words',
  async (error, description) => {
    const { tenant, machine, login } = startMachine();
    answerTokensWith(tenant, error, description);
    const words = `: ${error}: ${description}`;
    const code = error === 'access_denied' ? 'sign-in-denied' : 'sign-in-failed';
    const anew = await login();
    expect([anew.exitCode, JSON.parse(anew.stdout).error]).toMatchObject([
      5,
      { code, message: `${tenant.url} rejected the token request${words}` },
    ]);
    const tomorrow = new Date(testNow.getTime() + 86_400_000);
    const renewed = await machine.run(['whoami', '--json'], { now: tomorrow });
    const isOver = error === 'invalid_grant';
    expect([renewed.exitCode, JSON.parse(renewed.stdout).error]).toMatchObject([
      5,
      {
        code: isOver ? 'session-expired' : code,
        message: `${tenant.url} ${isOver ? 'no longer renews the session' : 'rejected the token request'}${words}`,
      },
    ]);
  },
);

test.each([
  ...examplesOf('Revoke'),
  ['access_denied', 'invalid client creds or client not allowed'],
] as const)('logout says that a revocation is refused: %s, %s', async (error, description) => {
  const { tenant, machine } = startMachine();
  tenant.script = () => refusal(error, description);
  const { exitCode, stdout } = await machine.run(['logout']);
  expect([exitCode, stdout]).toEqual([
    0,
    [
      `! Signed out on this machine (profile "default"), but ${tenant.url} did not end the session`,
      `  ! The tenant rejected the revocation of the refresh token: ${error}: ${description}`,
      `  ! The tenant rejected the revocation of the access token: ${error}: ${description}`,
      '',
    ].join('\n'),
  ]);
});

test('a request by hand is answered in the words of the OpenAPI', async () => {
  const { emulator } = await startTenant();
  const env = { MFA_CLI_TENANT: emulator.url, MFA_CLI_TOKEN: await serviceToken(emulator) };
  const { run } = createMachine();
  for (const [words, exitCode, said] of [
    [['GET', '/OAuth2/Keys/mfa-cli'], 0, /"kty":"RSA"/],
    [['GET', '/OAuth2/Keys/123'], 6, /"error_description":"unknown app 123"/],
    [['POST', '/OAuth2/Revoke/mfa-cli'], 6, /"error_description":"missing token"/],
  ] as const) {
    const result = await run(['api', ...words], { env });
    expect(`${result.stdout}${result.stderr}`).toMatch(said);
    expect(result.exitCode).toBe(exitCode);
  }
  emulator.expireAccessTokens();
  const { exitCode, stdout } = await run(['api', 'POST', '/Security/WhoAmI', '--json'], { env });
  expect([exitCode, JSON.parse(stdout).error.code]).toEqual([5, 'session-expired']);
});
