import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cleanEnvironment, enter, openTerminal } from '../support/process.ts';
import { answerRequest } from '../support/push-authority.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { settingsOf, startTenant } from '../support/tenant.ts';
import { isMissing } from '../support/tools.ts';

const key = 'com.example.app';

test.skipIf(isMissing('script') || isMissing('openssl'))(
  'a renewal in a terminal: passwords, the question of apns set, and no secret on the screen',
  async () => {
    const { emulator } = await startTenant();
    const directory = temporaryDirectory();
    const ca = join(directory, 'apns-ca.pem');
    writeFileSync(ca, emulator.apns.ca);
    const env = cleanEnvironment({
      MFA_CLI_APNS_HOST: emulator.apns.host,
      MFA_CLI_CA_FILE: ca,
      MFA_CLI_TENANT: emulator.url,
      MFA_CLI_CLIENT_ID: emulator.serviceUser.user,
      MFA_CLI_CLIENT_SECRET: emulator.serviceUser.password,
    });
    const argv = ['apns', 'renew', '--bundle-id', key, '--team-id', 'A1B2C3D4E5', '--dir', 'push'];
    const run = async (steps: readonly (readonly [string, string])[]) => {
      const terminal = openTerminal(argv, env, directory, 'cols 80 rows 24');
      await terminal.answer(...steps);
      return terminal.end();
    };
    const held = async () => (await settingsOf(emulator))[`${key}_APNSCert`];

    const requested = await run([
      ['Password of the new key:', `key-secret-1${enter}`],
      ['Password of the new key, again:', `key-secret-1${enter}`],
    ]);
    expect([requested.exitCode, requested.restored]).toEqual([0, true]);
    expect(requested.screen).toContain("Waiting for Apple's certificate");
    expect(requested.screen).toContain('unknown (this machine has no record of it)');
    expect(requested.screen).toContain('https://developer.apple.com/account');

    const [request = ''] = /\S+\.certSigningRequest/.exec(requested.screen) ?? [];
    answerRequest(join(directory, request), join(directory, 'push/aps.cer'));
    const declined = await run([
      ['.key.pem:', `key-secret-1${enter}`],
      ['Password of the new .p12:', `p12-secret-2${enter}`],
      ['Password of the new .p12, again:', `p12-secret-2${enter}`],
      ['Client app key:', enter],
      ['(y/N)', enter],
    ]);
    expect([declined.exitCode, await held()]).toEqual([130, undefined]);
    expect(declined.screen).toContain('in place of APNs, accepts the certificate');
    expect(declined.screen).toContain('The renewal is at stage "verified"');

    const set = await run([
      ['.p12:', `p12-secret-2${enter}`],
      ['Client app key:', enter],
      ['(y/N)', `y${enter}`],
    ]);
    expect([set.exitCode, set.restored]).toEqual([0, true]);
    expect(set.screen).toContain(`✓ Set the push certificate for ${key}`);
    const [p12 = ''] = /push\/\S+\.p12/.exec(set.screen) ?? [];
    expect(await held()).toBe(readFileSync(join(directory, p12)).toString('base64'));

    const fresh = await run([]);
    expect([fresh.exitCode, fresh.screen]).toEqual([0, expect.stringContaining('✓ Nothing to do')]);
    for (const { raw } of [requested, declined, set, fresh])
      for (const secret of ['key-secret-1', 'p12-secret-2', emulator.serviceUser.password])
        expect(raw).not.toContain(secret);
  },
);
