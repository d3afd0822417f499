// The single executable against Node.js with nothing to do, and against another tool of one file.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ownTarget } from '../binary/targets.mjs';
import { root } from '../program.mjs';

/**
 * @typedef {readonly [string, ...string[]]} Command a program and its words
 *
 * @typedef {object} Measurement
 * @property {string} name
 * @property {number} bar
 * @property {Command} subject
 * @property {Command} base what the subject is compared with
 * @property {readonly [string, Command][]} beside what else is measured, under its label
 * @property {string} [limit] the label of what beside it takes at least as long
 * @property {number} [rounds]
 */

/**
 * Builds this machine's executable, and gives what is measured of it.
 * @param {object} given
 * @param {Command} given.base
 * @param {string} given.modern the path of a .p12
 * @param {string} given.legacy
 * @returns {Promise<Measurement[]>}
 */
export async function binaryMeasurements({ base, modern, legacy }) {
  await promisify(execFile)(process.execPath, [`${root}scripts/build-binary.mjs`]);
  const program = `${root}release/binary/${ownTarget()}/mfa-cli`;
  /**
   * @param {string} name
   * @param {number} bar
   * @param {...string} words
   * @returns {Measurement}
   */
  const measurement = (name, bar, ...words) => ({
    name: `executable, ${name}`,
    bar,
    subject: [program, ...words],
    base,
    beside: [],
  });
  const set = measurement('apns set, loopback tenant', 2.6, 'apns', 'set', '--p12', modern);
  return [
    measurement('--version', 0.6, '--version'),
    measurement('--help', 0.85, '--help'),
    measurement('inspect, OpenSSL 3 file', 1.3, 'apns', 'inspect', modern),
    measurement('inspect, Keychain-like file', 1.6, 'apns', 'inspect', legacy),
    { ...set, beside: [['gh --version', ['gh', '--version']]], limit: 'gh --version' },
  ];
}
