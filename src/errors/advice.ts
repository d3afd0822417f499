import { shellWord } from '../text/phrasing.ts';
import type { CliError, ErrorCode, ErrorFacts } from './cli-error.ts';
import { explainOddities } from './secret-oddities.ts';

/** The exit codes of the contract that an error can end with. */
export type ExitCode = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 130 | 143;

interface Advice {
  readonly exitCode: ExitCode;
  /** What to do, one sentence each; facts come from the error. */
  readonly hints: readonly string[] | ((facts: ErrorFacts) => readonly string[]);
}

const passwordSources =
  'Give the password with --password-file FILE (- is stdin) or in MFA_CLI_P12_PASSWORD.';
const waitLonger = 'Wait longer with --timeout SECONDS or MFA_CLI_TIMEOUT.';
const signIn =
  'Run `mfa-cli login`; a pipeline sets MFA_CLI_CLIENT_ID and MFA_CLI_CLIENT_SECRET, or MFA_CLI_TOKEN.';
const signInAnew =
  'Run it again to sign in anew; where MFA_CLI_TOKEN is set, give it a new access token of an administrator.';

/** How the address of an identity host looks. */
export const addressForms = 'https://abc1234.id.cyberark.cloud or https://abc1234.my.idaptive.app';

/** What makes the Xcode project of a folder that has none, by what the folder is laid out for. */
const projectHints: Readonly<Record<string, string>> = {
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
  workspace:
    'Generate the project first, or name that of the app: `mfa-cli app check PATH/TO/App.xcodeproj`.',
};

/** What gives the store back. */
const storeHints: Readonly<Record<string, string>> = {
  unwritable: 'Let this user write into that directory, or name another one in MFA_CLI_CONFIG_DIR.',
  busy: 'Wait for the other mfa-cli to end, or end it.',
};

