import type { Command } from 'commander';
import { register as registerApi } from './api.options.ts';
import { register as registerApnsConvert } from './apns/convert.options.ts';
import { register as registerApnsDelete } from './apns/delete.options.ts';
import { register as registerApnsInspect } from './apns/inspect.options.ts';
import { register as registerApnsPack } from './apns/pack.options.ts';
import { register as registerApnsRequest } from './apns/request.options.ts';
import { register as registerApnsSet } from './apns/set.options.ts';
import { register as registerApnsStatus } from './apns/status.options.ts';
import { register as registerApnsVerify } from './apns/verify.options.ts';
import { register as registerAppCheck } from './app/check.options.ts';
import type { AnyCommand } from './command.ts';
import { register as registerCompletion } from './completion.options.ts';
import { register as registerDeviceAnswer } from './device/answer.options.ts';
import { register as registerDeviceEnroll } from './device/enroll.options.ts';
import { register as registerDeviceListen } from './device/listen.options.ts';
import { register as registerDeviceRegisterToken } from './device/register-token.options.ts';
import { register as registerDoctor } from './doctor.options.ts';
import { register as registerEmulator } from './emulator.options.ts';
import { register as registerLogin } from './login.options.ts';
import { register as registerLogout } from './logout.options.ts';
import { register as registerProfileList } from './profile/list.options.ts';
import { register as registerProfileRemove } from './profile/remove.options.ts';
import { register as registerProfileSet } from './profile/set.options.ts';
import { register as registerProfileShow } from './profile/show.options.ts';
import { register as registerProfileUse } from './profile/use.options.ts';
import { register as registerPushPayload } from './push/payload.options.ts';
import { register as registerPushSend } from './push/send.options.ts';
import { register as registerWhoami } from './whoami.options.ts';

/** A leaf command by its words. */
export interface CommandEntry {
  readonly words: readonly [string] | readonly [string, string];
  readonly summary: string;
  /** Declares arguments, options and examples on the command, which already has its name and summary. */
  register(command: Command): void;
  /** Loads what does the work, which is what costs. */
  load(): Promise<{ readonly command: AnyCommand }>;
}

/** What the first word of two stands for. */
export const groups: readonly {
  readonly word: string;
  readonly summary: string;
  readonly example: string;
}[] = [
  { word: 'apns', summary: "the tenant's push certificate", example: 'mfa-cli apns set --p12 cert.p12' },
  { word: 'push', summary: 'the push that the tenant sends, sent by hand', example: 'mfa-cli push payload' },
  { word: 'app', summary: 'the iOS app that approves sign-ins', example: 'mfa-cli app check ios/MyApp' },
  {
    word: 'device',
    summary: 'a virtual phone to rehearse with',
    example: 'mfa-cli device enroll --profile phone',
  },
  { word: 'profile', summary: 'saved settings, one profile a tenant', example: 'mfa-cli profile list' },
];

export const commands: readonly CommandEntry[] = [
  {
    words: ['login'],
    summary: 'sign in through the browser and save the session',
    register: registerLogin,
    load: () => import('./login.ts'),
  },
  {
    words: ['logout'],
    summary: 'revoke the session and forget it',
    register: registerLogout,
    load: () => import('./logout.ts'),
  },
  {
    words: ['whoami'],
    summary: 'show who is signed in, where and until when',
    register: registerWhoami,
    load: () => import('./whoami.ts'),
  },
  {
    words: ['apns', 'set'],
    summary: 'check a .p12 and give it to the tenant',
    register: registerApnsSet,
    load: () => import('./apns/set.ts'),
  },
  {
    words: ['apns', 'delete'],
    summary: 'take the push certificate away from the tenant',
    register: registerApnsDelete,
    load: () => import('./apns/delete.ts'),
  },
  {
    words: ['apns', 'inspect'],
    summary: 'show what a .p12 holds and what is wrong with it, offline',
    register: registerApnsInspect,
    load: () => import('./apns/inspect.ts'),
  },
  {
    words: ['apns', 'convert'],
    summary: 'turn a .p12 into base64, PEM or a newly encrypted .p12',
    register: registerApnsConvert,
    load: () => import('./apns/convert.ts'),
  },
  {
    words: ['apns', 'status'],
    summary: 'show what this machine set last, with days left',
    register: registerApnsStatus,
    load: () => import('./apns/status.ts'),
  },
  {
    words: ['apns', 'request'],
    summary: 'make a key pair and the certificate request for Apple',
    register: registerApnsRequest,
    load: () => import('./apns/request.ts'),
  },
  {
    words: ['apns', 'pack'],
    summary: "pack Apple's certificate and its key into a .p12",
    register: registerApnsPack,
    load: () => import('./apns/pack.ts'),
  },
  {
    words: ['apns', 'verify'],
    summary: 'ask APNs whether it takes the certificate; no push reaches anybody',
    register: registerApnsVerify,
    load: () => import('./apns/verify.ts'),
  },
  {
    words: ['push', 'send'],
    summary: 'send the MFA push to one device',
    register: registerPushSend,
    load: () => import('./push/send.ts'),
  },
  {
    words: ['push', 'payload'],
    summary: "write the MFA push, for Xcode's simulator too",
    register: registerPushPayload,
    load: () => import('./push/payload.ts'),
  },
  {
    words: ['app', 'check'],
    summary: 'check an Xcode project against the guide',
    register: registerAppCheck,
    load: () => import('./app/check.ts'),
  },
  {
    words: ['device', 'enroll'],
    summary: 'enroll a virtual phone as the user who is signed in',
    register: registerDeviceEnroll,
    load: () => import('./device/enroll.ts'),
  },
  {
    words: ['device', 'register-token'],
    summary: 'tell the tenant the device token of the virtual phone',
    register: registerDeviceRegisterToken,
    load: () => import('./device/register-token.ts'),
  },
  {
    words: ['device', 'listen'],
    summary: 'wait for a push from the emulator',
    register: registerDeviceListen,
    load: () => import('./device/listen.ts'),
  },
  {
    words: ['device', 'answer'],
    summary: 'approve or deny the sign-in that was pushed',
    register: registerDeviceAnswer,
    load: () => import('./device/answer.ts'),
  },
  {
    words: ['profile', 'list'],
    summary: 'list the profiles',
    register: registerProfileList,
    load: () => import('./profile/list.ts'),
  },
  {
    words: ['profile', 'show'],
    summary: "show a profile's settings",
    register: registerProfileShow,
    load: () => import('./profile/show.ts'),
  },
  {
    words: ['profile', 'use'],
    summary: 'make a profile the current one',
    register: registerProfileUse,
    load: () => import('./profile/use.ts'),
  },
  {
    words: ['profile', 'set'],
    summary: 'change a setting of the profile',
    register: registerProfileSet,
    load: () => import('./profile/set.ts'),
  },
  {
    words: ['profile', 'remove'],
    summary: 'remove a profile and its session',
    register: registerProfileRemove,
    load: () => import('./profile/remove.ts'),
  },
  {
    words: ['api'],
    summary: 'send one request to the tenant and print the answer',
    register: registerApi,
    load: () => import('./api.ts'),
  },
  {
    words: ['doctor'],
    summary: 'check everything that commands depend on',
    register: registerDoctor,
    load: () => import('./doctor.ts'),
  },
  {
    words: ['emulator'],
    summary: 'run a local tenant to rehearse with',
    register: registerEmulator,
    load: () => import('./emulator.ts'),
  },
  {
    words: ['completion'],
    summary: 'print the script that completes in a shell',
    register: registerCompletion,
    load: () => import('./completion.ts'),
  },
];
