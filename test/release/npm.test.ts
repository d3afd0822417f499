import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { expectWorking, released, run } from './released.ts';

test('the npm package is installed without a registry, and works', async () => {
  const prefix = temporaryDirectory();
  await run(
    'npm',
    'install',
    '--global',
    '--offline',
    '--silent',
    '--prefix',
    prefix,
    released(/^mfa-cli-[\d.]+\.tgz$/),
  );
  expect(readdirSync(join(prefix, 'lib/node_modules'))).toEqual(['mfa-cli']);
  expect(existsSync(join(prefix, 'share/man/man1/mfa-cli.1'))).toBe(true);
  await expectWorking(join(prefix, 'bin/mfa-cli'));
});
