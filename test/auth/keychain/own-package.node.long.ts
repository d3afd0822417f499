import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lchownSync,
  mkdirSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  stranger as alice,
  neighbour as mallory,
  mayBecomeAnother,
  runAs,
} from '../../support/second-user.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The project's folder is `shared/project`; `ran` is written to by the library that runs. */
let top: string;
let shared: string;
let project: string;
let ran: string;
beforeEach(() => {
  if (!mayBecomeAnother) return;
  top = realpathSync(temporaryDirectory());
  chmodSync(top, 0o755);
  shared = folder('shared', 0);
  chmodSync(shared, 0o1777);
  project = folder('shared/project', alice);
  ran = join(folder('ran', alice), 'by');
  chmodSync(dirname(ran), 0o1777);
  folder('shared/project/node_modules', alice);
  const program = folder('shared/project/node_modules/mfa-cli', alice);
  for (const part of ['bin', 'dist', 'package.json'])
    cpSync(join(root, part), join(program, part), { recursive: true });
});

function folder(path: string, owner: number): string {
  const place = join(top, path);
  mkdirSync(place, { recursive: true });
  chownSync(place, owner, owner);
  return place;
}

function file(path: string, owner: number, text: string): void {
  writeFileSync(join(top, path), text);
  chownSync(join(top, path), owner, owner);
}

function link(target: string, path: string, owner: number): void {
  symlinkSync(target, join(top, path));
  lchownSync(join(top, path), owner, owner);
}

const library = 'keyring-linux-x64-gnu';

/** A package that stands in for that of the keychain, and finds its library as that one does. */
function putPackage(modules: string, owner: number): void {
  folder(modules, owner);
  folder(`${modules}/@napi-rs`, owner);
  folder(`${modules}/@napi-rs/keyring`, owner);
  file(`${modules}/@napi-rs/keyring/package.json`, owner, '{ "main": "index.js" }');
  const text = `const found = require(process.env.NAPI_RS_NATIVE_LIBRARY_PATH || '@napi-rs/${library}');
    module.exports.AsyncEntry = found.AsyncEntry;`;
  file(`${modules}/@napi-rs/keyring/index.js`, owner, text);
}

function putLibrary(modules: string, owner: number, by: string, name = library): void {
  folder(modules, owner);
  folder(`${modules}/@napi-rs`, owner);
  const place = folder(`${modules}/@napi-rs/${name}`, owner);
  file(join(place, 'package.json').slice(top.length), owner, '{ "main": "library.js" }');
  file(
    join(place, 'library.js').slice(top.length),
    owner,
    `const held = new Map();
    require('node:fs').appendFileSync(${JSON.stringify(ran)}, ${JSON.stringify(`${by}\n`)});
    exports.AsyncEntry = class {
      constructor(_service, name) { this.name = name; }
      getPassword = async () => held.get(this.name);
      setPassword = async (text) => void held.set(this.name, text);
      deleteCredential = async () => held.delete(this.name);
    };`,
  );
}

const own = 'shared/project/node_modules';
const above = 'shared/node_modules';

/** Tries out the keychain before a sign-in, at a tenant that nobody is. */
async function login(user: number, env: Readonly<Record<string, string>> = {}) {
  const script = join(top, own, 'mfa-cli/bin/mfa-cli.js');
  const words = ['login', '--tenant', 'http://127.0.0.1:9', '--store', 'keychain', '--json'];
  const home = folder('home', user);
  const { stdout } = await runAs(user, [process.execPath, script, ...words], {
    env: { PATH: process.env.PATH ?? '', HOME: home, ...env },
    directory: project,
  });
  const { code, message } = JSON.parse(stdout).error;
  return { code, message, ran: existsSync(ran) };
}

const went = { code: 'tenant-unreachable', message: expect.any(String), ran: true };
const refused = (path: string, why: string) => ({
  code: 'keychain-unavailable',
  message: `The optional package that talks to the keychain is not loaded (${join(top, path)} ${why})`,
  ran: false,
});
const [foreign, open] = ['belongs to another user', 'is writable by other users'];

/** As pnpm lays it out: the packages in a store, and links to them. */
function putByPnpm(): string {
  const store = `${own}/.pnpm/@napi-rs+keyring@2.1.2/node_modules`;
  for (const path of [`${own}/.pnpm`, dirname(store)]) folder(path, alice);
  putPackage(store, alice);
  const libraryStore = `${own}/.pnpm/@napi-rs+${library}@2.1.2/node_modules`;
  folder(dirname(libraryStore), alice);
  putLibrary(libraryStore, alice, 'pnpm');
  link(join(top, libraryStore, '@napi-rs', library), `${store}/@napi-rs/${library}`, alice);
  folder(`${own}/@napi-rs`, alice);
  link(join(top, store, '@napi-rs/keyring'), `${own}/@napi-rs/keyring`, alice);
  return store;
}

