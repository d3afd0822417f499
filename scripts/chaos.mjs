// Kills processes, fills disks and breaks connections while sessions are renewed or a fleet is applied:
// `npm run chaos [-- --rounds N]`. Exits with 1 if a session was lost or a tenant was skipped.
import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { killedApply, lostAnswers, moments } from './chaos/fleet.mjs';
import { faults, startTenant } from './chaos/tenant.mjs';
import { cleanEnvironment, createProgram } from './program.mjs';
import { wholeNumber } from './whole-number.mjs';

/**
 * @typedef {(what: string) => void} Note
 *
 * @typedef {object} Scene
 * @property {(round: number) => Promise<string | null>} round null, or what is wrong
 * @property {() => Promise<void>} end
 *
 * @typedef {(note: Note) => Promise<Scene>} Play
 */

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '220' } } });
const rounds = wholeNumber('rounds', values.rounds);
/**
 * Tenths of all rounds: a scene with twenty processes takes as long as several others.
 * @param {number} tenths
 */
const share = (tenths) => Math.max(1, Math.round((rounds * tenths) / 10));
const scratch = await mkdtemp(join(tmpdir(), 'mfa-cli-chaos-'));
const counts = { rounds: 0, lost: 0 };

try {
  await scene('killed while it renews', share(4), killedWhileRenewing);
  await scene('a disk that is full, or fills up meanwhile', share(2), fullDisk);
  await scene('twenty processes at once, a strict tenant', share(0.5), manyAtOnce);
  await scene('some of twenty killed', share(0.5), manyAndKilled);
  await scene('a socket or a server that fails', share(3), brokenAnswers);
  // Of the usual number: each moment once.
  await scene(
    'a fleet that is killed while it is applied',
    share(moments / 22),
    onFleet(killedApply),
  );
  await scene('a fleet whose answers get lost', share(0.25), onFleet(lostAnswers));
} finally {
  await rm(scratch, { recursive: true, force: true });
}
console.log(`${counts.rounds} rounds, ${counts.lost} sessions or tenants lost`);
process.exitCode = counts.lost === 0 ? 0 : 1;

/**
 * @param {string} name
 * @param {number} rounds
 * @param {Play} play
 */
async function scene(name, rounds, play) {
  const started = performance.now();
  const noted = new Map();
  /** @type {Note} */
  const note = (what) => noted.set(what, (noted.get(what) ?? 0) + 1);
  const setting = await play(note);
  let lost = 0;
  for (let round = 0; round < rounds; round++) {
    const problem = await setting.round(round);
    if (problem === null) continue;
    lost++;
    console.log(`  round ${round}: ${problem}`);
  }
  await setting.end();
  counts.rounds += rounds;
  counts.lost += lost;
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  const words = [...noted].map(([what, count]) => `${count} ${what}`).join(', ');
  console.log(
    `${name}: ${rounds} rounds in ${seconds} s, ${lost} lost${words === '' ? '' : `; ${words}`}`,
  );
}

/**
 * A tenant and a machine signed in to it, with an expired access token.
 * @param {{ rotating: boolean }} options
 * @param {string} [directory]
 */
async function signedIn(options, directory) {
  const tenant = await startTenant(options);
  const home = directory ?? (await mkdtemp(join(scratch, 'home-')));
  const config = join(home, 'mfa-cli');
  const program = createProgram({
    env: { ...cleanEnvironment(home), MFA_CLI_CONFIG_DIR: config, CI: '1' },
  });
  const session = () => ({
    tenant: tenant.url,
    appId: 'mfa-cli',
    clientId: 'mfa-cli',
    grant: 'authorization-code',
    accessToken: 'access-0',
    refreshToken: tenant.refreshToken,
    expiresAt: '2020-01-01T00:00:00.000Z',
    scope: 'all',
    user: 'ada@example.com',
  });
  await mkdir(config, { recursive: true, mode: 0o700 });
  const path = join(config, 'config.json');
  const signIn = async () => {
    const profile = { settings: { tenant: tenant.url }, session: session(), certificates: [] };
    const content = { current: 'default', profiles: { default: profile } };
    await writeFile(path, JSON.stringify(content), { mode: 0o600 });
  };
  await signIn();
  return {
    tenant,
    program,
    path,
    /**
     * Null if the session still works; else what is wrong. The next one gets a new session.
     * @returns {Promise<string | null>}
     */
    async judge() {
      const { exitCode, stderr } = await program.run(['whoami', '--timeout', '20']);
      if (exitCode === 0) return null;
      await signIn();
      return `whoami ended with ${exitCode}: ${stderr.trim()}`;
    },
    /** Forces the next command to renew. */
    async expire() {
      tenant.expire();
      const text = await readFile(path, 'utf8');
      await writeFile(
        path,
        text.replace(/"expiresAt":\s*"[^"]*"/, '"expiresAt": "2020-01-01T00:00:00.000Z"'),
      );
    },
  };
}

