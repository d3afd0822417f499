// A browser without a person: follows redirects, like one with a remembered sign-in. `visit.mjs [USER] ADDRESS`
// A browser inherits nothing that is meant for mfa-cli only.
if (Object.keys(process.env).some((name) => name.startsWith('MFA_CLI_'))) process.exit(1);
const [address = '', user = null] = process.argv.slice(2).toReversed();
// login gives a browser an address that leads to the tenant's, which alone names a user.
const isTenants = new URL(address).searchParams.has('client_id');
const led = isTenants
  ? null
  : (await fetch(address, { redirect: 'manual' })).headers.get('location');
const url = new URL(led ?? address);
if (user !== null) url.searchParams.set('login_hint', user);
const response = await fetch(url);
await response.text();
process.exitCode = response.ok ? 0 : 1;
