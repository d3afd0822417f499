// The whole job on a fresh machine, without a browser, a terminal or a network: every output is real. `--write` saves it
// as docs/demo.md, and a part of it as the picture of the README; `--check` fails if the files differ from the output.

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { parseArgs, stripVTControlCharacters } from 'node:util';
import { steady } from './demo/steady.mjs';
import { terminalSvg } from './demo/terminal-svg.mjs';
import { freePort } from './free-port.mjs';
import {
  cleanEnvironment,
  createProgram,
  root,
  visitingBrowser,
  visitingBrowserOf,
} from './program.mjs';
import { answerRequest } from './push-certificate.mjs';

/**
 * @typedef {object} Showing
 * @property {number} [exitCode] the expected one
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} [picture] the lines of its output that the picture also shows, in colors
 * @property {() => Promise<void>} [meanwhile]
 */

const { values: asked } = parseArgs({
  options: { write: { type: 'boolean' }, check: { type: 'boolean' } },
});
const start = await beforeMidnight();
let [transcript, pictured] = ['', ''];
const bundleId = 'com.example.app';
const teamId = 'A1B2C3D4E5';
const directory = await mkdtemp(join(tmpdir(), 'mfa-cli-demo-'));
/** @param {string} name */
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
  say(`A local tenant runs at ${emulator.url}, with a stand-in for APNs.`);
  // Not in the transcript, whose tenant has stopped.
  if (process.stdout.isTTY)
    console.log(`# Watch it in a browser: ${emulator.url}/ is the tenant's console.\n`);
  await writeFile(path('password.txt'), 'demo password\n', { mode: 0o600 });

  say(
    "Get the certificate: a key pair and a certificate signing request for Apple, then Apple's certificate (issued by the demo) and the key in one .p12.",
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
  const key = [
    '--key',
    path(`push/${bundleId}.key.pem`),
    '--key-password-file',
    path('password.txt'),
  ];
  await show([
    'apns',
    'pack',
    '--cert',
    path('aps.cer'),
    ...key,
    '--out',
    path('cert.p12'),
    ...password,
  ]);

  say('Check it, and ask APNs whether it accepts it.');
  const p12 = [path('cert.p12'), '--password-file', path('password.txt')];
  await show(['apns', 'inspect', ...p12]);
  await show(['apns', 'verify', ...p12]);

  say('Sign in, and set it on the tenant.');
  await show(['login', '--tenant', emulator.url]);
  await show(['whoami']);
  await show(['apns', 'set', ...p12, '--dry-run']);
  await show(['apns', 'set', ...p12, '--topic', 'com.example.other'], { exitCode: 4 });
  await show(['apns', 'set', ...p12, '--verify'], { picture: 6 });
  await show(['apns', 'set', ...p12, '--environment', 'production', '--json']);
  await show(['apns', 'status']);

  say(
    "Five tenants, declared in one file. --trust skips the review, because the demo wrote the file. One tenant's secret has changed: only that tenant fails.",
  );
  const env = { ...fleet.environment, MFA_CLI_P12_PASSWORD: 'demo password' };
  const declared = ['--file', path('mfa-fleet.yaml')];
  const apply = ['fleet', 'apply', ...declared, '--trust', '--concurrency', '1', '--yes'];
  print(await readFile(path('mfa-fleet.yaml'), 'utf8'));
  await show(['fleet', 'plan', ...declared, '--trust'], { env });
  await show(apply, { env: { ...env, TENANT_3_SECRET: 'the secret of last year' }, exitCode: 8 });

  say('With the new secret, the same command does the rest.');
  await show(apply, { env });
  await show(['fleet', 'plan', ...declared, '--trust', '--refresh'], { env });
  await show(['fleet', 'status', ...declared], { env });

  say('A user enrolls a virtual phone.');
  const phone = ['--profile', 'phone'];
  const { user } = emulator.accounts.user;
  await show(['login', ...phone], { env: visitingBrowserOf(user) });
  await show(['device', 'enroll', ...phone]);
  await show(['device', 'register-token', ...phone]);
  await show(['device', 'list', '--all']);

  say('Without a certificate, no push is sent.');
  const challenge = [
    'api',
    'POST',
    '/emulator/challenge',
    '--data',
    JSON.stringify({ User: user }),
  ];
  await show(['apns', 'delete', '--client-app-key', bundleId, '--yes']);
  await show(challenge, { exitCode: 6 });
  await show(['apns', 'status']);
  await show(['apns', 'set', ...p12]);
  await show(['logout']);
  // A client ID without its secret counts as that of a pipeline.
  await show(['whoami'], { env: { MFA_CLI_CLIENT_ID: '' }, exitCode: 5 });

  say(
    'Prove it: the user signs in by push. While `apns prove` waits, the phone receives the push, and approves it. In a terminal, `apns prove` then asks in which app the push appeared; here nobody can answer.',
  );
  await show(['apns', 'prove', ...phone], {
    picture: 3,
    async meanwhile() {
      await show(['device', 'listen', ...phone]);
      await show(['device', 'answer', '--approve', ...phone]);
    },
  });
  say('The demo is over: every command ended as expected.');
  if (asked.write || asked.check) await keep();
} finally {
  await Promise.all([emulator.stop(), fleet.stop()]);
  await rm(directory, { recursive: true, force: true });
}

