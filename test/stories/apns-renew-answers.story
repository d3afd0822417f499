# `apns renew`: which file in the directory is Apple's certificate, and what becomes of it.

needs openssl
variable MFA_CLI_KEY_PASSWORD=the-key-password
variable MFA_CLI_P12_PASSWORD=the-p12-password
apns is unreachable
clock 2026-11-24
renewal in push

## finds Apple's certificate under the name <FILE>
each FILE: aps (1).cer | Push.CRT | aps_production.der
tenant
signed in
apple answers "push/<FILE>"
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify --json
json .stage is set
json .files.certificate is push/<FILE>
tenant holds com.example.app: file push/com.example.app-2026-11-24.p12

## finds Apple's certificate in a PEM file
tenant
signed in
apple answers "push/from apple.pem" as PEM
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify --json
json .stage is set
json .files.certificate is push/from apple.pem

## ignores files of other kinds
nobody listens
apple answers push/aps.txt as PEM
apple answers push/.aps.cer.download as PEM
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
json .stage is requested
json .files.certificate is null
nobody asked

## takes the certificate that lasts longest
nobody listens
apple answers push/aps-3.cer until 2028-01-01
apple answers push/aps.cer until 2029-01-01
apple answers push/aps-2.cer until 2027-07-01
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 7
json .error.code is apns-unreachable
file push/mfa-renew.json json .rounds[0].packed.notAfter is 2029-01-01T16:00:00Z
file push/mfa-renew.json json .rounds[0].packed.file is com.example.app-2026-11-24.p12
file push/mfa-renew.json json .rounds[0].verifiedAt is null

## does not go back to a certificate that ends earlier than the packed one
nobody listens
apple answers push/aps.cer until 2029-01-01
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 7
remove push/aps.cer
apple answers push/aps-2.cer until 2027-07-01
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 7
file push/mfa-renew.json is unchanged
no file push/com.example.app-2026-11-24-2.p12

## packs a certificate that lasts longer beside the packed one
nobody listens
apple answers push/aps.cer until 2029-01-01
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 7
apple answers push/aps-2.cer until 2030-01-01
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 7
file push/com.example.app-2026-11-24.p12 is unchanged
file push/mfa-renew.json json .rounds[0].packed.file is com.example.app-2026-11-24-2.p12
file push/mfa-renew.json json .rounds[0].packed.notAfter is 2030-01-01T16:00:00Z

## packs the certificate that --cert names, though it ends earlier
nobody listens
apple answers push/aps.cer until 2029-01-01
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 7
apple answers push/aps-2.cer until 2027-07-01
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push
 --cert push/aps-2.cer --json
exit 7
file push/com.example.app-2026-11-24.p12 is unchanged
file push/mfa-renew.json json .rounds[0].packed.notAfter is 2027-07-01T16:00:00Z

## is not held up by links to nowhere, to themselves and to devices
tenant
signed in
link push/loop.cer to loop.cer
link push/gone.cer to nowhere
link push/zero.cer to /dev/zero
apple answers push/aps.cer
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify --json
json .stage is set
json .files.certificate is push/aps.cer

## tells that the key's only certificate is not for push
nobody listens
apple answers push/other.cer for no push
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 4
json .stage is requested
json .files.certificate is push/other.cer
json .files.p12 is null
json .findings[].code is ["not-a-push-certificate","topic-mismatch","environment-mismatch",
 "issuer-not-apple"]
nobody asked

## prefers the app's certificate to one that lasts longer
tenant
signed in
apple answers push/other.cer until 2119-01-01 for no push
apple answers push/another.cer until 2119-01-01 for com.example.other
apple answers push/z.cer until 2027-12-24
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify --json
json .stage is set
json .files.certificate is push/z.cer

## goes on waiting where the certificates belong to another key
nobody listens
apple answers a stranger in push/aps.cer
write push/d.cer: <!DOCTYPE html>
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
json .stage is requested
json .files.certificate is null
json .findings is []
# The name aps.cer is taken.
json .next[2] has push/com.example.app-2026-11-24.cer
nobody asked

## packs no certificate of another app
nobody listens
apple answers push/c.cer for com.example.other
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 4
json .stage is requested
json .files.certificate is push/c.cer
json .findings[].code is ["topic-mismatch","issuer-not-apple"]
no file push/com.example.app-2026-11-24.p12
nobody asked

## stops at a named certificate of another key <WHOSE>
each WHOSE: for com.example.app | for com.example.other
nobody listens
apple answers a stranger in theirs.cer <WHOSE>
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push
 --cert theirs.cer --json
exit 4
json .stage is requested
json .findings[].code is ["key-mismatch"]
file push/mfa-renew.json is unchanged
nobody asked

## neither packs a certificate with findings nor asks for a password
no variable MFA_CLI_KEY_PASSWORD
no variable MFA_CLI_P12_PASSWORD
nobody listens
apple answers push/aps.cer until 2026-11-23
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 4
json .findings[].code is ["certificate-expired","issuer-not-apple"]
apple answers push/aps.cer from 2026-11-25
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 4
json .findings[].code is ["certificate-not-yet-valid","issuer-not-apple"]
apple answers push/aps.cer for the sandbox
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 4
json .findings[].code is ["environment-mismatch","sandbox-only","issuer-not-apple"]
apple answers push/aps.cer until 2026-12-01
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push
 --fail-on warning --json
exit 4
json .findings[].code is ["certificate-expires-soon","issuer-not-apple"]
json .stage is requested
no file push/com.example.app-2026-11-24.p12

