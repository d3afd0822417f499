import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'vitest';
import type { Assumptions } from '../../src/emulator/assumptions.ts';
import { expectTranscript, type Scene } from './transcript.ts';

const key = 'com.example.app';
const file = (name: string): string =>
  readFileSync(join(import.meta.dirname, `../fixtures/${name}.p12`)).toString('base64');

/** Files that the tenant takes, and files that it refuses: the text, and the name that stands for it below. */
const taken = {
  ...{ aes: file('p12/08-aes128'), expired: file('p12/30-exp'), distribution: file('p12/30-dist') },
  trailing: file('p12/70-trailing-crlf'),
};
const refused = {
  ...{ certonly: file('p12/31-certonly'), keyOnly: file('emulator/key-only') },
  ...{ mismatched: file('p12/61-mismatched-pair-mac-ok'), der: file('p12/40-der-cert') },
  ...{ half: file('p12/70-trunc-half'), camellia: file('p12/11-camellia256') },
  ...{
    publicKey: file('p12/62-pubkey-integrity'),
    pem: '-----BEGIN CERTIFICATE-----',
    short: 'MIIJ1',
  },
};
const legacy = file('p12/02-legacy-rc2-3des');
const good = { ClientAppKey: key, APNSCert: legacy, APNSPass: 'secret', APNSTopic: key };
const values = {
  ...{
    ...taken,
    ...refused,
    good,
    query: `${new URLSearchParams(good)}`,
    emptyPassword: file('p12/21-emptypw'),
  },
  ...{ wrapped: legacy.replace(/.{64}/g, '$&\\r\\n'), manyRounds: file('p12/18-iter-600k') },
  ...{ rounds: file('p12/18-iter-300k'), legacy },
  ...{ set: '/Mobile/SetApnsCertForClientApp', remove: '/Mobile/DeleteApnsCertForClientApp' },
  ...{ one: '/Core/GetTenantConfig', all: '/TenantConfig/GetAdvancedConfig' },
  newest: '/Core/GetTenantConfig?key=Mobile.IosCustomApp.ClientAppKey&dflt=none',
};

const set = `
admin $set $good
admin $all
admin $set $good {"ClientAppKey":"other","APNSTopic":"topic"}
admin $all
# The service user has the right.
service $set $good
admin $remove {"ClientAppKey":"other"}
admin $remove {"ClientAppKey":"${key}"}
${Object.keys(taken)
  .map((name) => `admin $set $good {"APNSCert":"$${name}"}`)
  .join('\n')}
admin $set $good {"APNSCert":"$emptyPassword","APNSPass":""}
# Base64 with line breaks, which .NET takes.
admin $set $good {"APNSCert":"$wrapped"}`;

const refuse = `
${Object.keys(refused)
  .map((name) => `admin $set $good {"APNSCert":"$${name}"}`)
  .join('\n')}
admin $set $good {"APNSPass":"not-this-password"}
admin $set $good {"APNSPass":""}
admin $set $good {"ClientAppKey":null}
admin $set $good {"ClientAppKey":""}
admin $set $good {"APNSCert":null}
admin $set $good {"APNSPass":null}
admin $set $good {"APNSTopic":1}
admin $remove
# Nothing is kept.
admin $all`;

const deleteKeys = `
admin $set $good {"ClientAppKey":"other"}
admin $set $good
# An earlier key: the others stay.
admin $remove {"ClientAppKey":"other"}
admin $all
admin $newest
admin $set $good {"ClientAppKey":"other"}
admin $set $good
admin $newest
# The key in use: no earlier one takes its place.
admin $remove {"ClientAppKey":"${key}"}
admin $all
admin $newest`;

const deleteAbsent = `
admin $remove {"ClientAppKey":"${key}"}
admin $set $good
admin $remove {"ClientAppKey":"${key}"}`;

const deleteWithoutKey = `
admin $set $good {"ClientAppKey":"other"}
admin $set $good
admin $remove
admin $remove {"ClientAppKey":""}
admin $all`;

const withoutRight = `
user $set $good
user $remove $good
user $one $good
user $all $good
user /Security/WhoAmI`;

const ways = `
admin $set $good
admin FORM $set $good
admin $set?$query`;

const settings = `
admin $set $good
admin $newest
admin $one?key=${key}_APNSTopic&dflt=otherwise
admin $one?key=${key}_APNSPass&dflt=otherwise
admin $one?key=${key}_APNSCert&dflt=otherwise
admin $remove {"ClientAppKey":"${key}"}
admin $one?key=Mobile.IosCustomApp.ClientAppKey&dflt=`;

const under = (assumptions: Partial<Assumptions>, calls: string): Scene => ({
  title: Object.entries(assumptions)
    .map((pair) => pair.join('='))
    .join(),
  ...{ calls, values, options: { assumptions } },
});

test('the calls for push certificates', () =>
  expectTranscript('mobile', [
    {
      title: 'a certificate is kept as four settings, and the newest key wins',
      calls: set,
      values,
    },
    { title: 'what is refused', calls: refuse, values },
    ...(['pointer-kept', 'pointer-cleared'] as const).map((value) =>
      under({ 'delete-old-key': value }, deleteKeys),
    ),
    under({ 'delete-absent': 'refused' }, deleteAbsent),
    ...(['refused', 'latest'] as const).map((value) =>
      under({ 'delete-default': value }, deleteWithoutKey),
    ),
    under({ 'missing-parameter': 'words' }, 'admin $remove\nadmin $one'),
    ...(['200', '403'] as const).map((value) => under({ 'missing-right': value }, withoutRight)),
    ...(['json', 'form', 'query'] as const).map((value) =>
      under({ 'mobile-parameters': value }, ways),
    ),
    under({ 'p12-aes': 'unreadable' }, 'admin $set $good {"APNSCert":"$aes"}\nadmin $set $good'),
    under(
      { 'p12-iterations': 'limited' },
      'admin $set $good {"APNSCert":"$rounds"}\nadmin $set $good {"APNSCert":"$manyRounds"}',
    ),
    ...(['known', 'unknown', 'refused'] as const).map((value) =>
      under({ 'tenant-config': value }, settings),
    ),
    ...(['silent', 'shut'] as const).map((value) =>
      under({ 'advanced-config': value }, 'admin $set $good\nadmin $all'),
    ),
  ]));
