import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startServer, tlsFixture } from '../support/http.ts';
import { cleanEnvironment, runProgram } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';

const path = tlsFixture('ca.pem');
const pem = readFileSync(path, 'utf8');
const forms = {
  'with a byte order mark': () => `\uFEFF${pem}`,
  'with the line ends of Windows': () => pem.replaceAll('\n', '\r\n'),
  'with a text above': () => `The CA of the proxy\n\n${pem}`,
  "of OpenSSL's own kind": () =>
    execFileSync('openssl', ['x509', '-in', path, '-trustout'], { encoding: 'utf8' }),
};

test.skipIf(isMissing('openssl')).each(Object.entries(forms))('a CA file %s is one', async (_form, text) => {
  const { origin, received } = await startServer(undefined, { certificate: 'server' });
  const file = join(temporaryDirectory(), 'ca.pem');
  writeFileSync(file, text());
  const words = ['api', 'GET', '/x', '--tenant', origin, '--ca-file', file];
  const { exitCode, stderr } = await runProgram(words, cleanEnvironment({ MFA_CLI_TOKEN: 'token' }));
  expect([exitCode, stderr, received.length]).toEqual([0, '', 1]);
});
