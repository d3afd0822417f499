import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { rehearsals } from '../../src/emulator/people.ts';
import { oneTimePassword } from '../../src/text/one-time-password.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { startTenant } from './local-tenant.ts';
import { sessionOf } from './security-session.ts';
import { expectTranscript, type Scene } from './transcript.ts';

const password = 'admin-password';
const values = {
  start: {
    Version: '1.0',
    PlatformTokenResponse: true,
    AssociatedEntityType: 'API',
    MfaRequestor: 'DeviceAgent',
  },
  /** The next step of the sign-in that was begun last. */
  step: (_now: Date, { session }: Record<string, unknown>) => ({
    TenantId: 'EMU0001',
    SessionId: session,
  }),
  certificate: {
    ...{ ClientAppKey: 'com.example.lab', APNSTopic: 'com.example.lab', APNSPass: 'secret' },
    APNSCert: p12Bytes('01-default-aes256').toString('base64'),
  },
  registration: {
    DeviceID: 'one',
    ClientPushToken: Buffer.from('ab'.repeat(32), 'hex').toString('base64'),
  },
  /** The code of the phone, for the challenge that its answer names. */
  approval: (now: Date, { secret, profile }: Record<string, unknown>) => ({
    otpCode: oneTimePassword(
      Buffer.from(String(secret)),
      { algorithm: 'sha1', digits: 6, interval: 30 },
      now,
    ),
    ...{ optKeyVersion: 1, otpTimestamp: now.getTime(), otpCodeExpiryInterval: '30' },
    ...{ userAccepted: 'True', oathProfileUuid: profile },
  }),
};

/** Begins a sign-in, and keeps the mechanisms of these names. */
const begin = (User: string, changes: object = {}, ...names: readonly string[]) =>
  `- /Security/StartAuthentication $start ${JSON.stringify({ User, ...changes })} -> session:SessionId${keeping('UP', ...names)}`;
const keeping = (...names: readonly string[]) => names.map((name) => ` ${name}:${name}`).join('');
const step = (name: string, Action: string, Answer: string | null = null) =>
  `- /Security/AdvanceAuthentication $step ${JSON.stringify({ MechanismId: `$${name}`, Action, Answer })}`;
const tell = (text = password) => step('UP', 'Answer', text);
const again = (user: string, ...names: readonly string[]) => begin(user, {}, ...names);
const afterPassword = (user: string, ...names: readonly string[]) => [
  again(user, ...names),
  tell(),
];
const keep = (name: string) => `service /emulator/factors -> code:${name}`;
const factors = 'service /emulator/factors';
const whoAmI = '$token /Security/WhoAmI';

const passwordAlone = [
  begin('Admin@Example.com'),
  `${tell()} -> token:Token`,
  ...[whoAmI, 'cookie:$token /Security/WhoAmI', '$token /Security/Logout', whoAmI],
  '# Without a platform token there is nothing to renew the session with.',
  ...[begin('admin@example.com', { PlatformTokenResponse: null }), tell()],
  '# A wrong answer ends the sign-in.',
  ...['wrong', '', 'ADMIN-PASSWORD', `${password} `].flatMap((wrong) => [
    again('admin@example.com'),
    tell(wrong),
    tell(),
  ]),
  '# Of whom nobody knows, and of a program, a password is asked for that is never right.',
  ...['nobody@example.com', 'ci@example.com'].flatMap((user) => [
    again(user),
    tell('ci-client-secret'),
  ]),
  '# These lead nowhere.',
  ...['Poll', 'StartOOB', 'ForgotPassword'].flatMap((action) => [
    again('admin@example.com'),
    step('UP', action, password),
  ]),
  ...[again('admin@example.com'), step('none', 'Answer', password)],
  ...[{ User: '' }, { Version: null }, { Version: '2.0' }].map((changes) =>
    begin('admin@example.com', changes),
  ),
  '# A sign-in is nobody else’s.',
  `${begin('admin@example.com')} mine:UP`,
  ...[begin('user@example.com'), step('mine', 'Answer', password)],
  '# It goes on at another host, which the tenant names.',
  begin('Elsewhere@example.com'),
];

const met = [
  ...['OTP', 'OATH', 'SMS', 'EMAIL'].flatMap((name) => [
    ...[`# ${name} is met by its code.`, ...afterPassword('mfa@example.com', name)],
    ...[
      step(name, 'StartOOB'),
      step(name, 'Poll'),
      keep(name),
      step(name, 'Answer', '$code'),
      factors,
    ],
  ]),
  ...['OATH', 'SMS', 'EMAIL', 'PF'].flatMap((name) => [
    ...[
      `# ${name} is met by an approval, which a poll finds.`,
      ...afterPassword('mfa@example.com', name),
    ],
    ...[
      step(name, 'StartOOB'),
      'service /emulator/approve {"User":"MFA@example.com"}',
      step(name, 'Poll'),
    ],
  ]),
  '# A push shows a number, which the phone must be told.',
  ...afterPassword('push@example.com', 'OTP'),
  ...[`${step('OTP', 'StartOOB')} -> number:GeneratedAuthValue`, step('OTP', 'Poll')],
  'service /emulator/approve {"User":"push@example.com"}',
  ...[
    'service /emulator/approve {"User":"push@example.com","Number":"$number"}',
    step('OTP', 'Poll'),
  ],
];

