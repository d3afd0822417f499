import { askKeychain } from '../../../src/auth/keychain/ask-keychain.ts';
import { openProfileStore } from '../../../src/auth/profile-store.ts';
import { profileNamed } from '../../../src/auth/profiles.ts';
import { openSession } from '../../../src/auth/session.ts';
import { fetchHttp } from '../../support/fetch-http.ts';
import { noProgress } from '../../support/no-keychain.ts';
import { connectionTo, noon } from '../examples.ts';

/** As `renew`, of a session that is in the keychain; the words after the tenant start the built program, which speaks with the keychain. */
const [directory = '', tenant = '', file = '', ...words] = process.argv.slice(2);
const { signal } = new AbortController();
const keychain = askKeychain({
  command: [file, ...words, 'keychain-process'],
  timeout: 60,
  signal,
  progress: noProgress,
});
const store = openProfileStore({
  directory,
  warn: (text) => process.stderr.write(text),
  now: () => noon,
  keychain: async () => keychain,
});
const { session: stored } = profileNamed(await store.read(), 'default');
const session = await openSession(connectionTo(tenant), {
  http: fetchHttp(),
  store,
  stored,
  now: () => noon,
  signal,
});
process.stdout.write(session.accessToken().reveal());
