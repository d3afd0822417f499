// The whole circle on a fresh machine, without a browser, a terminal or a network: every output is real. `--write` keeps it
// as docs/demo.md, and a part of it as the picture of the README; `--check` fails where they show something else.

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { steady } from './demo/steady.mjs';
import { terminalSvg } from './demo/terminal-svg.mjs';
import { freePort } from './free-port.mjs';
import { cleanEnvironment, createProgram, root, visitingBrowser, visitingBrowserOf } from './program.mjs';
import { answerRequest } from './push-certificate.mjs';

const { values: asked } = parseArgs({ options: { write: { type: 'boolean' }, check: { type: 'boolean' } } });
const start = await beforeMidnight();
let [transcript, pictured] = ['', ''];
const bundleId = 'com.example.app';
const teamId = 'A1B2C3D4E5';
const directory = await mkdtemp(join(tmpdir(), 'mfa-cli-demo-'));
const path = (name) => join(directory, name);
const environment = { ...cleanEnvironment(directory), ...visitingBrowser };
const port = await freePort();
const emulator = await createProgram({ env: environment }).startEmulator(
  `http://127.0.0.1:${port}/callback`,
  '--apns-ca',
  path('apns-ca.pem'),
);
const fleet = await createProgram({ env: environment }).startEmulator(
  `http://127.0.0.1:${port}/callback`,
  '--tenants',
  '5',
  '--fleet-file',
  path('mfa-fleet.yaml'),
);
// The emulator's stand-in for APNs, and the authority that vouches for it.
const program = createProgram({
  env: { ...environment, ...emulator.environment, MFA_CLI_PORT: String(port) },
});

try {
  say(`A local tenant runs at ${emulator.url}, and a stand-in for APNs beside it.`);
  // For whoever looks on; the transcript is the same for everybody.
  if (process.stdout.isTTY)
    console.log(`# Watch it in a browser while it goes on: ${emulator.url}/ is the tenant's console.\n`);
  await writeFile(path('password.txt'), 'demo password\n', { mode: 0o600 });

  say(
    'Get the certificate: a key pair and a request for Apple, then the answer of Apple (played here) and the key in one file.',
  );
  const password = ['--new-password-file', path('password.txt')];
  await show([
    'apns',
    'request',
    '--bundle-id',
    bundleId,
    '--team-id',
    teamId,
    '--out',
    path('push'),
    ...password,
  ]);
  const request = await readFile(path(`push/${bundleId}.certSigningRequest`), 'utf8');
  await writeFile(path('aps.cer'), answerRequest(request, { bundleId, teamId }));
  const key = ['--key', path(`push/${bundleId}.key.pem`), '--key-password-file', path('password.txt')];
  await show(['apns', 'pack', '--cert', path('aps.cer'), ...key, '--out', path('cert.p12'), ...password]);

  say('Check it, and ask APNs.');
  const p12 = ['--p12', path('cert.p12'), '--password-file', path('password.txt')];
  await show(['apns', 'inspect', ...p12]);
  await show(['apns', 'verify', ...p12]);

  say('Sign in, and give it to the tenant.');
  await show(['login', '--tenant', emulator.url]);
  await show(['whoami']);
  await show(['apns', 'set', ...p12, '--dry-run']);
  await show(['apns', 'set', ...p12, '--topic', 'com.example.other'], { exitCode: 4 });
  await show(['apns', 'set', ...p12, '--verify'], { picture: true });
  await show(['apns', 'set', ...p12, '--environment', 'production', '--json']);
  await show(['apns', 'status'], { picture: true });

  say(
    'Five tenants at once, declared in one file, which --trust takes as it is: it was written here. One has another secret by now, and is told alone.',
  );
  const env = { ...fleet.environment, MFA_CLI_P12_PASSWORD: 'demo password' };
  const declared = ['--file', path('mfa-fleet.yaml')];
  const apply = ['fleet', 'apply', ...declared, '--trust', '--concurrency', '1', '--yes'];
  print(await readFile(path('mfa-fleet.yaml'), 'utf8'));
  await show(['fleet', 'plan', ...declared, '--trust'], { env });
  await show(apply, { env: { ...env, TENANT_3_SECRET: 'the secret of last year' }, exitCode: 8 });

  say('With the new secret, the same command does what is left.');
  await show(apply, { env });
  await show(['fleet', 'plan', ...declared, '--trust', '--refresh'], { env });
  await show(['fleet', 'status', ...declared], { env });
  say('A user enrolls a phone, a virtual one.');
  const phone = ['--profile', 'phone'];
  const { user } = emulator.accounts.user;
  await show(['login', ...phone], { env: visitingBrowserOf(user) });
  await show(['device', 'enroll', ...phone]);
  await show(['device', 'register-token', ...phone]);
  await show(['device', 'list', '--all']);

  say('Without a certificate nobody is asked.');
  const challenge = ['api', 'POST', '/emulator/challenge', '--data', JSON.stringify({ User: user })];
  await show(['apns', 'delete', '--client-app-key', bundleId, '--yes']);
  await show(challenge, { exitCode: 6 });
  await show(['apns', 'status']);
  await show(['apns', 'set', ...p12]);
  await show(['logout']);
  // A client ID without its secret would be taken for a pipeline's.
  await show(['whoami'], { env: { MFA_CLI_CLIENT_ID: '' }, exitCode: 5 });

  say(
    'The proof: that user signs in by push. While `apns prove` waits, the phone shows the push, and approves it.',
  );
  await show(['apns', 'prove', ...phone], {
    picture: true,
    async meanwhile() {
      await show(['device', 'listen', ...phone]);
      await show(['device', 'answer', '--approve', ...phone]);
    },
  });
  say('The demo is over: everything answered as it should.');
  if (asked.write || asked.check) await keep();
} finally {
  await Promise.all([emulator.stop(), fleet.stop()]);
  await rm(directory, { recursive: true, force: true });
}

