import { describe, expect, test } from 'vitest';
import type { LogoutReport } from '../../src/commands/logout.ts';
import type { Assumptions } from '../../src/emulator/assumptions.ts';
import { createMachine, testNow } from '../support/context.ts';
import { startTenant, type TestTenant, visit } from '../support/tenant.ts';

/** How `login`, `whoami` a day and two days later (which renews the session), and `logout` ended. */
interface Walk {
  readonly login: number;
  readonly whoami: readonly number[];
  readonly logout: readonly LogoutReport['sessions'][number]['revocations'][number]['outcome'][];
}

const works: Walk = { login: 0, whoami: [0, 0, 0], logout: ['accepted', 'accepted'] };

const days = (count: number): Date => new Date(testNow.getTime() + count * 86_400_000);

/** A person at mfa-cli; the words of `login` may differ. */
async function walk(tenant: TestTenant, words: readonly string[] = [], port = tenant.port): Promise<Walk> {
  const machine = createMachine();
  const argv = [
    'login',
    '--tenant',
    tenant.emulator.url,
    '--port',
    String(port),
    '--timeout',
    '20',
    ...words,
  ];
  const login = await machine.run(argv, { browser: visit });
  const whoami: number[] = [];
  for (const count of [0, 1, 2]) whoami.push((await machine.run(['whoami'], { now: days(count) })).exitCode);
  const { sessions }: LogoutReport = JSON.parse((await machine.run(['logout', '--json'])).stdout);
  const logout = sessions.flatMap(({ revocations }) => revocations.map(({ outcome }) => outcome));
  return { login: login.exitCode, whoami, logout };
}

/** A pipeline at mfa-cli: no refresh token, and the secret at hand at every command. */
async function walkAsService(
  { emulator }: TestTenant,
  { clientId = emulator.serviceUser.user, words = [] as readonly string[] } = {},
): Promise<Walk & { readonly error: string }> {
  const machine = createMachine();
  const env = { MFA_CLI_CLIENT_ID: clientId, MFA_CLI_CLIENT_SECRET: emulator.serviceUser.password };
  const login = await machine.run(['login', '--tenant', emulator.url, ...words, '--json'], { env });
  const whoami: number[] = [];
  for (const count of [0, 1])
    whoami.push((await machine.run(['whoami'], { env, now: days(count) })).exitCode);
  const { sessions }: LogoutReport = JSON.parse((await machine.run(['logout', '--json'], { env })).stdout);
  const logout = sessions.flatMap(({ revocations }) => revocations.map(({ outcome }) => outcome));
  const { error } = JSON.parse(login.stdout);
  return { login: login.exitCode, whoami, logout, error: error === undefined ? '' : error.message };
}

/** The ways a tenant may be, one assumption at a time, with what is not as elsewhere. */
const people: readonly (readonly [Partial<Assumptions>, Partial<Walk>])[] = [
  [{ 'app-id-case': 'insensitive' }, {}],
  [{ 'app-id-case': 'sensitive' }, {}],
  [{ 'client-id-case': 'insensitive' }, {}],
  [{ 'client-id-case': 'sensitive' }, {}],
  [{ 'scope-case': 'insensitive' }, {}],
  [{ 'scope-case': 'sensitive' }, {}],
  [{ 'redirect-any-port': 'no' }, {}],
  [{ 'redirect-any-port': 'yes' }, {}],
  [{ 'redirect-localhost': 'no' }, {}],
  [{ 'redirect-localhost': 'yes' }, {}],
  [{ 'authorization-iss': 'absent' }, {}],
  [{ 'authorization-iss': 'present' }, {}],
  [{ 'failed-exchange': 'burned' }, {}],
  [{ 'failed-exchange': 'kept' }, {}],
  [{ 'basic-credentials': 'raw' }, {}],
  [{ 'basic-credentials': 'decoded' }, {}],
  [{ 'access-token': 'jwt' }, {}],
  [{ 'access-token': 'opaque' }, {}],
  [{ 'refresh-token': 'rotated' }, {}],
  [{ 'refresh-token': 'kept' }, {}],
  [{ 'revoke-public-client': 'accepted' }, {}],
  [{ 'revoke-public-client': 'refused' }, { logout: ['refused', 'refused'] }],
  [{ discovery: 'published' }, {}],
  [{ discovery: 'absent' }, {}],
];

test.each(people)('a person signs in, stays so and signs out: %j', async (assumptions, differs) => {
  expect(await walk(await startTenant({ assumptions }))).toEqual({ ...works, ...differs });
});

test.each(people)('a service user does: %j', async (assumptions) => {
  expect(await walkAsService(await startTenant({ assumptions }))).toEqual({
    login: 0,
    whoami: [0, 0],
    logout: ['accepted'],
    error: '',
  });
});

describe('names in another letter case', () => {
  const refused = (words: string) => ({
    login: 5,
    whoami: [5, 5],
    logout: [],
    error: expect.stringMatching(new RegExp(`refused the token request: .*${words}$`)),
  });
  test.each([
    ['app-id-case', { words: ['--app-id', 'MFA-Cli'] }, refused('unknown app')],
    ['client-id-case', { clientId: 'CI@Example.com' }, refused('invalid client creds or client not allowed')],
    ['scope-case', { words: ['--scope', 'ALL'] }, refused('unknown scope requested')],
  ] as const)('%s', async (name, given, error) => {
    const like = await walkAsService(await startTenant({ assumptions: { [name]: 'insensitive' } }), given);
    expect([like.login, like.error]).toEqual([0, '']);
    const unlike = await walkAsService(await startTenant({ assumptions: { [name]: 'sensitive' } }), given);
    expect(unlike).toMatchObject({ login: error.login, error: error.error });
  });
});

describe('a redirect that is not quite the registered one', () => {
  const refused: Walk = { login: 5, whoami: [5, 5, 5], logout: [] };
  const otherPort = async (value: 'no' | 'yes') => {
    const registered = await startTenant();
    const tenant = await startTenant({ assumptions: { 'redirect-any-port': value } });
    return walk(tenant, value === 'no' ? ['--timeout', '1'] : [], registered.port);
  };
  const localhost = async (value: 'no' | 'yes') => {
    const { port } = await startTenant();
    const tenant = await startTenant({
      assumptions: { 'redirect-localhost': value },
      redirectUris: [`http://localhost:${port}/callback`],
    });
    return walk(tenant, value === 'no' ? ['--timeout', '1'] : [], port);
  };

  test('redirect-any-port', async () => {
    expect([await otherPort('no'), await otherPort('yes')]).toEqual([refused, works]);
  });
  test('redirect-localhost', async () => {
    expect([await localhost('no'), await localhost('yes')]).toEqual([refused, works]);
  });
});
