import { type Declaration, declareCommand, hookOf } from '../command.ts';
import {
  deleteOptions,
  inspectOptions,
  proveOptions,
  setOptions,
  statusOptions,
  verifyOptions,
} from './options.ts';
import { convertOptions, packOptions, requestOptions } from './p12/options.ts';
import { renewOptions } from './renew/options.ts';

export const commands: readonly Declaration[] = [
  declareCommand({
    word: 'set',
    summary: 'check a .p12 and set it as the push certificate',
    options: setOptions,
    behavior: { sends: true, needsSession: true, asks: true },
    examples: [
      'mfa-cli apns set cert.p12',
      'mfa-cli apns set cert.p12 --password-file password.txt --environment production --dry-run',
    ],
    hook: (options) => hookOf(options, { isRehearsal: options.dryRun === true }),
    load: () => import('./set.ts'),
  }),
  declareCommand({
    word: 'delete',
    summary: 'delete a push certificate from the tenant',
    options: deleteOptions,
    behavior: { sends: true, destroys: true, needsSession: true, asks: true },
    examples: [
      'mfa-cli apns delete com.example.app',
      'mfa-cli apns delete com.example.app --dry-run',
    ],
    hook: (options) => hookOf(options, { isRehearsal: options.dryRun === true }),
    load: () => import('./delete.ts'),
  }),
  declareCommand({
    word: 'inspect',
    summary: 'show the content and the problems of a .p12, offline',
    options: inspectOptions,
    behavior: { asks: true },
    examples: [
      'mfa-cli apns inspect cert.p12',
      'mfa-cli apns inspect cert.p12 --environment production --warn-days 45',
    ],
    load: () => import('./inspect.ts'),
  }),
  declareCommand({
    word: 'convert',
    summary: 'convert a .p12 to base64, PEM or a re-encrypted .p12',
    options: convertOptions,
    behavior: { asks: true, keepsStdout: true },
    examples: [
      'mfa-cli apns convert cert.p12',
      'mfa-cli apns convert cert.p12 --encryption legacy --out for-old-servers.p12',
    ],
    load: () => import('./p12/convert.ts'),
  }),
  declareCommand({
    word: 'status',
    summary:
      'list what this machine set on the tenant, with days left; asks no tenant without --refresh',
    options: statusOptions,
    behavior: { keepsStdout: true },
    examples: [
      'mfa-cli apns status',
      'mfa-cli apns status --all-profiles --warn-days 45',
      'mfa-cli apns status --notify-at 45,30,14,7,1,0 --hook ./tell-the-team.sh',
    ],
    hook: (options) => ({ ...options, isRehearsal: false }),
    load: () => import('./status.ts'),
  }),
  declareCommand({
    word: 'request',
    summary: 'create a key pair and the certificate signing request for Apple',
    options: requestOptions,
    needs: ['bundleId', 'teamId', 'out'],
    behavior: { asks: true },
    examples: [
      'mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push',
      'mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out try --practice',
    ],
    load: () => import('./p12/request.ts'),
  }),
  declareCommand({
    word: 'pack',
    summary: "pack Apple's certificate and its key into a .p12",
    options: packOptions,
    needs: ['cert', 'key', 'out'],
    behavior: { asks: true, keepsStdout: true },
    examples: [
      'mfa-cli apns pack --cert aps.cer --key push/com.example.app.key.pem --out cert.p12',
    ],
    load: () => import('./p12/pack.ts'),
  }),
  declareCommand({
    word: 'verify',
    summary: 'ask APNs whether it accepts the certificate, without sending a push',
    options: verifyOptions,
    behavior: { asks: true },
    examples: [
      'mfa-cli apns verify cert.p12',
      'mfa-cli apns verify --p8 key.p8 --key-id ABC123DEFG --team-id A1B2C3D4E5 --topic com.example.app',
    ],
    load: () => import('./verify.ts'),
  }),
  declareCommand({
    word: 'prove',
    summary: 'start a push sign-in and see whether the prompt reaches the phone',
    options: proveOptions,
    behavior: { sends: true, needsSession: true, asks: true },
    examples: ['mfa-cli apns prove --user uma@example.com'],
    hook: (options) => hookOf(options, { isRehearsal: false }),
    load: () => import('./prove.ts'),
  }),
  declareCommand({
    word: 'renew',
    summary: 'renew the certificate; run it again to continue',
    options: renewOptions,
    needs: ['bundleId', 'teamId', 'dir'],
    behavior: { sends: true, needsSession: true, asks: true },
    examples: [
      'mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push',
      'mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --if-days-left 30',
    ],
    hook: (options) => hookOf(options, { isRehearsal: false }),
    load: () => import('./renew.ts'),
  }),
];
