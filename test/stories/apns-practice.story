# `apns request --practice`: a .p12 to practice with, for a tenant on this machine alone.

variable MFA_CLI_P12_PASSWORD=pack-password

## makes a .p12 with the password that was given
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push --practice --json
json .practice.certificate is push/com.example.app.practice.cer
json .practice.p12 is push/com.example.app.practice.p12
json .practice.password is null
json .next[0] has mfa-cli emulator
json .next[1] has mfa-cli apns set push/com.example.app.practice.p12 --no-verify
file push mode 0700
file push/com.example.app.practice.cer mode 0600
file push/com.example.app.practice.key.pem mode 0600
file push/com.example.app.practice.p12 mode 0600
files push/com.example.app.practice.cer, push/com.example.app.practice.key.pem,
 push/com.example.app.practice.p12
$ mfa-cli apns inspect push/com.example.app.practice.p12 --json
json .ok is true
json .certificate.bundleId is com.example.app
json .certificate.teamId is A1B2C3D4E5
json .certificate.daysLeft is 395
json .findings[0].message has practice

## shows a person that only a tenant on this machine accepts it
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push --practice
$ mfa-cli apns inspect push/com.example.app.practice.p12
stdout has ✓ This file can be set for a tenant on this machine only, with 1 warning.

## can be set at a tenant on this machine
tenant
signed in
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push --practice
$ mfa-cli apns set push/com.example.app.practice.p12 --dry-run --json
json .sent is false
json .findings[0].message has practice
nothing sent
$ mfa-cli apns set push/com.example.app.practice.p12 --json
json .sent is true
tenant holds com.example.app: file push/com.example.app.practice.p12, topic com.example.app,
 password pack-password
$ mfa-cli apns set push/com.example.app.practice.p12
stdout has ✓ Sent the same certificate for com.example.app again. This is a practice certificate: Apple did not issue it, so APNs refuses it.
stdout lacks Not proven
apns of the tenant
$ mfa-cli apns verify push/com.example.app.practice.p12
stdout has in place of APNs. This is a practice certificate: Apple did not issue it, so APNs refuses it.

## is nothing to ask APNs about where warnings count
apns answers 200
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push --practice
$ mfa-cli apns verify push/com.example.app.practice.p12 --fail-on warning --json
exit 4
json .accepted is false
nobody asked

## is sent to no tenant elsewhere with the options "<OPTIONS>"
each OPTIONS: --json | --json --force | --json --force --yes
variable MFA_CLI_TOKEN=a-token
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push --practice
$ mfa-cli apns set push/com.example.app.practice.p12 --tenant tenant.invalid <OPTIONS>
exit 4
json .sent is false
json .findings[0].code is practice-certificate
json .findings[0].level is error

## is planned for the tenant of a fleet on this machine, and for no other
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push --practice
write push/fleet.yaml <<
version: 1
certificates:
  app:
    p12: $DIR/push/com.example.app.practice.p12
    password: { env: MFA_CLI_P12_PASSWORD }
tenants:
  here: { tenant: 'http://127.0.0.1:9', certificate: app, sign-in: { profile: x } }
  elsewhere: { tenant: 'https://tenant.invalid', certificate: app, sign-in: { profile: x } }
>>
$ mfa-cli fleet plan --trust --file push/fleet.yaml --force --json
exit 4
json .tenants[here].action is set
json .tenants[elsewhere].action is blocked
json .tenants[elsewhere].findings[0].code is practice-certificate

## tells the password that it makes where nobody gives one
no variable MFA_CLI_P12_PASSWORD
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push --practice --json
json .practice.password matches /^\S{9,}$/
let MADE be json .practice.password
$ MFA_CLI_P12_PASSWORD=$MADE mfa-cli apns inspect push/com.example.app.practice.p12 --json
json .ok is true
$ MFA_CLI_P12_PASSWORD=$MADE MFA_CLI_KEY_PASSWORD=$MADE mfa-cli apns pack
 --cert push/com.example.app.practice.cer --key push/com.example.app.practice.key.pem
 --out again.p12 --json
json .ok is true

## gives the key the password of the .p12
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push --practice --json
$ MFA_CLI_KEY_PASSWORD=pack-password mfa-cli apns pack --cert push/com.example.app.practice.cer
 --key push/com.example.app.practice.key.pem --out again.p12 --json
json .ok is true

## gives the key a password of its own
variable MFA_CLI_KEY_PASSWORD=of-the-key-alone
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push --practice --json
$ mfa-cli apns pack --cert push/com.example.app.practice.cer
 --key push/com.example.app.practice.key.pem --out again.p12 --json
json .ok is true
$ MFA_CLI_KEY_PASSWORD=pack-password mfa-cli apns pack --cert push/com.example.app.practice.cer
 --key push/com.example.app.practice.key.pem --out other.p12 --json
exit 3
json .error.code is key-password-incorrect

## never prints a password for a key that has its own
no variable MFA_CLI_P12_PASSWORD
variable MFA_CLI_KEY_PASSWORD=of-the-key-alone
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push --practice --json
let MADE be json .practice.password
$ MFA_CLI_P12_PASSWORD=x-password MFA_CLI_KEY_PASSWORD=$MADE mfa-cli apns pack
 --cert push/com.example.app.practice.cer --key push/com.example.app.practice.key.pem
 --out other.p12 --json
exit 3
json .error.code is key-password-incorrect

## refuses an empty password
variable MFA_CLI_P12_PASSWORD=
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push --practice --json
exit 2
json .error.code is usage
json .error.message has MFA_CLI_P12_PASSWORD
files none

## leaves the files of a real request and of an earlier practice alone
variable MFA_CLI_KEY_PASSWORD=of-the-key-alone
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push --json
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push --practice --json
file push/com.example.app.key.pem is unchanged
file push/com.example.app.certSigningRequest is unchanged
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push --practice --json
exit 2
json .error.code is file-exists
file push/com.example.app.practice.p12 is unchanged
file push/com.example.app.practice.key.pem is unchanged

## says above all at a tenant elsewhere that APNs refuses it
variable MFA_CLI_TOKEN=a-token
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push --practice
$ mfa-cli apns set push/com.example.app.practice.p12 --tenant tenant.invalid
exit 4
stdout has Pushes with this certificate will not reach phones: The tenant is not on this machine, and APNs refuses a practice certificate
nobody asked

## takes a new password beside --no-encrypt, since a .p12 has one in any case, which a request refuses
write new.txt mode 0600: another-password
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push --no-encrypt
 --new-password-file new.txt --json
exit 2
json .error.code is usage
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push --practice --no-encrypt
 --new-password-file new.txt --json
json .practice.p12 is push/com.example.app.practice.p12
$ mfa-cli apns inspect push/com.example.app.practice.p12 --password-file new.txt --json
json .ok is true
