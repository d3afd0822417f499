// A fleet that is applied by a process that is killed, at a moment counted in requests.
import { once } from 'node:events';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { portOf } from '../free-port.mjs';
import { root } from '../program.mjs';

/**
 * @typedef {import('../program.mjs').Program} Program
 *
 * @typedef {object} Fleet
 * @property {string} file
 * @property {string} record
 * @property {Map<string, Set<string>>} holds the keys of each tenant
 * @property {Map<string, string | null>} pushes the key that each tenant pushes with
 * @property {Map<string, number>} received requests of each tenant
 * @property {Set<string>} lost tenants whose answers get lost after they did what was asked
 * @property {() => void} onRequest
 * @property {() => void} reset to what it was before anything was applied
 * @property {() => string | null} wrong the fault once everything was applied
 * @property {() => void} close
 *
 * @typedef {object} Line of the ledger
 * @property {string} id
 * @property {string} at
 * @property {string} tenant
 * @property {string} clientAppKey
 * @property {string} asked
 * @property {string} outcome
 */

const count = 25;
/** Number of tenants with an earlier key, which must be deleted. */
const changed = 5;
/** A request for a token and one for the certificate, of each name. */
export const moments = 2 * (count + changed);
const topic = 'com.example.lab';
const earlier = 'com.example.earlier';

/**
 * Tenants on a port each, and a fleet file that declares them. They push with the key that was set last, and with none once
 * any was deleted.
 * @param {string} directory
 * @param {Program} program
 */
