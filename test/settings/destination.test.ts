import { expect, test } from 'vitest';
import { destinationOf } from '../../src/settings/destination.ts';

const nothing = {
  tenant: undefined,
  profile: undefined,
  appId: undefined,
  clientId: undefined,
};

test.each([
  ['abc1234.id.cyberark.cloud', 'abc1234.id.cyberark.cloud'],
  ['https://abc1234.id.cyberark.cloud/', 'https://abc1234.id.cyberark.cloud/'],
  ['https://abc1234.id.cyberark.cloud/manage#Users', 'https://abc1234.id.cyberark.cloud/manage'],
  ['abc1234.id.cyberark.cloud?code=hunter2', 'abc1234.id.cyberark.cloud'],
  ['https://ada:hunter2@abc1234.id.cyberark.cloud', null],
  ['https://abc1234.id.cyberark.cloud/#ada@example.com', null],
  ['#x', null],
])('a command in a hint goes to %s as %s', (given, shown) => {
  expect(destinationOf({ ...nothing, tenant: given }, {}).tenant).toBe(shown);
  expect(destinationOf(nothing, { MFA_CLI_TENANT: given }).tenant).toBe(shown);
});

test('an option beats a variable, and the IDs of a pipeline are its own', () => {
  const env = { MFA_CLI_PROFILE: 'a', MFA_CLI_APP_ID: 'b', MFA_CLI_CLIENT_ID: 'c' };
  expect(destinationOf({ ...nothing, profile: 'x', appId: 'y' }, env)).toEqual({
    tenant: null,
    profile: 'x',
    appId: 'y',
    clientId: null,
  });
  expect(destinationOf({ ...nothing, clientId: 'z' }, env)).toEqual({
    tenant: null,
    profile: 'a',
    appId: null,
    clientId: 'z',
  });
});
