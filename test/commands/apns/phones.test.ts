import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { sessionOf } from '../../emulator/security-session.ts';
import { createMachine } from '../../support/context.ts';
import { callApi } from '../../support/emulator.ts';
import { p12Path, secretPassword } from '../../support/fixtures.ts';
import { startAnswering } from '../../support/http.ts';
import { type SignedIn, shareTenant, signIn } from '../../support/tenant.ts';

const share = shareTenant({ now: () => new Date() });
const key = 'com.example.lab';

/** A tenant with a certificate that this machine set, and two iPhones. */
async function withPhones(): Promise<SignedIn> {
  const here = await share();
  const { emulator } = here;
  for (const Udid of ['one', 'two'])
    await callApi(emulator, '/Device/EnrollIosDevice', await sessionOf(emulator, emulator.user), {
      ...{ Udid, Name: 'iPhone', OSVersion: '18.0' },
    });
  await here.set();
  return here;
}

const counted = { enrolled: 2, seenIn30Days: null };
const another = ['apns', 'set', p12Path('02-legacy-rc2-3des'), '--topic', key];

describe('the iPhones at a tenant', () => {
  test('are in the reports of a replacing set, of a deletion and of status --refresh, and in no other', async () => {
    const { machine, set } = await withPhones();
    const run = async (...words: readonly string[]) =>
      JSON.parse((await machine.run([...words, '--json'], { env: secretPassword })).stdout);
    expect(JSON.parse((await set(['--json'])).stdout)).not.toHaveProperty('phones');
    expect(await run('apns', 'status')).not.toHaveProperty('certificates.0.phones');
    expect((await run('apns', 'status', '--refresh')).certificates).toMatchObject([{ phones: counted }]);
    expect(await run(...another, '--client-app-key', 'com.example.new')).toMatchObject({
      ...{ sent: true, phones: counted },
    });
    expect(await run('apns', 'delete', key, '--yes')).toMatchObject({ deleted: true, phones: counted });
    const { stdout } = await machine.run(['apns', 'status', '--refresh']);
    expect(stdout).toContain(': 2 iPhones enrolled, whichever app.\n');
  });

  test('are shown to a person before the question', async () => {
    const { machine } = await withPhones();
    const told = '2 iPhones enrolled, whichever app';
    const set = await machine.run([...another, '--client-app-key', 'com.example.new', '--no-verify'], {
      ...{ env: secretPassword, answers: [false] },
    });
    expect([set.exitCode, stripVTControlCharacters(set.stderr)]).toEqual([
      130,
      expect.stringContaining(`Phones          ${told}\n`),
    ]);
    const removed = await machine.run(['apns', 'delete', key], { answers: ['no'] });
    expect([removed.exitCode, stripVTControlCharacters(removed.stderr)]).toEqual([
      130,
      expect.stringContaining(`Phones  ${told}\n`),
    ]);
  });
});

describe('a tenant that does not tell of its phones', () => {
  const odd = JSON.stringify({ success: true, Result: { Results: [{ Row: { Name: 'iPhone' } }] } });
  const refusal = JSON.stringify({ success: false, Message: 'No.', MessageID: 'UnauthorizedAccess' });
  test.each<[string, number | null, string]>([
    ['HTTP 401', 401, ''],
    ['HTTP 403', 403, ''],
    ['a refusal', 200, refusal],
    ['a page', 200, '<html>'],
    ['no platform', 200, odd],
    ['too many requests', 429, ''],
    ['nothing in time', null, ''],
  ])('%s: the deletion is done all the same, and the session stays as it is', async (_how, status, body) => {
    const paths: (string | undefined)[] = [];
    const url = await startAnswering((request, response) => {
      paths.push(request.url);
      if (request.url !== '/RedRock/query') response.end('{"success":true,"Result":null}');
      else if (status !== null) response.writeHead(status).end(body);
    });
    const { emulator, machine } = await signIn((await share()).emulator, createMachine());
    const path = join(machine.directory, 'config.json');
    const config = JSON.parse(readFileSync(path, 'utf8').replaceAll(emulator.url, url));
    Object.assign(config.profiles.default.session, { refreshToken: 'a-refresh-token' });
    writeFileSync(path, JSON.stringify(config));
    const argv = ['apns', 'delete', key, '--yes', '--json', '--timeout', '2'];
    const { exitCode, stdout } = await machine.run(argv);
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([0, { deleted: true, phones: null }]);
    expect(paths).toEqual(['/RedRock/query', '/Mobile/DeleteApnsCertForClientApp']);
    const after = JSON.parse(readFileSync(path, 'utf8'));
    expect(after.profiles.default.session).toEqual(config.profiles.default.session);
  });
});
