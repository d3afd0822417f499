/**
 * @typedef {object} Target
 * @property {string} bun the system as Bun calls it
 * @property {string} runtime the npm package with its Bun
 * @property {string} keychain the npm package that speaks with its keychain
 * @property {string} [extension] of the executable
 */

/**
 * The systems that the program is compiled for, by the names of their folders. The x64 runtimes of
 * Bun 1.4 need no AVX2: they run on every x86-64 CPU with SSE 4.2 (Nehalem, 2008).
 * @type {Readonly<Record<string, Target>>}
 */
export const targets = {
  'linux-x64': {
    bun: 'bun-linux-x64',
    runtime: '@oven/bun-linux-x64',
    keychain: '@napi-rs/keyring-linux-x64-gnu',
  },
  'linux-arm64': {
    bun: 'bun-linux-arm64',
    runtime: '@oven/bun-linux-aarch64',
    keychain: '@napi-rs/keyring-linux-arm64-gnu',
  },
  'linux-x64-musl': {
    bun: 'bun-linux-x64-musl',
    runtime: '@oven/bun-linux-x64-musl',
    keychain: '@napi-rs/keyring-linux-x64-musl',
  },
  'darwin-arm64': {
    bun: 'bun-darwin-arm64',
    runtime: '@oven/bun-darwin-aarch64',
    keychain: '@napi-rs/keyring-darwin-arm64',
  },
  'darwin-x64': {
    bun: 'bun-darwin-x64',
    runtime: '@oven/bun-darwin-x64',
    keychain: '@napi-rs/keyring-darwin-x64',
  },
  'windows-x64': {
    bun: 'bun-windows-x64',
    runtime: '@oven/bun-windows-x64',
    keychain: '@napi-rs/keyring-win32-x64-msvc',
    extension: '.exe',
  },
};

/** The target that this machine runs; undefined where it is none of them. */
export function ownTarget({ platform, arch, report } = process) {
  const system = platform === 'win32' ? 'windows' : platform;
  const isMusl = system === 'linux' && libcOf(report.getReport()) === undefined;
  const name = `${system}-${arch}${isMusl ? '-musl' : ''}`;
  return name in targets ? name : undefined;
}

/**
 * The version of glibc. Node.js does not type its reports.
 * @param {any} report
 * @returns {string | undefined}
 */
function libcOf(report) {
  return report.header.glibcVersionRuntime;
}
