import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { startProxy } from '../support/connect-proxy.ts';
import { p12Path } from '../support/fixtures.ts';
import { startServer, tlsFixture } from '../support/http.ts';
import { cleanEnvironment, runProgram } from '../support/process.ts';
import { startTenant } from '../support/tenant.ts';

const visitor = fileURLToPath(new URL('../../scripts/visit.mjs', import.meta.url));
const data = '{"APNSPass":"a-password-in-a-body"}';
const request = ['api', 'POST', '/x?APNSPass=a-password-in-a-query', '--data', data];

/** All that a command says while the runtime is to trace whatever it can; its first bytes of what is read come in hexadecimal. */
async function traced(
  words: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<string> {
  const { exitCode, stdout, stderr } = await runProgram(words, { ...env, NODE_DEBUG: '*' });
  expect([exitCode, words, stderr]).toEqual([
    0,
    words,
    expect.stringContaining('mfa-cli: warning: mfa-cli ignores NODE_DEBUG because'),
  ]);
  return stdout + stderr;
}

/** A secret, or enough of its beginning, in each way that it may be shown. */
const spellings = (secret: string): readonly string[] => [
  secret,
  Buffer.from(secret).toString('base64').slice(0, -4),
  Buffer.from(secret.slice(0, 12))
    .toString('hex')
    .replace(/..(?=.)/g, '$& '),
];

test('no request is traced with its token, query and body, nor a proxy’s password', async () => {
  const { origin, port, received } = await startServer(undefined, { certificate: 'server' });
  const proxy = await startProxy({ credentials: 'jo:a-password-of-a-proxy' });
  const env = cleanEnvironment({
    MFA_CLI_TOKEN: 'a-token-of-somebody',
    MFA_CLI_CA_FILE: tlsFixture('ca.pem'),
  });
  const proxied = { HTTPS_PROXY: `http://jo:a-password-of-a-proxy@127.0.0.1:${proxy.port}` };
  const said = [
    await traced([...request, '--tenant', origin], env),
    await traced([...request, '--tenant', `https://tenant.example.test:${port}`], {
      ...env,
      ...proxied,
    }),
  ].join('\n');
  expect([received.length, proxy.targets.length]).toEqual([2, 1]);
  for (const secret of ['a-token-of-somebody', 'jo:a-password-of-a-proxy', 'a-password-in-a'])
    for (const spelling of spellings(secret)) expect(said).not.toContain(spelling);
});

test('no sign-in is traced with its code and tokens, and no .p12 with its password', async () => {
  const { emulator, login } = await startTenant();
  const env = cleanEnvironment({
    MFA_CLI_STORE: 'file',
    BROWSER: `"${process.execPath}" "${visitor}"`,
    MFA_CLI_P12_PASSWORD: 'secret',
    A_SECRET_OF_SOMEBODY: 'a-password-in-the-environment',
  });
  const service = {
    MFA_CLI_TENANT: emulator.url,
    MFA_CLI_CLIENT_ID: emulator.serviceUser.user,
    MFA_CLI_CLIENT_SECRET: emulator.serviceUser.password,
  };
  const set = ['apns', 'set', p12Path('01-default-aes256'), '--client-app-key', 'com.example.lab'];
  const said = [
    await traced(login, env),
    await traced(set, env),
    await traced(['whoami'], { ...env, ...service }),
  ].join('\n');
  const store = readFileSync(join(env.MFA_CLI_CONFIG_DIR ?? '', 'config.json'), 'utf8');
  const tokens = [...store.matchAll(/"(?:access|refresh)\w*": ?"([^"]{8,})"/gi)].map(
    ([, token = '']) => token,
  );
  expect(tokens.length).toBeGreaterThan(1);
  for (const secret of [...tokens, emulator.serviceUser.password, 'a-password-in-the-environment'])
    for (const spelling of spellings(secret)) expect(said).not.toContain(spelling);
  expect(said).not.toMatch(/[?&]code=|APNSCert|APNSPass|Bearer |code_verifier/);
});
