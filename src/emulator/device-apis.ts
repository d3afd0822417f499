import { randomBytes } from 'node:crypto';
import { type Api, requireQuery, requireText } from './api.ts';
import type { Challenges } from './challenges.ts';
import { codeInterval, type Devices } from './devices.ts';
import { Refusal } from './envelope.ts';

/** `/Device` and `/IosAppRest`: what the vendor's mobile SDKs ask, as the user who holds the phone. */
export function deviceApis(devices: Devices, challenges: Challenges): readonly Api[] {
  return [
    enrollApi('/Device/EnrollIosDevice', devices, { os: 'ios', version: 'osversion' }),
    enrollApi('/Device/EnrollAndroidDevice', devices, { os: 'android', version: 'version' }),
    {
      path: '/IosAppRest/UpdateDevSettings',
      right: null,
      bare: true,
      call({ parameters, caller }) {
        const udid = requireText(parameters, 'DeviceID');
        devices.registerToken(caller.user, udid, requireText(parameters, 'Token'));
        return { Status: true };
      },
    },
    {
      path: '/IosAppRest/OtpEnroll',
      right: null,
      call({ query, caller }) {
        const { key, oathProfileUuid } = devices.enrollOtp(caller.user, requireQuery(query, 'udid'));
        return {
          OTPKey: key,
          OTPKeyVersion: 1,
          OTPCodeExpiryInterval: codeInterval,
          OathProfileUuid: oathProfileUuid,
        };
      },
    },
    {
      path: '/IosAppRest/SubmitOtpCode',
      right: null,
      call({ query, caller }) {
        const accepted = requireQuery(query, 'userAccepted').toLowerCase();
        if (accepted !== 'true' && accepted !== 'false')
          throw new Refusal('System.FormatException', 'String was not recognized as a valid Boolean.');
        // The server's own clock judges; a client that leaves them out would fail at the vendor's.
        for (const name of ['optKeyVersion', 'otpTimestamp', 'otpCodeExpiryInterval'])
          requireQuery(query, name);
        const profile = requireQuery(query, 'oathProfileUuid');
        const code = requireQuery(query, 'otpCode');
        const challenge = challenges.requireWaiting(caller.user, requireQuery(query, 'challengeAnswer'));
        devices.spendCode(caller.user, profile, code);
        challenges.decide(challenge, accepted === 'true');
        return null;
      },
    },
  ];
}

/** The name of the parameter that holds the system's version differs, as the SDKs' do. */
function enrollApi(
  path: string,
  devices: Devices,
  { os, version }: { os: 'ios' | 'android'; version: string },
): Api {
  return {
    path,
    right: null,
    call({ parameters, caller }) {
      devices.enroll({
        udid: requireText(parameters, 'udid'),
        user: caller.user,
        os,
        name: requireText(parameters, 'name'),
        osVersion: requireText(parameters, version),
      });
      return { Message: null, Status: true, ClientApiKey: randomBytes(16).toString('hex'), ErrorCode: null };
    },
  };
}