/** Shows a command and its output, and insists on the exit code. `picture` also shows it in colors. */
async function show(words, { exitCode: expected = 0, env = {}, picture = false, meanwhile } = {}) {
  const running = program.run(words, {
    ...env,
    ...(picture ? { FORCE_COLOR: '1' } : {}),
  });
  await meanwhile?.();
  const { exitCode, stdout, stderr } = await running;
  const line = words.map((word) => quoted(word.replace(`${directory}/`, ''))).join(' ');
  const shown = `$ mfa-cli ${line}\n${`${stderr}${stdout}`.replaceAll(`${directory}/`, '')}`;
  if (picture) pictured += `${shown}\n`;
  print(stripVTControlCharacters(shown));
  if (exitCode !== expected) throw new Error(`exit code ${exitCode} instead of ${expected}`);
  if (expected !== 0) print(`(exit code ${exitCode})\n`);
}

function quoted(word) {
  return /^[\w./:=@-]+$/.test(word) ? word : `'${word}'`;
}

function say(sentence) {
  print(`# ${sentence}\n`);
}

function print(text) {
  console.log(text);
  transcript += `${text}\n`;
}

/** Saves the transcript, or compares it with the saved one. */
async function keep() {
  const [tenant, apns, tenants] = [
    emulator.url,
    `http://${emulator.environment.MFA_CLI_APNS_HOST}`,
    fleet.tenants[0].url,
  ].map((url) => Number(new URL(url).port));
  const alike = (text) => steady(text, [tenant, apns, port, tenants], start).trimEnd();
  const page = `# The demo

What \`npm run demo\` prints on a fresh machine: a key pair and its certificate, the checks, APNs (a stand-in), the tenant (a local one),
a fleet of five tenants, one of which fails at first, a phone (a virtual one), and the proof: a sign-in by push that the phone approves.
It takes some thirty seconds, and needs neither a browser nor a terminal nor a network. Ports, identifiers and dates are made the same here each time; \`npm run demo -- --write\` writes this page.

\`\`\`console
${alike(transcript)}
\`\`\`
`;
  const picture = terminalSvg(
    coloured(pictured, alike),
    'mfa-cli apns set gives a tenant the push certificate, and apns prove has a user sign in by push',
  );
  await mkdir(`${root}docs/images`, { recursive: true });
  for (const [name, whole] of [
    ['docs/demo.md', page],
    ['docs/images/terminal.svg', picture],
  ]) {
    if (asked.write) await writeFile(`${root}${name}`, whole);
    else if ((await readFile(`${root}${name}`, 'utf8')) !== whole)
      throw new Error(`${name} shows something else: look at what \`npm run demo -- --write\` changes`);
  }
}

/** Changes a text with colors as if it had none: each is one character meanwhile, which belongs to no word. */
function coloured(text, change) {
  const first = 0xe000;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is how a color begins.
  const marked = text.replaceAll(/\x1b\[(\d+)m/g, (_code, number) =>
    String.fromCodePoint(first + Number(number)),
  );
  return change(marked).replaceAll(/[\ue000-\ue0ff]/g, (mark) => `\x1b[${mark.codePointAt(0) - first}m`);
}

/** Now, or a minute later if the day is about to end: otherwise half of the output would be from the next one. */
async function beforeMidnight() {
  const left = 86_400_000 - (Date.now() % 86_400_000);
  if (left < 60_000) await setTimeout(left);
  return Date.now();
}
