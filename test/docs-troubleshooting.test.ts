import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Assumptions, usualAssumptions } from '../src/emulator/assumptions.ts';
import { sessionOf } from './emulator/security-session.ts';
import { serverCa, startApns } from './support/apns.ts';
import { createMachine, type RunOptions } from './support/context.ts';
import { callApi, serviceToken } from './support/emulator.ts';
import { p12Bytes, p12Path, secretPassword } from './support/fixtures.ts';
import { type Pair, playedPage, type Scene, type Scenes } from './support/played-blocks.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';
import { signIn, startTenant } from './support/tenant.ts';

const path = fileURLToPath(new URL('../docs/troubleshooting.md', import.meta.url));
const page = readFileSync(path, 'utf8');

const cert = { 'cert.p12': p12Path('01-default-aes256') };
const app: Pair = ['com.example.lab', 'com.example.app'];

function pairsOf(url: string): readonly Pair[] {
  return [[url, 'https://id.example.com'], [new URL(url).host, 'id.example.com'], app];
}

/** An administrator who is signed in at a tenant. */
async function openScene(assumptions: Partial<Assumptions> = {}) {
  const { emulator } = await startTenant({ assumptions: { ...usualAssumptions, ...assumptions } });
  const { machine, set } = await signIn(emulator);
  const scene = (options: RunOptions = {}): Scene => ({
    machine,
    options: { env: secretPassword, ...options },
    files: cert,
    pairs: pairsOf(emulator.url),
  });
  return { emulator, set, scene };
}

const scenes: Scenes = {
  async expired() {
    const { set, scene } = await openScene();
    await set();
    return scene({ now: new Date('2028-01-10T09:00:00Z') });
  },
  async 'other-topic'() {
    const { emulator, set, scene } = await openScene();
    await set();
    const other = {
      ClientAppKey: 'com.example.lab',
      APNSCert: p12Bytes('01-default-aes256').toString('base64'),
      APNSPass: 'secret',
      APNSTopic: 'com.example.elsewhere',
    };
    const token = await serviceToken(emulator);
    await callApi(emulator, '/Mobile/SetApnsCertForClientApp', token, other);
    return scene();
  },
  async phones() {
    const { emulator, scene } = await openScene();
    const session = await sessionOf(emulator, emulator.user);
    const phone = { Udid: 'phone-1', Name: 'iPhone', OSVersion: '18.0' };
    await callApi(emulator, '/Device/EnrollIosDevice', session, phone);
    return scene();
  },
  async 'sandbox-only'() {
    const files = { 'new.p12': p12Path('30-dev') };
    return { machine: createMachine(), options: { env: secretPassword }, files, pairs: [app] };
  },
  async 'other-key'() {
    const { set, scene } = await openScene();
    await set(['--client-app-key', 'com.example.old']);
    await set(['--client-app-key', 'com.example.new']);
    return scene();
  },
  async known() {
    const { set, scene } = await openScene();
    await set();
    return scene();
  },
  async 'wrong-password'() {
    const file = join(temporaryDirectory(), 'password.txt');
    writeFileSync(file, '"secret"\n', { mode: 0o600 });
    return { machine: createMachine(), files: { ...cert, 'password.txt': file } };
  },
  async 'old-tenant'() {
    const { scene } = await openScene({ 'p12-aes': 'unreadable' });
    return scene();
  },
  async 'apns-rejects'() {
    const { host } = await startApns([{ status: 403, body: { reason: 'BadCertificate' } }]);
    const env = { ...secretPassword, MFA_CLI_APNS_HOST: host, MFA_CLI_CA_FILE: serverCa };
    return {
      machine: createMachine(),
      options: { env },
      files: cert,
      pairs: [[host, '127.0.0.1:8451'], app],
    };
  },
  async unanswered() {
    const { emulator, scene } = await openScene();
    emulator.faults.add('/Mobile/SetApnsCertForClientApp', 'unanswered', 3);
    // A pause between two tries is over at once.
    return scene({ aside: async () => {} });
  },
  async 'wrong-application'() {
    const { emulator } = await startTenant();
    return { machine: createMachine(), pairs: pairsOf(emulator.url) };
  },
  async pipeline() {
    return { machine: createMachine() };
  },
};

test('every block of docs/troubleshooting.md is played, or says why it is not', () => {
  const blocks = [...page.matchAll(/^```console$/gm)];
  const marked = [...page.matchAll(/^<!-- (?:run|not run): .+ -->\n\n```console$/gm)];
  expect(marked).toHaveLength(blocks.length);
  const named = [...page.matchAll(/^<!-- run: ([\w-]+)/gm)].map(([, name = '']) => name);
  expect([...new Set(named)].sort()).toEqual(Object.keys(scenes).sort());
});

test('docs/troubleshooting.md has the output of the program; npm run docs writes it', async () => {
  await expect(await playedPage(page, scenes)).toMatchFileSnapshot(path);
});
