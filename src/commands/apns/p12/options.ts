import type { OptionDeclaration, OptionTable } from '../../../settings/define.ts';
import type { CommandOptions } from '../../../settings/global-options.ts';
import { keyPasswordFile, p12FileOptions } from '../../../settings/options.ts';

/** The app that a certificate is requested for. */
export const appOptions = {
  bundleId: { type: 'text', value: 'id', meaning: 'bundle ID of the app' },
  teamId: {
    type: 'text',
    value: 'id',
    meaning: 'team ID of the Apple developer account, 10 characters',
  },
} as const satisfies OptionTable;

export const encrypt = {
  type: 'negation',
  meaning: 'do not encrypt the private key',
} as const satisfies OptionDeclaration;

export const encryption = {
  type: 'choice',
  value: 'scheme',
  choices: ['modern', 'legacy'],
  meaning:
    'encryption of the .p12: modern is AES, legacy is 3DES, for Windows Server 2016 and older',
  default: 'modern',
} as const satisfies OptionDeclaration;

const replace = {
  type: 'flag',
  meaning: 'replace an existing file',
} as const satisfies OptionDeclaration;

export const requestOptions = {
  ...appOptions,
  out: {
    type: 'text',
    value: 'directory',
    kind: 'directory',
    meaning: 'directory for the key and the request; created if missing',
  },
  newPasswordFile: {
    type: 'text',
    value: 'file',
    kind: 'file',
    meaning: "file with the new key's password (- for stdin)",
    setting: 'key-password',
  },
  encrypt,
  practice: {
    type: 'flag',
    meaning: 'create a practice key and .p12 instead; no real tenant accepts them',
  },
} as const satisfies OptionTable;

export interface RequestOptions extends CommandOptions<typeof requestOptions> {}

export const packOptions = {
  cert: { type: 'text', value: 'file', kind: 'file', meaning: "Apple's certificate, DER or PEM" },
  key: { type: 'text', value: 'file', kind: 'file', meaning: 'the private key, PEM or DER' },
  out: {
    type: 'text',
    value: 'file',
    kind: 'file',
    meaning: '.p12 file to write, with mode 0600 (- for stdout)',
  },
  encryption,
  keyPasswordFile,
  newPasswordFile: {
    type: 'text',
    value: 'file',
    kind: 'file',
    meaning: 'file with the password for the new .p12',
    setting: 'p12-password',
  },
  force: replace,
} as const satisfies OptionTable;

export interface PackOptions extends CommandOptions<typeof packOptions> {}

export const convertOptions = {
  ...p12FileOptions,
  out: {
    type: 'text',
    group: 'Output',
    value: 'file',
    kind: 'file',
    meaning: 'file to write, with mode 0600',
    default: 'stdout',
  },
  format: {
    type: 'choice',
    group: 'Output',
    value: 'format',
    choices: ['base64', 'pem', 'p12'],
    meaning: 'output format',
    default: 'base64; p12 with --encryption or --new-password-file',
  },
  encryption: {
    type: 'choice',
    group: 'Output',
    value: 'scheme',
    choices: ['modern', 'legacy'],
    meaning:
      'encryption of the new .p12: modern is AES, legacy is 3DES, for Windows Server 2016 and older',
  },
  newPasswordFile: {
    type: 'text',
    group: 'Output',
    value: 'file',
    kind: 'file',
    meaning: 'file with the password for the new .p12',
    default: 'the old password',
  },
  force: { ...replace, group: 'Output' },
} as const satisfies OptionTable;

export interface ConvertOptions extends CommandOptions<typeof convertOptions> {}