async function startFleet(directory, program) {
  /** @type {Fleet} */
  const fleet = {
    file: join(directory, 'mfa-fleet.yaml'),
    record: join(directory, 'mfa-fleet.ledger.jsonl'),
    holds: new Map(),
    pushes: new Map(),
    received: new Map(),
    lost: new Set(),
    onRequest() {},
    reset() {
      // The knowledge of this machine as well.
      rmSync(join(directory, 'config'), { recursive: true, force: true });
      writeFileSync(fleet.record, before.map((line) => `${JSON.stringify(line)}\n`).join(''));
      for (let number = 1; number <= count; number++) {
        const lines = before.filter(({ tenant }) => tenant === tenantOf.get(`t${number}`));
        const keys = [...new Set(lines.map(({ clientAppKey }) => clientAppKey))];
        fleet.holds.set(`t${number}`, new Set(keys));
        fleet.pushes.set(`t${number}`, keys.includes(topic) ? topic : (keys[0] ?? null));
      }
      fleet.received.clear();
      fleet.lost.clear();
    },
    wrong() {
      const skipped = [...fleet.holds]
        .filter(([, keys]) => [...keys].join() !== topic)
        .map(([name]) => name);
      if (skipped.length > 0) return `${skipped} do not hold what the file declares`;
      const silent = [...fleet.pushes].filter(([, key]) => key !== topic).map(([name]) => name);
      if (silent.length > 0) return `${silent} do not push with the key of the file`;
      /** @type {Map<string, Line>} */
      const last = new Map();
      for (const line of linesIn(fleet.record)) {
        if (line.outcome === 'not-done') continue;
        last.set(`${line.tenant} ${line.clientAppKey}`, line);
      }
      const done = [...last.values()].filter(
        ({ asked, outcome, clientAppKey }) =>
          outcome === 'done' && asked === (clientAppKey === topic ? 'set' : 'delete'),
      );
      return done.length === count + changed ? null : 'the record has not all of them';
    },
    close() {
      for (const server of servers) server.close();
    },
  };
  /** @type {import('node:http').Server[]} */
  const servers = [];
  const lines = [];
  /** @type {Line[]} */
  const before = [];
  /** @type {Map<string, string>} */
  const tenantOf = new Map();
  for (let number = 1; number <= count; number++) {
    const name = `t${number}`;
    const server = createServer((request, response) => {
      const url = request.url ?? '';
      const isToken = url.startsWith('/OAuth2/');
      fleet.received.set(name, (fleet.received.get(name) ?? 0) + 1);
      fleet.onRequest();
      /** @type {Buffer[]} */
      const chunks = [];
      request
        .on('data', (chunk) => chunks.push(chunk))
        .on('end', () => {
          response.setHeader('content-type', 'application/json');
          if (isToken)
            return response.end(
              '{"access_token":"chaos","token_type":"Bearer","expires_in":18000}',
            );
          if (!url.startsWith('/Mobile/'))
            return response.end(JSON.stringify(told(fleet, name, url)));
          const { ClientAppKey: key } = JSON.parse(Buffer.concat(chunks).toString());
          const isSet = url.includes('/SetApnsCert');
          if (isSet) fleet.holds.get(name)?.add(key);
          else fleet.holds.get(name)?.delete(key);
          fleet.pushes.set(name, isSet ? key : null);
          if (fleet.lost.has(name)) return response.destroy();
          return response.end('{"success":true,"Result":null}');
        });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    servers.push(server);
    const tenant = `http://127.0.0.1:${portOf(server)}`;
    tenantOf.set(name, tenant);
    /**
     * @param {string} name
     * @param {string} what
     */
    const line = (name, what) =>
      `  ${name}: { tenant: "${tenant}", ${what}, sign-in: { client-id: ci, client-secret: { env: CHAOS_SECRET } } }\n`;
    lines.push(line(name, 'certificate: app'));
    if (number > changed) continue;
    lines.push(line(`${name}-earlier`, `certificate: null, client-app-key: ${earlier}`));
    const known = {
      id: `${name}-earlier`,
      at: '2026-01-01T00:00:00.000Z',
      tenant,
      clientAppKey: earlier,
      asked: 'set',
      topic: earlier,
      fingerprint: 'ab'.repeat(32),
      notAfter: '2027-01-01T00:00:00Z',
      outcome: 'done',
    };
    before.push(known);
  }
  copyFileSync(`${root}test/fixtures/p12/01-default-aes256.p12`, join(directory, 'app.p12'));
  const certificate = 'app: { p12: app.p12, password: { env: CHAOS_PASSWORD } }';
  writeFileSync(
    fleet.file,
    `version: 1\ncertificates:\n  ${certificate}\ntenants:\n${lines.join('')}`,
  );
  fleet.reset();
  // Most of those with an earlier key already have the key of the file: it must be set again.
  await program.run([...words(fleet, 'apply'), '--yes'], secrets);
  const settled = new Set([2, 3, 4, 5].map((number) => tenantOf.get(`t${number}`)));
  const applied = linesIn(fleet.record).filter(({ id }) => !before.some((line) => line.id === id));
  before.push(...applied.filter((line) => line.clientAppKey === topic && settled.has(line.tenant)));
  return fleet;
}

/**
 * The lines of a ledger, in the order of their moments; half a line at the end is left out.
 * @param {string} path
 * @returns {Line[]}
 */
function linesIn(path) {
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  return lines
    .map((line) => JSON.parse(line))
    .sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

/**
 * Every other tenant tells its settings, and the others refuse to.
 * @param {Fleet} fleet
 * @param {string} name
 * @param {string} url
 */
function told(fleet, name, url) {
  if (Number(name.slice(1)) % 2 === 1) return { success: false, Message: 'no' };
  const setting = new URL(url, 'http://tenant').searchParams.get('key') ?? '';
  const key = setting.replace(/_APNSTopic$/, '');
  const isHeld = fleet.holds.get(name)?.has(key) === true;
  return { success: true, Result: key === setting ? fleet.pushes.get(name) : isHeld ? key : null };
}

/**
 * @param {Fleet} fleet
 * @param {string} command
 */
const words = (fleet, command) => ['fleet', command, '--file', fleet.file, '--trust', '--json'];
const secrets = { CHAOS_SECRET: 'a-secret-of-a-service-user', CHAOS_PASSWORD: 'secret' };

/**
 * Kills an apply at one of the moments, applies again, and asks whether all are set and none was done without need.
 * @param {string} directory
 * @param {Program} program
 * @param {(what: string) => void} note
 */
export async function killedApply(directory, program, note) {
  const fleet = await startFleet(directory, program);
  return {
    /** @param {number} round */
    async round(round) {
      fleet.reset();
      const moment = (round % moments) + 1;
      let seen = 0;
      const child = program.start([...words(fleet, 'apply'), '--yes'], secrets);
      child.stdout.resume();
      child.stderr.resume();
      fleet.onRequest = () => {
        if (++seen === moment) child.kill('SIGKILL');
      };
      await once(child, 'exit');
      fleet.onRequest = () => {};
      note(child.signalCode === null ? 'ended before' : 'killed');
      const planned = await program.run(words(fleet, 'plan'), secrets);
      /** @type {{ tenants: { name: string, action: string }[] }} */
      const plan = JSON.parse(planned.stdout);
      const same = plan.tenants.filter(({ action }) => action === 'same').map(({ name }) => name);
      const wrong = same.filter((name) => fleet.pushes.get(name) !== topic);
      if (wrong.length > 0) return `${wrong} were recorded and not set`;
      fleet.received.clear();
      const { exitCode, stderr } = await program.run([...words(fleet, 'apply'), '--yes'], secrets);
      if (exitCode !== 0) return `the second apply ended with ${exitCode}: ${stderr}`;
      const twice = same.filter((name) => fleet.received.has(name));
      if (twice.length > 0) return `${twice} were recorded and done again`;
      return fleet.wrong();
    },
    end: async () => fleet.close(),
  };
}

/**
 * Answers of some tenants get lost: none of these is told as sent or as not sent, and the next apply settles them.
 * @param {string} directory
 * @param {Program} program
 * @param {(what: string) => void} note
 */
export async function lostAnswers(directory, program, note) {
  const fleet = await startFleet(directory, program);
  return {
    async round() {
      fleet.reset();
      for (const name of fleet.holds.keys()) if (Math.random() < 0.2) fleet.lost.add(name);
      fleet.lost.add(`t${1 + Math.floor(Math.random() * count)}`);
      const first = await program.run([...words(fleet, 'apply'), '--yes'], secrets);
      /** @type {{ tenants: { name: string, sent: boolean | null }[] }} */
      const { tenants } = JSON.parse(first.stdout);
      const unknown = tenants
        .filter(({ sent }) => sent === null)
        .map(({ name }) => name.replace('-earlier', ''));
      const told = [...new Set(unknown)].sort().join();
      note(`ended with ${first.exitCode}`);
      if (told !== [...fleet.lost].sort().join())
        return `${[...fleet.lost]} lost their answers, and ${told} are unknown`;
      const status = await program.run(words(fleet, 'status'), secrets);
      if (status.exitCode !== 4) return `the status ended with ${status.exitCode}`;
      fleet.lost.clear();
      const { exitCode, stderr } = await program.run([...words(fleet, 'apply'), '--yes'], secrets);
      return exitCode === 0 ? fleet.wrong() : `the second apply ended with ${exitCode}: ${stderr}`;
    },
    end: async () => fleet.close(),
  };
}
