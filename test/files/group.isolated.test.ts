import { chmodSync, chownSync, realpathSync, statSync } from 'node:fs';
import { expect, onTestFinished, test, vi } from 'vitest';
import { changeableByOthers } from '../../src/files/others.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** /etc/passwd and /etc/group; null: it cannot be read. */
const system = vi.hoisted(() => ({ passwd: '' as string | null, group: '' }));
vi.mock('node:os', async (original) => ({
  ...(await original<typeof import('node:os')>()),
  userInfo: () => ({ username: 'alice' }),
}));
vi.mock('../../src/files/regular-file.ts', async (original) => ({
  ...(await original<typeof import('../../src/files/regular-file.ts')>()),
  readRegularFile: (path: string) => {
    if (system.passwd === null) throw new Error('denied');
    return Buffer.from(path === '/etc/passwd' ? system.passwd : system.group);
  },
}));

test.runIf(process.getuid?.() === 0)('macOS’s administrators are as good as root', () => {
  const directory = realpathSync(temporaryDirectory());
  const real = process.platform;
  onTestFinished(() => void Object.defineProperty(process, 'platform', { value: real }));
  Object.defineProperty(process, 'platform', { value: 'darwin' });
  for (const [group, mode, isWell] of [
    [80, 0o775, true],
    [20, 0o775, false],
    [80, 0o777, false],
  ] as const) {
    chownSync(directory, 0, group);
    chmodSync(directory, mode);
    expect([group, mode, changeableByOthers(directory) === null]).toEqual([group, mode, isWell]);
  }
});

const [alice, bob] = ['alice:x:UID:GID::/:/bin/sh', 'bob:x:4000001:4000001::/:/bin/sh'];
/** The lines of /etc/passwd and /etc/group, and whether a folder that its group may write to is safe. */
test.runIf(process.platform === 'linux').each<[string, string | null, string, boolean]>([
  ['a group of her own', `${alice}\n${bob}\n`, 'g:x:GID:\n', true],
  ['she and root are its members', alice, 'g:x:GID:alice,root', true],
  ['bob is one', alice, 'g:x:GID:alice,bob', false],
  ['bob is one on another line', alice, 'g:x:GID:\nh:x:GID:bob', false],
  ['bob is in another', alice, 'g:x:GID:\nh:x:4000002:bob', true],
  ['it is bob’s own', `${alice}\nbob:x:4000001:GID::/:/bin/sh`, 'g:x:GID:', false],
  ['it is not listed', alice, 'h:x:4000002:', false],
  ['it has no number', alice, 'g:x::\ng', false],
  ['she is not listed', bob, 'g:x:GID:', false],
  ['another has her name', alice.replace('UID', '4000003'), 'g:x:GID:', false],
  ['another has her number', alice.replace('alice', 'carol'), 'g:x:GID:', false],
  [
    'another has her number, and a group of his own',
    'carol:x:UID:4000009::/:/bin/sh',
    'g:x:GID:',
    false,
  ],
  ['nothing can be read', null, '', false],
])('%s', (_case, passwd, group, isWell) => {
  const directory = realpathSync(temporaryDirectory());
  const { uid, gid } = statSync(directory);
  const filled = (text: string) => text.replaceAll('UID', `${uid}`).replaceAll('GID', `${gid}`);
  Object.assign(system, { passwd: passwd && filled(passwd), group: filled(group) });
  expect(changeableByOthers(directory)).toBeNull();
  chmodSync(directory, 0o775);
  expect(changeableByOthers(directory)?.sentence ?? null).toBe(
    isWell ? null : `${directory} is writable by other users`,
  );
  chmodSync(directory, 0o777);
  expect(changeableByOthers(directory)?.sentence).toBe(`${directory} is writable by other users`);
});
