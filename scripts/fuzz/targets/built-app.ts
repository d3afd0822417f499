import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { contentOf } from '../../../src/commands/app/built/app-folder.ts';
import { withZip } from '../../../src/commands/app/built/zip.ts';
import { mutateBytes } from '../mutate.ts';
import { mutateDer } from '../mutate-der.ts';
import { bytesOf, type Seed, type Target } from '../target.ts';
import { checkAt } from './app.ts';

const archives = ['zsign', 'ldid'].map((tool) => `test/fixtures/app/signed/${tool}.ipa`);
const files = ['Info.plist', 'Approver', 'embedded.mobileprovision'];
const limit = 1024 * 1024;

let folder: string | undefined;

/** The folder of all cases of the process. */
function ownFolder(): string {
  if (folder !== undefined) return folder;
  const made = mkdtempSync(join(tmpdir(), 'mfa-cli-fuzz-built-'));
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  mkdirSync(join(made, 'App.app'));
  folder = made;
  return made;
}

/** A file of each archive that another tool signed. */
async function contents(name: string): Promise<readonly Seed[]> {
  const seeds: Seed[] = [];
  for (const archive of archives) {
    const bytes = await withZip(archive, (app) => contentOf(app, name, limit));
    if (bytes !== null) seeds.push({ name, bytes });
  }
  return seeds;
}

/** The check of an app, one file of which is replaced. */
function fileTarget(name: string, file: string, mutate: Target['mutate']): Target {
  return {
    name,
    bytesLimit: limit,
    seconds: 3,
    seeds: () => contents(file),
    mutate,
    async judge(bytes) {
      const app = join(ownFolder(), 'App.app');
      for (const each of files) {
        const [honest] = await contents(each);
        writeFileSync(join(app, each), each === file ? bytes : (honest?.bytes ?? ''));
      }
      await checkAt(app);
    },
  };
}

const bytewise: Target['mutate'] = ({ bytes }, all, random) =>
  mutateBytes(bytes, bytesOf(all), random);

export const builtAppTargets: readonly Target[] = [
  {
    name: 'ipa',
    bytesLimit: limit,
    seconds: 3,
    seeds: () => archives.map((name) => ({ name, bytes: readFileSync(name) })),
    mutate: bytewise,
    async judge(bytes) {
      const path = join(ownFolder(), 'App.ipa');
      writeFileSync(path, bytes);
      await checkAt(path);
    },
  },
  fileTarget('mach-o', 'Approver', bytewise),
  fileTarget('bplist', 'Info.plist', bytewise),
  fileTarget('profile', 'embedded.mobileprovision', ({ bytes }, all, random) =>
    mutateDer(bytes, bytesOf(all), random),
  ),
];
