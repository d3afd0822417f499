// The rooms of `src`, declared once. The architecture tests, the bundler's chunks, the check of the light start and the
// table in docs/architecture.md are made from it. It names rooms, never the files in them.

/**
 * @typedef {object} Room
 * @property {string} name a directory of `src`, or a file next to the directories
 * @property {string} holds what is in it, a sentence without its period
 * @property {readonly string[]} imports the rooms whose code it may import
 * @property {readonly string[]} types those of which it may import only types
 * @property {readonly string[]} packages those that no other room imports
 * @property {string | null} chunk the file in dist/ that it is loaded with, or null: with whatever needs it
 * @property {string} [late] the chunk of what the quickest command does not reach of a room in `shared` or `p12`; default: with whatever needs it
 */

/** @type {readonly Room[]} from the top down: a room imports those below it */
export const rooms = [
  {
    name: 'main.ts',
    holds: 'argv in, exit code out; alone knows `process.argv`, the streams and how to exit',
    imports: [
      'run-command-line.ts',
      'settings',
      'context.ts',
      'auth',
      'apple',
      'network',
      'programs',
      'files',
      'terminal',
    ],
    types: [],
    packages: [],
    chunk: 'start',
  },
  {
    name: 'run-command-line.ts',
    holds:
      '`run(argv, context)`: finds, parses, loads and executes one command; every error becomes an exit code',
    imports: ['commands', 'reference', 'settings', 'programs'],
    types: ['context.ts'],
    packages: ['commander'],
    chunk: 'cli',
  },
  {
    name: 'commands',
    holds:
      'a directory for each family, with all of it inside; `options.ts` and `commands.ts` declare, the other files work',
    imports: [
      'reference',
      'emulator',
      'change',
      'certificate',
      'settings',
      'context.ts',
      'auth',
      'tenant',
      'apple',
      'report',
      'checks',
      'pkcs12',
      'network',
      'programs',
      'files',
      'terminal',
    ],
    types: [],
    packages: ['@bacons/xcode', 'bplist-parser', 'ical-generator', 'sax', 'yaml', 'yauzl'],
    chunk: null,
  },
  {
    name: 'reference',
    holds:
      'the command line described: its tree, usage errors, completions, the manual, help topics',
    imports: ['settings', 'checks'],
    types: [],
    packages: [],
    chunk: null,
  },
  {
    name: 'emulator',
    holds: 'the local tenant, its stand-in for APNs, and the scripts of its pages',
    imports: ['change', 'apple', 'report', 'checks', 'pkcs12', 'programs', 'files'],
    types: [],
    packages: ['@noble/hashes', 'koa', 'oidc-provider'],
    chunk: null,
  },
  {
    name: 'change',
    holds:
      'changes the certificate of tenants, records each change in the ledger, and signs a person in on the way',
    imports: [
      'certificate',
      'settings',
      'context.ts',
      'auth',
      'tenant',
      'report',
      'checks',
      'pkcs12',
      'network',
      'files',
    ],
    types: ['terminal'],
    packages: [],
    chunk: 'tenant',
  },
  {
    name: 'certificate',
    holds: 'opens and judges a given .p12: the file, its password, the person, APNs',
    imports: ['settings', 'auth', 'apple', 'checks', 'pkcs12', 'network', 'programs', 'files'],
    types: ['context.ts'],
    packages: [],
    chunk: 'p12',
  },
  {
    name: 'settings',
    holds:
      'the settings and the options (declared once, with their types), and all their sources → one `Settings` value',
    imports: ['auth', 'tenant', 'apple', 'checks', 'files'],
    types: ['context.ts', 'pkcs12', 'programs', 'terminal'],
    packages: [],
    chunk: 'shared',
    late: 'tenant',
  },
  {
    name: 'context.ts',
    holds: '`Context`: the outside world that a command may touch; its costly parts are functions',
    imports: [],
    types: ['auth', 'apple', 'network', 'files', 'terminal'],
    packages: [],
    chunk: null,
  },
  {
    name: 'auth',
    holds: 'sign-in (browser, service user, factors), sessions, the profile store, the keychain',
    imports: ['tenant', 'report', 'network', 'programs', 'files'],
    types: [],
    packages: ['@napi-rs/keyring', 'conf', 'env-paths'],
    chunk: 'tenant',
  },
  {
    name: 'tenant',
    holds:
      'the whole wire of the tenant, by subject: each call, its spellings, its checked answer; the envelope',
    imports: ['network'],
    types: [],
    packages: ['oauth4webapi'],
    chunk: 'tenant',
  },
  {
    name: 'apple',
    holds: 'the push service, over HTTP/2',
    imports: ['pkcs12', 'network'],
    types: [],
    packages: [],
    chunk: null,
  },
  {
    name: 'report',
    holds: 'output that several commands share: sentences, tables, pages',
    imports: ['checks'],
    types: ['pkcs12', 'terminal'],
    packages: [],
    chunk: 'shared',
    late: 'tenant',
  },
  {
    name: 'checks',
    holds: 'facts and a date → findings; pure, without input, output and clock',
    imports: ['pkcs12'],
    types: [],
    packages: [],
    chunk: 'shared',
    late: 'tenant',
  },
  {
    name: 'pkcs12',
    holds: 'bytes ↔ push identity; pure',
    imports: [],
    types: [],
    packages: ['node-forge'],
    chunk: 'p12',
  },
  {
    name: 'network',
    holds: 'requests over HTTP, and the parts that APNs shares: proxies, trust, tries, the tunnel',
    imports: ['programs', 'files'],
    types: [],
    packages: ['undici'],
    chunk: 'tenant',
  },
  {
    name: 'programs',
    holds:
      'starts another program (the browser, a command that prints a secret, a hook), and judges all who connect or listen',
    imports: ['files'],
    types: [],
    packages: [],
    chunk: null,
  },
  {
    name: 'files',
    holds: 'opens, reads, writes, renames and locks files',
    imports: [],
    types: [],
    packages: [],
    chunk: 'shared',
    late: 'tenant',
  },
  {
    name: 'terminal',
    holds: 'streams, style, progress and prompts',
    imports: [],
    types: [],
    packages: ['chalk', 'inquirer', 'ora'],
    chunk: 'cli',
  },
  {
    name: 'errors',
    holds: 'an error: a permanent code, its facts, area, exit code and hints',
    imports: [],
    types: [],
    packages: [],
    chunk: 'shared',
  },
  {
    name: 'text',
    holds: 'strings: cleaning, masking, suggestions, layout in a terminal',
    imports: [],
    types: [],
    packages: ['fast-string-width', 'fast-wrap-ansi'],
    chunk: 'shared',
    late: 'tenant',
  },
];

