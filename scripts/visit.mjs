// A browser without a person: follows redirects, as one does whose sign-in is remembered. `visit.mjs [USER] ADDRESS`
const [user, address] = process.argv.length > 3 ? process.argv.slice(2) : [null, process.argv[2]];
const url = new URL(address);
if (user !== null) url.searchParams.set('login_hint', user);
const response = await fetch(url);
await response.text();
process.exitCode = response.ok ? 0 : 1;
