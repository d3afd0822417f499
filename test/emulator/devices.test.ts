import { expect, test } from 'vitest';
import { oneTimePassword } from '../../src/text/one-time-password.ts';
import { callApi, serviceToken } from '../support/emulator.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { signInAs, startTenant } from './local-tenant.ts';
import { expectTranscript } from './transcript.ts';

const token = 'ab'.repeat(32);
const base64Of = (hex: string) => Buffer.from(hex, 'hex').toString('base64');
const [topic, APNSCert] = ['com.example.lab', p12Bytes('01-default-aes256').toString('base64')];
const minutes = (count: number) => (now: Date) => now.getTime() + count * 60_000;

const codeOf = (secret: unknown, now: Date) =>
  `${oneTimePassword(Buffer.from(String(secret)), { algorithm: 'sha1', digits: 6, interval: 30 }, now)}`;

const values = {
  enrollment: { Udid: 'one', Name: 'phone', OSVersion: '18.0' },
  registration: { DeviceID: 'one', ClientPushToken: base64Of(token) },
  certificate: { ClientAppKey: topic, APNSCert, APNSPass: 'secret', APNSTopic: topic },
  sandbox: p12Bytes('30-dev').toString('base64'),
  ...{
    token,
    token64: base64Of(token),
    other64: base64Of('cd'.repeat(32)),
    tooLong: 'x'.repeat(1001),
  },
  ...{
    zeros64: base64Of('0'.repeat(64)),
    long64: base64Of('ab'.repeat(101)),
    short64: base64Of('ab'.repeat(31)),
  },
  /** The answer to the challenge that was kept as `$answer`, by a phone that was enrolled for one-time passwords. */
  submitted: (now: Date, { secret, profile, answer }: Record<string, unknown>) => ({
    otpCode: oneTimePassword(
      Buffer.from(String(secret)),
      { algorithm: 'sha1', digits: 6, interval: 30 },
      now,
    ),
    ...{
      optKeyVersion: 1,
      otpTimestamp: now.getTime(),
      userAccepted: 'True',
      otpCodeExpiryInterval: '30',
    },
    ...{ oathProfileUuid: profile, challengeAnswer: answer },
  }),
  wrong: (now: Date, { secret }: Record<string, unknown>) =>
    codeOf(secret, now).replace(/.$/, (last) => `${9 - Number(last)}`),
  ...{ early: minutes(-5 + 1 / 60_000), late: minutes(5 - 1 / 60_000) },
  ...{ tooEarly: minutes(-5 - 1 / 60_000), tooLate: minutes(5 + 1 / 60_000) },
  inSeconds: (now: Date) => now.getTime() / 1000,
  ...{ register: '/IosAppRest/UpdateDevSettings', submit: '/IosAppRest/SubmitOtpCode' },
  ...{ set: '/Mobile/SetApnsCertForClientApp', remove: '/Mobile/DeleteApnsCertForClientApp' },
};

/** A phone with a token and one-time passwords. */
const phone = `user /Device/EnrollIosDevice $enrollment
user $register $registration
user /IosAppRest/OtpEnroll?udid=one -> secret:SecretKey profile:OathProfileUuid`;
const challenge = `service /emulator/challenge -> challenge:ChallengeId
user /emulator/pushes {"DeviceToken":"$token"} -> answer:ChallengeAnswer`;
const verdict = 'service /emulator/verdict {"ChallengeId":"$challenge"}';