/** Every error code with its exit code and its hints. A code without an entry does not compile. */
const advice: Record<ErrorCode, Advice> = {
  'internal-error': {
    exitCode: 1,
    hints: ['This is a bug in mfa-cli: run it again with --debug and report what it prints.'],
  },
  usage: { exitCode: 2, hints: usageHints },
  'prompt-unavailable': { exitCode: 2, hints: promptHints },
  'file-exists': {
    exitCode: 2,
    hints: ({ option }) => [
      option === undefined
        ? 'Choose another name, or let --force replace it.'
        : `Give another name with ${option}, or remove this file.`,
    ],
  },
  'fleet-file-invalid': {
    exitCode: 2,
    hints: ['`mfa-cli help fleet-file` shows what a fleet file holds.'],
  },
  'file-not-found': {
    exitCode: 3,
    hints: ({ input, renewal }) => [
      ...(input === 'fleet' ? ['Name it with --file FILE, or make one: `mfa-cli fleet init`.'] : []),
      ...renewalHints(renewal),
    ],
  },
  'file-unreadable': {
    exitCode: 3,
    hints: ({ remedy, profile, renewal }) => [
      ...(remedy === undefined ? [] : [`Run \`${remedy}\`.`]),
      ...renewalHints(renewal),
      ...(profile === undefined ? [] : ['Update mfa-cli, or use another profile with --profile NAME.']),
    ],
  },
  'file-unwritable': {
    exitCode: 3,
    hints: ({ remedy, store }) => [
      ...(remedy === undefined ? [] : [`Run \`${remedy}\`.`]),
      ...(store === undefined ? [] : [storeHints[store] ?? '']),
    ],
  },
  'file-too-large': {
    exitCode: 3,
    hints: ({ input }) =>
      input === 'p12' ? ['A .p12 file with a push certificate has 2 to 10 kB: this is another file.'] : [],
  },
  'pkcs12-not-recognised': {
    exitCode: 3,
    hints: ({ encoding, part, name = '' }) =>
      encoding !== undefined
        ? ['Encode the file with `base64 -w0 cert.p12`, or `mfa-cli apns convert cert.p12`.']
        : packHints(part, name),
  },
  'pkcs12-corrupt': { exitCode: 3, hints: ['Export or copy the file again, in binary mode.'] },
  'pkcs12-password-incorrect': {
    exitCode: 3,
    hints: (facts) => [
      ...oddityHints(facts),
      'Blanks at either end count. The password is the one that was chosen at the export of the file.',
    ],
  },
  'pkcs12-password-required': {
    exitCode: 3,
    hints: [
      'An empty password was given: where a secret store fills it, the secret may be missing.',
      passwordSources,
    ],
  },
  'pkcs12-unsupported': {
    exitCode: 3,
    hints: ({ missing, late }) => [
      missing !== undefined
        ? 'Export the certificate together with its private key.'
        : late !== undefined
          ? waitLonger
          : 'Make the file anew with current software, for example `openssl pkcs12 -export` without further options.',
    ],
  },
  'certificate-not-recognised': {
    exitCode: 3,
    hints: ({ late }) => [
      late === undefined
        ? "Download the certificate from Apple's portal again; it is a .cer file of some 1.5 kB."
        : waitLonger,
    ],
  },
  'key-not-recognised': {
    exitCode: 3,
    hints: ({ late }) => [
      late === undefined
        ? 'Give the private key that `mfa-cli apns request` made, or an RSA key as PEM.'
        : waitLonger,
    ],
  },
  'key-password-incorrect': {
    exitCode: 3,
    hints: (facts) => [
      ...oddityHints(facts),
      "Give the key's password with --key-password-file FILE or in MFA_CLI_KEY_PASSWORD.",
    ],
  },
  'project-not-recognised': {
    exitCode: 3,
    hints: ({ layout, late }) => [
      late === undefined
        ? (projectHints[layout ?? ''] ?? 'Name the .xcodeproj of the app, or the directory that holds it.')
        : waitLonger,
    ],
  },
  'keychain-unavailable': { exitCode: 5, hints: keychainHints },
  'not-signed-in': { exitCode: 5, hints: (facts) => fleetHints(facts) ?? [signIn] },
  'session-expired': {
    exitCode: 5,
    hints: (facts) => [
      ...oddityHints(facts),
      ...(facts.session === 'administrator' ? [signInAnew] : (fleetHints(facts) ?? [signIn])),
    ],
  },
  'sign-in-failed': { exitCode: 5, hints: signInHints },
  'sign-in-timed-out': {
    exitCode: 5,
    hints: (facts) => [
      ...(facts.awaited === 'factor'
        ? []
        : [
            `If the browser showed an error, add exactly ${facts.redirectUri ?? 'the redirect URI'} to the Allowed Redirects of the OAuth application.`,
          ]),
      'Wait longer with --timeout SECONDS.',
    ],
  },
  'sign-in-denied': { exitCode: 5, hints: signInDeniedHints },
  'tenant-refused': { exitCode: 6, hints: refusalHints },
  'tenant-forbidden': {
    exitCode: 6,
    hints: [
      'The user needs a role with the administrative right "Device Management" (System Administrator has it).',
      'The scope of the OAuth application must allow the REST API: /?Mobile/(Set|Delete)ApnsCertForClientApp.',
    ],
  },
  'tenant-changed': { exitCode: 6, hints: ['Run it again: it is planned anew from what is there now.'] },
  'rate-limited': { exitCode: 6, hints: ['Wait a minute and try again.'] },
  'apns-unreachable': {
    exitCode: 7,
    hints: (facts) => [
      facts.proxyStatus === undefined
        ? 'APNs needs a way out to port 443 or 2197; try the other with --apns-host HOST:PORT, and HTTPS_PROXY.'
        : 'Have the proxy let CONNECT to port 443 or 2197 of APNs pass, or name the host in NO_PROXY.',
      ...withoutApns(facts),
    ],
  },
  'apns-timeout': { exitCode: 7, hints: (facts) => [waitLonger, ...withoutApns(facts)] },
  'apns-tls': {
    exitCode: 7,
    hints: (facts) => [
      'A proxy that inspects TLS breaks the connection to APNs: let it pass. A stand-in names its CA with --ca-file PEM.',
      ...withoutApns(facts),
    ],
  },
  'apns-not-http2': {
    exitCode: 7,
    hints: (facts) => ['APNs speaks HTTP/2: something else answers at this address.', ...withoutApns(facts)],
  },
  'tenant-unreachable': {
    exitCode: 7,
    hints: addressHints('Check the tenant URL, the network and HTTPS_PROXY.'),
  },
  'tenant-timeout': {
    exitCode: 7,
    hints: addressHints(waitLonger),
  },
  'tenant-tls': {
    exitCode: 7,
    hints: addressHints(
      'Behind a proxy that inspects TLS, name its CA with --ca-file PEM or MFA_CLI_CA_FILE.',
    ),
  },
  'tenant-not-json': {
    exitCode: 7,
    hints: addressHints(
      `The URL is probably not that of the identity tenant: it looks like ${addressForms}.`,
    ),
  },
  'tenant-redirected': {
    exitCode: 7,
    hints: [
      'Use the address that the tenant itself has, without a portal in front: redirects are never followed.',
    ],
  },
  interrupted: { exitCode: 130, hints: [] },
};

