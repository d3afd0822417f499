import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startFleet } from '../../support/fleet.ts';

/** The path and the form of the token request that a sign-in of the fleet file leads to. */
async function tokenRequestOf(signIn: string): Promise<readonly string[]> {
  let path = '';
  const fleet = await startFleet(1, {
    signIn: () => `{ client-id: ci@t1, client-secret: { env: CI_SECRET }${signIn} }`,
    misbehaving: () => (call, _response, request) => {
      if (call === 'token') path = request.url ?? '';
      return false;
    },
  });
  // What the current profile is set to is none of the fleet's business.
  const settings = { 'app-id': 'own', 'client-id': 'own', scope: 'own', 'platform-token': '1' };
  const config = { current: 'own', profiles: { own: { settings } } };
  const directory = join(fleet.directory, 'config');
  mkdirSync(directory, { mode: 0o700 });
  writeFileSync(join(directory, 'config.json'), JSON.stringify(config), { mode: 0o600 });
  const { outcomes } = await fleet.json(['apply', '--yes']);
  expect(outcomes).toEqual(['t1 set sent']);
  const form = new URLSearchParams(fleet.tenants[0]?.bytes[0]?.split('} ').at(-1));
  return [path, `${form.get('client_id')}`, `${form.get('scope')}`];
}

test.each([
  ['', ['/OAuth2/Token/mfa-cli', 'ci@t1', 'all']],
  [', app-id: pipelines', ['/OAuth2/Token/pipelines', 'ci@t1', 'all']],
  [', scope: apns', ['/OAuth2/Token/mfa-cli', 'ci@t1', 'apns']],
  [', platform-token: true', ['/OAuth2/PlatformToken', 'ci@t1', 'null']],
])(
  'a service user signs in as the file says, and not as the profile: %s',
  async (signIn, request) => {
    expect(await tokenRequestOf(signIn)).toEqual(request);
  },
);
