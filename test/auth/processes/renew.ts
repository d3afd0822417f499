import { openProfileStore } from '../../../src/auth/profile-store.ts';
import { profileNamed } from '../../../src/auth/profiles.ts';
import { openSession } from '../../../src/auth/session.ts';
import { fetchHttp } from '../../support/fetch-http.ts';
import { noKeychain } from '../../support/no-keychain.ts';
import { connectionTo, noon } from '../examples.ts';

/** Opens the session of the profile `default` and prints its access token. */
const [directory = '', tenant = ''] = process.argv.slice(2);
const store = openProfileStore({
  directory,
  warn: (text) => process.stderr.write(text),
  now: () => noon,
  keychain: noKeychain,
});
const session = await openSession(connectionTo(tenant), {
  http: fetchHttp(),
  store,
  stored: profileNamed(await store.read(), 'default').session,
  now: () => noon,
  signal: new AbortController().signal,
});
process.stdout.write(session.accessToken().reveal());