/** The exit code that an error ends the program with. */
export function exitCodeOf(error: CliError): ExitCode {
  if (error.code === 'interrupted' && error.facts.signal === 'SIGTERM') return 143;
  return advice[error.code].exitCode;
}

/** What helps where the npm registry was asked, and no tenant. */
const registryHints: Partial<Record<ErrorCode, string>> = {
  'tenant-unreachable': 'Check the network and HTTPS_PROXY, or name a mirror with MFA_CLI_REGISTRY.',
  'tenant-not-json': 'Name the address of an npm registry with MFA_CLI_REGISTRY.',
  'tenant-redirected':
    'Name the address that it leads to with MFA_CLI_REGISTRY: redirects are never followed.',
};

/** What a person can do about an error, one sentence each. */
export function hintsFor(error: CliError): readonly string[] {
  const { hints } = advice[error.code];
  const { step, right = '', portal = '', registry } = error.facts;
  const ofRegistry = registry === undefined ? undefined : registryHints[error.code];
  if (ofRegistry !== undefined) return [ofRegistry];
  if (step !== undefined && ofSteps.includes(error.code)) return stepHints(error.code, right, portal);
  return typeof hints === 'function' ? hints(error.facts) : hints;
}

/** What a step of `bootstrap` can end with that its own hints are better for. */
const ofSteps: readonly ErrorCode[] = ['tenant-refused', 'tenant-forbidden', 'session-expired'];

/** @param portal how the step is done by hand */
function stepHints(code: ErrorCode, right: string, portal: string): readonly string[] {
  return [
    ...(code === 'tenant-refused'
      ? []
      : [
          `The user lacks a right for this step: it takes the administrative right "${right}" (System Administrator has it).`,
        ]),
    `By hand, in the admin portal: ${portal}.`,
    'Run it again then: it goes on from what is there.',
  ];
}

function keychainHints({ keychain }: ErrorFacts): readonly string[] {
  const otherwise = 'A session can also be kept in a file: `mfa-cli login --store file`.';
  switch (keychain) {
    case 'locked':
    case 'silent':
      return [
        'Unlock the keychain, or answer its question on the screen, and run the command again.',
        otherwise,
      ];
    case 'package':
      return ['Install mfa-cli again, without --omit=optional.', otherwise];
    case 'library':
      return [
        'It is unpacked into the directory for temporary files: name one in TMPDIR that can be written and is not mounted noexec.',
        otherwise,
      ];
    default:
      return [
        'Linux needs a Secret Service, such as GNOME Keyring or KWallet, in a session that has D-Bus.',
        otherwise,
      ];
  }
}

