// A browser without a person: opens the address and follows redirects, as one does whose sign-in is remembered.
const response = await fetch(process.argv[2]);
await response.text();
process.exitCode = response.ok ? 0 : 1;
