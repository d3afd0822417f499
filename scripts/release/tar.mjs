// Archives that are the same, byte for byte, wherever and whenever they are made of the same files.
import { run } from './run.mjs';

/**
 * Packs entries of a folder into a tar file, or a compressed one by its name: sorted, of one owner (root), writable by it
 * alone, with the time of SOURCE_DATE_EPOCH (seconds).
 * @param {string} file
 * @param {string} folder
 * @param {readonly string[]} entries
 * @param {number} [owner]
 */
export async function packTar(file, folder, entries, owner = 0) {
  const same = ['--sort=name', '--format=gnu', `--mtime=@${process.env.SOURCE_DATE_EPOCH}`];
  const rights = [`--owner=${owner}`, `--group=${owner}`, '--numeric-owner', '--mode=u=rwX,go=rX'];
  const compressed = file.endsWith('.gz') ? ['--use-compress-program=gzip -n'] : [];
  await run('tar', [...same, ...rights, ...compressed, '-cf', file, '-C', folder, ...entries]);
}
