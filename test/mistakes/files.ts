import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { applePath } from '../support/apple-fixtures.ts';
import { p12Path, secretPassword } from '../support/fixtures.ts';
import { good, key, type Mistake, withCertificate } from './mistake.ts';

const certificate = applePath('aps.cer');
const privateKey = applePath('key.pem');
const bundle = p12Path('40-pem-bundle');
const pem = p12Path('40-pem-cert');
const request = p12Path('40-csr-der');
const authKey = p12Path('40-p8-key-pem');
const keyStore = p12Path('40-jks');
const page = p12Path('40-html');
const base64 = p12Path('40-base64-of-p12');
const empty = p12Path('40-empty');
const export_ =
  'hint: In Keychain Access, expand the push certificate, select the certificate and its key, and export both as .p12.';
const toPack = (cert: string, key_: string): string =>
  `\`mfa-cli apns pack --cert ${cert} --key ${key_} --out cert.p12\`.`;

/** What is given for a .p12 and is none. */
const otherKinds: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    'the certificate that Apple gives',
    certificate,
    'it looks like a certificate without its private key (DER)',
    [`hint: Pack it with its private key: ${toPack(certificate, 'KEY')}`, export_],
  ],
  [
    'the same as PEM',
    pem,
    'it looks like PEM text with a certificate',
    [`hint: Pack it with its private key: ${toPack(pem, 'KEY')}`],
  ],
  [
    'a key',
    privateKey,
    'it looks like PEM text with a private key',
    [`hint: Pack it with Apple's certificate: ${toPack('aps.cer', privateKey)}`],
  ],
  [
    'a PEM file with certificate and key',
    bundle,
    'it looks like PEM text with a certificate and a private key',
    [`hint: Pack both into a .p12: ${toPack(bundle, bundle)}`],
  ],
  [
    'an auth key',
    authKey,
    'it looks like an APNs auth key (.p8), which is another kind of credential',
    [
      'hint: The tenant needs a certificate, not an auth key. Start with `mfa-cli apns request`, which creates a key and a certificate request for Apple.',
    ],
  ],
  [
    'a request',
    request,
    'it looks like a certificate signing request',
    [`hint: Upload it to Apple, then pack the certificate: ${toPack('aps.cer', 'KEY')}`],
  ],
  [
    'the text of a .p12',
    base64,
    'it looks like base64 text',
    [`hint: Decode it: \`base64 -d ${base64} > cert.p12\`. Or put the text in MFA_CLI_P12_BASE64.`],
  ],
  ['a Java keystore', keyStore, 'it looks like a Java keystore (JKS)', [export_]],
  ['a page of the web', page, 'it looks like a web page (HTML)', [export_]],
  ['a text of the system', '/etc/passwd', 'it looks like text', [export_]],
  ['an empty file', empty, 'it is empty', [export_]],
];

const refused = (found: string): string => `✗ Nothing was sent: the checks found ${found}`;
const force = 'To send it despite the findings, add --force.';

/** What is refused before a question, also at a terminal: an unexpected question fails the test. */
const unsettable: readonly (readonly [string, string, readonly string[]])[] = [
  ['an expired certificate', '30-exp', ['[certificate-expired]', 'Renew the push certificate']],
  ['a VoIP certificate', '30-voip', ['[push-kind-unsupported]', 'Create an Apple Push Notification service']],
  [
    'a distribution certificate',
    '30-dist',
    ['[not-a-push-certificate]', 'Export the certificate named “Apple Push Services: <bundle ID>”.'],
  ],
];

