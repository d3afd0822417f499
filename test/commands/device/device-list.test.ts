import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sessionOf } from '../../emulator/security-session.ts';
import { callApi } from '../../support/emulator.ts';
import { startAnswering } from '../../support/http.ts';
import { type SignedIn, shareTenant } from '../../support/tenant.ts';

const share = shareTenant({ now: () => new Date() });

/** A tenant whose user and administrator have a phone each. */
async function withPhones(): Promise<SignedIn> {
  const signedIn = await share();
  const { emulator } = signedIn;
  for (const [account, Name] of [
    [emulator.user, "Uma's, iPhone"],
    [emulator.administrator, '=cmd()'],
  ] as const)
    await callApi(emulator, '/Device/EnrollIosDevice', await sessionOf(emulator, account), {
      ...{ Udid: `UDID-OF-${account.user}`, Name, OSVersion: '18.0' },
    });
  return signedIn;
}

describe('device list', () => {
  test('lists the phones of who is signed in, and with --all those of everybody', async () => {
    const { machine, emulator } = await withPhones();
    const own = JSON.parse((await machine.run(['device', 'list', '--json'])).stdout);
    expect(own).toMatchObject({ tenant: emulator.url, user: 'admin@example.com', whole: true });
    expect(own.phones).toMatchObject([
      {
        id: 'UDID-OF-admin@example.com',
        owner: 'admin@example.com',
        platform: 'ios',
        lastSeen: null,
      },
    ]);
    const all = await machine.run(['device', 'list', '--all']);
    expect(all.exitCode).toBe(0);
    expect(all.stdout).toMatch(/Owner +Name +Model +Last seen\n/);
    expect(all.stdout).toContain('user@example.com');
    expect(all.stdout).toContain('2 phones.\n');
  });

  test('writes CSV that no spreadsheet takes for a formula', async () => {
    const { machine } = await withPhones();
    const { stdout } = await machine.run(['device', 'list', '--all', '--format', 'csv']);
    expect(stdout).toContain('id,owner,name,model,platform,osVersion,state,lastSeen\r\n');
    expect(stdout).toContain('"Uma\'s, iPhone"');
    expect(stdout).toContain("'=cmd()");
    const both = await machine.run(['device', 'list', '--json', '--format', 'csv']);
    expect(both.exitCode).toBe(2);
  });

  test.each([
    [401, 'does not let this session read the table of devices'],
    [403, 'does not allow this request'],
  ])(
    'says what is missing on HTTP %i, and neither renews nor ends the session',
    async (status, words) => {
      const { machine, emulator } = await share();
      const asked: (string | undefined)[] = [];
      const url = await startAnswering((request, response) => {
        asked.push(request.url);
        response.writeHead(status).end('{}');
      });
      const path = join(machine.directory, 'config.json');
      const config = JSON.parse(readFileSync(path, 'utf8').replaceAll(emulator.url, url));
      config.profiles.default.session.refreshToken = 'a-refresh-token';
      writeFileSync(path, JSON.stringify(config));
      const before = readFileSync(path, 'utf8');
      const { exitCode, stderr } = await machine.run(['device', 'list']);
      expect([exitCode, asked]).toEqual([6, ['/RedRock/query']]);
      expect(stderr).toContain(words);
      expect(stderr).toContain(
        'Allow the REST API /?RedRock/query in the scope of the OAuth application: `mfa-cli bootstrap --devices`.\n',
      );
      expect(readFileSync(path, 'utf8')).toBe(before);
    },
  );
});