function usageHints({ option, variable, command, secret, group }: ErrorFacts): readonly string[] {
  const hints: string[] = [];
  if (secret === 'password') hints.push(passwordSources, 'On a terminal it is asked for.');
  if (secret === 'token')
    hints.push('Give the access token in MFA_CLI_TOKEN, or sign in with `mfa-cli login`.');
  if (secret === 'client-secret')
    hints.push(
      'Give the client secret in MFA_CLI_CLIENT_SECRET, or name its file in MFA_CLI_CLIENT_SECRET_FILE.',
    );
  if (option !== undefined)
    hints.push(variable === undefined ? `Give ${option}.` : `Give ${option}, or set ${variable}.`);
  else if (variable !== undefined) hints.push(`Set ${variable}.`);
  if (group !== undefined) hints.push(`The options of a command come after it: \`${group}\`.`);
  if (command !== undefined) hints.push(`See \`${command} --help\`.`);
  return hints;
}

function refusalHints({ tried, file = '' }: ErrorFacts): readonly string[] {
  const hints: string[] = [];
  if (tried !== undefined) {
    const others = ['json', 'form', 'query'].filter((form) => !tried.split(' ').includes(form));
    hints.push(
      `The tenant did not find the parameters where they were sent: try --send-as ${others.join(' or ')}. A query is part of an address, and addresses end up in logs.`,
    );
  }
  if (file.includes('encryption-modern'))
    hints.push(
      'The password opens the file here; Windows Server 2016 and older reject it when the file is encrypted with AES: make another with `mfa-cli apns convert --format p12 --encryption legacy`.',
    );
  if (file.includes('iterations-high'))
    hints.push(
      'The newest .NET loader refuses high iteration counts: make another file with `mfa-cli apns convert --format p12`.',
    );
  return hints;
}

function promptHints({ option, secret }: ErrorFacts): readonly string[] {
  const hints: string[] = [];
  if (secret === 'administrator')
    hints.push(
      'A service user needs none: set MFA_CLI_CLIENT_ID, and MFA_CLI_CLIENT_SECRET or MFA_CLI_CLIENT_SECRET_FILE.',
      'Or set MFA_CLI_TOKEN to the access token of an administrator.',
    );
  if (secret === 'password') hints.push(passwordSources);
  if (option !== undefined) hints.push(`Without a terminal, give ${option}.`);
  return hints;
}

/** Where a step can be left out. */
function withoutApns({ skip }: ErrorFacts): readonly string[] {
  return skip === undefined ? [] : [`Or go on without asking APNs: ${skip}.`];
}

/** What gives a renewal back a file that it cannot do without. @param state its state file */
function renewalHints(state: string | undefined): readonly string[] {
  return state === undefined
    ? []
    : [
        `Put it back as it was. Or move ${shellWord(state)} away: the next run begins anew, and leaves all other files where they are.`,
      ];
}

/** How what was given becomes a .p12. @param name of the file */
function packHints(part: string | undefined, name: string): readonly string[] {
  const file = name === 'standard input' ? 'FILE' : shellWord(name);
  const exported =
    'In Keychain Access open the push certificate with its triangle, select certificate and key together, and export them as .p12.';
  switch (part) {
    case 'certificate':
      return [
        `Pack it with its private key: \`mfa-cli apns pack --cert ${file} --key KEY --out cert.p12\`.`,
        exported,
      ];
    case 'key':
      return [
        `Pack it with Apple's certificate: \`mfa-cli apns pack --cert aps.cer --key ${file} --out cert.p12\`.`,
      ];
    case 'certificate-and-key':
      return [`Pack both into a .p12: \`mfa-cli apns pack --cert ${file} --key ${file} --out cert.p12\`.`];
    case 'request':
      return [
        `Apple answers it with a certificate: then \`mfa-cli apns pack --cert aps.cer --key KEY --out cert.p12\`.`,
      ];
    case 'base64':
      return [
        `Decode it into a file, \`base64 -d ${file} > cert.p12\`, or give the text in MFA_CLI_P12_BASE64.`,
      ];
    case 'auth-key':
      return [
        'The tenant takes a certificate, not an auth key: `mfa-cli apns request` makes a key and the request that Apple answers with one.',
      ];
    default:
      return [exported];
  }
}