const endpoints = `${phone}
# What each call needs.
user /Device/EnrollIosDevice $enrollment {"Udid":""}
user /Device/EnrollIosDevice $enrollment {"Name":1}
user /Device/EnrollIosDevice {"Udid":"one","Name":"phone"}
user $register {"ClientPushToken":"$token64"}
user $register {"DeviceID":"one"}
user /Device/EnrollIosDevice $enrollment {"Name":"$tooLong"}
user /Device/EnrollIosDevice $enrollment {"Udid":"$tooLong"}
user /Device/EnrollIosDevice $enrollment {"OSVersion":"$tooLong"}
user $register {"DeviceID":"one","ClientPushToken":"$tooLong"}
user /IosAppRest/OtpEnroll
user /Oath/GetProfileListForDevice
user /Mobile/DeleteDevice
service /emulator/verdict
user /emulator/pushes
# Hostile bodies, and nobody.
${['/Device/EnrollIosDevice', '$register', '/emulator/challenge', '/emulator/pushes']
  .flatMap((path) => [`service ${path} {"udid":`, `service ${path} []`, `- ${path}`])
  .join('\n')}
# Tokens that Apple could not have given.
user $register {"DeviceID":"one","ClientPushToken":"$zeros64"}
user $register {"DeviceID":"one","ClientPushToken":"$long64"}
user $register {"DeviceID":"one","ClientPushToken":"$short64"}
user $register {"DeviceID":"one","ClientPushToken":"$token"}
user $register {"DeviceID":"one","ClientPushToken":"q80"}
user $register {"DeviceID":"one","ClientPushToken":"<q80=>"}
# Another user does nothing with the device.
admin /Device/EnrollIosDevice $enrollment
admin $register {"DeviceID":"one","ClientPushToken":"$other64"}
admin /IosAppRest/OtpEnroll?udid=one
admin /Oath/GetProfileListForDevice {"DeviceID":"one"}
admin /emulator/pushes {"DeviceToken":"$token"}
admin /Device/EnrollIosDevice $enrollment {"Udid":"other"}
admin $register {"DeviceID":"other","ClientPushToken":"$token64"}
# Without rights.
user /emulator/challenge
user /emulator/verdict {"ChallengeId":"x"}
user /emulator/apns {"Reason":"Shutdown"}
# A token belongs to one device.
user /Device/EnrollIosDevice $enrollment {"Udid":"two"}
user $register {"DeviceID":"two","ClientPushToken":"$token64"}
service $set $certificate
service /emulator/challenge
# It is good only as long as it is of the app.
user $register $registration {"pkgname":"com.example.other"}
service /emulator/challenge
user $register $registration {"pkgname":"com.example.lab"}
service /emulator/challenge
# Nobody waits so long.
user /emulator/pushes {"DeviceToken":"$token","Wait":"x"}
user /emulator/pushes {"DeviceToken":"$token","Wait":-1}
user /emulator/pushes {"DeviceToken":"$token","Wait":61}
user /emulator/pushes {"DeviceToken":"$token","Wait":true}`;

/** What an answer says, each to a challenge and with a code of its own. */
const accepted = [
  ...['{}', '{"userAccepted":"true"}', '{"userAccepted":true}', '{"userAccepted":"False"}'],
  ...['{"optKeyVersion":"2"}', '{"otpTimestamp":$early}', '{"otpTimestamp":$late}'],
];
const answers = `${phone}
service $set $certificate
${accepted.map((changes) => `wait 30\n${challenge}\nuser $submit $submitted ${changes}\n${verdict}`).join('\n')}`;

const refusals = `${phone}
service $set $certificate
${challenge}
user $submit $submitted {"otpCode":"$wrong"}
user $submit $submitted {"challengeAnswer":"unknown"}
user $submit $submitted {"oathProfileUuid":"unknown"}
user $submit $submitted {"userAccepted":"maybe"}
user $submit $submitted {"otpCode":null}
user $submit $submitted {"optKeyVersion":null}
user $submit $submitted {"optKeyVersion":3}
user $submit $submitted {"optKeyVersion":"x"}
user $submit $submitted {"otpTimestamp":null}
user $submit $submitted {"otpTimestamp":0}
user $submit $submitted {"otpTimestamp":$inSeconds}
user $submit $submitted {"otpTimestamp":$tooEarly}
user $submit $submitted {"otpTimestamp":$tooLate}
user $submit $submitted {"otpCodeExpiryInterval":""}
user $submit $submitted {"challengeAnswer":null}
admin $submit $submitted
${verdict}
service /emulator/verdict {"ChallengeId":"x"}
# What was refused leaves code and challenge as good as before, for one answer.
user $submit $submitted
user $submit $submitted {"userAccepted":"False"}
${verdict}
# No code is good twice.
${challenge}
user $submit $submitted
wait 30
user $submit $submitted
# A device that was enrolled again answers with its new key alone.
wait 30
${challenge}
user /IosAppRest/OtpEnroll?udid=one -> renewed:SecretKey profile:OathProfileUuid
user $submit $submitted
user $submit $submitted {"optKeyVersion":2}
# Within five minutes.
wait 299
${verdict}
wait 1
${verdict}
user $submit $submitted`;

const challenges = `${phone}
service /emulator/challenge {"User":"nobody@example.com"}
service /emulator/challenge {"User":"ci@example.com"}
service /emulator/challenge {"User":1}
service /emulator/challenge {"Message":""}
service /emulator/challenge
service $set $certificate
service /emulator/challenge {"User":"admin@example.com"}
service $set $certificate {"APNSTopic":"com.example.other"}
service /emulator/challenge
# With the certificate of the key that was set last, and with none once that was deleted.
service $set $certificate
service $set $certificate {"ClientAppKey":"other","APNSCert":"$sandbox"}
service /emulator/challenge
service $set $certificate
service /emulator/challenge
service /emulator/apns {"Reason":"Shutdown","Goaway":true}
service /emulator/challenge
service $remove {"ClientAppKey":"com.example.lab"}
service /emulator/challenge`;

const removals = `${phone}
user /Device/EnrollIosDevice $enrollment {"Udid":"two"}
user /Oath/GetProfileListForDevice {"DeviceID":"one"}
user /Oath/GetProfileListForDevice {"DeviceID":"two"}
# Nobody deletes a device of somebody else, unless they may manage them.
admin /Device/EnrollIosDevice $enrollment {"Udid":"other"}
user /Mobile/DeleteDevice?deviceID=other
admin /Mobile/DeleteDevice?deviceID=two
user /Mobile/DeleteDevice?deviceID=two`;

test('devices and challenges', () =>
  expectTranscript('devices', [
    { title: 'the calls of a phone', calls: endpoints, values },
    { title: 'answers that a challenge takes', calls: answers, values },
    { title: 'answers that it refuses', calls: refusals, values },
    { title: 'challenges tell what APNs says', calls: challenges, values },
    { title: 'who deletes a device', calls: removals, values },
    {
      title: 'push-options=all, token-answer=envelope',
      calls: `${phone}\nservice $set $certificate\n${challenge}`,
      ...{
        values,
        options: { assumptions: { 'push-options': 'all', 'token-answer': 'envelope' } },
      },
    },
  ]));

test('a push goes to somebody who is still there', async () => {
  const emulator = await startTenant({ now: () => new Date('2026-11-24T16:00:00Z') });
  const [user, service] = [
    await signInAs(emulator, 'user@example.com'),
    await serviceToken(emulator),
  ];
  await callApi(emulator, '/Device/EnrollIosDevice', user, values.enrollment);
  await callApi(emulator, '/IosAppRest/UpdateDevSettings', user, values.registration);
  await callApi(emulator, '/Mobile/SetApnsCertForClientApp', service, values.certificate);
  const waiting = fetch(`${emulator.url}/emulator/pushes`, {
    ...{ method: 'POST', headers: { authorization: `Bearer ${user}` } },
    body: JSON.stringify({ DeviceToken: token, Wait: 60 }),
    signal: AbortSignal.timeout(100),
  });
  await expect(waiting).rejects.toThrow();
  await callApi(emulator, '/emulator/challenge', service);
  const told = await callApi(emulator, '/emulator/pushes', user, { DeviceToken: token, Wait: 5 });
  expect(told.body).toMatchObject({ success: true, Result: { topic } });
  // A phone that waits asks again and again: the list has the push alone.
  await callApi(emulator, '/emulator/pushes', user, { DeviceToken: token, Wait: 0 });
  const listed = emulator.requests.filter(({ path }) => path === '/emulator/pushes');
  expect(listed.map(({ status }) => status)).toEqual([200]);
});
