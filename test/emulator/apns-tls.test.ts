import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { beforeAll, describe, expect, test } from 'vitest';
import { readClientTrust } from '../../src/emulator/apns/client-trust.ts';
import { finish } from '../support/process.ts';
import { sharedDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';
import { post } from './apns-client.ts';
import { startTenant } from './local-tenant.ts';

const directory = sharedDirectory();

const inDirectory = (name: string): string => join(directory, name);
const read = (name: string): string => readFileSync(inDirectory(name), 'utf8');
const openssl = (line: string): void => {
  execFileSync('openssl', line.split(' '), { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
};

const configuration = `
[ca]
default_ca = lab
[lab]
database = index.txt
serial = serial
new_certs_dir = .
certificate = ca.pem
private_key = ca.key
default_md = sha256
default_days = 30
default_crl_days = 30
policy = any
unique_subject = no
[any]
UID = optional
CN = supplied
[push]
basicConstraints = CA:FALSE
extendedKeyUsage = clientAuth
1.2.840.113635.100.6.3.1 = DER:0500
1.2.840.113635.100.6.3.2 = DER:0500
[unmarked]
extendedKeyUsage = clientAuth
[authority]
basicConstraints = critical,CA:TRUE
`;

/** Two authorities by OpenSSL, and the certificates of one: a good one, a revoked one, and one through an intermediate. */
function makeCertificates(): void {
  writeFileSync(inDirectory('openssl.cnf'), configuration);
  writeFileSync(inDirectory('index.txt'), '');
  writeFileSync(inDirectory('serial'), '8001\n');
  const key = '-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes';
  for (const ca of ['ca', 'stranger'])
    openssl(`req -x509 ${key} -keyout ${ca}.key -out ${ca}.pem -subj /CN=${ca} -days 30`);
  for (const name of ['good', 'revoked', 'intermediate', 'below', 'foreign', 'usurped'])
    openssl(`req ${key} -keyout ${name}.key -out ${name}.csr -subj /UID=com.example.lab/CN=${name}`);
  const sign = 'ca -batch -notext -config openssl.cnf';
  openssl(`req ${key} -keyout mdm.key -out mdm.csr -subj /UID=com.apple.mgmt.External.1/CN=APSP:1`);
  for (const name of ['good', 'revoked'])
    openssl(`${sign} -extensions push -in ${name}.csr -out ${name}.pem`);
  openssl(`${sign} -extensions unmarked -in mdm.csr -out mdm.pem`);
  openssl(`${sign} -extensions authority -in intermediate.csr -out intermediate.pem`);
  for (const [name, issuer] of [
    ['below', 'intermediate'],
    ['foreign', 'stranger'],
    ['usurped', 'good'],
  ])
    openssl(
      `${sign} -extensions push -in ${name}.csr -out ${name}.pem -cert ${issuer}.pem -keyfile ${issuer}.key`,
    );
  writeFileSync(inDirectory('usurped.pem'), read('usurped.pem') + read('good.pem'));
  openssl('ca -config openssl.cnf -revoke revoked.pem');
  openssl('ca -config openssl.cnf -gencrl -out crl.pem');
  writeFileSync(inDirectory('below-chain.pem'), read('below.pem') + read('intermediate.pem'));
}

const day = 24 * 60 * 60 * 1000;
const startJudging = (days = 0) =>
  startTenant({
    apns: { clientCa: read('ca.pem'), crl: read('crl.pem') },
    now: () => new Date(Date.now() + days * day),
  });

const push = { ':path': `/3/device/${'0'.repeat(64)}`, 'apns-topic': 'com.example.lab' };

describe.skipIf(isMissing('openssl'))('client certificates that TLS judges', () => {
  beforeAll(makeCertificates);

  test.each([
    ['a good one', 'good', 'good.pem'],
    ['one through an intermediate that comes along', 'below', 'below-chain.pem'],
  ])('%s gets an answer', async (_name, key, certificate) => {
    const emulator = await startJudging();
    const answer = await post(emulator, read(`${key}.key`) + read(certificate), push);
    expect(answer).toMatchObject({ status: 400, body: { reason: 'BadDeviceToken' } });
  });

  test.each([
    ['production', 'BadDeviceToken'],
    ['sandbox', 'BadCertificateEnvironment'],
  ] as const)(
    'one that is marked for no environment has %s for the answer %s',
    async (environment, reason) => {
      const emulator = await startTenant({ apns: { environment } });
      const topic = { 'apns-topic': 'com.apple.mgmt.External.1' };
      const answer = await post(emulator, read('mdm.key') + read('mdm.pem'), { ...push, ...topic });
      expect(answer.body).toEqual({ reason });
    },
  );

  test('a good one is shown each time: no session is taken up again', async () => {
    const { apns } = await startJudging();
    const [host = '', port] = apns.host.split(':');
    const pem = read('good.key') + read('good.pem');
    const options = { host, port: Number(port), ca: apns.ca, key: pem, cert: pem, ALPNProtocols: ['h2'] };
    const first = connect(options);
    await once(first, 'secureConnect');
    const session = first.getSession();
    first.destroy();
    const second = connect({ ...options, ...(session === undefined ? {} : { session }) });
    await once(second, 'secureConnect');
    expect([session !== undefined, second.isSessionReused()]).toEqual([true, false]);
    second.destroy();
  });

  test('none gets an answer, too: a token could be shown instead', async () => {
    const answer = await post(await startJudging(), null, push);
    expect(answer).toMatchObject({ status: 403, body: { reason: 'MissingProviderToken' } });
  });

  test.each([
    ['revoked', 'revoked', 0, 'CERTIFICATE_REVOKED'],
    ['expired', 'good', 31, 'CERTIFICATE_EXPIRED'],
    ['not yet valid', 'good', -1, 'BAD_CERTIFICATE'],
    ['of an unknown authority', 'foreign', 0, 'UNKNOWN_CA'],
    ['without its intermediate', 'below', 0, 'UNKNOWN_CA'],
    ['below one that is no authority', 'usurped', 0, 'UNKNOWN_CA'],
  ])('one that is %s ends the handshake', async (_name, name, days, alert) => {
    const emulator = await startJudging(days);
    const refused = post(emulator, read(`${name}.key`) + read(`${name}.pem`), push);
    // Of OpenSSL 3 and 4, which name the protocol differently.
    const told = expect.stringMatching(`^ERR_SSL_[A-Z0-9/]+_ALERT_${alert}$`);
    await expect(refused).rejects.toMatchObject({ cause: { code: told } });
  });

  test('what is no certificate is refused as a bad one', () => {
    const trust = readClientTrust(read('ca.pem'), null);
    expect(trust.alertFor([Uint8Array.of(0x30, 0)], new Date())).toBe('bad_certificate');
  });

  test('OpenSSL reads the alert, too', async () => {
    const { apns } = await startJudging();
    const client = `s_client -connect ${apns.host} -alpn h2 -cert revoked.pem -key revoked.key`;
    const { stderr } = await finish(
      spawn('openssl', client.split(' '), { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] }),
    );
    expect(stderr).toContain('alert number 44');
  });
});

test.each([
  ['nothing', 'The client CA contains no CERTIFICATE in PEM'],
  ['-----BEGIN CERTIFICATE-----\nMAAA\n-----END CERTIFICATE-----', 'The client CA is damaged'],
])('the client CA %j is refused', async (clientCa, message) => {
  const started = startTenant({ apns: { clientCa, crl: null } });
  await expect(started).rejects.toMatchObject({ code: 'file-unreadable', message });
});
