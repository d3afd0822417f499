import { expect, test } from 'vitest';
import { ownerRulesOf } from '../../src/settings/owner-rules.ts';

test.each<[string | undefined, boolean]>([
  [undefined, false],
  ['', false],
  ['0', false],
  ['false', false],
  ['1', true],
  ['true', true],
])('with MFA_CLI_UNKNOWN_PEERS=%s programs of unknown owner are accepted: %s', (value, accepts) => {
  const env = value === undefined ? {} : { MFA_CLI_UNKNOWN_PEERS: value };
  expect(ownerRulesOf(env).acceptsUnknown).toBe(accepts);
});

test.each<[string | undefined, number | null]>([
  [undefined, null],
  ['1000', 1000],
  ['0', 0],
  ['-1', null],
  ['1000 ', null],
  ['ada', null],
  ['12345678901', null],
])('with SUDO_UID=%s the user behind sudo is %s', (value, user) => {
  const env = value === undefined ? {} : { SUDO_UID: value };
  expect(ownerRulesOf(env).sudoUser).toBe(user);
});
