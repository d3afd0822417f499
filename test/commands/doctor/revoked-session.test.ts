import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { signIn, startTenant } from '../../support/tenant.ts';

test('whoami and doctor agree about a session that the tenant no longer accepts', async () => {
  const { emulator } = await startTenant();
  const { machine } = await signIn(emulator);
  const path = join(machine.directory, 'config.json');
  const file = JSON.parse(readFileSync(path, 'utf8'));
  file.profiles[file.current].session.accessToken = 'a-token-of-the-past';
  writeFileSync(path, JSON.stringify(file), { mode: 0o600 });
  expect((await machine.run(['whoami'])).exitCode).toBe(5);
  const { checks } = JSON.parse((await machine.run(['doctor', '--json'])).stdout);
  expect(checks).toContainEqual(expect.objectContaining({ code: 'session', level: 'warning' }));
});
