import { expect, test } from 'vitest';
import { startServer } from '../support/http.ts';
import { cleanEnvironment, runProgram } from '../support/process.ts';

test('NODE_TLS_REJECT_UNAUTHORIZED=0 is named in a warning, and nothing is sent', async () => {
  const { origin, received } = await startServer(undefined, { certificate: 'server' });
  const env = { MFA_CLI_TENANT: origin, MFA_CLI_TOKEN: 'opaque', NODE_TLS_REJECT_UNAUTHORIZED: '0' };
  const { exitCode, stderr } = await runProgram(['whoami'], cleanEnvironment(env));
  expect(exitCode).toBe(7);
  expect(stderr).toContain(
    'mfa-cli: warning: NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored: name the CA of the server with --ca-file PEM',
  );
  expect(stderr).not.toContain('(node:');
  expect(received).toEqual([]);
});
