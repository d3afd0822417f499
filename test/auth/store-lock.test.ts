import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withLock } from '../../src/auth/store-lock.ts';

test('a lock that cannot be made is not waited for', async () => {
  const path = join(import.meta.dirname, 'no-such-directory', 'config.json');
  const work = () => expect.fail('worked without a lock');
  await expect(withLock(path, work)).rejects.toMatchObject({
    code: 'file-unwritable',
    message: `Cannot lock ${path}`,
  });
});
