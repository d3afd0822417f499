// Makes what is released out of release/binary/: `npm run release [-- CHANNEL…]`, every channel by default. docs/releasing.md
// lists the channels and the files that they leave in release/.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { root } from './program.mjs';
import { makeArchives } from './release/archives.mjs';
import { makeBills } from './release/bills.mjs';
import { makeChecksums } from './release/checksums.mjs';
import { makeDeb } from './release/deb.mjs';
import { makeHomebrew } from './release/homebrew.mjs';
import { makeImage } from './release/image.mjs';
import { makeInstaller } from './release/installer.mjs';
import { makeNpm } from './release/npm.mjs';
import { project, release } from './release/project.mjs';
import { makeRpm } from './release/rpm.mjs';
import { makeScoop } from './release/scoop.mjs';
import { targets } from './release/targets.mjs';
import { makeWinget } from './release/winget.mjs';

/** In the order in which they are made: a manifest needs the archives, and the checksums need all of them. */
const channels = {
  npm: makeNpm,
  sbom: makeBills,
  archives: makeArchives,
  deb: makeDeb,
  rpm: makeRpm,
  image: makeImage,
  homebrew: makeHomebrew,
  scoop: makeScoop,
  winget: makeWinget,
  installer: makeInstaller,
  checksums: makeChecksums,
};

// A release of a tag is published: its addresses lead to whoever publishes it.
if (process.env.GITHUB_REF_TYPE === 'tag' && project.owner === 'OWNER')
  throw new Error('package.json names no owner of the repository: put one in place of OWNER');
const wanted = process.argv.slice(2);
const unknown = wanted.find((name) => !(name in channels));
if (unknown !== undefined)
  throw new Error(`The channel ${unknown} is none of ${Object.keys(channels).join(', ')}`);

// Every time in what is made is that of the commit, so that the same commit makes the same files.
process.env.SOURCE_DATE_EPOCH ??= execFileSync('git', ['log', '-1', '--format=%ct'], {
  cwd: root,
  encoding: 'utf8',
}).trim();
const missing = Object.keys(targets).find((target) => !existsSync(`${release}/binary/${target}`));
/** They are made of what others have made: on a Mac, which signs the archives for it, nothing else is there. */
const derived = ['homebrew', 'scoop', 'winget', 'installer', 'checksums'];
const isDerived = wanted.length > 0 && wanted.every((name) => derived.includes(name));
if (missing !== undefined && !isDerived)
  throw new Error(`release/binary/${missing} is missing: npm run build:binary -- --target all`);
if (wanted.length === 0) await clear();
for (const [name, make] of Object.entries(channels))
  if (wanted.length === 0 || wanted.includes(name))
    for (const file of await make()) console.log(file);

/** A file of another version would get into the checksums, and from there into the release. */
async function clear() {
  const names = await readdir(release);
  const old = names.filter((name) => name !== 'binary');
  await Promise.all(old.map((name) => rm(`${release}/${name}`, { recursive: true })));
}
