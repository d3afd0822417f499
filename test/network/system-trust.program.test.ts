import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { describe, expect, test } from 'vitest';
import { startServer, tlsFixture } from '../support/http.ts';
import { cleanEnvironment, type Finished, finish, programCommand } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';

const unshare = ['--map-root-user', '--mount'];
const place = '/etc/ssl/certs';
const ca = readFileSync(tlsFixture('ca.pem'), 'utf8');

/** Whether this user may have a system's directory of their own here: Linux asks for a right to it. */
function mayReplace(): boolean {
  try {
    execFileSync('unshare', [...unshare, 'mount', '--bind', tmpdir(), place], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Asks the server for something, on a system whose directory of CAs holds these files and nothing else. */
async function askWith(
  files: Readonly<Record<string, string>>,
  words: readonly string[],
  extra: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const directory = join(temporaryDirectory(), 'certs');
  mkdirSync(directory);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const line = `mount --bind "$0" ${place} && exec "$@"`;
  const run = ['sh', '-c', line, directory, ...programCommand, ...words];
  const env = cleanEnvironment({ MFA_CLI_TOKEN: 'token', ...extra });
  return finish(spawn('unshare', [...unshare, ...run], { env, stdio: ['ignore', 'pipe', 'pipe'] }));
}

/** Node.js since 22.15, and what executables have. */
const readsSystem = 'getCACertificates' in tls || programCommand.length === 1;

describe.skipIf(!mayReplace())('a system that vouches for the tenant', () => {
  test.each<[string, Record<string, string>, boolean]>([
    ['in its bundle', { 'ca-certificates.crt': ca }, true],
    ['in a file of its own, which the runtime must read', { 'corp.pem': ca }, readsSystem],
    ['nowhere', {}, false],
  ])('%s', async (_case, files, trusted) => {
    const { origin, received } = await startServer(undefined, { certificate: 'server' });
    const { exitCode, stderr } = await askWith(files, ['api', 'GET', '/x', '--tenant', origin]);
    expect([exitCode, received.length]).toEqual(trusted ? [0, 1] : [7, 0]);
    if (!trusted) expect(stderr).toContain('comes from an unknown authority');
  });

  test.skipIf(isMissing('openssl')).each(['SSL_CERT_FILE', 'SSL_CERT_DIR'])(
    'is not asked where %s names something else',
    async (variable) => {
      const { origin, received } = await startServer(undefined, { certificate: 'server' });
      const named =
        variable === 'SSL_CERT_FILE' ? tlsFixture('other-host.pem') : temporaryDirectory();
      // OpenSSL finds a CA in the directory by such a name.
      const hash = execFileSync('openssl', [
        'x509',
        '-hash',
        '-noout',
        '-in',
        tlsFixture('ca.pem'),
      ]);
      const files = { 'ca-certificates.crt': ca, [`${hash.toString().trim()}.0`]: ca };
      const words = ['api', 'GET', '/x', '--tenant', origin];
      const { exitCode, stderr } = await askWith(files, words, { [variable]: named });
      expect([exitCode, received.length]).toEqual([7, 0]);
      expect(stderr).toContain('comes from an unknown authority');
    },
  );
});