/** The rooms whose code every room may import. */
export const everyones = ['errors', 'text'];

/** Packages of no room: a schema stands beside the type that it checks. */
export const sharedPackages = ['valibot'];

/** Packages whose types any room may import: a command declares itself on a commander `Command`. */
export const typePackages = ['commander'];

/** The command that people run while they wait, and what `main.ts` loads for it. */
export const quickest = ['commands/apns/inspect.ts', 'files/bounded.ts'];

/** The command that changes a tenant, and what it loads while it works. */
export const changing = [
  'commands/apns/set.ts',
  'auth/profile-store.ts',
  'network/client.ts',
  'network/proxy.ts',
  'settings/owner-rules.ts',
];

/** The declarations of their family, which are loaded with the parser: one file less to open. */
export const declaredAtOnce = [
  'commands/apns/commands.ts',
  'commands/apns/options.ts',
  'commands/apns/p12/options.ts',
  'commands/apns/renew/options.ts',
];

/**
 * The chunks; each takes along what its modules import, unless one before it has that. What `changing` does not reach of
 * the modules in `tenant` is in `seldom`.
 */
export const chunks = ['start', 'cli', 'shared', 'p12', 'tenant', 'seldom', 'undici'];

/**
 * Packages of which parts are imported on demand, and the chunk of all those parts.
 * @type {Readonly<Record<string, string>>}
 */
export const packageChunks = {
  'env-paths': 'tenant',
  undici: 'undici',
};

/** The file that declares a family's commands, or all of them: it alone imports their code, and only to load it. */
export const declarations = 'commands.ts';

/** The files of a family that declare: they import only what may be loaded with `--help`. */
export const declaring = [declarations, 'options.ts', 'command.ts', 'add-commands.ts'];

/** Modules that may load before the version is printed, and before the help is. */
export const stages = [
  {
    entry: 'main.ts',
    rooms: ['main.ts', 'context.ts', 'settings', 'programs', 'errors', 'text'],
    packages: [],
  },
  {
    entry: 'run-command-line.ts',
    rooms: [
      'main.ts',
      'run-command-line.ts',
      'context.ts',
      'reference',
      'terminal',
      'settings',
      'programs',
      'errors',
      'text',
    ],
    packages: ['commander', 'fast-string-truncated-width', 'fast-string-width', 'fast-wrap-ansi'],
  },
];

/**
 * The room of a path below `src`: its folder, or the file itself beside the folders.
 * @param {string} path with slashes
 */
export function roomOf(path) {
  return path.includes('/') ? path.slice(0, path.indexOf('/')) : path;
}
