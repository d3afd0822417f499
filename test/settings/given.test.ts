import { describe, expect, test } from 'vitest';
import { namedLedger } from '../../src/change/read-memory.ts';
import type { Environment } from '../../src/context.ts';
import { CliError } from '../../src/errors/cli-error.ts';
import { givenApns, givenP12, givenTokenKey, judgingOf } from '../../src/settings/certificate.ts';
import { orThrow } from '../../src/settings/settings.ts';
import { resolveTimeout } from '../../src/settings/timeout.ts';

/** What it gives, or the code of its error. */
function codeOr<T>(given: () => T): T | string {
  try {
    return given();
  } catch (error) {
    return error instanceof CliError ? error.code : String(error);
  }
}

const env = {
  MFA_CLI_TIMEOUT: '7',
  MFA_CLI_P8: 'b.p8',
  MFA_CLI_KEY_ID: 'BBBBBBBBBB',
  MFA_CLI_TEAM_ID: 'TTTTTTTTTT',
  MFA_CLI_APNS_HOST: 'b.example',
  MFA_CLI_RECORD: 'b.jsonl',
  MFA_CLI_P12: 'b.p12',
};
const apns = { topic: undefined, environment: undefined, apnsHost: undefined };
const noP12 = { p12: undefined, file: undefined, passwordFile: undefined };
const noKey = { ...noP12, p8: undefined, keyId: undefined, teamId: undefined } as const;
const keyAlone = {
  MFA_CLI_P8: 'b.p8',
  MFA_CLI_KEY_ID: 'BBBBBBBBBB',
  MFA_CLI_TEAM_ID: 'TTTTTTTTTT',
};

describe('an option goes before its variable', () => {
  test('the time limit', () => {
    expect(resolveTimeout({ timeout: '5' }, env)).toBe(5);
    expect(resolveTimeout({ timeout: undefined }, env)).toBe(7);
    expect(resolveTimeout({ timeout: undefined }, {})).toBeNull();
  });

  test('the auth key and its IDs, each by itself', () => {
    const given = { ...noKey, p8: 'a.p8', keyId: 'AAAAAAAAAA' };
    expect(givenTokenKey(given as never, env)).toEqual({
      path: 'a.p8',
      keyId: 'AAAAAAAAAA',
      teamId: 'TTTTTTTTTT',
    });
    expect(givenTokenKey({ ...noKey, teamId: 'UUUUUUUUUU' } as never, keyAlone)).toEqual({
      path: 'b.p8',
      variable: 'MFA_CLI_P8',
      keyId: 'BBBBBBBBBB',
      teamId: 'UUUUUUUUUU',
    });
    expect(givenTokenKey({ ...noKey, p12: 'a.p12' } as never, env)).toBeNull();
    expect(givenTokenKey(noKey as never, { MFA_CLI_KEY_ID: 'BBBBBBBBBB' })).toBeNull();
  });

  test('the host of APNs, and a topic without the blanks around it', () => {
    const given = { topic: ' a.b ', environment: 'sandbox', apnsHost: 'a.example' } as const;
    expect(givenApns(given, env)).toEqual({
      topic: 'a.b',
      environment: 'sandbox',
      host: 'a.example',
    });
    expect(givenApns(apns, env)).toEqual({ topic: null, environment: null, host: 'b.example' });
    expect(givenApns(apns, {})).toEqual({ topic: null, environment: null, host: null });
  });

  test('the ledger in use', () => {
    expect(namedLedger('a.jsonl', env)).toMatchObject({ path: 'a.jsonl' });
    expect(namedLedger(undefined, env)).toMatchObject({ path: 'b.jsonl' });
    expect(namedLedger(undefined, {})).toBeNull();
  });

  test('the .p12, as an option or as an argument', () => {
    const location = (given: object) =>
      orThrow(givenP12({ ...noP12, ...given } as never, env).location);
    expect(location({ p12: 'a.p12' })).toEqual({ path: 'a.p12' });
    expect(location({ file: 'a.p12' })).toEqual({ path: 'a.p12' });
    expect(location({})).toEqual({ path: 'b.p12', variable: 'MFA_CLI_P12' });
  });
});

test.each<[string, object, Environment, unknown]>([
  ['a .p8 and a .p12', { p8: 'a.p8', p12: 'a.p12' }, {}, 'usage'],
  ['a .p8 and the argument of a .p12', { p8: 'a.p8', file: 'a.p12' }, {}, 'usage'],
  ['a .p8 and the password of a .p12', { p8: 'a.p8', passwordFile: 'a' }, {}, 'usage'],
  ['an ID without a key', { keyId: 'AAAAAAAAAA' }, {}, 'usage'],
  ['a team without a key', { teamId: 'AAAAAAAAAA' }, {}, 'usage'],
  ['the variables of both', {}, { MFA_CLI_P8: 'b.p8', MFA_CLI_P12: 'b.p12' }, 'usage'],
  ['the variables of both', {}, { MFA_CLI_P8: 'b.p8', MFA_CLI_P12_BASE64: 'AA==' }, 'usage'],
])('two identities are none: %s', (_what, given, variables, expected) => {
  expect(codeOr(() => givenTokenKey({ ...noKey, ...given } as never, variables))).toBe(expected);
});

test.each<[string, object, Environment]>([
  ['two files', { p12: 'a.p12', file: 'b.p12' }, {}],
  ['two variables', {}, { MFA_CLI_P12: 'b.p12', MFA_CLI_P12_BASE64: 'AA==' }],
])('two .p12 are none: %s', (_what, given, variables) => {
  const { location } = givenP12({ ...noP12, ...given } as never, variables);
  expect(codeOr(() => orThrow(location))).toBe('usage');
});

test.each([
  ['0', 'usage'],
  ['0.0', 'usage'],
  ['0.001', 0.001],
  ['86400', 86_400],
  ['86400.001', 'usage'],
  ['86401', 'usage'],
  ['1e3', 'usage'],
  ['-1', 'usage'],
  [' 1', 'usage'],
  ['Infinity', 'usage'],
])('a time limit of %s seconds: %s', (text, expected) => {
  expect(codeOr(() => resolveTimeout({ timeout: text }, {}))).toBe(expected);
  expect(codeOr(() => resolveTimeout({ timeout: undefined }, { MFA_CLI_TIMEOUT: text }))).toBe(
    expected,
  );
});

test('findings are judged by errors and 30 days, unless an option says otherwise', () => {
  const usual = { failOn: undefined, force: undefined, warnDays: undefined };
  expect(judgingOf(usual)).toEqual({ failOn: 'error', force: false, warnDays: 30 });
  const given = { failOn: 'warning', force: true, warnDays: 0 } as const;
  expect(judgingOf(given)).toEqual(given);
});
