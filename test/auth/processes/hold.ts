import { openProfileStore } from '../../../src/auth/profile-store.ts';
import { noKeychain } from '../../support/no-keychain.ts';
import { noon } from '../examples.ts';

/** Holds the store in the middle of an update until it is killed. */
const [directory = ''] = process.argv.slice(2);
const store = openProfileStore({
  directory,
  warn: (text) => process.stderr.write(text),
  now: () => noon,
  keychain: noKeychain,
});
const alive = setInterval(() => undefined, 1000);
await store.update(async (profiles) => {
  process.stdout.write('holding');
  await new Promise(() => alive);
  return profiles;
});
