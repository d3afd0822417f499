import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sessionOf } from '../../emulator/security-session.ts';
import { createMachine } from '../../support/context.ts';
import { callApi, openEmulator } from '../../support/emulator.ts';
import { startAnswering } from '../../support/http.ts';
import { signIn } from '../../support/tenant.ts';
import { anotherMachine, play, type Stories, unhurried, type World } from '../stage.ts';

const key = 'com.example.lab';
const deleted = ['TENANT holds', 'status'];
const withPhones = async ({ emulator }: World) => {
  for (const Udid of ['one', 'two'])
    await callApi(emulator, '/Device/EnrollIosDevice', await sessionOf(emulator, emulator.user), {
      ...{ Udid, Name: 'iPhone', OSVersion: '18.0' },
    });
};

/** Each begins once this machine has set a certificate for `com.example.lab`. */
const stories: Stories = {
  'takes the certificate away and forgets it': ['delete com.example.lab --yes --json', ...deleted],
  'takes the key as the option': ['delete --client-app-key com.example.lab --yes', ...deleted],
  'takes the key as both': [
    'delete com.example.lab --client-app-key com.example.lab --yes',
    ...deleted,
  ],
  'without a terminal deletes nothing that is not said clearly': [
    'delete com.example.lab',
    'delete --yes',
    'delete com.example.lab --client-app-key b --yes',
    'delete com.exmple.lab --yes',
    'delete com.exmple.lab --force',
    'delete other --yes',
    'TENANT holds',
    'delete com.exmple.lab --yes --force',
    'TENANT holds',
  ],
  'without any record --yes is enough, with a warning': [
    anotherMachine,
    'delete com.example.lab --yes',
    'TENANT holds',
  ],
  'the records of another tenant say nothing': [
    (world) => Object.assign(world, { machine: createMachine() }),
    'MFA_CLI_TOKEN=a-token MFA_CLI_TENANT=http://127.0.0.1:9 delete com.example.lab --yes',
    'TENANT holds',
  ],
  'a key that was deleted is not on record': [
    'set %good --client-app-key com.new.app …',
    'delete com.example.lab --yes …',
    'delete com.example.lab --yes',
    'delete com.example.lab ? no | no',
  ],
  'an empty key is none': ["delete '' --yes", "delete --client-app-key '' --yes"],
  'a key that does not look like itself is spelled out': [
    "set %good --client-app-key 'com.new.app ' …",
    "delete 'com.new.app ' ? 'com.new.app '",
    "delete 'com.\u0007app' --yes --force",
  ],
  'in a terminal the key is typed': [
    'delete com.example.lab ? com.example | com.example.lab.',
    'delete com.example.lab ? yes | no',
    'TENANT holds',
    'delete com.example.lab ? com.example | com.example.lab',
    'TENANT holds',
  ],
  'a key that the tenant does not have is said to be so before the question': [
    'delete com.exmple.lab ? no | no',
  ],
  'a key that only the tenant knows is said to be its own': [
    anotherMachine,
    'delete com.example.lab ? no | no',
  ],
  'without a key and a record it is wrong usage': [anotherMachine, 'delete ?'],
  'without a key one of those that were set is chosen': [
    'delete ? com.example.lab | com.example.lab',
  ],
  'what is not known of the key in use afterwards is said before the question': [
    'set %good --client-app-key com.new.app @2026-11-26 …',
    'delete com.example.lab ? no | no',
    'delete com.new.app ? no | no',
  ],
  'iPhones are in the reports of a replacing set, of a deletion and of status --refresh, and in no other':
    [
      withPhones,
      'set %good => phones',
      'status => phones',
      'status --refresh => phones',
      'status --refresh',
      'set %02-legacy-rc2-3des --topic com.example.lab --client-app-key com.example.new => sent phones',
      'delete com.example.lab --yes => deleted phones',
    ],
  'iPhones are shown to a person before the question': [
    withPhones,
    'set %02-legacy-rc2-3des --topic com.example.lab --client-app-key com.example.new --no-verify ? -',
    'delete com.example.lab ? no | no',
  ],
  '--quiet hides nothing that belongs to a question': [
    'set %02-legacy-rc2-3des --quiet --topic com.example.lab --client-app-key com.example.new --no-verify ? -',
    'set %good --quiet --yes --no-verify ?',
    'delete com.example.lab --quiet ? no | no',
  ],
};

const silent: Stories = {
  'a tenant that does not tell: a key that this machine never set': [
    'delete com.exmple.lab ? no | no',
  ],
};

test('apns delete', unhurried, async () => {
  const begun = (told: Stories): Stories =>
    Object.fromEntries(
      Object.entries(told).map(([name, steps]) => [name, ['set %good …', ...steps]]),
    );
  const told = [
    await play(begun(stories), { assumptions: { 'tenant-config': 'known' } }),
    await play(begun(silent), {
      assumptions: { 'tenant-config': 'unknown', 'advanced-config': 'silent' },
    }),
  ];
  await expect(told.join('\n')).toMatchFileSnapshot('../../golden/apns-delete.txt');
});

describe('a tenant that does not tell of its phones', () => {
  const odd = JSON.stringify({ success: true, Result: { Results: [{ Row: { Name: 'iPhone' } }] } });
  const refusal = JSON.stringify({
    success: false,
    Message: 'No.',
    MessageID: 'UnauthorizedAccess',
  });
  test.each<[string, number | null, string]>([
    ['HTTP 401', 401, ''],
    ['HTTP 403', 403, ''],
    ['a refusal', 200, refusal],
    ['a page', 200, '<html>'],
    ['no platform', 200, odd],
    ['too many requests', 429, ''],
    ['nothing in time', null, ''],
  ])(
    '%s: the deletion is done all the same, and the session stays as it is',
    async (_how, status, body) => {
      const paths: (string | undefined)[] = [];
      const url = await startAnswering((request, response) => {
        paths.push(request.url);
        if (request.url !== '/RedRock/query') response.end('{"success":true,"Result":null}');
        else if (status !== null) response.writeHead(status).end(body);
      });
      const { emulator, machine } = await signIn(await openEmulator());
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
    },
  );
});
