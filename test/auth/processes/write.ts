import { openProfileStore } from '../../../src/auth/profile-store.ts';
import { noKeychain } from '../../support/no-keychain.ts';
import { noon } from '../examples.ts';

/** Writes the store over and over, each time with other content of a megabyte, until it is killed. */
const [directory = ''] = process.argv.slice(2);
const store = openProfileStore({
  directory,
  warn: (text) => process.stderr.write(text),
  now: () => noon,
  keychain: noKeychain,
});
for (let i = 0; ; i++) {
  await store.update((profiles) => ({ ...profiles, current: `${i % 10}`.repeat(1_000_000) }));
  if (i === 0) process.stdout.write('writing');
}
