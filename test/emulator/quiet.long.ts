import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { bundlePrograms } from '../support/bundle.ts';
import { patience } from '../support/patience.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** A whole session, in a process of its own, that ends by printing one word. */
const program = `
import { createHash } from 'node:crypto';
import { startEmulator } from '${fileURLToPath(new URL('../../src/emulator/tenants.ts', import.meta.url))}';
const redirect_uri = 'http://127.0.0.1:8400/callback';
const emulator = await startEmulator({
  passwords: { administrator: 'a', user: 'b', serviceUser: 'ci-client-secret' },
  port: 0, stateFile: null, autoApprove: true, redirectUris: [redirect_uri], accessTokenSeconds: 60, now: () => new Date(),
});
const code_verifier = 'v'.repeat(43);
const code_challenge = createHash('sha256').update(code_verifier).digest('base64url');
const get = (path) => fetch(emulator.url + path, { redirect: 'manual' });
const post = (path, form, headers = {}) =>
  fetch(emulator.url + path, { method: 'POST', body: new URLSearchParams(form), headers });
const asked = { response_type: 'code', client_id: 'mfa-cli', redirect_uri, scope: 'all', code_challenge, code_challenge_method: 'S256' };
const { headers } = await get('/OAuth2/Authorize/mfa-cli?' + new URLSearchParams(asked));
const code = new URL(headers.get('location')).searchParams.get('code');
const token = '/OAuth2/Token/mfa-cli';
const exchanged = await post(token, { grant_type: 'authorization_code', code, redirect_uri, client_id: 'mfa-cli', code_verifier });
const { access_token, refresh_token } = await exchanged.json();
await post(token, { grant_type: 'refresh_token', refresh_token, client_id: 'mfa-cli' });
await post(token, { grant_type: 'refresh_token', refresh_token, client_id: 'mfa-cli' });
await post(token, { grant_type: 'client_credentials', scope: 'all', client_id: 'ci@example.com', client_secret: 'ci-client-secret' }, { origin: 'http://other.example' });
await post(token, {});
await post('/OAuth2/Revoke/mfa-cli', { token: access_token, client_id: 'mfa-cli' });
await post('/OAuth2/Revoke/mfa-cli', { token: refresh_token, client_id: 'mfa-cli' });
await get('/OAuth2/Authorize/mfa-cli');
await get('/OAuth2/Keys/mfa-cli');
await get('/my');
await get('/login');
await post('/Security/WhoAmI', {}, { authorization: 'Bearer ' + access_token });
await get('/login/nothing');
await get('/nothing');
await emulator.close();
console.log([exchanged.status, emulator.requests.length].join());
`;

test('the bundled emulator runs, prints nothing, and lets the process end', async () => {
  const directory = temporaryDirectory();
  const source = join(directory, 'session.js');
  writeFileSync(source, program);
  await bundlePrograms([source], directory);
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(directory, 'session.mjs')], {
    encoding: 'utf8',
    timeout: 60_000 * patience,
  });
  expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '200,15\n', stderr: '' });
});
