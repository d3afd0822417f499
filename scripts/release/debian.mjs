// Packages of Debian, as apt fetches them and checks their signatures, for processors other than this machine's as well.
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './run.mjs';

const keyring = '/usr/share/keyrings/debian-archive-keyring.gpg';
const suites = [
  ['http://deb.debian.org/debian', 'trixie'],
  ['http://deb.debian.org/debian-security', 'trixie-security'],
];

/**
 * Fetches packages into a folder of their own below `folder`, and unpacks each: `[{ name, version, tree, control }]`. What apt of this
 * machine knows and has is neither used nor changed.
 * @param {readonly string[]} names
 * @param {string} architecture
 * @param {string} folder
 */
export async function fetchPackages(names, architecture, folder) {
  const state = join(folder, 'state');
  const downloads = join(folder, 'downloads');
  await Promise.all(
    [join(state, 'lists/partial'), downloads].map((path) => mkdir(path, { recursive: true })),
  );
  const sources = suites.map(
    ([address, suite]) => `deb [signed-by=${keyring}] ${address} ${suite} main\n`,
  );
  await writeFile(join(state, 'sources.list'), sources.join(''));
  const options = {
    'Dir::State': state,
    'Dir::State::status': '/dev/null',
    'Dir::Cache': state,
    'Dir::Etc::sourcelist': join(state, 'sources.list'),
    'Dir::Etc::sourceparts': '-',
    'APT::Architecture': architecture,
    'APT::Architectures': architecture,
    'APT::Sandbox::User': 'root',
    'APT::Update::Error-Mode': 'any',
    'Acquire::Languages': 'none',
  };
  const words = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
  /** @param {...string} more */
  const apt = (...more) =>
    run('apt-get', ['-qq', ...words, ...more], { cwd: downloads, from: 'apt' });
  await apt('update');
  await apt('download', ...names);
  const files = (await readdir(downloads)).sort();
  return Promise.all(
    files.map((file) => unpack(join(downloads, file), join(folder, file.replace(/_.*/, '')))),
  );
}

/**
 * @param {string} file
 * @param {string} tree
 */
async function unpack(file, tree) {
  await run('dpkg-deb', ['--extract', file, tree], { from: 'dpkg' });
  const control = await run('dpkg-deb', ['--field', file]);
  /** @param {string} name */
  const field = (name) => {
    const [, value] = control.match(new RegExp(`^${name}: (.*)$`, 'm')) ?? [];
    if (value === undefined) throw new Error(`${file} has no field ${name}`);
    return value;
  };
  return { name: field('Package'), version: field('Version'), tree, control };
}