const refusedOnPhone = [
  ...[
    ...afterPassword('push@example.com', 'OTP'),
    `${step('OTP', 'StartOOB')} -> number:GeneratedAuthValue`,
  ],
  'service /emulator/approve {"User":"push@example.com","Number":"other"}',
  ...[
    step('OTP', 'Poll'),
    step('OTP', 'Poll'),
    'service /emulator/approve {"User":"push@example.com"}',
  ],
];

const rung = `$phone /emulator/pushes {"DeviceToken":"${'ab'.repeat(32)}","Wait":30}`;
const approve = (answer: string) =>
  `$phone /IosAppRest/SubmitOtpCode $approval {"challengeAnswer":"$${answer}"}`;
const asUser = (call: string) => call.replace('$phone', 'user');
const ringing = [
  ...[
    ...afterPassword('push@example.com', 'OTP'),
    `${step('OTP', 'StartOOB')} -> number:GeneratedAuthValue`,
  ],
  'service /emulator/approve {"User":"push@example.com","Number":"$number"}',
  `${step('OTP', 'Poll')} -> phone:Token`,
  '$phone /Device/EnrollIosDevice {"Udid":"one","Name":"iPhone","OSVersion":"18.0"}',
  '$phone /IosAppRest/UpdateDevSettings $registration',
  '$phone /IosAppRest/OtpEnroll?udid=one -> secret:SecretKey profile:OathProfileUuid',
  'service /Mobile/SetApnsCertForClientApp $certificate',
  '# What was sent again is approved by the answer to the last push alone.',
  ...[...afterPassword('push@example.com', 'OTP'), step('OTP', 'StartOOB')],
  ...[`${rung} -> first:ChallengeAnswer`, step('OTP', 'RetryOOB')],
  ...[`${rung} -> second:ChallengeAnswer`, approve('first'), step('OTP', 'Poll')],
  ...[approve('second'), step('OTP', 'Poll')],
];

const rungInVain = [
  'user /Device/EnrollIosDevice {"Udid":"one","Name":"iPhone","OSVersion":"18.0"}',
  'user /IosAppRest/UpdateDevSettings $registration',
  'user /IosAppRest/OtpEnroll?udid=one -> secret:SecretKey profile:OathProfileUuid',
  'service /Mobile/SetApnsCertForClientApp $certificate',
  ...[begin('user@example.com', {}, 'OTP'), step('OTP', 'StartOOB')],
  ...[`${asUser(rung)} -> answer:ChallengeAnswer`, tell('user-password')],
  asUser(approve('answer')),
];

const ended = [
  ...(
    [
      ['SMS', 'Answer', 'wrong'],
      ['PF', 'Answer', ''],
    ] as const
  ).flatMap(([name, action, answer]) => [
    ...[
      ...afterPassword('mfa@example.com', name),
      step(name, 'StartOOB'),
      step(name, action, answer),
      factors,
    ],
  ]),
  '# What was not started, the password again, and the second before the first.',
  ...[...afterPassword('mfa@example.com', 'OATH'), step('OATH', 'Answer', '')],
  ...[...afterPassword('mfa@example.com', 'OTP'), step('OTP', 'Poll')],
  ...[...afterPassword('mfa@example.com'), tell()],
  ...[again('mfa@example.com', 'SMS'), step('SMS', 'StartOOB'), factors],
];

const several = [
  '# Another can be taken, and sent again.',
  ...[
    ...afterPassword('mfa@example.com', 'SMS', 'EMAIL'),
    step('SMS', 'StartOOB'),
    step('EMAIL', 'StartOOB'),
  ],
  ...[step('SMS', 'RetryOOB'), keep('SMS'), step('SMS', 'Answer', '$code')],
  '# Codes can be all that there is.',
  ...[
    begin('codes@example.com', {}, 'OATH', 'SMS'),
    step('OATH', 'StartOOB'),
    keep('OATH'),
    step('OATH', 'Answer', '$code'),
  ],
  ...[step('SMS', 'StartOOB'), keep('SMS'), step('SMS', 'Answer', '$code')],
  '# They can be asked for once the password is known.',
  ...[begin('again@example.com'), `${tell()} -> EMAIL:EMAIL`, step('EMAIL', 'StartOOB')],
  ...[keep('EMAIL'), step('EMAIL', 'Answer', '$code')],
  '# They are seen by their user and by who manages devices.',
  ...[
    ...afterPassword('sms@example.com', 'SMS'),
    step('SMS', 'StartOOB'),
    'user /emulator/factors',
  ],
  ...['user /emulator/approve {"User":"sms@example.com"}', 'admin /emulator/factors'],
  ...['- /emulator/factors', '- /emulator/approve'],
  '# The sign-in can be given up.',
  '- /Security/CleanupAuthentication $step',
  ...[factors, step('SMS', 'Poll')],
  '# Of two that wait, the newer one is approved.',
  ...[...afterPassword('sms@example.com', 'SMS'), step('SMS', 'StartOOB')],
  ...[...afterPassword('sms@example.com', 'SMS'), step('SMS', 'StartOOB')],
  ...['service /emulator/approve {"User":"sms@example.com"}', step('SMS', 'Poll')],
];

