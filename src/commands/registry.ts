import type { CommandLoader } from './command.ts';

/** What the first word of two stands for. */
export const groups: readonly {
  readonly word: string;
  readonly summary: string;
  readonly example: string;
}[] = [
  { word: 'apns', summary: "the tenant's push certificate", example: 'mfa-cli apns set --p12 cert.p12' },
  { word: 'fleet', summary: 'many tenants, declared in one file', example: 'mfa-cli fleet plan' },
  { word: 'push', summary: 'the push that the tenant sends, sent by hand', example: 'mfa-cli push payload' },
  { word: 'app', summary: 'the iOS app that approves sign-ins', example: 'mfa-cli app check ios/MyApp' },
  {
    word: 'device',
    summary: 'a virtual phone to rehearse with',
    example: 'mfa-cli device enroll --profile phone',
  },
  { word: 'profile', summary: 'saved settings, one profile a tenant', example: 'mfa-cli profile list' },
];

/** Every command, in the order of the help. */
export const commands: readonly CommandLoader[] = [
  () => import('./login.ts'),
  () => import('./bootstrap/bootstrap.ts'),
  () => import('./logout.ts'),
  () => import('./whoami.ts'),
  () => import('./apns/set.ts'),
  () => import('./apns/delete.ts'),
  () => import('./apns/inspect.ts'),
  () => import('./apns/convert.ts'),
  () => import('./apns/status.ts'),
  () => import('./apns/request.ts'),
  () => import('./apns/pack.ts'),
  () => import('./apns/verify.ts'),
  () => import('./apns/renew.ts'),
  () => import('./fleet/init.ts'),
  () => import('./fleet/plan.ts'),
  () => import('./fleet/apply.ts'),
  () => import('./fleet/status.ts'),
  () => import('./fleet/merge.ts'),
  () => import('./push/send.ts'),
  () => import('./push/payload.ts'),
  () => import('./app/check.ts'),
  () => import('./device/enroll.ts'),
  () => import('./device/register-token.ts'),
  () => import('./device/listen.ts'),
  () => import('./device/answer.ts'),
  () => import('./profile/list.ts'),
  () => import('./profile/show.ts'),
  () => import('./profile/use.ts'),
  () => import('./profile/set.ts'),
  () => import('./profile/rename.ts'),
  () => import('./profile/remove.ts'),
  () => import('./api.ts'),
  () => import('./doctor/doctor.ts'),
  () => import('./emulator.ts'),
  () => import('./completion.ts'),
  () => import('./version.ts'),
  () => import('./upgrade.ts'),
];
