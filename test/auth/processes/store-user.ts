import { openStore, openStored } from '../examples.ts';

/**
 * A process that uses the store in a directory. `renew` prints the access token of its session; `hold` stays in the middle of an update,
 * and `write` writes over and over, each time another megabyte, both until they are killed.
 */
const [what, directory = '', tenant = ''] = process.argv.slice(2);
const store = openStore(directory);
if (what === 'renew')
  process.stdout.write((await openStored(tenant, store)).accessToken().reveal());

if (what === 'hold') {
  const alive = setInterval(() => undefined, 1000);
  await store.update(async (profiles) => {
    process.stdout.write('holding');
    await new Promise(() => alive);
    return profiles;
  });
}

for (let i = 0; what === 'write'; i++) {
  await store.update((profiles) => ({ ...profiles, current: `${i % 10}`.repeat(1_000_000) }));
  if (i === 0) process.stdout.write('writing');
}
