// Lays out the files of a Linux package below a folder, as if that were the root of the system.
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { root } from '../program.mjs';
import { project, release } from './project.mjs';

const { name } = project;

/** @typedef {string | Buffer} Content of a file */

/**
 * Gives `make` a folder with `tree/usr/…`, and removes it afterwards. The rest differs by distribution: `zsh` is where functions of
 * zsh are, and `texts` are further files, or others, by their paths.
 * @template Made
 * @param {string} target
 * @param {{ zsh: string, texts: Readonly<Record<string, Content>> }} differing
 * @param {(folder: string) => Promise<Made>} make
 */
export async function withTree(target, { zsh, texts }, make) {
  const folder = await mkdtemp(join(tmpdir(), 'mfa-cli-tree-'));
  const binary = join(release, 'binary', target);
  const share = 'usr/share';
  const doc = `${share}/doc/${name}`;
  try {
    /**
     * @param {string} path
     * @param {Content} content
     */
    const add = async (path, content, mode = 0o644) => {
      const file = join(folder, 'tree', path);
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, content, { mode });
    };
    /**
     * @param {string} from
     * @param {string} to
     */
    const copy = async (from, to) => add(to, await readFile(join(binary, from)));
    await copy(`completions/${name}.bash`, `${share}/bash-completion/completions/${name}`);
    await copy(`completions/_${name}`, `${zsh}/_${name}`);
    await copy(`completions/${name}.fish`, `${share}/fish/vendor_completions.d/${name}.fish`);
    await copy('THIRD-PARTY-LICENSES.txt', `${doc}/THIRD-PARTY-LICENSES.txt`);
    await add(`${share}/man/man1/${name}.1.gz`, await gzipped(join(binary, 'man', `${name}.1`)));
    await add(`${doc}/changelog.gz`, await gzipped(`${root}CHANGELOG.md`));
    for (const [path, text] of Object.entries(texts)) await add(path, text);
    await cp(join(binary, 'schema'), join(folder, 'tree', share, name, 'schema'), {
      recursive: true,
    });
    await cp(join(binary, name), join(folder, 'tree/usr/bin', name));
    return await make(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @param {string} file */
async function gzipped(file) {
  return gzipSync(await readFile(file), { level: 9 });
}
