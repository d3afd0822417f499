import { expect, test, vi } from 'vitest';
import { createTrust } from '../../src/network/trust.ts';
import { tlsFixture } from '../support/http.ts';

// As in the executable, whose runtime trusts the system's CAs by itself.
vi.mock(import('../../src/text/version.ts'), async (original) => ({
  ...(await original()),
  trustsSystem: true,
}));

const nothing = { caFile: null, nodeExtraCaCerts: null, sslCertFile: null, sslCertDir: null };
const waiting = { signal: new AbortController().signal, patience: 5000 };

test.each([
  ['nothing is named', {}, true],
  ['NODE_EXTRA_CA_CERTS is', { nodeExtraCaCerts: tlsFixture('ca.pem') }, true],
  ['SSL_CERT_FILE is', { sslCertFile: tlsFixture('ca.pem') }, false],
  ['SSL_CERT_DIR is', { sslCertDir: '/nowhere' }, false],
  ['--ca-file is', { caFile: tlsFixture('ca.pem') }, false],
])('the runtime’s own trust is enough where %s: %j', async (_case, settings, isEnough) => {
  const authorities = await createTrust({ ...nothing, ...settings }, waiting).authorities(0);
  expect(authorities === null).toBe(isEnough);
});
