// The folder that Bun compiles: the bundle, and the keychain package with the library of one system.
import { copyFile, cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from '../program.mjs';

/**
 * Copies dist/ into the folder, with a package of that name which is nothing but its library, by a path that Bun sees: the
 * package itself looks for the system when it runs, and would bring the one of the machine that compiles.
 * @param {string} folder
 * @param {string} keychain the folder of the package with the library
 */
export async function stageProgram(folder, keychain) {
  await rm(folder, { recursive: true, force: true });
  const beside = join(folder, 'node_modules', '@napi-rs', 'keyring');
  await mkdir(beside, { recursive: true });
  await cp(`${root}dist`, join(folder, 'dist'), { recursive: true });
  const { main } = JSON.parse(await readFile(join(keychain, 'package.json'), 'utf8'));
  await copyFile(join(keychain, main), join(beside, 'keyring.node'));
  await writeFile(join(beside, 'package.json'), '{ "main": "index.js" }\n');
  await writeFile(
    join(beside, 'index.js'),
    "exports.AsyncEntry = require('./keyring.node').AsyncEntry;\n",
  );
}
