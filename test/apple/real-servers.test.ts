import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ApnsIdentity } from '../../src/apple/apns.ts';
import { openHttp2Session } from '../../src/apple/http2-session.ts';
import { identity, openTestApns, pushOf, serverCa } from '../support/apns.ts';
import { failureOf, tlsFixture } from '../support/http.ts';
import { startCommand } from '../support/server-command.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';

const [serverKey, serverCertificate] = [tlsFixture('server.key'), tlsFixture('server.pem')];

describe.skipIf(isMissing('nghttpd'))('nghttpd', () => {
  test('takes the client certificate, and its answer is shown as it is', async () => {
    const host = await startCommand('nghttpd', (port) => [
      '--verify-client',
      '--address=127.0.0.1',
      `--htdocs=${tmpdir()}`,
      String(port),
      serverKey,
      serverCertificate,
    ]);
    const apns = openTestApns(host);
    expect(await apns.send(pushOf())).toEqual({
      status: 404,
      reason: null,
      apnsId: null,
      timestamp: null,
    });
    apns.close();
  });
});

const nginxConfiguration = (directory: string, port: number, server: string): string => `
daemon off; pid ${directory}/nginx.pid; error_log stderr;
events {}
http {
  access_log off;
  ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${directory};`).join(' ')}
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${serverCertificate};
    ssl_certificate_key ${serverKey};
    ${server}
  }
}
`;

async function startNginx(server: string): Promise<string> {
  const directory = temporaryDirectory();
  const file = join(directory, 'nginx.conf');
  return startCommand('nginx', (port) => {
    writeFileSync(file, nginxConfiguration(directory, port, server));
    return ['-p', directory, '-c', file, '-e', 'stderr'];
  });
}

describe.skipIf(isMissing('nginx'))('nginx', () => {
  test('with HTTP/1 only is not taken for APNs', async () => {
    const host = await startNginx('return 200;');
    expect(await failureOf(() => openTestApns(host).send(pushOf()))).toBe(
      `apns-not-http2: ${host} does not speak HTTP/2`,
    );
  });

  test('sees the subject of the client certificate, and passes an answer on', async () => {
    const host = await startNginx(`
      http2 on; ssl_verify_client optional_no_ca; default_type application/json;
      location / { return 400 '{"reason":"$ssl_client_s_dn"}'; }
    `);
    const apns = openTestApns(host);
    expect(await apns.send(pushOf())).toEqual({
      status: 400,
      reason:
        'C=US,O=Example,OU=A1B2C3D4E5,CN=Apple Push Services: com.example.app,UID=com.example.app',
      apnsId: null,
      timestamp: null,
    });
    apns.close();
  });
});

const directory = temporaryDirectory();
const inDirectory = (name: string): string => join(directory, name);
const openssl = (line: string): void => {
  execFileSync('openssl', line.split(' '), { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
};

/** An authority with one certificate that is good, one that is revoked and one that has expired; all for one key. */
function makeCertificates(): void {
  const configuration =
    '[ca]\ndefault_ca=lab\n[lab]\ndatabase=index.txt\ndefault_md=sha256\ndefault_crl_days=30\n';
  writeFileSync(inDirectory('openssl.cnf'), configuration);
  writeFileSync(inDirectory('index.txt'), '');
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes';
  openssl(`req -x509 ${key} -keyout ca.key -out ca.pem -subj /CN=ca -days 30`);
  openssl(`req ${key} -keyout client.key -out client.csr -subj /CN=client`);
  const sign = 'x509 -req -in client.csr -CA ca.pem -CAkey ca.key';
  openssl(`${sign} -days 30 -out good.pem`);
  openssl(`${sign} -days 30 -out revoked.pem`);
  openssl(`${sign} -not_before 20200101000000Z -not_after 20210101000000Z -out expired.pem`);
  openssl('ca -config openssl.cnf -cert ca.pem -keyfile ca.key -revoke revoked.pem');
  openssl('ca -config openssl.cnf -cert ca.pem -keyfile ca.key -gencrl -out crl.pem');
}

function labIdentity(name: string): ApnsIdentity {
  return {
    key: createPrivateKey(readFileSync(inDirectory('client.key'))),
    certificates: [new X509Certificate(readFileSync(inDirectory(`${name}.pem`))).raw],
  };
}

/** Judges client certificates as APNs does, and says nothing else. */
const startJudge = (...further: readonly string[]): Promise<string> =>
  startCommand('openssl', (port) => [
    ...[
      's_server',
      '-accept',
      `127.0.0.1:${port}`,
      '-key',
      serverKey,
      '-cert',
      serverCertificate,
      '-alpn',
      'h2',
    ],
    ...[
      '-Verify',
      '1',
      '-verify_return_error',
      '-CAfile',
      inDirectory('ca.pem'),
      '-quiet',
      ...further,
    ],
  ]);

describe.skipIf(isMissing('openssl'))('a TLS alert of OpenSSL', () => {
  beforeAll(makeCertificates);
  const withList = ['-crl_check', '-CRL', inDirectory('crl.pem')];

  test.each<[string, readonly string[], () => ApnsIdentity, string, number]>([
    ['revoked', withList, () => labIdentity('revoked'), 'it is revoked', 44],
    [
      'revoked, under TLS 1.2',
      [...withList, '-tls1_2'],
      () => labIdentity('revoked'),
      'it is revoked',
      44,
    ],
    ['expired', [], () => labIdentity('expired'), 'it has expired or is not yet valid', 45],
    [
      'expired under TLS 1.2',
      ['-tls1_2'],
      () => labIdentity('expired'),
      'it has expired or is not yet valid',
      45,
    ],
    ['of an unknown authority', [], () => identity, 'its issuer is unknown to the server', 48],
    ['required', [], () => ({ ...identity, certificates: [] }), 'the server received none', 116],
  ])('says that the certificate is %s', async (_case, further, as, words, number) => {
    const host = await startJudge(...further);
    await expect(openTestApns(host, {}, as()).send(pushOf())).rejects.toThrow(
      `${host} rejected the certificate: ${words} (TLS alert ${number})`,
    );
  });

  test.each<[string, readonly string[], boolean]>([
    ['no longer than for the session ticket', [], false],
    ['for a moment where no session ticket comes', ['-num_tickets', '0'], true],
    ['not under TLS 1.2', ['-tls1_2', '-no_ticket'], false],
  ])('is waited for before anything is said, %s', async (_case, further, aMoment) => {
    const host = await startJudge(...further);
    const duration = async () => {
      const started = performance.now();
      const session = await openHttp2Session(labIdentity('good'), {
        origin: new URL(`https://${host}`),
        proxies: { https: null, http: null, bypass: null },
        authorities: [readFileSync(serverCa, 'utf8')],
        signal: new AbortController().signal,
      });
      session.destroy();
      return performance.now() - started;
    };
    if (aMoment) expect(await duration()).toBeGreaterThan(290);
    // A busy machine is slow at times.
    else await expect.poll(duration).toBeLessThan(290);
  });

  test('comes for no good certificate', async () => {
    const host = await startJudge(...withList);
    const sending = openTestApns(host, { timeout: 500 }, labIdentity('good')).send(pushOf());
    expect(await failureOf(() => sending)).toBe(`apns-timeout: ${host} did not answer in time`);
  });
});
