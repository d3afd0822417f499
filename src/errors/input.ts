import { type ErrorEntries, type Hints, passwordSources } from './entry.ts';
import { fileWord, type Hint, mfaCli } from './hint.ts';
import { oddityHints, type SecretFacts } from './secret-oddities.ts';

interface NotPkcs12Facts {
  /** Set if the file was given as text. */
  readonly encoding?: 'base64';
  /** The kind of the file that was given instead. */
  readonly kind?: keyof typeof wrongKindHints;
  /** Where it is; absent: on stdin or in a variable. */
  readonly path?: string;
}

interface PasswordFacts {
  /** Set for a certificate of a fleet file. */
  readonly isInFleet?: true;
}

interface UnsupportedFacts {
  readonly missing?: 'private key';
}

interface NotCertificateFacts {
  /** The path of a .p12 in place of a certificate; null: it came from a stream. */
  readonly p12?: string | null;
}

interface NotKeyFacts {
  readonly wanted?: 'p8' | 'pkcs8';
}

/** Errors of the content of an input file. */
export const inputErrors = {
  'pkcs12-not-recognized': {
    area: 'input',
    exitCode: 3,
    hints: ({ encoding, kind = 'other', path }: NotPkcs12Facts) =>
      encoding === undefined
        ? wrongKindHints[kind](fileWord(path))
        : [
            {
              text: 'Encode the file: {command} prints its base64.',
              command: mfaCli('apns', 'convert', 'FILE'),
            },
          ],
  },
  'pkcs12-corrupt': {
    area: 'input',
    exitCode: 3,
    hints: () => [getAgain],
  },
  'pkcs12-password-incorrect': {
    area: 'input',
    exitCode: 3,
    hints: (facts: SecretFacts) => [
      oddityHints(facts),
      'Use the password that was chosen when the file was exported. Leading and trailing ' +
        'spaces are part of it.',
    ],
  },
  'pkcs12-password-required': {
    area: 'input',
    exitCode: 3,
    hints: ({ isInFleet }: PasswordFacts) => [
      'The password is empty. If it comes from a secret store, check that the secret exists.',
      isInFleet
        ? 'Correct `password` in the fleet file, or the secret that it refers to.'
        : passwordSources,
    ],
  },
  'pkcs12-unsupported': {
    area: 'input',
    exitCode: 3,
    hints: ({ missing }: UnsupportedFacts) => [
      missing === undefined
        ? 'Create the file again with current software, ' +
          'for example `openssl pkcs12 -export` without other options.'
        : 'Export the certificate together with its private key.',
    ],
  },
  'certificate-not-recognized': {
    area: 'input',
    exitCode: 3,
    hints: ({ p12 }: NotCertificateFacts) => [
      p12 === undefined
        ? 'If --cert and --key are swapped, exchange them. Otherwise download the certificate ' +
          "from Apple's portal again. It is a .cer file of about 1.5 KiB."
        : {
            text: 'It is already packed: run {command}.',
            command: mfaCli('apns', 'inspect', fileWord(p12)),
          },
    ],
  },
  'key-not-recognized': {
    area: 'input',
    exitCode: 3,
    hints: ({ wanted }: NotKeyFacts) => [
      wanted === undefined &&
        'Use the private key that `mfa-cli apns request` created, or an RSA key in PEM.',
      wanted === 'pkcs8' && {
        text: 'Convert it: {command}.',
        command: ['openssl', 'pkcs8', '-topk8', '-in', 'KEY', '-out', 'new.key'],
      },
      wanted === 'p8' &&
        "Use the AuthKey_….p8 file. Apple's portal offers it once, when you create the key.",
    ],
  },
  'key-password-incorrect': {
    area: 'input',
    exitCode: 3,
    hints: (facts: SecretFacts) => [
      oddityHints(facts),
      "For the key's password, use --key-password-file FILE, or set MFA_CLI_KEY_PASSWORD.",
    ],
  },
  'project-not-recognized': {
    area: 'input',
    exitCode: 3,
    hints: () => [
      {
        text: 'Use the path of the app: {command}.',
        command: mfaCli('app', 'check', 'PATH/TO/App.xcodeproj'),
      },
      'If a tool generates the project (Tuist, XcodeGen, `expo prebuild`), run the tool first.',
    ],
  },
  'app-unreadable': {
    area: 'input',
    exitCode: 3,
    hints: () => [
      {
        text: 'Use an app as Xcode exported or archived it: {command}.',
        command: mfaCli('app', 'check', 'PATH/TO/App.ipa'),
      },
    ],
  },
} as const satisfies ErrorEntries;

const getAgain = 'Export the file again, or copy it again in binary mode.';

const exported =
  'On a Mac, expand the push certificate in Keychain Access, select the certificate and its ' +
  'key, and export both as .p12.';

/** How to get from the file that was given to a .p12, by the kind of that file. */
const wrongKindHints = {
  certificate: (file) => [
    { text: 'Pack it with its private key: {command}.', command: packing(file, 'KEY') },
    exported,
  ],
  key: (file) => [
    { text: "Pack it with Apple's certificate: {command}.", command: packing('aps.cer', file) },
  ],
  'certificate-and-key': (file) => [
    { text: 'Pack both into a .p12: {command}.', command: packing(file, file) },
  ],
  request: () => [
    {
      text: 'Upload it to Apple, then pack the certificate: {command}.',
      command: packing('aps.cer', 'KEY'),
    },
  ],
  base64: (file) => [
    {
      text: 'Decode it: {command}. Or put the text in MFA_CLI_P12_BASE64.',
      command: ['openssl', 'base64', '-d', '-A', '-in', file, '-out', 'cert.p12'],
    },
  ],
  'auth-key': () => [
    {
      text:
        'The tenant needs a certificate, not an auth key. ' +
        'Start with {command}, which creates a key and a certificate signing request for ' +
        'Apple.',
      command: mfaCli('apns', 'request'),
    },
    'Only `push send` and `apns verify` accept an auth key, with --p8 FILE.',
  ],
  damaged: () => [getAgain],
  'web-page': () => ['Download the file again while you are signed in to the site that offers it.'],
  'provisioning-profile': () => [
    'A provisioning profile is part of a built app, and has no key. ' +
      'The tenant needs the push certificate with its key.',
    fromSeparateFiles,
    exported,
  ],
  other: () => [fromSeparateFiles, exported],
} satisfies Readonly<Record<string, (file: string) => Hints>>;

const fromSeparateFiles: Hint = {
  text: "Pack Apple's certificate with its private key: {command}.",
  command: packing('aps.cer', 'KEY'),
};

function packing(certificate: string, key: string): readonly string[] {
  return ['mfa-cli', 'apns', 'pack', '--cert', certificate, '--key', key, '--out', 'cert.p12'];
}
