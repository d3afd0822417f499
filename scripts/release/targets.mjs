/**
 * @typedef {object} Names of a system in the channels
 * @property {'tar.gz' | 'zip'} archive
 * @property {string} [deb]
 * @property {string} [rpm]
 * @property {string} [oci]
 * @property {readonly [string, string]} [brew]
 * @property {string} [scoop]
 * @property {string} [winget]
 */

/**
 * The folders of release/binary/, and what each channel calls the system that one is for. A channel that has no name for a
 * system does not serve it.
 * @type {Readonly<Record<string, Names>>}
 */
export const targets = {
  'linux-x64': {
    archive: 'tar.gz',
    deb: 'amd64',
    rpm: 'x86_64',
    oci: 'amd64',
    brew: ['linux', 'intel'],
  },
  'linux-arm64': {
    archive: 'tar.gz',
    deb: 'arm64',
    rpm: 'aarch64',
    oci: 'arm64',
    brew: ['linux', 'arm'],
  },
  'linux-x64-musl': { archive: 'tar.gz' },
  'darwin-arm64': { archive: 'tar.gz', brew: ['macos', 'arm'] },
  'darwin-x64': { archive: 'tar.gz', brew: ['macos', 'intel'] },
  'windows-x64': { archive: 'zip', scoop: '64bit', winget: 'x64' },
};

/**
 * Of each system that a channel serves: `[folder, what the channel calls it]`.
 * @template {keyof Names} Channel
 * @param {Channel} channel
 * @returns {[string, NonNullable<Names[Channel]>][]}
 */
export function servedBy(channel) {
  /** @type {[string, NonNullable<Names[Channel]>][]} */
  const served = [];
  for (const [target, names] of Object.entries(targets)) {
    const name = names[channel];
    if (name !== undefined) served.push([target, name]);
  }
  return served;
}