export const fileMistakes: readonly Mistake[] = [
  ...otherKinds.map(([name, path, looks, hint]) => ({
    name: `${name} for a .p12`,
    argv: ['apns', 'inspect', path],
    options: { env: secretPassword },
    exitCode: 3,
    says: `error: ${path} is not a .p12 file: ${looks}`,
    hint,
  })),
  ...(
    [
      ['hello', 'does not hold base64: it looks like text'],
      ['hell', 'is not a .p12 file: it is binary data of an unknown kind'],
      ['/etc/push.p12', 'does not hold base64: it looks like text'],
    ] as const
  ).map(([value, says]) => ({
    name: `MFA_CLI_P12_BASE64=${value}`,
    argv: ['apns', 'inspect'],
    options: { env: { MFA_CLI_P12_BASE64: value } },
    exitCode: 3,
    says: `error: MFA_CLI_P12_BASE64 ${says}`,
    hint: ['hint: '],
  })),
  ...unsettable.map(([name, fixture, hint]) => ({
    name: `${name}, at a terminal`,
    argv: ['apns', 'set', p12Path(fixture)],
    options: { env: secretPassword, answers: [] },
    exitCode: 4,
    says: refused('1 error and 1 warning'),
    hint,
  })),
  {
    name: 'a sandbox certificate over a production one, at a terminal, answered by Return alone',
    argv: ['apns', 'set', p12Path('30-dev'), '--client-app-key', key, '--no-verify'],
    options: { env: secretPassword, answers: [false] },
    before: withCertificate,
    exitCode: 130,
    says: '! The certificate serves the sandbox only: apps from the App Store, TestFlight and MDM get no push. [sandbox-only]',
    hint: [
      'Replaces        the certificate until',
      `Client app key  ${key}\nTenant          TENANT\nEnvironments    sandbox\nValid until     `,
      '✗ Nothing was sent',
    ],
  },
  {
    name: 'a sandbox certificate over a production one, in a strict pipeline',
    argv: ['apns', 'set', p12Path('30-dev'), '--client-app-key', key, '--fail-on', 'warning'],
    options: { env: secretPassword },
    before: withCertificate,
    exitCode: 4,
    says: refused('2 warnings'),
    hint: ['[sandbox-only]', 'For production, create a “Sandbox & Production” certificate.', force],
  },
  {
    name: 'a certificate that ends before the one that was set',
    argv: ['apns', 'set', good, '--client-app-key', key],
    options: { env: secretPassword },
    before: async (machine) => {
      const tenant = await withCertificate(machine);
      const path = join(machine.directory, 'config.json');
      const later = readFileSync(path, 'utf8')
        .replace(/"notAfter": ?"2027/, '"notAfter": "2029')
        .replace(/"fingerprint": ?"./, '"fingerprint": "0');
      writeFileSync(path, later);
      return tenant;
    },
    exitCode: 4,
    says: refused('1 error and 1 warning'),
    hint: [
      '[replaces-later-certificate]',
      'Use the newer certificate, or set the older one with --force.',
      force,
    ],
  },
  {
    name: 'a wrong password, typed three times',
    argv: ['apns', 'inspect', good],
    options: { answers: ['no', 'nor this', 'nor that'] },
    exitCode: 3,
    says: '✗ Wrong password, or the file is damaged. 2 attempts left.',
    hint: [
      '✗ Wrong password, or the file is damaged. 1 attempt left.',
      `✗ The password does not open ${good}, or the file is damaged: the two cannot be told apart`,
      '  Blanks at either end count.',
    ],
  },
  {
    name: 'a wrong password, given',
    argv: ['apns', 'inspect', good],
    options: { env: { MFA_CLI_P12_PASSWORD: 'secret ' } },
    exitCode: 3,
    says: `error: The password does not open ${good}, or the file is damaged: the two cannot be told apart`,
    hint: [
      'hint: MFA_CLI_P12_PASSWORD starts or ends with a space or an invisible character, which is part of the secret.',
      'hint: Leading and trailing spaces count.',
    ],
  },
  ...(
    [
      ['nope.txt', ', nope.txt,'],
      ['certs/push.secret', ', certs/push.secret,'],
      // It may be the password itself.
      ['tangerine', ''],
      ['tange/rine', ''],
    ] as const
  ).map(([path, named]) => ({
    name: `--password-file ${path}`,
    argv: ['apns', 'inspect', good, '--password-file', path],
    exitCode: 3 as const,
    says: `error: The file of --password-file${named} does not exist`,
    hint: null,
  })),
  {
    name: 'a path with no Xcode project',
    argv: ['app', 'check', 'docs'],
    exitCode: 3,
    says: 'error: docs contains no Xcode project',
    hint: ['hint: Give the path of the .xcodeproj of the app, or of the directory that contains it.'],
  },
  {
    name: 'emulator --apns-ca: a file that is there',
    argv: ['emulator', '--port', '0', '--apns-ca', good],
    exitCode: 2,
    says: `error: ${good} already exists, and no emulator wrote it`,
    hint: ['hint: Choose another name with --apns-ca FILE, or remove the file.'],
  },
  {
    name: 'apns convert --out: a file that is there',
    argv: ['apns', 'convert', good, '--out', good],
    options: { env: secretPassword },
    exitCode: 2,
    says: `error: ${good} already exists`,
    hint: ['hint: Choose another name, or replace it with --force.'],
  },
];
