import { describe, expect, test } from 'vitest';
import { createTenantClient } from '../../src/tenant/client.ts';
import { countPhones, type EnrolledDevice, readEnrolledDevices } from '../../src/tenant/enrolled-devices.ts';
import { Secret } from '../../src/text/secret.ts';

const token = new Secret('a-token-of-the-session');
const now = new Date('2026-11-24T16:00:00Z');

/** What is made of a tenant's answer with these rows. */
async function read(rows: readonly object[], more: object = {}) {
  const bearer = { accessToken: () => token, secrets: () => [token], renew: async () => {} };
  const Result = { Results: rows.map((Row) => ({ Row })), ...more };
  const http = {
    send: async () => ({ status: 200, headers: {}, body: JSON.stringify({ success: true, Result }) }),
  };
  return readEnrolledDevices(createTenantClient('https://acme.example', http, bearer));
}

const iphone = { DeviceID: 'A1', Owner: 'uma@example.com', ModelName: 'iPhone 15', OSVersion: '18.0' };

describe('a row of the table of devices', () => {
  const nothing = { id: null, owner: null, name: null, model: null, platform: null };
  test.each<[string, object, Partial<EnrolledDevice>]>([
    ['by the documented columns', iphone, { id: 'A1', owner: 'uma@example.com', platform: 'ios' }],
    ['in any letter case', { DEVICEID: 'A1', modelname: 'IPHONE' }, { id: 'A1', platform: 'ios' }],
    ['by a letter for the platform', { InternalDeviceType: 'A' }, { platform: 'android' }],
    ['by its words for the platform', { Platform: 'iOS 18' }, { platform: 'ios' }],
    ['not by its name', { Name: "Uma's iPhone" }, { name: "Uma's iPhone", platform: null }],
    [
      'with a moment in ISO 8601',
      { LastSeen: '2026-11-01T10:00:00Z' },
      { lastSeen: '2026-11-01T10:00:00.000Z' },
    ],
    [
      'with a moment of .NET',
      { LastNotify: '/Date(1700000000000)/' },
      { lastSeen: '2023-11-14T22:13:20.000Z' },
    ],
    [
      'with the moment of a device that was never seen',
      { LastSeen: '/Date(-62135596800000)/' },
      { lastSeen: null },
    ],
    ['with a moment as people write it', { LastSeen: '11/1/2026' }, { lastSeen: expect.any(String) }],
    ['without a moment in what is none', { LastSeen: 'never 1' }, { lastSeen: null }],
    ['without a moment in a number', { LastSeen: 5 }, { lastSeen: null }],
    ['with odd values', { DeviceID: 7, Owner: null, ModelName: {}, LastSeen: 'soon' }, nothing],
    ['without what the session is opened with', { Name: `x ${token.reveal()}` }, { name: 'x [secret]' }],
  ])('is read %s', async (_how, row, device) => {
    const { devices } = await read([row]);
    expect(devices).toMatchObject([device]);
  });

  test('of a device that is enrolled no longer counts for nothing', async () => {
    const gone = ['Unenrolled', 'NotEnrolled', 'Wiped'].map((State) => ({ ...iphone, State }));
    expect((await read([...gone, { ...iphone, State: 'Enrolled' }])).devices).toHaveLength(1);
  });
});

describe('iPhones are counted', () => {
  const seen = (LastSeen: string | null) => ({ ...iphone, LastSeen });
  test.each<[string, readonly object[], object, unknown]>([
    ['without tablets and Android', [iphone, { ModelName: 'iPad Air' }, { OS: 'Android' }], {}, [1, null]],
    ['none', [], {}, [0, null]],
    [
      'with those that were seen',
      [seen('2026-11-20T00:00:00Z'), seen('2026-10-25T16:00:00Z'), seen('2026-10-25T15:59:59Z'), seen(null)],
      {},
      [4, 2],
    ],
    ['unless of one the platform is not told', [iphone, { Name: 'iPhone' }], {}, null],
    ['unless there are more rows than came', [iphone], { FullCount: 2 }, null],
  ])('%s', async (_which, rows, more, counted) => {
    const phones = countPhones(await read(rows, more), now);
    expect(phones && [phones.enrolled, phones.seenIn30Days]).toEqual(counted);
  });
});
