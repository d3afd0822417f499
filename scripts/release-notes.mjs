// Prints the part of the changelog for a release: `node scripts/release-notes.mjs v1.2.3`. Fails unless the tag matches
// package.json's version.
import { readFile } from 'node:fs/promises';
import { root } from './program.mjs';

const [tag = ''] = process.argv.slice(2);
const { version } = JSON.parse(await readFile(`${root}package.json`, 'utf8'));
if (tag !== `v${version}`)
  throw new Error(`package.json is for v${version}, and the tag is ${tag}`);
const changelog = await readFile(`${root}CHANGELOG.md`, 'utf8');
const part = changelog.split(/^## /m).find((text) => text.startsWith(`${version} `));
if (part === undefined) throw new Error(`CHANGELOG.md has no "## ${version} (DATE)"`);
console.log(part.slice(part.indexOf('\n')).trim());
