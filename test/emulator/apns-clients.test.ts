import { execFileSync, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { connect as connectHttp2 } from 'node:http2';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { fileURLToPath } from 'node:url';
import apn from '@parse/node-apn';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createServerIdentity } from '../../src/emulator/apns/authority.ts';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { testNow } from '../support/context.ts';
import { callApi, openEmulator, serviceToken } from '../support/emulator.ts';
import { finish } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { createTokenKey, keyId, teamId } from '../support/token-key.ts';
import { isMissing, isRefused } from '../support/tools.ts';
import { payload, pemOf } from './apns-client.ts';
import { signInOnPage } from './browser.ts';

const topic = 'com.example.lab';
const token = 'ab'.repeat(32);
const apnsId = '8A6D3C0E-3F0B-4C57-9B0B-0C1D2E3F4A5B';
const python = '/usr/bin/python3';

const directory = temporaryDirectory();
const inDirectory = (name: string): string => join(directory, name);

let emulator: Emulator;
let bearer: string;
beforeAll(async () => {
  emulator = await openEmulator({ autoApprove: false, now: () => testNow });
  bearer = await signInOnPage(emulator, emulator.user);
  const device = { udid: 'one', name: 'phone', osversion: '18.0' };
  await callApi(emulator, '/Device/EnrollIosDevice', bearer, device);
  const ClientPushToken = Buffer.from(token, 'hex').toString('base64');
  await callApi(emulator, '/IosAppRest/UpdateDevSettings', bearer, {
    DeviceID: 'one',
    ClientPushToken,
  });
  writeFileSync(inDirectory('ca.pem'), emulator.apns.ca);
  writeFileSync(inDirectory('client.pem'), await pemOf('01-default-aes256'), { mode: 0o600 });
  writeFileSync(inDirectory('sandbox.pem'), await pemOf('30-dev'), { mode: 0o600 });
});
afterAll(() => emulator.close());

interface Push {
  readonly certificate: string;
  readonly token: string;
  readonly topic: string;
}

interface Answer {
  /** Null where the client tells none of a push that was taken. */
  readonly status: number | null;
  readonly id: string | null;
  readonly reason: string | null;
}

/** Sends one push under `apnsId`, with the certificate of a file, trusting the authority of the stand-in alone. */
type Client = (push: Push) => Promise<Answer>;

const url = (deviceToken: string): string =>
  `https://${emulator.apns.host}/3/device/${deviceToken}`;

const nodeApn: Client = async (push) => {
  const [address = '', port] = emulator.apns.host.split(':');
  const certificate = inDirectory(push.certificate);
  const options = { cert: certificate, key: certificate, ca: [inDirectory('ca.pem')] };
  // It looks at the dates of its own certificate.
  vi.setSystemTime(testNow);
  const provider = new apn.Provider({ ...options, address, port: Number(port) });
  vi.useRealTimers();
  const notification = new apn.Notification({ aps: payload.aps });
  Object.assign(notification, { topic: push.topic, id: apnsId });
  const {
    sent,
    failed: [failure],
  } = await provider.send(notification, push.token);
  await provider.shutdown();
  if (failure === undefined)
    return { status: null, id: sent.length === 1 ? apnsId : null, reason: null };
  if (failure.error) throw failure.error;
  return { status: failure.status ?? null, id: apnsId, reason: failure.response?.reason ?? null };
};

const curl =
  (...options: readonly string[]): Client =>
  async (push) => {
    const words = [
      ...['--silent', '--show-error', ...options],
      ...['--cacert', 'ca.pem', '--cert', push.certificate, '--key', push.certificate],
      ...['--header', `apns-topic: ${push.topic}`, '--header', `apns-id: ${apnsId}`],
      ...['--data', JSON.stringify(payload)],
      ...['--write-out', '\n%{http_version} %{response_code} %header{apns-id}', url(push.token)],
    ];
    const { stdout, stderr } = await run('curl', words);
    const [body = '', last = ''] = stdout.split('\n');
    const [version, status, id = null] = last.split(' ');
    expect([stderr, version]).toEqual(['', '2']);
    return { status: Number(status), id, reason: body === '' ? null : JSON.parse(body).reason };
  };

const pythonClient =
  (mode: 'httpx' | 'h2'): Client =>
  async (push) => {
    const script = fileURLToPath(new URL('apns-client.py', import.meta.url));
    const words = [script, mode, url(push.token), push.topic, apnsId, push.certificate];
    const { stdout, stderr } = await run(python, words, JSON.stringify(payload));
    expect(stderr).toBe('');
    const { status, id, body } = JSON.parse(stdout);
    return { status, id, reason: body === '' ? null : JSON.parse(body).reason };
  };

