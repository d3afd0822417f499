// The single executable against Node.js with nothing to do, and against another tool of one file.
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { ownTarget } from '../binary/targets.mjs';
import { root } from '../program.mjs';

/**
 * Builds this machine's executable, and gives what is measured of it, as bench.mjs has it.
 * @param base the words that everything is compared with; `modern`, `legacy`: paths of a .p12
 */
export async function binaryMeasurements({ base, modern, legacy }) {
  await promisify(execFile)(process.execPath, [`${root}scripts/build-binary.mjs`]);
  const mfa = (...words) => [`${root}release/binary/${ownTarget()}/mfa-cli`, ...words];
  const gh = ['gh --version', ['gh', '--version']];
  const one = (name, bar, subject, more = {}) => ({
    name: `executable, ${name}`,
    bar,
    subject,
    base,
    beside: [],
    ...more,
  });
  return [
    one('--version', 0.6, mfa('--version')),
    one('--help', 0.8, mfa('--help')),
    one('inspect, OpenSSL 3 file', 1.3, mfa('apns', 'inspect', modern)),
    one('inspect, Keychain-like file', 1.7, mfa('apns', 'inspect', legacy)),
    one('apns set, loopback tenant', 2.3, mfa('apns', 'set', '--p12', modern), {
      beside: [gh],
      limit: gh[0],
    }),
  ];
}
