import { expect, test } from 'vitest';
import { latestRecord, latestRecordAt, noProfiles, withCertificate } from '../../src/auth/profiles.ts';

const tenant = 'https://a.example';
const record = (setAt: string, change = {}) => ({
  tenant,
  clientAppKey: 'k',
  topic: 'com.example.app',
  fingerprint: 'ab',
  notAfter: '2031-01-01T00:00:00.000Z',
  setAt,
  ...change,
});
const [first, second] = [record('2030-01-01T00:00:00.000Z'), record('2030-02-01T00:00:00.000Z')];
const elsewhere = record('2030-03-01T00:00:00.000Z', { tenant: 'https://b.example' });
const profiles = [second, first, elsewhere].reduce(
  (all, one, i) => withCertificate(all, `p${i}`, one),
  noProfiles,
);

test.each([
  ['the last one, whichever profile set it', tenant, 'k', second],
  ['another tenant’s', 'https://b.example', 'k', elsewhere],
  ['nothing for another key', tenant, 'other', null],
  ['nothing without a tenant', null, 'k', null],
  ['nothing without a key', tenant, null, null],
])('%s', (_, ofTenant, key, expected) => {
  expect(latestRecord(profiles, ofTenant, key)).toEqual(expected);
});

test.each([
  ['the last one at the tenant, whatever its key', tenant, second],
  ['nothing at an unknown tenant', 'https://c.example', null],
])('%s', (_, at, expected) => {
  expect(
    latestRecordAt(
      withCertificate(profiles, 'p9', record('2029-01-01T00:00:00.000Z', { clientAppKey: 'old' })),
      at,
    ),
  ).toEqual(expected);
});