const approving = [
  ...[...afterPassword('push@example.com', 'OTP'), step('OTP', 'StartOOB'), step('OTP', 'Poll')],
];

const expiry = [
  ...[begin('admin@example.com'), 'wait 599', `${tell()} -> token:Token`],
  ...['wait 3599', whoAmI, 'wait 1', whoAmI],
  ...[begin('admin@example.com'), 'wait 600', tell()],
];

const federated = (user: string) =>
  `- /Security/StartAuthentication $start {"User":"${user}"} -> session:IdpLoginSessionId address:IdpRedirectShortUrl short:IdpShortUrlId`;
const status = '- /Security/OobAuthStatus {"SessionId":"$session"}';
const pin = (Answer: string) =>
  `- /Security/AdvanceAuthentication $step ${JSON.stringify({ MechanismId: 'OOBAUTHPIN', Action: 'Answer', Answer })}`;
const elsewhere = [
  ...[federated('federated@example.com'), pin('')],
  ...[federated('federated@example.com'), '- GET $address', status],
  ...['- FORM $address {"password":"wrong"}', status, `- FORM $address {"password":"${password}"}`],
  ...[`${status} -> token:Token`, whoAmI, status],
  '# A PIN is shown on the page; with a wrong one the sign-in has to begin again.',
  ...[
    federated('pin@example.com'),
    `- FORM $address {"password":"${password}"} -> pin:pin`,
    status,
  ],
  ...[`${pin('$pin')} -> token:Token`, whoAmI, pin('$pin')],
  ...[federated('pin@example.com'), `- FORM $address {"password":"${password}"} -> pin:pin`],
  ...[pin('0'), pin('$pin')],
  '# It has ten minutes.',
  ...[federated('federated@example.com'), 'wait 600', '- GET $address', status],
];

const asCookie = [
  begin('admin@example.com'),
  tell(),
  `mine = admin@example.com ${password}`,
  '$mine /Security/WhoAmI',
];
const mobile = [
  `token = admin@example.com ${password}`,
  ...['$token /mobile/DeleteApnsCertForClientApp {"ClientAppKey":"com.example.app"}', whoAmI],
  'service /mobile/DeleteApnsCertForClientApp {"ClientAppKey":"com.example.app"}',
  'service /Security/WhoAmI',
];

const manual = { autoApprove: false, accessTokenSeconds: 3600 };
const scene = (title: string, calls: readonly string[], options: Scene['options'] = {}): Scene => ({
  ...{ title, calls: calls.join('\n'), values, options: { ...manual, ...options } },
});

test('sign-ins without an application', () =>
  expectTranscript('authentication', [
    scene('a password alone', passwordAlone),
    scene('a second factor', met),
    scene('a second factor that is refused on the phone', refusedOnPhone),
    scene('a second factor on a phone that rings', ringing),
    scene('a phone that rings for a sign-in that the password ends', rungInVain),
    scene('what ends a sign-in', ended),
    scene('one of several factors, or several', several),
    scene('where the emulator approves by itself', approving, { autoApprove: true }),
    scene('a sign-in has ten minutes, and a session lasts up to its last second', expiry),
    scene('the sign-in of a federated person at the identity provider', elsewhere),
    scene(
      'where the emulator approves that by itself',
      [federated('federated@example.com'), '- GET $address', status],
      {
        autoApprove: true,
      },
    ),
    scene('session-bearer=cookie', asCookie, { assumptions: { 'session-bearer': 'cookie' } }),
    scene('session-mobile=allowed', mobile, { assumptions: { 'session-mobile': 'allowed' } }),
    scene('session-mobile=refused', mobile, { assumptions: { 'session-mobile': 'refused' } }),
  ]));

test('a page of a browser calls no API by its cookie alone', async () => {
  const emulator = await startTenant();
  const headers = { cookie: `.ASPXAUTH=${await sessionOf(emulator)}` };
  const page = await fetch(`${emulator.url}/Security/WhoAmI`, { method: 'POST', headers });
  expect(page.status).toBe(401);
});

test('docs/emulator.md names everybody whose sign-in is worth a rehearsal', () => {
  const page = readFileSync(new URL('../../docs/emulator.md', import.meta.url), 'utf8');
  const named = [...page.matchAll(/^\| `(\w+@example\.com)` /gm)].map(([, user]) => user);
  expect(named).toEqual(rehearsals.map(({ user }) => user));
});
