import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { version } from '../../src/text/version.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';
import { address, expectWorking, filesBelow, release, released, run, schemas } from './released.ts';

/** The release as it will be published: its address with a folder for the version. */
async function publish(): Promise<string> {
  const server = createServer((request, response) => {
    const [, folder, name = ''] = (request.url ?? '').split('/');
    const file = join(release, name);
    if (folder === `v${version}` && existsSync(file)) createReadStream(file).pipe(response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe.skipIf(isMissing('curl'))('install.sh of the release', () => {
  test('installs that release', async () => {
    const prefix = temporaryDirectory();
    await run('sh', released(/^install\.sh$/), '--prefix', prefix, '--from', await publish());
    expect(filesBelow(prefix)).toEqual([
      'bin/mfa-cli',
      'share/bash-completion/completions/mfa-cli',
      'share/doc/mfa-cli/LICENSE',
      'share/doc/mfa-cli/THIRD-PARTY-LICENSES.txt',
      'share/fish/vendor_completions.d/mfa-cli.fish',
      'share/man/man1/mfa-cli.1',
      ...schemas.map((file) => `share/mfa-cli/schema/${file}`),
      'share/zsh/site-functions/_mfa-cli',
    ]);
    await expectWorking(join(prefix, 'bin/mfa-cli'));
  });

  test('takes it from the address of the project', async () => {
    const usage = await run('sh', released(/^install\.sh$/), '--help');
    expect(usage).toContain(`(default: ${version})`);
    expect(usage).toContain(`(default: ${address}/releases/download)`);
  });
});
