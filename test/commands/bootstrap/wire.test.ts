import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applyPlan } from '../../../src/commands/bootstrap/apply.ts';
import {
  type Found,
  likelyRights,
  planBootstrap,
  readFound,
} from '../../../src/commands/bootstrap/plan.ts';
import type { Wanted } from '../../../src/commands/bootstrap/steps.ts';
import type { AdminClient } from '../../../src/tenant/administration/admin-client.ts';
import { createTenantClient } from '../../../src/tenant/client.ts';
import { Secret } from '../../../src/text/secret.ts';
import { sessionOf } from '../../emulator/security-session.ts';
import { createTestHttp } from '../../support/http.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { startTenant } from '../../support/tenant.ts';

interface Asked {
  readonly path: string;
  readonly document: Readonly<Record<string, unknown>>;
  readonly once: boolean;
}

const wanted: Wanted = {
  appId: 'push-admin',
  clientId: 'laptop',
  redirectUri: 'http://127.0.0.1:8400/callback',
  scope: 'all',
  readBack: true,
  devices: false,
  role: 'Pushers',
  right: null,
  member: 'admin@example.com',
  serviceUser: 'pipe@example.com',
  secretFile: null,
};

/** Everything that a whole run asks the tenant. */
async function wholeRun(): Promise<{ asked: readonly Asked[]; found: Found; after: Found }> {
  const { emulator } = await startTenant({ bare: true });
  const token = new Secret(await sessionOf(emulator));
  const bearer = { accessToken: () => token, secrets: () => [token], renew: async () => {} };
  const real = createTenantClient(emulator.url, createTestHttp(), bearer);
  const asked: Asked[] = [];
  const client: AdminClient = {
    tenant: real.tenant,
    ask(path, document, options) {
      asked.push({ path, document: document as Asked['document'], once: options?.once === true });
      return real.ask(path, document, options);
    },
  };
  const secretFile = join(temporaryDirectory(), 'ci.secret');
  const own = { ...wanted, secretFile };
  const found = await readFound(client, own);
  const [right] = likelyRights(found.rights, [], null);
  if (right === undefined) throw new Error('no right');
  const { signal } = new AbortController();
  await applyPlan(planBootstrap(own, found, right), {
    ...{ client, wanted: own, found, signal },
    done: () => {},
  });
  return { asked, found, after: await readFound(client, own) };
}

test('bootstrap asks a tenant what the vendor’s clients ask, field by field and in this order', async () => {
  const { asked, found, after } = await wholeRun();
  const lines = asked.flatMap(({ path, document, once }) => [
    `${path}${once ? ' (once)' : ''}`,
    `  ${JSON.stringify(document)}`,
  ]);
  const ids: string[] = [];
  const masked = lines
    .join('\n')
    .replaceAll(/(?<="Password":")[\w.~-]{32}(?=")/g, 'PASSWORD')
    .replaceAll(/\b[0-9a-f]{8}([-_][0-9a-f]{4}){3}[-_][0-9a-f]{12}\b/gi, (id) => {
      if (!ids.includes(id)) ids.push(id);
      return `ID-${ids.indexOf(id) + 1}`;
    });
  await expect(`${masked}\n`).toMatchFileSnapshot('../../golden/bootstrap-wire.txt');

  // It is understood in the end as it was wanted.
  const nothing = {
    application: null,
    pipelines: null,
    role: null,
    members: [],
    serviceUser: null,
  };
  expect(found).toMatchObject(nothing);
  expect(after).toMatchObject({
    role: { name: 'Pushers', rights: ['/lib/rights/devman.json'] },
    members: ['admin@example.com', 'pipe@example.com'],
    serviceUser: { name: 'pipe@example.com' },
  });
  expect(after.application?.permissions?.some(({ mayRun }) => mayRun)).toBe(true);
});
