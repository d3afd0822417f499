import { type Mistake, signedIn } from './mistake.ts';

const see = (command: string): readonly string[] => [`hint: See \`${command} --help\`.`];

/** Commands, options and values that are misspelled or missing. */
const slips: readonly (readonly [string, readonly string[], string, readonly string[] | null])[] = [
  [
    'a slip of a command',
    ['logn'],
    '"logn" is not a command of mfa-cli; did you mean login?',
    see('mfa-cli'),
  ],
  [
    'a slip of a command of a group',
    ['apns', 'statsu'],
    '"statsu" is not a command of mfa-cli apns; did you mean status?',
    see('mfa-cli apns'),
  ],
  [
    'a command that only looks like another one',
    ['apns', 'get'],
    '"get" is not a command of mfa-cli apns',
    see('mfa-cli apns'),
  ],
  [
    'help on a slip of a command of a group',
    ['help', 'apns', 'sett'],
    '"sett" is not a command of mfa-cli apns; did you mean set?',
    see('mfa-cli apns'),
  ],
  [
    'help on a slip of a command',
    ['help', 'whoamii'],
    'There is no help on "whoamii"; did you mean whoami?',
    see('mfa-cli'),
  ],
  [
    'help on a slip of a topic',
    ['help', 'enviroment'],
    'There is no help on "enviroment"; did you mean environment?',
    see('mfa-cli'),
  ],
  [
    'help on more than a command',
    ['help', 'apns', 'set', 'extra'],
    '"extra" is not a command of mfa-cli apns set',
    see('mfa-cli apns set'),
  ],
  [
    'help on more than a topic',
    ['help', 'environment', 'extra'],
    '"extra" is not a part of the help on environment',
    see('mfa-cli'),
  ],
  [
    'a slip of an option',
    ['apns', 'set', '--pasword-file', 'x'],
    'Unknown option --pasword-file; did you mean --password-file?',
    see('mfa-cli apns set'),
  ],
  [
    'a slip of an option of all commands',
    ['login', '--profil', 'acme'],
    'Unknown option --profil; did you mean --profile?',
    see('mfa-cli login'),
  ],
  ['an option of another command', ['whoami', '--p12', 'x'], 'Unknown option --p12', see('mfa-cli whoami')],
  [
    'a level that is none',
    ['apns', 'set', 'x', '--fail-on', 'info'],
    '--fail-on takes error or warning, not "info"',
    see('mfa-cli apns set'),
  ],
  [
    'an environment by its short name',
    ['apns', 'set', 'x', '--environment', 'prod'],
    '--environment takes production or sandbox, not "prod"; did you mean production?',
    see('mfa-cli apns set'),
  ],
  [
    'a number of days that is none',
    ['apns', 'set', 'x', '--warn-days', 'soon'],
    '"soon" is not a number of days',
    ['hint: Give --warn-days N.'],
  ],
  [
    'a slip of a shell',
    ['completion', 'powershel'],
    '<shell> takes bash, zsh, fish, pwsh or powershell, not "powershel"; did you mean powershell?',
    see('mfa-cli completion'),
  ],
  [
    'a slip of a setting',
    ['profile', 'set', 'tennant', 'x'],
    '<key> takes tenant, app-id, client-id, scope, platform-token, port, client-app-key, ca-file or store, not "tennant"; did you mean tenant?',
    see('mfa-cli profile set'),
  ],
  [
    'a password on the command line',
    ['apns', 'set', '--password', 'hunter2hunter2'],
    'There is no --password: a command line can be read by others',
    ['hint: Give the password with --password-file FILE (- is stdin) or in MFA_CLI_P12_PASSWORD.'],
  ],
  ['a profile where there is none', ['profile', 'use', 'x'], 'No profile "x". Profiles: none yet', null],
];

export const wordMistakes: readonly Mistake[] = [
  ...slips.map(([name, argv, says, hint]) => ({ name, argv, exitCode: 2, says: `error: ${says}`, hint })),
  ...['use', 'remove', 'show'].map((word) => ({
    name: `profile ${word}: a profile that there is not`,
    argv: ['profile', word, 'acme'],
    before: signedIn,
    exitCode: 2,
    says: 'error: No profile "acme". Profiles: default',
    hint: null,
  })),
  {
    name: '--profile: a profile that there is not',
    argv: ['whoami', '--profile', 'acme'],
    before: signedIn,
    exitCode: 2,
    says: 'error: No profile "acme". Profiles: default',
    hint: null,
  },
];
