import { removalOf, shellWord } from '../text/shell.ts';
import { entry, type Hints, passwordSources, waitLonger } from './entry.ts';
import { oddityHints, type SecretFacts } from './secret-oddities.ts';

/** What is known of any file that is read. */
interface FileFacts {
  readonly input?: 'p12' | 'fleet';
  /** The state file of the renewal that cannot do without the file. */
  readonly renewal?: string;
}

interface UnreadableFacts extends FileFacts {
  /** The command that mends it: `chmod go-w config.json`. */
  readonly remedy?: string;
  /** The profile that this version cannot read. */
  readonly profile?: string;
}

interface UnwritableFacts {
  readonly remedy?: string;
  /** What keeps the store from being written. */
  readonly store?: keyof typeof storeHints;
  /** A lock whose process runs elsewhere, if at all. */
  readonly lock?: string;
  /** `process 42`, and its machine. */
  readonly holder?: string;
}

interface NotPkcs12Facts {
  /** Where the file was given as text that does not decode. */
  readonly encoding?: 'base64';
  /** What was given instead. */
  readonly part?: 'certificate' | 'key' | 'certificate-and-key' | 'request' | 'base64' | 'auth-key';
  /** Of the file. */
  readonly name?: string;
}

/** Whether time ran out before the file was read. */
interface LateFacts {
  readonly late?: true;
}

/** The errors of an input file, which end with 3. */
export const inputErrors = {
  'file-not-found': entry(3, ({ input, renewal }: FileFacts) => [
    input === 'fleet' && 'Name it with --file FILE, or make one: `mfa-cli fleet init`.',
    renewal && renewalHint(renewal),
  ]),
  'file-unreadable': entry(3, ({ remedy, profile, renewal }: UnreadableFacts) => [
    remedy && `Run \`${remedy}\`.`,
    renewal && renewalHint(renewal),
    profile !== undefined && 'Update mfa-cli, or use another profile with --profile NAME.',
  ]),
  'file-unwritable': entry(3, ({ remedy, store, lock, holder }: UnwritableFacts) => [
    lock &&
      `Nobody here can tell whether ${holder} still runs. If it does not, run \`${removalOf(lock, 'file')}\`.`,
    remedy && `Run \`${remedy}\`.`,
    store && storeHints[store],
  ]),
  'file-too-large': entry(3, ({ input }: FileFacts) => [
    input === 'p12' && 'A .p12 file with a push certificate has 2 to 10 kB: this is another file.',
  ]),
  'pkcs12-not-recognised': entry(3, ({ encoding, part, name = '' }: NotPkcs12Facts) =>
    encoding !== undefined
      ? ['Encode the file with `base64 -w0 cert.p12`, or `mfa-cli apns convert cert.p12`.']
      : packHints(name === 'standard input' ? 'FILE' : shellWord(name))[part ?? 'other'],
  ),
  'pkcs12-corrupt': entry(3, () => ['Export or copy the file again, in binary mode.']),
  'pkcs12-password-incorrect': entry(3, (facts: SecretFacts) => [
    oddityHints(facts),
    'Blanks at either end count. The password is the one that was chosen at the export of the file.',
  ]),
  'pkcs12-password-required': entry(3, () => [
    'An empty password was given: where a secret store fills it, the secret may be missing.',
    passwordSources,
  ]),
  'pkcs12-unsupported': entry(3, ({ missing, late }: LateFacts & { readonly missing?: 'private key' }) => [
    missing !== undefined
      ? 'Export the certificate together with its private key.'
      : late
        ? waitLonger
        : 'Make the file anew with current software, for example `openssl pkcs12 -export` without further options.',
  ]),
  'certificate-not-recognised': entry(3, ({ late }: LateFacts) => [
    late
      ? waitLonger
      : "Download the certificate from Apple's portal again; it is a .cer file of some 1.5 kB.",
  ]),
  'key-not-recognised': entry(3, ({ late, wanted }: LateFacts & { readonly wanted?: 'p8' }) => [
    wanted === 'p8'
      ? "Give the AuthKey_….p8 file that Apple's portal offers once, when the key is made."
      : late
        ? waitLonger
        : 'Give the private key that `mfa-cli apns request` made, or an RSA key as PEM.',
  ]),
  'key-password-incorrect': entry(3, (facts: SecretFacts) => [
    oddityHints(facts),
    "Give the key's password with --key-password-file FILE or in MFA_CLI_KEY_PASSWORD.",
  ]),
  'project-not-recognised': entry(3, ({ layout = 'unknown', late }: ProjectFacts) => [
    late ? waitLonger : projectHints[layout],
  ]),
};

type ProjectFacts = LateFacts & { readonly layout?: keyof typeof projectHints };

/** What makes the Xcode project of a folder that has none, by what the folder is laid out for. */
const projectHints = {
  unknown: 'Name the .xcodeproj of the app, or the directory that holds it.',
  tuist: 'Generate the project first: `tuist install`, then `tuist generate --no-open`.',
  xcodegen: 'Generate the project first: `xcodegen generate`.',
  expo: 'Generate the project first: `npx expo prebuild --platform ios`.',
  flutter: 'Generate the project first: `flutter create --platforms=ios .`.',
  capacitor: 'Generate the project first: `npx cap add ios`.',
  cordova: 'Generate the project first: `cordova platform add ios`.',
  'react-native':
    'Generate the project first: take the ios folder of the template, `npx @react-native-community/cli init`.',
  'swift-package': 'Name the app that uses the package: `mfa-cli app check PATH/TO/App.xcodeproj`.',
  several: 'Name that of the app: `mfa-cli app check PATH/TO/App.xcodeproj`.',
};

/** What gives the store back. */
const storeHints = {
  unwritable: 'Let this user write into that directory, or name another one in MFA_CLI_CONFIG_DIR.',
  shared: 'Name a directory of your own in MFA_CLI_CONFIG_DIR, in which nobody else may write.',
  busy: 'Wait for the other mfa-cli to end, or end it.',
};

/** What gives a renewal back a file that it cannot do without. @param state its state file */
function renewalHint(state: string): string {
  return `Put it back as it was. Or move ${shellWord(state)} away: the next run begins anew, and leaves all other files where they are.`;
}

/** How what was given becomes a .p12. @param file as a shell takes it */
function packHints(file: string): Readonly<Record<NonNullable<NotPkcs12Facts['part']> | 'other', Hints>> {
  const exported =
    'In Keychain Access open the push certificate with its triangle, select certificate and key together, and export them as .p12.';
  const pack = 'mfa-cli apns pack --cert';
  return {
    certificate: [`Pack it with its private key: \`${pack} ${file} --key KEY --out cert.p12\`.`, exported],
    key: [`Pack it with Apple's certificate: \`${pack} aps.cer --key ${file} --out cert.p12\`.`],
    'certificate-and-key': [`Pack both into a .p12: \`${pack} ${file} --key ${file} --out cert.p12\`.`],
    request: [`Apple answers it with a certificate: then \`${pack} aps.cer --key KEY --out cert.p12\`.`],
    base64: [
      `Decode it into a file, \`base64 -d ${file} > cert.p12\`, or give the text in MFA_CLI_P12_BASE64.`,
    ],
    'auth-key': [
      'The tenant takes a certificate, not an auth key: `mfa-cli apns request` makes a key and the request that Apple answers with one.',
      'Only `push send` and `apns verify` take an auth key, with --p8 FILE.',
    ],
    other: [exported],
  };
}
