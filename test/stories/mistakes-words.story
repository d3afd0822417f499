# Mistyped commands, options and values, and the word that was meant.

## suggests the command that was meant
$ mfa-cli logn
exit 2
stderr has did you mean login?
$ mfa-cli apns statsu
exit 2
stderr has did you mean status?
$ mfa-cli help apns sett
exit 2
stderr has did you mean set?
$ mfa-cli apns sett --help
exit 2
stderr has did you mean set?

## suggests the commands of a group: <WORD>
each WORD: set | status
$ mfa-cli <WORD>
exit 2
stderr has did you mean apns <WORD> or

## suggests the only group that has a command
$ mfa-cli renew
exit 2
stderr has did you mean apns renew?
$ mfa-cli help renew
exit 2
stderr has did you mean apns renew?

## suggests each group that is spelled like it
$ mfa-cli aps
exit 2
stderr has did you mean apns, app or api?
$ mfa-cli help aps
exit 2
stderr has did you mean apns, app or api?
$ mfa-cli aps --help
exit 2
stderr has did you mean apns, app or api?

## lists the commands of <GROUP> where none is spelled like it
each GROUP: apns get | apns list | apns remove | fleet ledger | profile delete
$ mfa-cli <GROUP>
exit 2
stderr has Commands:
stderr lacks did you mean

## names every command of a group
$ mfa-cli fleet ledger
exit 2
stderr has Commands: init, plan, apply, status, merge
stderr has See `mfa-cli fleet --help`.

## knows what help behind a group means
$ mfa-cli apns help set
exit 2
stderr has did you mean mfa-cli help apns set?

## suggests the topic of help that was meant
$ mfa-cli help whoamii
exit 2
stderr has did you mean whoami?
$ mfa-cli help enviroment
exit 2
stderr has did you mean environment?

## says which word of help is one too many: <WORDS>
each WORDS: apns set extra | environment extra
$ mfa-cli help <WORDS> --json
exit 2
json .error.code is usage
json .error.message has "extra"

## suggests the options that were meant
$ mfa-cli apns set --pasword x
exit 2
stderr has did you mean --password-file, --password-command or --password-arg?
stderr has See `mfa-cli apns set --help`.

## suggests the only option that is spelled like it
$ mfa-cli apns set --pasword-file x
exit 2
stderr has did you mean --password-file?
$ mfa-cli login --profil acme
exit 2
stderr has did you mean --profile?

## suggests nothing for an option of another command
$ mfa-cli whoami --p12 x
exit 2
stderr has --p12
stderr lacks did you mean

## suggests the value that was meant
$ mfa-cli apns set x --environment prod
exit 2
stderr has not "prod"; did you mean production?
$ mfa-cli completion powershel
exit 2
stderr has did you mean powershell?
$ mfa-cli profile set tennant x
exit 2
stderr has did you mean tenant?

## names the values that an option has
$ mfa-cli apns set x --fail-on info
exit 2
stderr has --fail-on must be error or warning, not "info"

## says what a number must be: <OPTION>
each OPTION: login --tenant a.example --port abc | profile set port abc | whoami --timeout soon
  | apns set x --warn-days soon
$ mfa-cli <OPTION> --json
exit 2
json .error.code is usage
json .error.message matches / must be a (port|number|whole number) .*, not "(abc|soon)"$/

## says that there is no --password, and how a password is given, without showing it
$ mfa-cli apns set --password hunter2hunter2
exit 2
stderr has other users can read a command line
stderr has --password-file FILE (- for stdin), or set MFA_CLI_P12_PASSWORD.
stderr lacks hunter2

## refuses two sources of one password
$ mfa-cli apns inspect %01-default-aes256 --password-file x --password-command true --json
exit 2
json .error.code is usage
json .error.message has --password-command and --password-file

## names both files where two are given
$ mfa-cli apns inspect a.p12 --p12 b.p12
exit 2
stderr has a.p12 and b.p12

## refuses two client app keys
$ mfa-cli apns delete one --client-app-key two --json
exit 2
json .error.code is usage
json .error.message has Two client app keys

## says which words a command lacks
$ mfa-cli api /Security/WhoAmI
exit 2
stderr has needs <method> and <path>; only "/Security/WhoAmI" was given

## says what is missing: <LINE>
each LINE: push send nope.json | login
$ mfa-cli <LINE> --json
exit 2
json .error.code is usage
json .error.hints[0] matches /^Use --(device-token HEX|tenant URL)/

## says where a fleet file was looked for, and how to create one
$ mfa-cli fleet status --out x.pdf
exit 3
stderr has mfa-fleet.yaml does not exist
stderr has or create one: `mfa-cli fleet init`.
$ mfa-cli fleet plan --file nope.yaml
exit 3
stderr has nope.yaml does not exist
stderr has or create one: `mfa-cli fleet init --file nope.yaml`.

## says which path an app has where there is no project
folder docs
$ mfa-cli app check docs
exit 3
stderr has docs contains no Xcode project
stderr has `mfa-cli app check PATH/TO/App.xcodeproj`

## lets no emulator replace a file
write ca.pem: mine
$ mfa-cli emulator --port 0 --apns-ca ca.pem
exit 2
stderr has --apns-ca FILE, or remove the file.
file ca.pem is unchanged

## converts no file into itself
copy %01-default-aes256 to a.p12
$ MFA_CLI_P12_PASSWORD=secret mfa-cli apns convert a.p12 --out a.p12 --json
exit 2
json .error.code is file-exists
json .error.hints[0] has --force
file a.p12 is unchanged

## prints the version as JSON
$ mfa-cli --version --json
json .version matches /^\d+\.\d+\.\d+/
