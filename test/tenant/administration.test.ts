import { expect, test } from 'vitest';
import { findApplicationKey, isNamed } from '../../src/tenant/administration/applications.ts';
import { findRole } from '../../src/tenant/administration/roles.ts';
import { createServiceUser } from '../../src/tenant/administration/users.ts';
import { createTenantClient } from '../../src/tenant/client.ts';
import { Secret } from '../../src/text/secret.ts';
import { memoryHttp } from '../support/memory-http.ts';

/** A tenant that gives this result to every request. */
function clientOf(Result: unknown) {
  const envelope = { success: true, Result, Message: null, MessageID: null, ErrorID: null };
  const { http } = memoryHttp(() => ({ body: JSON.stringify(envelope) }));
  return createTenantClient('https://acme.example', http, {
    accessToken: () => new Secret('t'),
    secrets: () => [],
    renew: () => Promise.reject(new Error('not renewable')),
  });
}

test('an application whose ID the tenant gives as a number is found, and has a name', async () => {
  const rows = { Results: [{ Row: { ID: 'key', ServiceName: 4711 } }] };
  expect(await findApplicationKey(clientOf(rows), '4711')).toBe('key');
  expect(isNamed({ key: 'key', members: { ServiceName: 4711 } })).toBe(true);
});

test('a role whose name the tenant gives as a number is found', async () => {
  const row = { _ID: 'role', Name: 4711, AdministrativeRights: [] };
  const roles = { Roles: { Results: [{ Row: row }] } };
  expect(await findRole(clientOf(roles), '4711')).toMatchObject({ id: 'role', name: '4711' });
});

test('a user whom the tenant made without naming it may exist: the answer is no refusal', async () => {
  const user = { name: 'ci@example.com', displayName: 'CI' };
  const made = createServiceUser(clientOf(null), user, new Secret('a password'));
  await expect(made).rejects.toMatchObject({ code: 'tenant-not-json' });
});
