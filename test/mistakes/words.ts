import { type Mistake, signedIn } from './mistake.ts';

/** Command lines that are misspelled or lack something, what each is told, and whose help that names. */
const slips = `
logn => "logn" is not a command of mfa-cli; did you mean login? => mfa-cli
apns statsu => "statsu" is not a command of mfa-cli apns; did you mean status? => mfa-cli apns
set => "set" is not a command of mfa-cli; did you mean apns set or profile set? => mfa-cli
renew => "renew" is not a command of mfa-cli; did you mean apns renew? => mfa-cli
status => "status" is not a command of mfa-cli; did you mean apns status or fleet status? => mfa-cli
aps => "aps" is not a command of mfa-cli; did you mean apns, app or api? => mfa-cli
aps --help => "aps" is not a command of mfa-cli; did you mean apns, app or api? => mfa-cli
help aps => No help found for "aps"; did you mean apns, app or api? => mfa-cli
help renew => No help found for "renew"; did you mean apns renew? => mfa-cli
apns list => "list" is not a command of mfa-cli apns; did you mean status? => mfa-cli apns
apns remove => "remove" is not a command of mfa-cli apns; did you mean delete? => mfa-cli apns
profile delete x => "delete" is not a command of mfa-cli profile; did you mean remove? => mfa-cli profile
apns sett --help => "sett" is not a command of mfa-cli apns; did you mean set? => mfa-cli apns
apns help set => "help" is not a command of mfa-cli apns; did you mean mfa-cli help apns set? => mfa-cli apns
apns set --pasword x => Unknown option --pasword; did you mean --password-file, --password-command or --password-arg? => mfa-cli apns set
apns get => "get" is not a command of mfa-cli apns. Commands: set, delete, inspect, convert, status, request, pack, verify, prove, renew => mfa-cli apns
fleet calendar => "calendar" is not a command of mfa-cli fleet. Commands: init, plan, apply, status, merge => mfa-cli fleet
help apns sett => "sett" is not a command of mfa-cli apns; did you mean set? => mfa-cli apns
help whoamii => No help found for "whoamii"; did you mean whoami? => mfa-cli
help enviroment => No help found for "enviroment"; did you mean environment? => mfa-cli
help apns set extra => "extra" is not a command of mfa-cli apns set => mfa-cli apns set
help environment extra => The help topic environment takes no further word, but "extra" was given => mfa-cli
apns set --pasword-file x => Unknown option --pasword-file; did you mean --password-file? => mfa-cli apns set
login --profil acme => Unknown option --profil; did you mean --profile? => mfa-cli login
whoami --p12 x => Unknown option --p12 => mfa-cli whoami
api /Security/WhoAmI => mfa-cli api needs <method> and <path>; only "/Security/WhoAmI" was given => mfa-cli api
apns set x --fail-on info => --fail-on takes error or warning, not "info" => mfa-cli apns set
apns set x --environment prod => --environment takes production or sandbox, not "prod"; did you mean production? => mfa-cli apns set
completion powershel => <shell> takes bash, zsh, fish, pwsh or powershell, not "powershel"; did you mean powershell? => mfa-cli completion
profile set tennant x => <key> takes tenant, app-id, client-id, scope, platform-token, port, client-app-key, ca-file or store, not "tennant"; did you mean tenant? => mfa-cli profile set
`;

/** The same without a command whose help is named. */
const others: readonly (readonly [string, string, readonly string[] | null])[] = [
  ['apns set x --warn-days soon', '--warn-days is "soon", not a number of days', null],
  ['login --tenant a.example --port abc', '--port is "abc", not a port from 1 to 65535', null],
  ['profile set port abc', 'port is "abc", not a port from 1 to 65535', null],
  ['whoami --timeout soon', '--timeout is "soon", not a number of seconds up to 86400', null],
  [
    'apns set --password hunter2hunter2',
    '--password does not exist, because others can read the command line',
    ['hint: Provide the password with --password-file FILE (- is stdin) or in MFA_CLI_P12_PASSWORD.'],
  ],
  ['profile use x', 'No profile "x". Profiles: none yet', null],
];

const slipOf = (line: string, says: string, hint: readonly string[] | null): Mistake => ({
  ...{ name: line, argv: line.split(' '), exitCode: 2, says: `error: ${says}`, hint },
});

export const wordMistakes: readonly Mistake[] = [
  ...slips
    .trim()
    .split('\n')
    .map((row) => {
      const [line = '', says = '', command = ''] = row.split(' => ');
      return slipOf(line, says, [`hint: See \`${command} --help\`.`]);
    }),
  ...others.map((row) => slipOf(...row)),
  ...['profile use acme', 'profile remove acme', 'profile show acme'].map((line) => ({
    ...slipOf(line, 'No profile "acme". Profiles: default', null),
    before: signedIn,
  })),
  {
    ...slipOf('whoami --profile defualt', 'No profile "defualt". Profiles: default; did you mean default?', [
      'hint: Create it: `mfa-cli login --profile defualt`.',
    ]),
    before: signedIn,
  },
];
