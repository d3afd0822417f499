import { expect, test } from 'vitest';
import type { Override } from '../../src/context.ts';
import { CliError } from '../../src/errors/cli-error.ts';
import { waysBack } from '../../src/settings/overrides.ts';

const keys = [
  ...['tenant', 'app-id', 'client-id', 'client-app-key', 'ca-file', 'scope'],
  ...['session', 'profile'],
] as readonly Override['key'][];
const overrides = keys.map(
  (key): Override => ({ key, variable: key, value: '', kept: '', words: '', way: key }),
);
const ofSession = 'tenant app-id client-id scope session profile';

test.each([
  ['not-signed-in', ofSession],
  ['sign-in-failed', ofSession],
  ['tenant-unreachable', 'tenant'],
  ['tenant-timeout', 'tenant'],
  ['tenant-tls', 'tenant ca-file'],
  ['tenant-not-json', 'tenant'],
  ['tenant-redirected', 'tenant'],
  ['tenant-refused', ''],
  ['tenant-forbidden', 'scope'],
  ['apns-tls', 'ca-file'],
  ['apns-unreachable', ''],
  ['usage', ''],
] as const)('%s may be caused by the variables: %s', (code, expected) => {
  expect(waysBack(new CliError(code, 'words'), overrides).join(' ')).toBe(expected);
});
