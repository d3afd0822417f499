import { removalOf, shellWord } from '../text/shell.ts';
import { entry, type Hints, passwordSources } from './entry.ts';
import { oddityHints, type SecretFacts } from './secret-oddities.ts';

/** Facts about a file that the program reads. */
interface FileFacts {
  /** How to correct the variable that names it, as a sentence. */
  readonly fix?: string;
  readonly input?: 'p12';
  /** The command that writes the missing fleet file. */
  readonly init?: string;
  /** The state file of the renewal that needs the file. */
  readonly renewal?: string;
}

interface UnreadableFacts extends FileFacts, DirectoryFacts {
  /** A file of this program that the system refuses to read. */
  readonly own?: string;
  /** The command that fixes it: `chmod go-w config.json`. */
  readonly remedy?: string;
  readonly profile?: string;
}

interface DirectoryFacts {
  /** The option or variable of a directory that is none. */
  readonly directory?: string;
}

interface UnwritableFacts extends DirectoryFacts {
  readonly remedy?: string;
  readonly store?: keyof typeof storeHints;
  /** The path of a lock that another machine's process may hold. */
  readonly lock?: string;
  readonly holder?: string;
}

interface NotPkcs12Facts {
  /** Set if the file was given as text. */
  readonly encoding?: 'base64';
  /** The kind of the file that was given instead. */
  readonly kind?: keyof ReturnType<typeof wrongKindHints>;
  /** The file's name. */
  readonly name?: string;
}

/** Errors of an input file. Exit code 3. */
export const inputErrors = {
  'file-not-found': entry(3, ({ init, renewal, fix }: FileFacts) => [
    fix,
    init && `Specify it with --file FILE, or create one: \`${init}\`.`,
    renewal && renewalHint(renewal),
  ]),
  'file-unreadable': entry(
    3,
    ({ remedy, profile, renewal, directory, own, fix }: UnreadableFacts) => [
      fix,
      remedy && `Run \`${remedy}\`.`,
      directory && `Name a directory with ${directory}.`,
      own && 'Make this user the owner of the file, with the right to read it.',
      renewal && renewalHint(renewal),
      profile !== undefined && 'Update mfa-cli, or use another profile with --profile NAME.',
    ],
  ),
  'file-unwritable': entry(3, ({ remedy, store, lock, holder, directory }: UnwritableFacts) => [
    directory && `Name a directory with ${directory}.`,
    lock && `Check whether ${holder} is still running. If it is not, run \`${removalOf(lock)}\`.`,
    remedy && `Run \`${remedy}\`.`,
    store && storeHints[store],
  ]),
  'file-too-large': entry(3, ({ input }: FileFacts) => [
    input === 'p12' &&
      'A .p12 file with a push certificate has 2 to 10 KiB. Check that you chose the right file.',
  ]),
  'pkcs12-not-recognized': entry(3, ({ encoding, kind = 'other', name = '' }: NotPkcs12Facts) =>
    encoding !== undefined
      ? ['Encode the file with `base64 -w0 cert.p12`, or `mfa-cli apns convert cert.p12`.']
      : wrongKindHints(name === 'stdin' ? 'FILE' : shellWord(name))[kind],
  ),
  'pkcs12-corrupt': entry(3, () => [getAgain]),
  'pkcs12-password-incorrect': entry(3, (facts: SecretFacts) => [
    oddityHints(facts),
    'Leading and trailing spaces count. Use the password set when the file was exported.',
  ]),
  'pkcs12-password-required': entry(3, ({ isInFleet }: { readonly isInFleet?: true }) => [
    'The password given is empty. If a secret store provides it, check that the secret exists.',
    isInFleet
      ? 'Correct the password in the fleet file, or the secret that it points to.'
      : passwordSources,
  ]),
  'pkcs12-unsupported': entry(3, ({ missing }: { readonly missing?: 'private key' }) => [
    missing !== undefined
      ? 'Export the certificate together with its private key.'
      : 'Create the file again with current software, for example `openssl pkcs12 -export` without other options.',
  ]),
  'certificate-not-recognized': entry(3, ({ p12 }: { readonly p12?: string }) => [
    p12 !== undefined
      ? `It is already packed: run \`mfa-cli apns inspect ${shellWord(p12)}\`.`
      : "Download the certificate from Apple's portal again. It is a .cer file of about 1.5 KiB.",
  ]),
  'key-not-recognized': entry(3, ({ wanted }: { readonly wanted?: 'p8' | 'pkcs8' }) => [
    wanted === undefined &&
      'Provide the private key that `mfa-cli apns request` created, or an RSA key in PEM.',
    wanted === 'pkcs8' && 'Convert it: `openssl pkcs8 -topk8 -in KEY -out new.key`.',
    wanted === 'p8' &&
      "Provide the AuthKey_….p8 file. Apple's portal offers it once, when you create the key.",
  ]),
  'key-password-incorrect': entry(3, (facts: SecretFacts) => [
    oddityHints(facts),
    "Provide the key's password with --key-password-file FILE or in MFA_CLI_KEY_PASSWORD.",
  ]),
  'project-not-recognized': entry(3, () => [
    'Give the path of the app: `mfa-cli app check PATH/TO/App.xcodeproj`.',
    'If a tool generates the project (Tuist, XcodeGen, `expo prebuild`), run the tool first.',
  ]),
};

/** How to make the store writable again. */
const storeHints = {
  unwritable:
    'Allow this user to write to that directory, or set MFA_CLI_CONFIG_DIR to another one.',
  shared: 'Set MFA_CLI_CONFIG_DIR to a directory that only you can write to.',
  busy: 'Wait for the other mfa-cli to finish, or stop it.',
};

/** How to continue a renewal that misses a file. @param state its state file */
function renewalHint(state: string): string {
  return `Restore the file. Or move ${shellWord(state)} away to start over: the next run keeps all other files.`;
}

const getAgain = 'Export the file again, or copy it again in binary mode.';

/** How to get from the file that was given to a .p12. @param file quoted for a shell */
function wrongKindHints(file: string) {
  const exported =
    'In Keychain Access, expand the push certificate, select the certificate and its key, and export both as .p12.';
  const pack = 'mfa-cli apns pack --cert';
  return {
    certificate: [
      `Pack it with its private key: \`${pack} ${file} --key KEY --out cert.p12\`.`,
      exported,
    ],
    key: [`Pack it with Apple's certificate: \`${pack} aps.cer --key ${file} --out cert.p12\`.`],
    'certificate-and-key': [
      `Pack both into a .p12: \`${pack} ${file} --key ${file} --out cert.p12\`.`,
    ],
    request: [
      `Upload it to Apple, then pack the certificate: \`${pack} aps.cer --key KEY --out cert.p12\`.`,
    ],
    base64: [`Decode it: \`base64 -d ${file} > cert.p12\`. Or put the text in MFA_CLI_P12_BASE64.`],
    'auth-key': [
      'The tenant needs a certificate, not an auth key. Start with `mfa-cli apns request`, which creates a key and a certificate signing request for Apple.',
      'Only `push send` and `apns verify` accept an auth key, with --p8 FILE.',
    ],
    damaged: [getAgain],
    'web-page': ['Download the file again while you are signed in to the site that offers it.'],
    other: [exported],
  } satisfies Readonly<Record<string, Hints>>;
}
