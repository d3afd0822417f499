import type { OptionTable } from '../../../settings/define.ts';
import type { CommandOptions } from '../../../settings/global-options.ts';
import {
  clientAppKey,
  hookOptions,
  judgingOptions,
  keyPasswordFile,
  thatPasswordOptions,
} from '../../../settings/options.ts';
import { apnsHostInPlace, environments, noVerify, sendingOptions, yes } from '../options.ts';
import { appOptions, encrypt, encryption } from '../p12/options.ts';

export const renewOptions = {
  ...appOptions,
  dir: {
    type: 'text',
    value: 'directory',
    kind: 'directory',
    meaning: 'directory for the files of the renewal; created if missing',
  },
  ifDaysLeft: {
    type: 'days',
    value: 'days',
    meaning: 'do nothing while more than this many days are left; exit with 4 if a person must act',
  },
  cert: {
    type: 'text',
    value: 'file',
    kind: 'file',
    meaning: "Apple's certificate",
    default: 'the newest in the directory that matches the key',
  },
  keyPasswordFile: { ...keyPasswordFile, group: 'File' },
  newPasswordFile: {
    type: 'text',
    group: 'File',
    value: 'file',
    kind: 'file',
    meaning:
      'file with the password of the .p12, and of the key unless --key-password-file gives that; ' +
      'the variable is for the .p12 alone',
    setting: 'p12-password',
  },
  ...thatPasswordOptions,
  encrypt: { ...encrypt, group: 'File' },
  issuer: {
    type: 'program',
    group: 'Issuer',
    value: 'program',
    argumentsIn: 'issuerArg',
    meaning: 'your program that obtains the certificate for the request',
  },
  issuerArg: {
    type: 'list',
    group: 'Issuer',
    value: 'argument',
    meaning: 'argument for the issuer, repeatable',
  },
  issuerTimeout: {
    type: 'seconds',
    group: 'Issuer',
    value: 'seconds',
    meaning: 'time limit for the issuer',
    default: 600,
  },
  issueAgain: {
    type: 'flag',
    group: 'Issuer',
    meaning: 'run the issuer again, even if it may have issued a certificate for this request',
  },
  encryption: { ...encryption, group: 'File' },
  clientAppKey: {
    ...clientAppKey,
    meaning: 'client app key',
    default: 'the client app key set last, else the bundle ID',
  },
  environment: {
    type: 'choice',
    group: 'Checks',
    value: 'name',
    choices: environments,
    meaning: 'environment that the certificate must serve',
    default: 'production',
  },
  verify: noVerify,
  apnsHost: apnsHostInPlace,
  yes: { ...yes, group: 'Sending' },
  ...judgingOptions,
  ...sendingOptions,
  ...hookOptions,
} as const satisfies OptionTable;

export interface RenewOptions extends CommandOptions<typeof renewOptions> {}