async function run(command: string, words: readonly string[], input = '') {
  const child = spawn(command, words, { cwd: directory, stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  return finish(child);
}

const needsPython = isMissing('python3') || isRefused(python, '-c', 'import httpx, h2');

describe.each<readonly [name: string, skipped: boolean, client: Client]>([
  ['@parse/node-apn', false, nodeApn],
  ['httpx', needsPython, pythonClient('httpx')],
  ['h2 of Python, without ALPN', needsPython, pythonClient('h2')],
  ['curl', isMissing('curl'), curl('--http2')],
  ['curl without ALPN', isMissing('curl'), curl('--no-alpn', '--http2-prior-knowledge')],
])('%s', (_name, skipped, client) => {
  const good: Push = { certificate: 'client.pem', token, topic };

  test.skipIf(skipped)('has its push taken, or is told why not', async () => {
    const answer = await client(good);
    expect(answer).toEqual({ status: client === nodeApn ? null : 200, id: apnsId, reason: null });
    const taken = await callApi(emulator, '/emulator/pushes', bearer, { DeviceToken: token });
    expect(taken.body.Result).toMatchObject({ payload, topic, apnsId });
    const reason = 'BadCertificateEnvironment';
    const refused = await client({ ...good, certificate: 'sandbox.pem' });
    expect(refused).toEqual({ status: 403, id: apnsId, reason });
  });
});

test('a provider token of @parse/node-apn is taken', async () => {
  const { publicKey, pem } = createTokenKey();
  const PublicKey = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  const given = { KeyId: keyId, TeamId: teamId, PublicKey };
  await callApi(emulator, '/emulator/apns-key', await serviceToken(emulator), given);
  const [address = '', port] = emulator.apns.host.split(':');
  // It makes its token by its own clock.
  vi.setSystemTime(testNow);
  const provider = new apn.Provider({
    ...{ token: { key: Buffer.from(pem), keyId, teamId }, address, port: Number(port) },
    ca: [Buffer.from(emulator.apns.ca)],
    production: true,
  } as apn.ProviderOptions);
  const notification = Object.assign(new apn.Notification({ aps: { alert: 'x' } }), { topic });
  const { failed } = await provider.send(notification, '0'.repeat(64));
  await provider.shutdown();
  vi.useRealTimers();
  expect(failed[0]?.response).toEqual({ reason: 'BadDeviceToken' });
});

describe('a client that offers', () => {
  const connectOffering = (protocols: readonly string[]) => {
    const [host = '', port] = emulator.apns.host.split(':');
    return connect({
      host,
      port: Number(port),
      ca: emulator.apns.ca,
      ALPNProtocols: [...protocols],
    });
  };

  test.each([
    ['HTTP/2 among others is given it', ['http/1.1', 'h2'], 'h2'],
    ['no protocol is served HTTP/2', [], false],
  ])('%s', async (_name, protocols, agreed) => {
    const socket = connectOffering(protocols);
    await new Promise((resolve, reject) =>
      socket.once('secureConnect', resolve).once('error', reject),
    );
    expect(socket.alpnProtocol).toBe(agreed);
    const session = connectHttp2(`https://${emulator.apns.host}`, {
      createConnection: () => socket,
    });
    const stream = session.request({ ':method': 'POST', ':path': `/3/device/${token}` });
    stream.end(JSON.stringify(payload));
    const [{ ':status': status }] = await new Promise<[Record<string, unknown>]>(
      (resolve, reject) =>
        stream.once('response', (...answer) => resolve([answer[0]])).once('error', reject),
    );
    expect(status).toBe(403);
    session.destroy();
  });

  test('no protocol and speaks HTTP/1.1 is hung up on, and the next is served', async () => {
    const socket = connectOffering([]);
    socket.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    socket.on('error', () => {});
    await new Promise((resolve) => socket.resume().once('close', resolve));
    expect((await nodeApn({ certificate: 'client.pem', token, topic })).reason).toBeNull();
  });
});

describe('the certificates', () => {
  test.skipIf(isMissing('openssl')).each([
    ['-verify_hostname', 'localhost'],
    ['-verify_ip', '127.0.0.1'],
  ])('pass the strict checks of OpenSSL with %s %s', (option, name) => {
    const { cert, ca } = createServerIdentity();
    writeFileSync(inDirectory('authority.pem'), ca);
    writeFileSync(inDirectory('leaf.pem'), cert);
    const trust = ['-x509_strict', '-check_ss_sig', '-policy_check', '-CAfile', 'authority.pem'];
    for (const words of [['leaf.pem', '-purpose', 'sslserver', option, name], ['authority.pem']]) {
      const [file = '', ...checks] = words;
      const said = execFileSync('openssl', ['verify', ...trust, ...checks, file], {
        cwd: directory,
      });
      expect(String(said)).toBe(`${file}: OK\n`);
    }
  });

  test('have serial numbers that are positive, 16 octets long and never the same', () => {
    const serials = Array.from({ length: 10 }, createServerIdentity).flatMap(({ cert, ca }) =>
      [cert, ca].map((pem) => new X509Certificate(pem).serialNumber),
    );
    expect(serials.filter((serial) => !/^[4-7][0-9A-F]{31}$/.test(serial))).toEqual([]);
    expect(new Set(serials).size).toBe(20);
  });
});