/**
 * The tenant keeps its refresh token, as the vendor's may. With a strict one, a process killed between the tenant's answer
 * and the file loses the session: nobody else has the answer.
 * @type {Play}
 */
async function killedWhileRenewing(note) {
  const machine = await signedIn({ rotating: false });
  await machine.expire();
  const started = performance.now();
  await machine.program.run(['whoami']);
  const whole = performance.now() - started;
  return {
    async round() {
      await machine.expire();
      const child = machine.program.start(['whoami']);
      await sleep(Math.random() * whole);
      note(child.exitCode === null ? 'killed' : 'done before');
      child.kill('SIGKILL');
      return machine.judge();
    },
    end: async () => machine.tenant.close(),
  };
}

/**
 * @param {(home: string, program: import('./program.mjs').Program, note: Note) => Promise<Scene>} play
 * @returns {Play}
 */
function onFleet(play) {
  return async (note) => {
    const home = await mkdtemp(join(scratch, 'fleet-'));
    return play(home, createProgram({ env: cleanEnvironment(home) }), note);
  };
}

/** @type {Play} */
async function fullDisk(note) {
  const disk = await mkdtemp(join(scratch, 'disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=512k', 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    console.log('  no disk of its own can be mounted here: this scene needs root');
    return { round: async () => null, end: async () => {} };
  }
  const machine = await signedIn({ rotating: true }, disk);
  const path = join(disk, 'full');
  return {
    async round(round) {
      await machine.expire();
      if (round % 2 === 0) fill(path);
      const running = machine.program.run(['whoami']);
      if (round % 2 === 1) {
        await sleep(Math.random() * 300);
        fill(path);
      }
      const { exitCode } = await running;
      note(exitCode === 0 ? 'renewed all the same' : `ended with ${exitCode}`);
      await rm(path, { force: true });
      return machine.judge();
    },
    async end() {
      machine.tenant.close();
      execFileSync('umount', [disk]);
    },
  };
}

/** @param {string} path */
function fill(path) {
  try {
    execFileSync('sh', ['-c', `cat /dev/zero > '${path}'`], { stdio: 'ignore' });
  } catch {
    // Until the disk is full.
  }
}

/** @type {Play} */
async function manyAtOnce(note) {
  const machine = await signedIn({ rotating: true });
  return {
    async round() {
      await machine.expire();
      const before = machine.tenant.refreshes;
      const runs = await Promise.all(
        Array.from({ length: 20 }, () => machine.program.run(['whoami'])),
      );
      note('asked for tokens once');
      const failed = runs.filter(({ exitCode }) => exitCode !== 0);
      if (failed.length > 0) return `${failed.length} of 20 failed: ${failed[0]?.stderr}`;
      if (machine.tenant.refreshes !== before + 1)
        return `renewed ${machine.tenant.refreshes - before} times`;
      return machine.judge();
    },
    end: async () => machine.tenant.close(),
  };
}

/** @type {Play} */
async function manyAndKilled(note) {
  const machine = await signedIn({ rotating: false });
  return {
    async round() {
      await machine.expire();
      const children = Array.from({ length: 20 }, () => machine.program.start(['whoami']));
      await sleep(Math.random() * 1500);
      for (const child of children.filter((_, index) => index % 2 === 0)) {
        if (child.exitCode === null) note('killed');
        child.kill('SIGKILL');
      }
      await Promise.all(
        children.map((child) => child.exitCode ?? new Promise((done) => child.once('exit', done))),
      );
      const failed = children.filter((child, index) => index % 2 === 1 && child.exitCode !== 0);
      if (failed.length > 0) return `${failed.length} of those that lived failed`;
      return machine.judge();
    },
    end: async () => machine.tenant.close(),
  };
}

/** @type {Play} */
async function brokenAnswers(note) {
  const machine = await signedIn({ rotating: false });
  return {
    async round(round) {
      await machine.expire();
      machine.tenant.fault = faults[round % faults.length] ?? null;
      const { exitCode } = await machine.program.run(['whoami', '--timeout', '2']);
      machine.tenant.fault = null;
      note(`ended with ${exitCode}`);
      if (exitCode === 0 || exitCode === 1) return `a broken answer ended with ${exitCode}`;
      return machine.judge();
    },
    end: async () => machine.tenant.close(),
  };
}
