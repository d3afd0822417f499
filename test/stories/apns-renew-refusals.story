# `apns renew`: the states and the directories that it does not touch.

variable MFA_CLI_KEY_PASSWORD=the-key-password
nobody listens
renewal in push

## refuses the directory of another app
replace /"com.example.app"/ with "com.example.other" in push/mfa-renew.json
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 2
json .error.code is usage
json .error.message has com.example.other, not com.example.app
file push/mfa-renew.json is unchanged
nobody asked

## refuses the directory of another team
replace /A1B2C3D4E5/ with B1B2C3D4E5 in push/mfa-renew.json
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 2
json .error.code is usage
json .error.message has B1B2C3D4E5, not A1B2C3D4E5
file push/mfa-renew.json is unchanged
nobody asked

## refuses the state of a newer version
replace /"version": 1/ with "version": 2 in push/mfa-renew.json
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 3
json .error.code is file-unreadable
json .error.message has newer
file push/mfa-renew.json is unchanged
nobody asked

## refuses a state with damage <DAMAGE>
each DAMAGE: /"version": 1,/ with "was": 1, | /"rounds"/ with "others"
 | /"name": "/ with "name": "..\/ | /"publicKey": "/ with "publicKey": "x | /^\{/ with [
replace <DAMAGE> in push/mfa-renew.json
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 3
json .error.code is file-unreadable
# The way out.
json .error.hints[0] has move push/mfa-renew.json away
file push/mfa-renew.json is unchanged
files push/com.example.app-2026-11-24.certSigningRequest,
 push/com.example.app-2026-11-24.key.pem, push/mfa-renew.json
nobody asked

## begins anew beside the files where the state was moved away
remove push/mfa-renew.json
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
json .stage is requested
json .files.key is push/com.example.app-2026-11-24-2.key.pem
json .files.request is push/com.example.app-2026-11-24-2.certSigningRequest
file push/com.example.app-2026-11-24.key.pem is unchanged
file push/com.example.app-2026-11-24.certSigningRequest is unchanged

## refuses a directory of mode <MODE>, to which others may write
each MODE: 0777 | 0770 | 0702
chmod <MODE> push
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 3
json .error.code is file-unreadable
json .error.hints[0] has chmod go-w push
file push mode <MODE>
file push/mfa-renew.json is unchanged
nobody asked

## refuses a state of mode <MODE>, to which others may write
each MODE: 0666 | 0660 | 0602
chmod <MODE> push/mfa-renew.json
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 3
json .error.code is file-unreadable
json .error.hints[0] has chmod go-w push/mfa-renew.json
file push/mfa-renew.json is unchanged
nobody asked

## makes no key in a directory to which others may write
folder open mode 0770
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir open --json
exit 3
json .error.code is file-unreadable
no file open/mfa-renew.json
no file open/com.example.app-2026-11-24.key.pem

## respects the lock of another machine, and tells the way out
write push/mfa-renew.json.lock <<
4242
build-7


>>
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 3
json .error.message has process 4242 on another machine
json .error.hints[0] has rm push/mfa-renew.json.lock
json .error.hints[0] has build-7
file push/mfa-renew.json is unchanged
file push/mfa-renew.json.lock is unchanged
remove push/mfa-renew.json.lock
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
json .stage is requested
no file push/mfa-renew.json.lock

## does not wait for an answer without the <FILE>
each FILE: key.pem | certSigningRequest
remove push/com.example.app-2026-11-24.<FILE>
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 3
json .error.code is file-not-found
json .error.message has com.example.app-2026-11-24.<FILE>
file push/mfa-renew.json is unchanged
no file push/com.example.app-2026-11-24.<FILE>

## repeats no value of <OPTION> that is no file: it may be the password
each OPTION: --key-password-file | --new-password-file
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push
 <OPTION> hunter2hunter2 --json
stdout has --dir push <OPTION> FILE` again
stdout lacks hunter2
nobody asked

## repeats no password that was given in place of its file, after the error
apple answers push/aps.cer
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push
 --key-password-file hunter2hunter2 --new-password-file hunter3hunter3
exit 3
stderr has --key-password-file KEY-PASSWORD-FILE --new-password-file NEW-PASSWORD-FILE` resumes it
stderr lacks hunter
nobody asked

## repeats the file of a password, and standard input
folder passwords
write passwords/p12.txt: the-p12-password
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push
 --key-password-file - --new-password-file passwords/p12.txt --json
stdout has --key-password-file=- --new-password-file passwords/p12.txt` again
nobody asked

## repeats no folder in place of the file of a password
folder passwords
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push
 --new-password-file passwords --json
stdout has --new-password-file FILE` again
nobody asked
