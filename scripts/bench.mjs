// Whole processes against their bars: pairs run alternately, medians, with NODE_EXTRA_CA_CERTS unset (it alone costs
// Node.js 20 some 40 ms). Exits 1 if a bar is missed.
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { binaryMeasurements } from './bench/binary.mjs';
import { measureFleet } from './bench/fleet.mjs';
import { portOf } from './free-port.mjs';
import { cleanEnvironment, root } from './program.mjs';

/**
 * @typedef {import('./bench/binary.mjs').Command} Command
 * @typedef {import('./bench/binary.mjs').Measurement} Measurement
 */

const run = promisify(execFile);
const [chosen] = process.argv.slice(2);
const parts = ['start', 'binary', 'fleet'];
if (chosen !== undefined && !parts.includes(chosen))
  throw new Error(`${chosen} is none of ${parts.join(', ')}`);
const rounds = 25;
const fixtures = `${root}test/fixtures/p12`;
const program = `${root}bin/mfa-cli.js`;
const directory = await mkdtemp(join(tmpdir(), 'mfa-cli-bench-'));
const tenant = await startTenant();
const env = {
  ...cleanEnvironment(directory),
  MFA_CLI_P12_PASSWORD: 'secret',
  MFA_CLI_TENANT: tenant.url,
};

/** @type {Command} */
const node = [process.execPath, '-e', '0'];
/**
 * @param {...string} words
 * @returns {Command}
 */
const mfa = (...words) => [process.execPath, program, ...words];
const modern = `${fixtures}/01-default-aes256.p12`;
const legacy = `${fixtures}/02-legacy-rc2-3des.p12`;
const slow = `${fixtures}/18-iter-600k.p12`;
const slowLegacy = `${fixtures}/18-legacy-iter-600k.p12`;
/**
 * @param {string} file
 * @param {...string} options
 * @returns {Command}
 */
const openssl = (file, ...options) => [
  'openssl',
  'pkcs12',
  ...options,
  '-in',
  file,
  '-passin',
  'env:MFA_CLI_P12_PASSWORD',
  '-nodes',
  '-out',
  '/dev/null',
];

/** @type {Measurement[]} */
const measurements = [
  {
    name: '--version',
    bar: 1.4,
    subject: mfa('--version'),
    base: node,
    beside: [['gh --version', ['gh', '--version']]],
  },
  { name: '--help', bar: 1.9, subject: mfa('--help'), base: node, beside: [] },
  {
    name: 'apns inspect, OpenSSL 3 file',
    bar: 3.3,
    subject: mfa('apns', 'inspect', modern),
    base: node,
    beside: [['openssl | openssl x509', shell(`${inspectPipeline(modern)}`)]],
  },
  {
    name: 'apns inspect, Keychain-like file',
    bar: 4,
    subject: mfa('apns', 'inspect', legacy),
    base: node,
    beside: [['openssl -legacy | openssl x509', shell(inspectPipeline(legacy, '-legacy'))]],
  },
  {
    name: 'apns set, loopback tenant',
    bar: 6.2,
    subject: mfa('apns', 'set', '--p12', modern),
    base: node,
    beside: [['openssl, base64, curl', shell(setPipeline(modern))]],
  },
  {
    name: 'apns inspect, 600,000 iterations',
    bar: 2.6,
    subject: mfa('apns', 'inspect', slow),
    base: openssl(slow),
    rounds: 9,
    beside: [],
  },
  {
    name: 'apns inspect, 600,000 in RC2 and 3DES',
    bar: 5,
    subject: mfa('apns', 'inspect', slowLegacy),
    base: openssl(slowLegacy, '-legacy'),
    rounds: 9,
    beside: [],
  },
];

let missed = 0;
try {
  await run(...split(mfa('login')), { env: { ...env, MFA_CLI_CLIENT_SECRET: 'bench' } });
  console.log(`Node.js ${process.versions.node}; medians of ${rounds} alternating runs\n`);
  for (const measurement of only('start') ? measurements : []) await measure(measurement);
  if (only('binary'))
    for (const measurement of await binaryMeasurements({ base: node, modern, legacy }))
      await measure(measurement);
  if (only('fleet')) await measureFleet({ directory, program: mfa(), p12: modern, env, say });
} finally {
  tenant.close();
  await rm(directory, { recursive: true, force: true });
}
console.log(missed === 0 ? '\nEvery bar holds.' : `\n${missed} missed.`);
process.exitCode = missed === 0 ? 0 : 1;

