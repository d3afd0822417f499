import { randomBytes, randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { steady } from '../scripts/demo/steady.mjs';

/** A transcript as the demo could print it, `age` milliseconds after it began. */
function transcript(start: number, age: number, ports: readonly number[]): string {
  const [tenant, apns] = ports;
  const [udid, fingerprint] = [randomUUID().toUpperCase(), randomBytes(32).toString('hex')];
  const at = (milliseconds: number): string => new Date(start + age + milliseconds).toISOString();
  const until = at(3_600_000);
  return `A tenant at http://127.0.0.1:${tenant}, APNs at 127.0.0.1:${apns}
http://127.0.0.1:${tenant}/?redirect_uri=http%3A%2F%2F127.0.0.1%3A${apns}%2F&state=${randomBytes(32).toString('base64url')}
Serial number  ${randomBytes(9).toString('hex')}
SHA-256        ${fingerprint}
Valid          ${at(-86_400_000).slice(0, 10)} to ${until.slice(0, 10)}
Expires        ${until}, which is ${until.slice(0, 19)}Z
Session        ${new Date(start + age).getUTCDate()} Feb 13:00 (in 1 h)
UDID           ${udid}
Answered       after ${2 + (age % 7)} s
The number to choose on your phone: ${17 + (age % 50)}
Challenge      ${randomBytes(24).toString('base64url')}
{"UDID":"${udid}","ChallengeId":"${randomUUID()}","Status":200,"fingerprint":"${fingerprint}"}
`;
}

test('what the demo shows is the same on every run, and still looks like what it stands for', () => {
  const noon = Date.UTC(2031, 1, 28, 12);
  const [first, second] = [
    [noon, 0, [41_000, 42_000]],
    [noon + 7 * 86_400_000 + 12_345, 9_000, [33_333, 12_345]],
  ].map(([start, age, ports]) => {
    const free = ports as number[];
    return steady(transcript(start as number, age as number, free), free, start as number);
  });
  expect(second).toBe(first);
  expect(first).toMatchInlineSnapshot(`
    "A tenant at http://127.0.0.1:38450, APNs at 127.0.0.1:38451
    http://127.0.0.1:38450/?redirect_uri=http%3A%2F%2F127.0.0.1%3A38451%2F&state=MbygIJTreBJqUXsgaojHPPqexvcExwMNGCEsrOgg8CX
    Serial number  4dff4ea340f0a823f1
    SHA-256        40b244112641dd78dd4f93b6c9190dd46e0099194d5a44257b7efad6ef9ff468
    Valid          2026-11-24 to 2026-11-25
    Expires        2026-11-25T11:00:00.000Z, which is 2026-11-25T11:00:00Z
    Session        25 Nov 11:00 (in 1 h)
    UDID           3BAFBF08-82A2-1013-093A-B8433F50563B
    Answered       after 2 s
    The number to choose on your phone: 42
    Challenge      oyHYtAXj7yYElZhHs20XHuvrxKiUHccK
    {"UDID":"3BAFBF08-82A2-1013-093A-B8433F50563B","ChallengeId":"06df0537-981a-37d0-d114-2fae7c94c9ac","Status":200,"fingerprint":"40b244112641dd78dd4f93b6c9190dd46e0099194d5a44257b7efad6ef9ff468"}
    "
  `);
});
