import { decodeProfiles, encodeProfiles } from '../../../src/auth/profile-file.ts';
import { readFleet } from '../../../src/commands/fleet/file/read-fleet.ts';
import { openTrust } from '../../../src/commands/fleet/trust.ts';
import type { Context } from '../../../src/context.ts';
import { masked } from '../../../src/text/mask.ts';
import { onOneLine, printable, uncontrolled } from '../../../src/text/printable.ts';
import { Secret } from '../../../src/text/secret.ts';
import { plainWords } from '../../../src/text/words.ts';
import { mutateJson, mutateText } from '../mutate.ts';
import {
  attempt,
  bytesOf,
  fixtures,
  requireHarmless,
  type Target,
  Violation,
  wordsIn,
  written,
} from '../target.ts';

const fleetWords = wordsIn(
  '\n¦\n  ¦\n    ¦\t¦: ¦:¦- ¦? ¦{¦}¦[¦]¦, ¦"¦\'¦# ¦|\n¦>-\n¦&a ¦*a¦<<: *a¦<<: ¦!!str ¦!x ¦---\n¦...\n' +
    '¦%YAML 1.2\n¦\ntenants:\n¦\n  acme:\n¦version: 1\n¦null¦~¦0x10¦{ env: A }¦password: hunter2-secret',
);

const place = { file: 'fleet.yaml', directory: '/fleet' };

/** A fleet file, and the refusal of one that others may change. */
export const fleet: Target = {
  name: 'fleet',
  bytesLimit: 96 * 1024,
  seconds: 3,
  seeds: () => [
    ...fixtures(/^fleet\/.*\.yaml$/),
    ...written(
      '{"version":1,"certificates":{"app":{"p12":"a"}},"tenants":{"acme":{"tenant":"a.example"}}}',
    ),
  ],
  mutate: ({ bytes }, all, random) =>
    bytes[0] === 0x7b
      ? mutateJson(bytes, bytesOf(all), random)
      : mutateText(bytes, bytesOf(all), fleetWords, random),
  async judge(bytes) {
    const text = Buffer.from(bytes).toString('utf8');
    const whole = await attempt(() => readFleet(text, place));
    if (whole === null) return;
    // The refusal lists the actions of the file, and must be harmless to print.
    const authorship = { kind: 'doubtful', doubt: { sentence: 'it is hostile' } } as const;
    const origin = { directory: '/fleet', authorship, isTrusted: false };
    const refusal = await openTrust(whole, origin, { env: {} } as Context).confirm();
    await attempt(() => Promise.reject(refusal));
  },
};

const tenant = 'abc1234.id.cyberark.cloud';
const profile = {
  settings: { tenant, appId: 'mfa-cli' },
  session: {
    tenant,
    appId: 'mfa-cli',
    clientId: 'mfa-cli',
    grant: 'authorization-code',
    accessToken: 'access',
    refreshToken: 'refresh',
    expiresAt: '2026-11-24T16:00:00.000Z',
    scope: 'all',
    user: 'ada@example.com',
  },
  certificates: [
    {
      tenant,
      clientAppKey: 'key',
      topic: 'com.example.app',
      fingerprint: '00',
      notAfter: '2026-11-24T16:00:00.000Z',
      setAt: '2026-11-24T16:00:00.000Z',
    },
  ],
  device: {
    tenant,
    user: 'ada@example.com',
    udid: 'udid',
    name: 'Phone',
    osVersion: '18.0',
    deviceToken: null,
    otp: {
      key: 'a2V5',
      keyVersion: '4',
      interval: 45,
      algorithm: null,
      digits: 8,
      oathProfileUuid: 'uuid',
    },
    challenge: { answer: '42', message: null, receivedAt: '2026-11-24T16:00:00.000Z' },
  },
};

/** The file of profiles. Its reader reports an invalid one with a TypeError; what it does read is kept whole. */
export const profiles: Target = {
  name: 'profiles',
  bytesLimit: 1024 * 1024,
  seconds: 3,
  seeds: () =>
    written(
      JSON.stringify(
        { current: 'default', profiles: { default: profile, other: { settings: {} } } },
        null,
        2,
      ),
      JSON.stringify({ profiles: {}, later: { version: 2 } }),
    ),
  mutate: ({ bytes }, all, random) => mutateJson(bytes, bytesOf(all), random),
  async judge(bytes) {
    const read = decoded(Buffer.from(bytes).toString('utf8'));
    if (read === null) return;
    const text = JSON.stringify(encodeProfiles(read));
    const again = decoded(text);
    if (again === null || JSON.stringify(encodeProfiles(again)) !== text)
      throw new Violation('reads other profiles from what it has written');
  },
};

function decoded(text: string): ReturnType<typeof decodeProfiles> | null {
  try {
    return decodeProfiles(text);
  } catch (error) {
    if (error instanceof TypeError && /^× /.test(error.message)) return null;
    throw error;
  }
}

/** A stranger's text, within a line, in a report and in a JSON document, and without its secrets. */
export const text: Target = {
  name: 'text',
  bytesLimit: 512 * 1024,
  seconds: 3,
  seeds: () =>
    written(
      'Access denied. [secret] is no password\n',
      '%5Bsecret%5D aGVsbG8= \\u0061 &#97;',
      'aaaaaaaaaaab',
    ),
  mutate: ({ bytes }, all, random) =>
    mutateText(bytes, bytesOf(all), ['a', '%61', '\\u0061', '&#97;', 'YWFh'], random),
  async judge(bytes) {
    const given = Buffer.from(bytes).toString('utf8');
    const start = given.length >> 1;
    const secrets = [given.slice(start, start + 12), given.slice(0, 5)].map(
      (value) => new Secret(value),
    );
    const words = plainWords(given, secrets);
    requireHarmless(words);
    if (/[\n\t]/.test(words) || words.length > 501)
      throw new Violation('is no message for one line');
    requireHarmless(onOneLine(given));
    requireHarmless(printable(uncontrolled(given)));
    if (JSON.parse(printable(JSON.stringify(given))) !== given)
      throw new Violation('is another JSON document');
    const rest = masked(given, secrets).replaceAll('[secret]', '\n\n');
    const shown = secrets.map((secret) => secret.reveal()).filter((value) => value.length >= 4);
    if (shown.some((value) => !/[[\]\n]/.test(value) && rest.includes(value)))
      throw new Violation('shows a secret');
  },
};
