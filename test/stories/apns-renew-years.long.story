# `apns renew`: from nothing to a tenant with the certificate, and on to the next year.

needs openssl
variable MFA_CLI_KEY_PASSWORD=the-key-password
variable MFA_CLI_P12_PASSWORD=the-p12-password
apns is unreachable
clock 2026-11-24

## begins with a key and a request, for this user alone
nobody listens
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
json .stage is requested
json .files.key is push/com.example.app-2026-11-24.key.pem
json .files.request is push/com.example.app-2026-11-24.certSigningRequest
json .current is null
nobody asked
file push mode 0700
file push/com.example.app-2026-11-24.key.pem mode 0600
file push/com.example.app-2026-11-24.key.pem has BEGIN ENCRYPTED PRIVATE KEY
file push/com.example.app-2026-11-24.certSigningRequest mode 0600
file push/mfa-renew.json mode 0600
files push/com.example.app-2026-11-24.certSigningRequest,
 push/com.example.app-2026-11-24.key.pem, push/mfa-renew.json

## leads a person through the steps at Apple
nobody listens
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-encrypt
stdout has Waiting for Apple's certificate
stdout has 1. Sign in at https://developer.apple.com/account
stdout has the App ID com.example.app
stdout has Upload push/com.example.app-2026-11-24.certSigningRequest
stdout has download the certificate as push/aps.cer
stdout has Run `mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push
 --no-encrypt` again
file push/com.example.app-2026-11-24.key.pem has BEGIN PRIVATE KEY

## makes the key and the request once, and tells a pipeline that a person is needed
nobody listens
renewal in push
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
json .stage is requested
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push
 --if-days-left 30 --json
exit 4
json .stage is requested
json .needs.who has A1B2C3D4E5
file push/com.example.app-2026-11-24.key.pem is unchanged
file push/com.example.app-2026-11-24.certSigningRequest is unchanged
file push/mfa-renew.json is unchanged

## keeps each step that went well, and takes the next one from there
tenant
signed in
renewal in push
apple answers push/aps.cer until 2027-12-24
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 7
json .error.code is apns-unreachable
stderr has The renewal is at stage "packed".
nothing sent
file push/mfa-renew.json json .rounds[0].packed.file is com.example.app-2026-11-24.p12
file push/mfa-renew.json json .rounds[0].verifiedAt is null
apns of the tenant
$ MFA_CLI_TENANT=http://127.0.0.1:9
 mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 5
json .error.code is not-signed-in
stderr has The renewal is at stage "verified".
file push/mfa-renew.json json .rounds[0].verifiedAt is 2026-11-24T16:00:00.000Z
no file $CONFIG/ledger.jsonl
tenant holds nothing
apns is unreachable
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
json .stage is set
json .set.sentAs is json
json .verification is null
sent in order /Mobile/Set
file $CONFIG/ledger.jsonl json [].tenant is ["$URL","$URL"]
tenant holds com.example.app: file push/com.example.app-2026-11-24.p12, topic com.example.app,
 password the-p12-password

## has nothing to do until 30 days are left, and needs no password for that
tenant
signed in
renewal in push
apple answers push/aps.cer until 2027-12-24
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify --json
json .stage is set
json .next[0] has from 2027-11-24 on
no variable MFA_CLI_P12_PASSWORD
no variable MFA_CLI_KEY_PASSWORD
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify --json
json .stage is fresh
json .due is false
json .needs is null
json .current.daysLeft is 395
nobody asked
file push/mfa-renew.json is unchanged
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --if-days-left 30 --json
on 2027-11-23
json .stage is fresh
nobody asked

## begins anew a year later, and keeps the files of the year before
tenant
signed in
renewal in push
apple answers push/aps.cer until 2027-12-24
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify --json
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push
 --if-days-left 30 --json
on 2027-11-25
exit 4
json .stage is requested
json .files.key is push/com.example.app-2027-11-25.key.pem
json .current.daysLeft is 29
nothing sent
file push/com.example.app-2026-11-24.key.pem is unchanged
file push/com.example.app-2026-11-24.p12 is unchanged
file push/mfa-renew.json json .rounds[].name is
 ["com.example.app-2026-11-24","com.example.app-2027-11-25"]
file push/mfa-renew.json json .rounds[1].packed is null

## keeps no secret in the clear
tenant
service user
renewal in push
apple answers push/aps.cer until 2027-12-24
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify --json
json .stage is set
file push/mfa-renew.json lacks the-p12-password
file push/mfa-renew.json lacks the-key-password
file push/mfa-renew.json lacks ci-client-secret
file push/mfa-renew.json lacks PRIVATE KEY
file push/com.example.app-2026-11-24.key.pem lacks BEGIN PRIVATE KEY
file push/com.example.app-2026-11-24.key.pem lacks the-key-password
file push/com.example.app-2026-11-24.p12 lacks the-p12-password
file push/com.example.app-2026-11-24.p12 mode 0600

