// The files of the image, laid out below folders: one for each layer.
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fetchPackages } from './debian.mjs';
import { project, release } from './project.mjs';

/** Who runs the program: nobody else has this number, which distroless images use as well. */
export const user = {
  name: 'nonroot',
  id: 65532,
  home: 'home/nonroot',
  writable: ['home/nonroot', 'tmp'],
};

/**
 * Lays out the Debian files that the executable needs: glibc without its conversions and locales, certificates, and the package
 * list for scanners.
 * @param {string} tree
 * @param {string} architecture
 * @param {string} scratch
 */
export async function layOutSystem(tree, architecture, scratch) {
  const packages = await fetchPackages(
    ['base-files', 'ca-certificates', 'libc6'],
    architecture,
    scratch,
  );
  const [base = '', certificates = '', libc = ''] = packages.map((each) => each.tree);
  /**
   * @param {string} path
   * @param {string | Buffer} text
   */
  const add = (path, text) => addFile(tree, path, text);
  for (const { name, tree: from, control } of packages) {
    await add(`var/lib/dpkg/status.d/${name}`, control);
    await add(
      `usr/share/doc/${name}/copyright`,
      await readFile(join(from, `usr/share/doc/${name}/copyright`)),
    );
  }
  await copyLibraries(libc, tree);
  await add(
    'etc/ssl/certs/ca-certificates.crt',
    await bundle(join(certificates, 'usr/share/ca-certificates/mozilla')),
  );
  await add('usr/lib/os-release', await readFile(join(base, 'usr/lib/os-release')));
  await symlink('../usr/lib/os-release', join(tree, 'etc/os-release'));
  await add('etc/nsswitch.conf', 'passwd: files\ngroup: files\nhosts: files dns\n');
  const { name, id, home } = user;
  await mkdir(join(tree, dirname(home)));
  await add(
    'etc/passwd',
    `root:x:0:0:root:/root:/nonexistent\n${name}:x:${id}:${id}:${name}:/${home}:/nonexistent\n`,
  );
  await add('etc/group', `root:x:0:\n${name}:x:${id}:\n`);
  return packages.map(({ name: of, version }) => `${of} ${version}`);
}

/**
 * The program with its licenses.
 * @param {string} tree
 * @param {string} target
 */
export async function layOutProgram(tree, target) {
  const { name } = project;
  const from = join(release, 'binary', target);
  await mkdir(join(tree, 'usr/bin'), { recursive: true });
  await cp(join(from, name), join(tree, 'usr/bin', name));
  for (const file of ['LICENSE', 'THIRD-PARTY-LICENSES.txt'])
    await addFile(tree, `usr/share/doc/${name}/${file}`, await readFile(join(from, file)));
}

/**
 * Makes the folders that the user may write to.
 * @param {string} tree
 */
export async function layOutWritable(tree) {
  for (const path of user.writable) await mkdir(join(tree, path), { recursive: true });
}

/**
 * The shared libraries themselves, and the loader where the executable looks for it.
 * @param {string} libc
 * @param {string} tree
 */
async function copyLibraries(libc, tree) {
  for (const entry of await readdir(join(libc, 'usr'))) {
    if (!entry.startsWith('lib')) continue;
    const filter = (/** @type {string} */ path) => !/\/(gconv|audit)$/.test(path);
    await cp(join(libc, 'usr', entry), join(tree, 'usr', entry), {
      recursive: true,
      verbatimSymlinks: true,
      filter,
    });
    await symlink(`usr/${entry}`, join(tree, entry));
  }
}

/**
 * All certificates in one file, as update-ca-certificates makes it.
 * @param {string} folder
 */
async function bundle(folder) {
  const names = (await readdir(folder)).sort();
  const texts = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.map((text) => `${text.trimEnd()}\n`).join('');
}

/**
 * @param {string} tree
 * @param {string} path
 * @param {string | Buffer} content
 */
async function addFile(tree, path, content) {
  await mkdir(dirname(join(tree, path)), { recursive: true });
  await writeFile(join(tree, path), content);
}