/**
 * Shows a command and its output, and checks the exit code.
 * @param {readonly string[]} words
 * @param {Showing} [showing]
 */
async function show(words, { exitCode: expected = 0, env = {}, picture = 0, meanwhile } = {}) {
  const running = program.run(words, {
    ...env,
    ...(picture > 0 ? { FORCE_COLOR: '1' } : {}),
  });
  await meanwhile?.();
  const { exitCode, stdout, stderr } = await running;
  const line = words.map((word) => quoted(word.replace(`${directory}/`, ''))).join(' ');
  const shown = `$ mfa-cli ${line}\n${`${stderr}${stdout}`.replaceAll(`${directory}/`, '')}`;
  if (picture > 0) pictured += cropped(shown, picture);
  print(stripVTControlCharacters(shown));
  if (exitCode !== expected) throw new Error(`exit code ${exitCode} instead of ${expected}`);
  if (expected !== 0) print(`(exit code ${exitCode})\n`);
}

/**
 * A command with the first lines of its output; an ellipsis stands for the others.
 * @param {string} shown
 * @param {number} lines
 */
function cropped(shown, lines) {
  return `${shown
    .split('\n')
    .slice(0, lines + 1)
    .join('\n')}\n…\n\n`;
}

/** @param {string} word */
function quoted(word) {
  return /^[\w./:=@-]+$/.test(word) ? word : `'${word}'`;
}

/** @param {string} sentence */
function say(sentence) {
  print(`# ${sentence}\n`);
}

/** @param {string} text */
function print(text) {
  console.log(text);
  transcript += `${text}\n`;
}

/** Saves the transcript, or compares it with the saved one. */
async function keep() {
  const [tenant = 0, apns = 0, tenants = 0] = [
    emulator.url,
    `http://${emulator.environment.MFA_CLI_APNS_HOST}`,
    fleet.tenants[0]?.url ?? '',
  ].map((url) => Number(new URL(url).port));
  /** @param {string} text */
  const alike = (text) => steady(text, [tenant, apns, port, tenants], start).trimEnd();
  const page = `# The demo

This is the output of \`npm run demo\` on a fresh machine. It shows a key pair and its certificate, the checks, a stand-in for APNs, a local
tenant, a fleet of five tenants (one of which fails at first), a virtual phone, and a sign-in by push that the phone approves. The demo takes
about thirty seconds and needs no browser, terminal or network. On this page ports, identifiers and dates are the same each time;
\`npm run demo -- --write\` writes it. To do the same by hand, continue with [rehearse.md](rehearse.md).

\`\`\`console
${alike(transcript)}
\`\`\`
`;
  const picture = terminalSvg(
    colored(pictured, alike),
    'mfa-cli apns set sets the push certificate on a tenant, and apns prove starts a push sign-in, which is approved',
  );
  await mkdir(`${root}docs/images`, { recursive: true });
  const files = { 'docs/demo.md': page, 'docs/images/terminal.svg': picture };
  for (const [name, whole] of Object.entries(files)) {
    if (asked.write) await writeFile(`${root}${name}`, whole);
    else requireSame(name, await readFile(`${root}${name}`, 'utf8'), whole);
  }
}

/**
 * Throws with the first line that differs.
 * @param {string} name
 * @param {string} saved
 * @param {string} made
 */
function requireSame(name, saved, made) {
  if (saved === made) return;
  const before = saved.split('\n');
  const after = made.split('\n');
  const at = Math.max(
    0,
    after.findIndex((line, index) => line !== before[index]),
  );
  throw new Error(
    `${name} differs from the output of the demo: look at the changes of \`npm run demo -- --write\`. Line ${at + 1}: ${JSON.stringify([before[at], after[at]])}`,
  );
}

/**
 * Changes a text with colors as if it had none: each is one character meanwhile, which belongs to no word.
 * @param {string} text
 * @param {(text: string) => string} change
 */
function colored(text, change) {
  const first = 0xe000;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this is how a color begins.
  const marked = text.replaceAll(/\x1b\[(\d+)m/g, (_code, number) =>
    String.fromCodePoint(first + Number(number)),
  );
  return change(marked).replaceAll(
    /[\ue000-\ue0ff]/g,
    (mark) => `\x1b[${mark.charCodeAt(0) - first}m`,
  );
}

/** Now, or a minute later if the day is about to end: otherwise half of the output would be from the next one. */
async function beforeMidnight() {
  const left = 86_400_000 - (Date.now() % 86_400_000);
  if (left < 60_000) await setTimeout(left);
  return Date.now();
}