## gives the certificate to the client app key of the year before, under the app's topic
tenant
signed in
renewal in push
apple answers push/aps.cer until 2027-12-24
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --client-app-key lab --json
json .set.clientAppKey is lab
json .set.keyFrom is given
json .set.topic is com.example.app
tenant holds lab: file push/com.example.app-2026-11-24.p12, topic com.example.app
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify --json
on 2027-11-29
json .stage is requested
apple answers push/aps-2.cer until 2029-01-01
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify --json
on 2027-11-29
json .set.clientAppKey is lab
json .set.keyFrom is ledger
tenant holds lab: file push/com.example.app-2027-11-29.p12, topic com.example.app
tenant lacks com.example.app
$ mfa-cli apns status --json
json .certificates[].notAfter is ["2029-01-01T16:00:00Z"]

## gives a second tenant what is packed already
tenant
signed in
tenant
signed in as second at tenant 2
renewal in push
apple answers push/aps.cer until 2027-12-24
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --client-app-key lab --json
json .set.tenant is $URL
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --profile second --json
json .set.tenant is $URL2
json .set.clientAppKey is com.example.app
json .set.keyFrom is topic
sent in order tenant 2 /Mobile/Set
file push/com.example.app-2026-11-24.p12 is unchanged
file $CONFIG/ledger.jsonl json [].tenant is ["$URL","$URL","$URL2","$URL2"]
tenant 2 holds com.example.app: file push/com.example.app-2026-11-24.p12, topic com.example.app
tenant 1 lacks com.example.app

## packs the same certificate once, and needs the key's password once
tenant
signed in
apns of the tenant
renewal in push
apple answers push/aps.cer until 2027-12-24
$ MFA_CLI_TENANT=http://127.0.0.1:9
 mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push
 --cert push/aps.cer --json
exit 5
json .error.code is not-signed-in
no variable MFA_CLI_KEY_PASSWORD
$ MFA_CLI_TENANT=http://127.0.0.1:9
 mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push
 --cert push/aps.cer --json
exit 5
json .error.code is not-signed-in
file push/com.example.app-2026-11-24.p12 is unchanged
file push/mfa-renew.json is unchanged

## packs again, and asks APNs again, where the .p12 is gone
tenant
signed in
apns of the tenant
renewal in push
apple answers push/aps.cer until 2027-12-24
$ MFA_CLI_TENANT=http://127.0.0.1:9
 mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
exit 5
remove push/com.example.app-2026-11-24.p12
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --json
json .stage is set
json .verification.accepted is true
file push/com.example.app-2026-11-24.p12 mode 0600
tenant holds com.example.app: file push/com.example.app-2026-11-24.p12

## replaces no certificate that lasts longer
tenant
signed in
renewal in push
apple answers push/aps.cer until 2027-12-24
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify --json
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push
 --if-days-left 400 --json
exit 4
json .files.key is push/com.example.app-2026-11-24-2.key.pem
apple answers push/aps-2.cer until 2027-07-01
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push
 --if-days-left 400 --json
exit 4
json .stage is requested
json .findings[].code is ["replaces-later-certificate","issuer-not-apple"]
json .files.certificate is push/aps-2.cer
nothing sent
no file push/com.example.app-2026-11-24-2.p12
tenant holds com.example.app: file push/com.example.app-2026-11-24.p12

## keeps no set on record that the tenant refused
tenant
signed in
renewal in push
apple answers push/aps.cer until 2027-12-24
fault forbidden at /Mobile/SetApnsCertForClientApp
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify --json
exit 6
json .error.code is tenant-forbidden
file $CONFIG/ledger.jsonl json [].outcome is ["sending","not-done"]
tenant holds nothing
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify --json
json .stage is set
tenant holds com.example.app: file push/com.example.app-2026-11-24.p12

## makes nothing where a certificate on record lasts, whoever packed it
tenant
signed in
$ mfa-cli apns pack --cert @aps.cer --key @key.pem --out aps.p12
$ mfa-cli apns set aps.p12 --json
json .topic is com.example.app
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push
 --if-days-left 30 --json
json .stage is fresh
json .current.notAfter is 2120-01-01T00:00:00Z
no file push
nobody asked

## tells a person what a run did
tenant
signed in
renewal in push
apple answers push/aps.cer until 2027-12-24
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
stdout has ✓ Set the push certificate for com.example.app
stdout has from 2027-11-24 on
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
stdout has ✓ Nothing to do: 395 days left
