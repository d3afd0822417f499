// Fleets of twelve and of two hundred tenants for the screenshots of their pages, always on the same day.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const now = Date.parse('2026-11-25T00:21:00Z');
const day = 86_400_000;

/** @typedef {Readonly<Record<string, number | null>>} Tenants with the days left of what each was given; null: nothing was set */

/**
 * `hooli` was given what the file no longer declares.
 * @type {Tenants}
 */
const twelve = {
  acme: -6,
  globex: 9,
  initech: 24,
  umbrella: 41,
  cyberdyne: null,
  hooli: 88,
  stark: 143,
  wayne: 202,
  tyrell: 231,
  soylent: 276,
  vandelay: 304,
  wonka: 336,
};

const twoHundred = Object.fromEntries(
  Array.from({ length: 200 }, (_, index) => [
    `customer-${String(index + 1).padStart(3, '0')}`,
    index % 40 === 7 ? null : ((index * 7919) % 390) - 8,
  ]),
);

export const fleets = { fleet: twelve, 'fleet-200': twoHundred };

/**
 * Has the program write the page of a fleet into a directory, which it makes, and gives its path.
 * @param {import('../program.mjs').Program} program
 * @param {string} directory
 * @param {Tenants} tenants
 */
export async function writeFleetPage(program, directory, tenants) {
  await mkdir(directory);
  const file = join(directory, 'mfa-fleet.yaml');
  const record = join(directory, 'mfa-fleet.ledger.jsonl');
  const page = join(directory, 'fleet.html');
  await writeFile(file, fleetFile(Object.keys(tenants)));
  await writeFile(record, lines(tenants).join(''));
  const { exitCode, stderr } = await program.run(
    ['fleet', 'status', '--file', file, '--out', page],
    {
      NODE_OPTIONS: `--import=${new URL('fixed-clock.mjs', import.meta.url)}`,
      FIXED_CLOCK: `${now}`,
    },
  );
  if (exitCode !== 4) throw new Error(`fleet status ended with ${exitCode}: ${stderr}`);
  return page;
}

/** @param {readonly string[]} names */
function fleetFile(names) {
  return `version: 1
defaults: { warn-days: 45 }
certificates:
${names.map((name) => `  ${name}: { p12: ${name}.p12, topic: com.${name}.auth }\n`).join('')}tenants:
${names.map((name) => `  ${name}: { tenant: ${name}.id.cyberark.cloud, certificate: ${name}, sign-in: { profile: ${name} } }\n`).join('')}`;
}

/**
 * A line of the ledger for each.
 * @param {Tenants} tenants
 */
function lines(tenants) {
  return Object.entries(tenants).flatMap(([name, left]) => {
    if (left === null) return [];
    const line = {
      id: name,
      at: '2026-01-01T00:00:00.000Z',
      tenant: `https://${name}.id.cyberark.cloud`,
      clientAppKey: `com.${name}.auth`,
      asked: 'set',
      topic: name === 'hooli' ? 'com.hooli.old' : `com.${name}.auth`,
      fingerprint: 'ab'.repeat(32),
      notAfter: new Date(now + (left + 0.5) * day).toISOString(),
      outcome: 'done',
    };
    return [`${JSON.stringify(line)}\n`];
  });
}