/** @param {Measurement} measurement */
async function measure({ name, bar, subject, base, beside, limit, rounds: count = rounds }) {
  const others = [];
  for (const [label, command] of beside) {
    /** @type {number[]} */
    const times = [];
    others.push({ label, command, present: await works(command), times });
  }
  const bases = [];
  const subjects = [];
  for (let round = 0; round < count; round++) {
    bases.push(await timeOf(base));
    subjects.push(await timeOf(subject));
    for (const { command, present, times } of others)
      if (present) times.push(await timeOf(command));
  }
  const own = median(subjects);
  const basis = median(bases);
  const ratio = own / basis;
  if (ratio > bar) missed++;
  const verdict = ratio > bar ? 'MISSED' : 'ok';
  console.log(
    `${verdict.padEnd(6)}  ${name.padEnd(38)} ${ms(own)} / ${ms(basis)} = ${ratio.toFixed(2)} of at most ${bar}`,
  );
  for (const { label, present, times } of others) {
    const theirs = present ? median(times) : null;
    const tooLong = label === limit && theirs !== null && own > theirs;
    if (tooLong) missed++;
    const told = `${theirs === null ? 'not installed' : ms(theirs)}${label === limit ? ' at most' : ''}`;
    console.log(`${tooLong ? 'MISSED' : '      '}    ${`beside ${label}:`.padEnd(38)} ${told}`);
  }
}

/**
 * `npm run bench -- fleet` measures the fleets alone, `-- binary` the executable, `-- start` all else.
 * @param {string} part
 */
function only(part) {
  return chosen === undefined || chosen === part;
}

/** @type {import('./bench/fleet.mjs').Say} */
function say(holds, name, words) {
  if (!holds) missed++;
  console.log(`${(holds ? 'ok' : 'MISSED').padEnd(6)}  ${name.padEnd(38)} ${words}`);
}

/**
 * Milliseconds of a whole process; like other command line benchmarks, without a reader of its output.
 * @param {Command} command
 */
async function timeOf([file, ...words]) {
  const started = performance.now();
  const child = spawn(file, words, { env, stdio: 'ignore' });
  const [exitCode] = await once(child, 'exit');
  const time = performance.now() - started;
  if (exitCode !== 0) throw new Error(`exit code ${exitCode}: ${[file, ...words].join(' ')}`);
  return time;
}

/** @param {Command} command */
async function works(command) {
  return run(...split(command), { env }).then(
    () => true,
    () => false,
  );
}

/**
 * @param {Command} command
 * @returns {[string, string[]]}
 */
function split([file, ...words]) {
  return [file, words];
}

/**
 * @param {string} line
 * @returns {Command}
 */
function shell(line) {
  return ['bash', '-c', `set -o pipefail; ${line}`];
}

/**
 * @param {string} file
 * @param {string} [option]
 */
function inspectPipeline(file, option = '') {
  return `openssl pkcs12 ${option} -in '${file}' -passin env:MFA_CLI_P12_PASSWORD -nokeys | openssl x509 -noout -subject -issuer -dates -fingerprint -sha256`;
}

/** @param {string} file */
function setPipeline(file) {
  return `${inspectPipeline(file)} && printf '{"ClientAppKey":"com.example.lab","APNSTopic":"com.example.lab","APNSPass":"%s","APNSCert":"%s"}' "$MFA_CLI_P12_PASSWORD" "$(base64 -w0 '${file}')" | curl -sf -H 'Authorization: Bearer x' -H 'Content-Type: application/json' --data-binary @- "$MFA_CLI_TENANT/Mobile/SetApnsCertForClientApp"`;
}

/** @param {readonly number[]} numbers */
function median(numbers) {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** @param {number} time */
function ms(time) {
  return `${time.toFixed(0)} ms`.padStart(7);
}

/** A tenant that answers at once, so that only the program is measured. */
async function startTenant() {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const token = request.url?.startsWith('/OAuth2/');
      response.setHeader('Content-Type', 'application/json');
      response.end(
        JSON.stringify(
          token
            ? { access_token: 'bench', token_type: 'Bearer', expires_in: 18_000 }
            : { success: true, Result: null },
        ),
      );
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${portOf(server)}`, close: () => server.close() };
}
