// The files beside the executable: licenses, the man page, the completions, and the schemas that `help --json` names.
import { copyFile, cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createProgram, root } from '../program.mjs';

const notice = new URL('bun-licenses.txt', import.meta.url);

/** By shell, the name that the shell or its package managers expect. */
const completions = {
  bash: 'mfa-cli.bash',
  zsh: '_mfa-cli',
  fish: 'mfa-cli.fish',
  pwsh: 'mfa-cli.ps1',
};

/**
 * Writes them into the folder, from the built program.
 * @param {string} folder
 * @param {string | undefined} version of Bun
 * @param {string} keychain the folder of the library's package
 */
export async function writeCompanions(folder, version, keychain) {
  await Promise.all(
    ['man', 'completions'].map((name) => mkdir(join(folder, name), { recursive: true })),
  );
  await copyFile(`${root}LICENSE`, join(folder, 'LICENSE'));
  await copyFile(`${root}dist/man/mfa-cli.1`, join(folder, 'man', 'mfa-cli.1'));
  await cp(`${root}schema`, join(folder, 'schema'), { recursive: true });
  const inside = join(keychain, 'LICENSE.third-party.md');
  const [own, bun, crates] = await Promise.all(
    [`${root}dist/THIRD-PARTY-LICENSES.txt`, notice, inside].map((file) => readFile(file, 'utf8')),
  );
  const licenses = [
    `Bun ${version} (MIT)\n\n${bun}`,
    own,
    `Inside of @napi-rs/keyring\n\n${crates}`,
  ];
  await writeFile(
    join(folder, 'THIRD-PARTY-LICENSES.txt'),
    licenses.join(`\n${'-'.repeat(78)}\n\n`),
  );
  const program = createProgram({
    command: [process.execPath, `${root}bin/mfa-cli.js`],
    env: process.env,
  });
  for (const [shell, name] of Object.entries(completions)) {
    const { exitCode, stdout, stderr } = await program.run(['completion', shell]);
    if (exitCode !== 0) throw new Error(`mfa-cli completion ${shell}: ${stderr}`);
    await writeFile(join(folder, 'completions', name), stdout);
  }
}
