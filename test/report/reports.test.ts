import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { applePath } from '../support/apple-fixtures.ts';
import { createMachine } from '../support/context.ts';
import { p12Path } from '../support/fixtures.ts';
import { startTenant, visit } from '../support/tenant.ts';

const scratch = join(tmpdir(), `mfa-cli-${process.pid}`);
beforeEach(() => mkdirSync(scratch));
afterEach(() => rmSync(scratch, { recursive: true }));

const projectPath = fileURLToPath(new URL('../fixtures/app/classic', import.meta.url));

/** Command lines in the order in which an admin may meet them, each behind the name of its report. */
const walk = `
login:
whoami: whoami
apns-inspect: apns inspect $GOOD
apns-set-dry-run: apns set --p12 $GOOD --dry-run
apns-set: apns set --p12 $GOOD
apns-set-again: apns set --p12 $GOOD
apns-set-errors: apns set --p12 $VOIP
apns-status: apns status
apns-convert: apns convert $GOOD --out $DIR/cert.b64
apns-request: apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out $DIR/push
apns-pack: apns pack --cert $APPLE/aps.cer --key $APPLE/key.pem --out $DIR/cert.p12
apns-renew: apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir $DIR/renewals
push-payload: push payload --challenge c-1 --simulator com.example.app
app-check: app check $PROJECT
api: api POST /Security/WhoAmI
profile-list: profile list
profile-show: profile show
profile-set: profile set port 8401
profile-use: profile use default
apns-delete: apns delete --client-app-key com.example.lab --yes
logout: logout
profile-rename: profile rename default acme
version: version
profile-remove: profile remove acme --yes`
  .replaceAll('$GOOD', p12Path('01-default-aes256'))
  .replaceAll('$VOIP', p12Path('30-voip'))
  .replaceAll('$APPLE/', applePath(''))
  .replaceAll('$DIR', scratch)
  .replaceAll('$PROJECT', projectPath)
  .trim()
  .split('\n')
  .map((line) => line.split(/: ?/) as [name: string, line: string]);

test.each(['txt', 'json'] as const)('one report a command: %s', async (form) => {
  const machine = createMachine();
  const { emulator, login, port } = await startTenant();
  const env = { MFA_CLI_P12_PASSWORD: 'secret', MFA_CLI_KEY_PASSWORD: 'sesame' };
  for (const [name, line] of walk) {
    const argv = [
      ...(name === 'login' ? login : line.split(' ')),
      ...(form === 'json' ? ['--json'] : []),
    ];
    const { stdout } = await machine.run(argv, { env, browser: visit });
    await expect(
      stdout
        .replaceAll(emulator.url, 'http://127.0.0.1:54321')
        .replaceAll(new RegExp(`^( *"?port"?:? +"?)${port}\\b`, 'gm'), '$18400')
        .replaceAll(`${scratch}/`, '')
        .replaceAll(`${projectPath}/`, '')
        .replaceAll(machine.directory, '/home/admin/.config/mfa-cli')
        .replaceAll(/[^\s"]*test\/fixtures\/p12\//g, '')
        // As the built program has it.
        .replaceAll(/(?<="iterations": )1000\b|\b1000(?= iterations)/g, '100000'),
    ).toMatchFileSnapshot(`../golden/report/${name}.${form}`);
  }
});
