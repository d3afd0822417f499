import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { startApns } from '../../support/apns.ts';
import { createMachine } from '../../support/context.ts';
import { tlsFixture } from '../../support/http.ts';
import { startCommand } from '../../support/server-command.ts';
import { sharedDirectory } from '../../support/temporary-directory.ts';
import { isMissing } from '../../support/tools.ts';

const directory = sharedDirectory();
const root = 'USERTrust RSA Certification Authority';

/** The check of doctor, with that host in place of Apple's. */
async function check(host: string, words: readonly string[] = [], more: Record<string, string> = {}) {
  const env = { MFA_CLI_APNS_HOST: host, ...more };
  const { stdout } = await createMachine().run(['doctor', '--json', ...words], { env, now: new Date() });
  const { checks } = JSON.parse(stdout) as { checks: { code: string; level: string; message: string }[] };
  const { code: _, ...found } = checks.find(({ code }) => code === 'push-host') ?? { code: '' };
  return found;
}

/** Authority, intermediate and certificate of a push host, as Apple's is signed. */
function makeChain(name: string, intermediate: readonly string[]): void {
  const openssl = (...words: readonly string[]) =>
    execFileSync('openssl', words, { cwd: directory, stdio: ['ignore', 'ignore', 'pipe'] });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const request = (file: string, subject: string) =>
    openssl('req', ...key, '-keyout', `${file}.key`, '-out', `${file}.csr`, '-subj', `/CN=${subject}`);
  const sign = (file: string, by: string, extensions: string) => {
    writeFileSync(join(directory, `${file}.cnf`), extensions);
    const authority = ['-CA', `${by}.pem`, '-CAkey', `${by}.key`, '-days', '30'];
    openssl(
      'x509',
      '-req',
      '-in',
      `${file}.csr`,
      ...authority,
      '-extfile',
      `${file}.cnf`,
      '-out',
      `${file}.pem`,
    );
  };
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'root.key',
    '-out',
    'root.pem',
    '-subj',
    `/CN=${name}`,
    '-days',
    '30',
  );
  for (const [index, subject] of intermediate.entries()) {
    request('between', subject);
    sign('between', index === 0 ? 'root' : 'between', 'basicConstraints=critical,CA:true\n');
  }
  request('host', 'api.push.apple.com');
  sign('host', 'between', 'subjectAltName=IP:127.0.0.1\n');
}

const startServer = (...further: readonly string[]): Promise<string> =>
  startCommand('openssl', (port) => [
    ...['s_server', '-accept', `127.0.0.1:${port}`, '-alpn', 'h2', '-quiet'],
    ...['-key', join(directory, 'host.key'), '-cert', join(directory, 'host.pem')],
    ...['-cert_chain', join(directory, 'between.pem'), ...further],
  ]);

describe.skipIf(isMissing('openssl'))("a push host under Apple's root", () => {
  beforeAll(() => makeChain(root, ['Apple Public Server RSA CA 1 - G1']));

  test.each<[string, readonly string[]]>([
    ['under TLS 1.3', []],
    ['under TLS 1.2', ['-tls1_2']],
    ['that wants a certificate', ['-Verify', '1']],
  ])('that this machine lacks is named, and how to add it, %s', async (_case, further) => {
    const host = await startServer(...further);
    const found = await check(host);
    expect(found).toEqual({
      level: 'warning',
      message: `${host} has a certificate under the root "${root}", which this machine lacks.`,
      hint: expect.stringMatching(
        /^Reinstall the CAs of the system.* the SHA-256 [0-9a-f]{64} and name its PEM file with --ca-file PEM /,
      ),
    });
    const added = await check(host, ['--ca-file', join(directory, 'root.pem')]);
    expect(added).toEqual({
      level: 'ok',
      message: `${host} has a certificate that this machine trusts.`,
      hint: null,
    });
  });
});

describe('a push host', () => {
  test('under a CA that nobody knows is told from it', async () => {
    const { host } = await startApns();
    expect(await check(host)).toEqual({
      level: 'warning',
      message: expect.stringMatching(
        `^${host} has a certificate under ".+", which this machine does not trust\\.$`,
      ),
      hint: 'Name a PEM file with --ca-file PEM or MFA_CLI_CA_FILE.',
    });
    expect(await check(host, ['--ca-file', tlsFixture('ca.pem')])).toMatchObject({ level: 'ok' });
  });

  test.each<[string, string, string]>([
    ['has expired', 'expired', 'The TLS connection to HOST failed: '],
    ['is that of another host', 'other-host', 'The TLS connection to HOST failed: '],
  ])('whose certificate %s is told as such', async (_case, certificate, words) => {
    const { host } = await startApns([], certificate);
    const { level, message } = (await check(host, ['--ca-file', tlsFixture('ca.pem')])) as Record<
      string,
      string
    >;
    expect([level, message?.slice(0, words.length + host.length - 4)]).toEqual([
      'warning',
      words.replace('HOST', host),
    ]);
  });

  test('is not looked at where the CA file is missing, which is told once', async () => {
    const found = await check('127.0.0.1:9', ['--ca-file', 'missing.pem']);
    expect(found).toMatchObject({
      level: 'not-checked',
      message: 'The root CA of 127.0.0.1:9 was not checked: The CA file missing.pem does not exist.',
    });
  });

  test('that is no address is a fault of the variable', async () => {
    expect(await check('a host')).toMatchObject({
      level: 'error',
      message: '"a host" is not an APNs host such as api.push.apple.com:2197.',
    });
  });
});
