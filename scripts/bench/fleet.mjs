// A fleet of tenants against a shell that calls curl for each, and how time and memory grow with it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { portOf } from '../free-port.mjs';

/**
 * @typedef {import('./binary.mjs').Command} Command
 * @typedef {(holds: boolean, name: string, words: string) => void} Say
 * @typedef {{ directory: string, port: number }} Fleet
 */

const rounds = 3;
const bars = { ratio: 0.5, megabytes: 500, growth: 11, page: 4000 };

/**
 * Measures, and tells each by `say(holds, name, words)`. Each tenant is a host of its own, an address of 127.0.0.0/8, which
 * only Linux has without being told.
 * @param {object} given
 * @param {string} given.directory
 * @param {Command} given.program the words of `mfa-cli`
 * @param {string} given.p12
 * @param {NodeJS.ProcessEnv} given.env
 * @param {Say} given.say
 */
export async function measureFleet({ directory, program, p12, env, say }) {
  if (process.platform !== 'linux') {
    console.log('        fleets are measured on Linux, where all of 127.0.0.0/8 is loopback');
    return;
  }
  const tenants = await startTenants();
  const fleet = { directory, port: tenants.port };
  try {
    const certificate = join(directory, 'app.p12');
    copyFileSync(p12, certificate);
    const config = join(directory, 'fleet-config');
    const secrets = { BENCH_TOKEN: 'x', BENCH_PASSWORD: 'secret' };
    const surroundings = { ...env, ...secrets, MFA_CLI_CONFIG_DIR: config };
    const thousand = writeFleet(fleet, 1000);
    /**
     * @param {string} file
     * @returns {Command}
     */
    const apply = (file) => [
      ...program,
      'fleet',
      'apply',
      '--yes',
      '--trust',
      '--concurrency',
      '16',
      '--file',
      file,
    ];

    /** @type {Record<'apply' | 'curl', number[]>} */
    const times = { apply: [], curl: [] };
    for (let round = 0; round < rounds; round++) {
      times.curl.push((await timeOf(curls(fleet, 1000, certificate), surroundings)).time);
      rmSync(thousand.record, { force: true });
      rmSync(config, { recursive: true, force: true });
      times.apply.push((await timeOf(apply(thousand.file), surroundings)).time);
    }
    tenants.require(2 * rounds * 1000);
    const own = median(times.apply);
    const theirs = median(times.curl);
    say(
      own <= bars.ratio * theirs,
      'fleet apply, 1,000 tenants',
      `${ms(own)} / ${ms(theirs)} of xargs -P16 curl = ${(own / theirs).toFixed(2)} of at most ${bars.ratio}`,
    );

    rmSync(config, { recursive: true, force: true });
    const many = writeFleet(fleet, 10_000);
    const { time, megabytes } = await timeOf(apply(many.file), surroundings);
    tenants.require(2 * rounds * 1000 + 10_000);
    say(
      time <= bars.growth * own,
      'fleet apply, 10,000 tenants',
      `${ms(time)} = ${(time / own).toFixed(1)} times the 1,000, of at most ${bars.growth}`,
    );
    say(
      megabytes <= bars.megabytes,
      'fleet apply, 10,000 tenants, memory',
      `${megabytes.toFixed(0)} MB of at most ${bars.megabytes}`,
    );

    const page = join(directory, 'fleet.html');
    /** @type {Command} */
    const status = [...program, 'fleet', 'status', '--file', many.file, '--out', page];
    const shown = await timeOf(status, surroundings);
    say(
      shown.time <= bars.page,
      'fleet status, a page of 10,000',
      `${ms(shown.time)} of at most ${bars.page} ms`,
    );
  } finally {
    tenants.close();
  }
}

/** @param {number} number */
function hostOf(number) {
  return `127.1.${number >> 8}.${number & 255}`;
}

/**
 * @param {Fleet} fleet
 * @param {number} count
 */
function writeFleet({ directory, port }, count) {
  const file = join(directory, `fleet-${count}.yaml`);
  const tenants = Array.from(
    { length: count },
    (_, index) =>
      `  t${index + 1}: { tenant: "http://${hostOf(index + 1)}:${port}", certificate: app, sign-in: { token: { env: BENCH_TOKEN } } }\n`,
  );
  const certificate = 'app: { p12: app.p12, password: { env: BENCH_PASSWORD } }';
  writeFileSync(file, `version: 1\ncertificates:\n  ${certificate}\ntenants:\n${tenants.join('')}`);
  const record = join(directory, `fleet-${count}.ledger.jsonl`);
  rmSync(record, { force: true });
  return { file, record };
}

/**
 * The same requests: a curl a tenant, sixteen at once.
 * @param {Fleet} fleet
 * @param {number} count
 * @param {string} certificate
 * @returns {Command}
 */
function curls({ directory, port }, count, certificate) {
  const body = join(directory, 'body.json');
  const addresses = join(directory, 'addresses');
  const document = {
    ClientAppKey: 'com.example.lab',
    APNSCert: readFileSync(certificate).toString('base64'),
    APNSPass: 'secret',
    APNSTopic: 'com.example.lab',
  };
  writeFileSync(body, JSON.stringify(document));
  const path = '/Mobile/SetApnsCertForClientApp';
  writeFileSync(
    addresses,
    Array.from(
      { length: count },
      (_, index) => `http://${hostOf(index + 1)}:${port}${path}\n`,
    ).join(''),
  );
  const curl = `curl -sf -o /dev/null -H 'Authorization: Bearer x' -H 'Content-Type: application/json' --data-binary @'${body}'`;
  return ['bash', '-c', `xargs -P16 -n1 ${curl} < '${addresses}'`];
}

/**
 * Milliseconds of a whole process, and the most memory that it had.
 * @param {Command} command
 * @param {NodeJS.ProcessEnv} env
 */
async function timeOf([file, ...words], env) {
  const started = performance.now();
  const child = spawn(file, words, { env, stdio: 'ignore' });
  let megabytes = 0;
  const timer = setInterval(() => {
    megabytes = Math.max(megabytes, peakOf(child.pid));
  }, 20);
  const [exitCode] = await once(child, 'exit');
  clearInterval(timer);
  const time = performance.now() - started;
  if (exitCode !== 0)
    throw new Error(`exit code ${exitCode}: ${[file, ...words].join(' ').slice(0, 200)}`);
  return { time, megabytes };
}

/**
 * The system keeps the peak itself, proc(5).
 * @param {number | undefined} pid
 */
function peakOf(pid) {
  try {
    return (
      Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024
    );
  } catch {
    return 0;
  }
}

/** @param {readonly number[]} numbers */
function median(numbers) {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;
}

/** @param {number} time */
function ms(time) {
  return `${time.toFixed(0)} ms`;
}

/** All tenants on one port of every loopback address; they answer at once. */
async function startTenants() {
  let answered = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      answered++;
      response.setHeader('content-type', 'application/json').end('{"success":true,"Result":null}');
    });
  }).listen(0, '0.0.0.0');
  await once(server, 'listening');
  return {
    port: portOf(server),
    /**
     * A program that sends less than the other is not compared with it.
     * @param {number} number
     */
    require(number) {
      if (answered !== number) throw new Error(`${answered} requests came, not ${number}`);
    },
    close: () => server.close(),
  };
}
