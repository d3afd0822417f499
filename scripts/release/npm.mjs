// The npm package as it is published: `npm pack` builds it, and gives the same file for the same commit.
import { join } from 'node:path';
import { root } from '../program.mjs';
import { project, release } from './project.mjs';
import { run } from './run.mjs';

export async function makeNpm() {
  await run('npm', ['pack', '--silent', '--pack-destination', release], { cwd: root });
  return [join(release, `${project.name}-${project.version}.tgz`)];
}