## packs a certificate for the sandbox where that is asked for
tenant
signed in
apns answers 400 BadDeviceToken
apple answers push/aps.cer for the sandbox
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push
 --environment sandbox --json
json .stage is set
json .verification.environment is sandbox
tenant holds com.example.app: file push/com.example.app-2026-11-24.p12

## stops at a certificate that APNs rejects, and asks again in the next run
tenant
signed in
apns answers 403 BadCertificate
apple answers push/aps.cer
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 6
json .stage is packed
json .verification.accepted is false
json .verification.answer.reason is BadCertificate
json .set is null
json .needs.who has A1B2C3D4E5
sent apns-topic=com.example.app 1 time
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 6
sent apns-topic=com.example.app 1 time
file push/mfa-renew.json json .rounds[0].verifiedAt is null
tenant holds nothing

## packs no key from a file of mode <MODE>, to which others may write
each MODE: 0666 | 0602
nobody listens
apple answers push/aps.cer
chmod <MODE> push/com.example.app-2026-11-24.key.pem
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 3
json .error.code is file-unreadable
json .error.hints[0] has chmod go-w $DIR/push/com.example.app-2026-11-24.key.pem
no file push/com.example.app-2026-11-24.p12

## reads one password from standard input, not two
no variable MFA_CLI_KEY_PASSWORD
nobody listens
apple answers push/aps.cer
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push
 --new-password-file - --json
stdin from-standard-input
exit 2
json .error.code is usage
json .error.message has stdin
no file push/com.example.app-2026-11-24.p12

## gives the .p12 the password from standard input
nobody listens
apple answers push/aps.cer
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push
 --new-password-file - --json
stdin from-standard-input
exit 7
$ MFA_CLI_P12_PASSWORD=from-standard-input mfa-cli apns inspect
 push/com.example.app-2026-11-24.p12 --json
json .ok is true
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push
 --new-password-file - --json
stdin another
exit 3
json .error.code is pkcs12-password-incorrect

## asks APNs about a newer certificate, though it accepted the one before
nobody listens
apns answers 400 BadDeviceToken
apple answers push/aps.cer until 2029-01-01
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 7
json .error.code is tenant-unreachable
file push/mfa-renew.json json .rounds[0].verifiedAt is 2026-11-24T16:00:00.000Z
apns is unreachable
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 7
json .error.code is tenant-unreachable
apple answers push/aps-2.cer until 2030-01-01
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 7
json .error.code is apns-unreachable
file push/mfa-renew.json json .rounds[0].verifiedAt is null

## sends the parameters as --send-as says: <FORM>
each FORM: json | form | query
tenant mobile-parameters=<FORM>
signed in
apple answers push/aps.cer
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --send-as <FORM> --json
json .set.sentAs is <FORM>
sent in order /Mobile/SetApnsCertForClientApp
tenant holds com.example.app: file push/com.example.app-2026-11-24.p12

## warns before the .p12 and its password go into a query
nobody listens
apple answers push/aps.cer
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --send-as query --json
exit 7
json .error.code is tenant-unreachable
stderr has their logs will contain the .p12 and its password

## does not name this year's certificate in the command of the next year
tenant
signed in
apple answers push/aps.cer until 2027-12-24
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --cert push/aps.cer --json
json .stage is set
json .next[0] has --dir push --no-verify` again from
json .next[0] lacks --cert

## packs the .p12 in the encryption that is asked for
nobody listens
apple answers push/aps.cer
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push
 --encryption legacy --json
exit 7
$ mfa-cli apns inspect push/com.example.app-2026-11-24.p12 --json
json .container.encryption is ["PBE-SHA1-3DES"]

## tells the next day by --if-days-left <DAYS> once it has set
each DAYS: 60 | 10
tenant
signed in
apple answers push/aps.cer until 2027-12-24
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --if-days-left <DAYS> --json
json .stage is set
json .next[0] has with <DAYS> days left

## says whether the client app key was given, or is that on record
tenant
signed in
apple answers push/aps.cer until 2026-12-01
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --client-app-key lab --json
json .set.keyFrom is given
renewal in later
apple answers later/aps.cer until 2027-12-24
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir later --no-verify --json
json .set.clientAppKey is lab
json .set.keyFrom is ledger

## encrypts the key with its own password, and the .p12 with the other
no variable MFA_CLI_KEY_PASSWORD
no variable MFA_CLI_P12_PASSWORD
nobody listens
write key.txt mode 0600: of-the-key
write p12.txt mode 0600: of-the-p12
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir another
 --key-password-file key.txt --new-password-file p12.txt
$ mfa-cli apns pack --cert @aps.cer --key another/com.example.app-2026-11-24.key.pem
 --key-password-file key.txt --new-password-file p12.txt --out new.p12 --json
exit 4
json .findings[].code has key-mismatch
apple answers another/aps.cer
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir another
 --key-password-file key.txt --new-password-file p12.txt --json
exit 7
json .error.code is apns-unreachable
$ mfa-cli apns inspect another/com.example.app-2026-11-24.p12 --password-file p12.txt --json
json .ok is true

## asks before it sets a certificate in a terminal, and packs nothing twice after a no
tenant
signed in
apple answers push/aps.cer until 2027-12-24
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --client-app-key lab
answer no
exit 130
asked Set the certificate for lab at $URL
nothing sent
tenant holds nothing
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --client-app-key lab
answer yes
asked Set the certificate for lab at $URL
file push/com.example.app-2026-11-24.p12 is unchanged
tenant holds lab: file push/com.example.app-2026-11-24.p12