describe.runIf(mayBecomeAnother)('the optional package', () => {
  test('of this user in a project below a sticky folder is loaded', async () => {
    putPackage(own, alice);
    putLibrary(own, alice, 'own');
    expect(await login(alice)).toEqual(went);
  });

  test('above a project is loaded if it is of this user or root', async () => {
    chmodSync(shared, 0o755);
    putPackage(above, 0);
    putLibrary(above, 0, 'root');
    expect(await login(alice)).toEqual(went);
  });

  test('that a neighbour planted above a project is not', async () => {
    putPackage(above, mallory);
    putLibrary(above, mallory, 'mallory');
    expect(await login(alice)).toEqual(refused(above, foreign));
  });

  test('of root above a folder in which a neighbour may plant another one is not', async () => {
    putPackage('node_modules', 0);
    putLibrary('node_modules', 0, 'root');
    expect(await login(alice)).toEqual(refused('shared', open));
  });

  test('has no library that a neighbour planted', async () => {
    putPackage(own, alice);
    putLibrary(above, mallory, 'mallory');
    expect(await login(alice)).toEqual(refused(above, foreign));
    putLibrary(own, alice, 'own');
    rmSync(join(top, above), { recursive: true });
    expect(await login(alice)).toEqual(went);
    rmSync(ran);
    putLibrary(above, mallory, 'mallory', 'keyring-linux-x64-musl');
    expect(await login(alice)).toEqual(refused(above, foreign));
  });

  test('without a library is as one that is not installed', async () => {
    putPackage(own, alice);
    const { code, message } = await login(alice);
    expect([code, message]).toEqual([
      'keychain-unavailable',
      'The optional package that talks to the keychain is not installed',
    ]);
  });

  const modes: readonly (readonly [path: string, mode: number])[] = [
    [own, 0o1777],
    [`${own}/@napi-rs/${library}/library.js`, 0o666],
    ['shared', 0o777],
    ['shared/project', 0o777],
    [`${own}/@napi-rs`, 0o777],
    [`${own}/@napi-rs/keyring`, 0o777],
    [`${own}/@napi-rs/keyring/index.js`, 0o666],
    [`${own}/@napi-rs/keyring/package.json`, 0o666],
    [`${own}/@napi-rs/${library}`, 0o777],
    [`${own}/@napi-rs/${library}/package.json`, 0o666],
  ];
  test.each(modes)('is not loaded where others may write to %s', async (path, mode) => {
    putPackage(own, alice);
    putLibrary(own, alice, 'own');
    chmodSync(join(top, path), mode);
    const found = await login(alice);
    const isSticky = path === own;
    expect(found).toEqual(isSticky ? went : refused(path, open));
  });

  test('of pnpm is loaded, unless others may write to its store', async () => {
    const store = putByPnpm();
    expect(await login(alice)).toEqual(went);
    rmSync(ran);
    for (const path of [`${own}/.pnpm`, store, `${own}/.pnpm/@napi-rs+${library}@2.1.2`]) {
      chmodSync(join(top, path), 0o777);
      expect(await login(alice)).toEqual(refused(path, open));
      chmodSync(join(top, path), 0o755);
    }
  });

  test.each([
    `${own}/@napi-rs/keyring`,
    `${own}/.pnpm/@napi-rs+keyring@2.1.2/node_modules/@napi-rs/${library}`,
  ])('of pnpm is not loaded through a link of another user at %s', async (path) => {
    putByPnpm();
    lchownSync(join(top, path), mallory, mallory);
    expect(await login(alice)).toEqual(refused(path, foreign));
  });

  test('of another user is not loaded by root', async () => {
    putPackage(own, alice);
    putLibrary(own, alice, 'own');
    expect(await login(0)).toEqual(refused('shared/project', foreign));
  });

  test('is loaded where its user answers for the folder', async () => {
    putPackage(own, alice);
    putLibrary(own, alice, 'own');
    chmodSync(project, 0o777);
    expect(await login(alice)).toEqual(refused('shared/project', open));
    expect(await login(alice, { MFA_CLI_TRUST_DIR: project })).toEqual(went);
  });
});
