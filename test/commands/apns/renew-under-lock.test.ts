import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMachine, testNow } from '../../support/context.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

test('goes on from what another process recorded before the lock was free', async () => {
  const place = temporaryDirectory();
  const [theirs, ours] = [join(place, 'theirs'), join(place, 'ours')];
  const machine = createMachine(join(place, 'mfa-cli'));
  const env = { MFA_CLI_KEY_PASSWORD: 'the-key-password' };
  const words = ['apns', 'renew', '--bundle-id', 'com.example.app', '--team-id', 'A1B2C3D4E5'];
  await machine.run([...words, '--dir', theirs], { env });
  const files = readdirSync(theirs);
  expect(files).toHaveLength(3);

  let isBehind = true;
  const now = (): Date => {
    if (isBehind && existsSync(join(ours, 'mfa-renew.json.lock'))) {
      isBehind = false;
      cpSync(theirs, ours, { recursive: true });
    }
    return testNow;
  };
  const { exitCode, stdout } = await machine.run([...words, '--dir', ours, '--json'], { env, now });
  expect([exitCode, isBehind, JSON.parse(stdout).stage]).toEqual([0, false, 'requested']);
  expect(readdirSync(ours)).toEqual(files);
  for (const file of files)
    expect(readFileSync(join(ours, file))).toEqual(readFileSync(join(theirs, file)));
});