/** Where a tenant's name or its portal was given in place of its address, that is what is to be mended. */
function addressHints(usual: string): (facts: ErrorFacts) => readonly string[] {
  return ({ tenantName, identityHost, portal }) => {
    if (portal !== undefined)
      return [
        'This is how the address of a portal looks: give the identity host, https://abc1234.id.cyberark.cloud, with --tenant URL.',
      ];
    if (identityHost !== undefined)
      return [
        `The identity host of the tenant "${tenantName}" is ${identityHost}: give it with --tenant URL.`,
      ];
    return [
      tenantName === undefined ? usual : `Give the address with --tenant URL: it looks like ${addressForms}.`,
    ];
  };
}

/** What is odd about a secret that was refused. */
function oddityHints(facts: ErrorFacts): readonly string[] {
  return explainOddities(facts).map((words) => `${words}.`);
}

/** Of a tenant of a fleet, which takes nothing from options and variables; null for any other. */
function fleetHints({ fleet, fleetProfile }: ErrorFacts): readonly string[] | null {
  if (fleetProfile !== undefined)
    return [
      `Run \`mfa-cli login --profile ${shellWord(fleetProfile)}\`, at the tenant that the fleet file names.`,
    ];
  return fleet === undefined
    ? null
    : ['Correct what the fleet file says under sign-in, or the secret that it leads to.'];
}

function signInHints(facts: ErrorFacts): readonly string[] {
  const ofFleet = fleetHints(facts);
  if (ofFleet !== null) return [...oddityHints(facts), ...ofFleet];
  if (facts.port === undefined) return [...oddityHints(facts), ...causeHints(facts)];
  return [
    `Choose a free port with --port N or MFA_CLI_PORT, and register its redirect URI http://127.0.0.1:N/callback.`,
  ];
}

function signInDeniedHints(facts: ErrorFacts): readonly string[] {
  const ofFleet = fleetHints(facts);
  if (ofFleet !== null) return ofFleet;
  if (facts.cause !== undefined) return causeHints(facts);
  return ['Allow the access in the browser, as a user who is permitted to use the OAuth application.'];
}

/** What the tenant found wrong with a sign-in, and the place in the admin portal that it has to agree with. */
function causeHints({ cause, appId, clientId, scope, redirectUri }: ErrorFacts): readonly string[] {
  const place = 'in the admin portal, Apps & Widgets > Web Apps > the OAuth application >';
  switch (cause) {
    case 'application':
      return [
        `The Application ID "${appId}" was asked for. Give the right one with --app-id ID or MFA_CLI_APP_ID: ${place} Settings. Where there is none yet, \`mfa-cli bootstrap\` makes it.`,
      ];
    case 'client':
      return [
        `The client ID "${clientId}" was given. Give one of the Allowed Clients with --client-id ID or MFA_CLI_CLIENT_ID: ${place} General Usage.`,
      ];
    case 'secret':
      return [
        `The client ID "${clientId}" and the client secret were refused: they are the name and the password of a service user who may use the OAuth application. Correct MFA_CLI_CLIENT_ID, and MFA_CLI_CLIENT_SECRET or the file of MFA_CLI_CLIENT_SECRET_FILE.`,
      ];
    case 'scope':
      return [
        `The scope "${scope}" was asked for. Give one that is defined with --scope SCOPE or MFA_CLI_SCOPE: ${place} Scope.`,
      ];
    case 'redirect':
      return [
        `Add exactly ${redirectUri} to the Allowed Redirects (${place} General Usage), or give the port of one of them with --port N.`,
      ];
    case 'grant':
      return [`Tick Auth Code among the Auth methods: ${place} Tokens.`];
    case 'factor':
      return [
        'Too many wrong answers lock a user out for a while; an administrator can unlock and see why: Users > the user > Activity.',
      ];
    case 'mechanism':
      return [
        'Sign in as a user with another factor: a password, a code, a push, a text, a mail or a call.',
        'A service user needs none: set MFA_CLI_CLIENT_ID and MFA_CLI_CLIENT_SECRET. Or set MFA_CLI_TOKEN.',
      ];
    case 'user':
      return [
        `Give the user, or a role of the user's, the right to run the application: ${place} Permissions.`,
      ];
    default:
      return [];
  }
}
