# `app check` without a certificate compares the app with what the ledger has for its bundle ID.

variable MFA_CLI_P12_PASSWORD=secret
tenant
signed in

## finds that the app fits the certificate on record
built app App.ipa
$ mfa-cli apns set %01-default-aes256
$ mfa-cli app check App.ipa
nobody asked
stdout has com.example.lab, by the record
stdout has ✓ The app is signed for pushes in production, and the certificate fits it.
$ mfa-cli app check App.ipa --json
json .certificate.from is ledger
json .certificate.topics is ["com.example.lab"]
json .steps[certificate].ok is true

## finds another team than that on record
built app App.ipa with {"team":"ZYXWV98765"}
$ mfa-cli apns set %01-default-aes256
$ mfa-cli app check App.ipa --json
exit 4
json .findings[].code is ["app-team-mismatch"]

## finds the certificate of the app's topic under any key
built app App.ipa with {"team":"ZYXWV98765"}
$ mfa-cli apns set %01-default-aes256 --client-app-key approver
$ mfa-cli app check App.ipa --json
exit 4
json .certificate.from is ledger
json .findings[].code is ["app-team-mismatch"]

## finds another topic for the key that is the bundle ID
built app App.ipa with {"bundleId":"com.example.key"}
$ mfa-cli apns set %01-default-aes256 --client-app-key com.example.key
$ mfa-cli app check App.ipa --json
exit 4
json .findings[].code is ["app-topic-mismatch"]

## finds a certificate on record for the sandbox alone
built app App.ipa
$ mfa-cli apns set %30-dev --environment sandbox
$ mfa-cli app check App.ipa --json
exit 4
json .findings[].code is ["app-environment-mismatch"]

## finds no fault in an app for development if the sandbox was asked for
built app App.ipa with {"environment":"development"}
$ mfa-cli apns set %01-default-aes256 --environment sandbox
$ mfa-cli app check App.ipa
stdout has ✓ The app is signed for pushes in development, and the certificate fits it.

## warns of an app for development if production was asked for
built app App.ipa with {"environment":"development"}
$ mfa-cli apns set %01-default-aes256 --environment production
$ mfa-cli app check App.ipa
stdout has The app is signed for development, but the certificate was set for production.
 [app-environment-mismatch]
stdout has No error was found in what was checked (1 warning).

## warns of an app for production if the sandbox was asked for
built app App.ipa
$ mfa-cli apns set %01-default-aes256 --environment sandbox
$ mfa-cli app check App.ipa --json
json .findings[].code is ["app-environment-mismatch"]
json .findings[0].level is warning

## compares with none that was deleted, nor with that of another app
built app App.ipa
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns delete com.example.lab --yes
$ mfa-cli app check App.ipa --json
json .certificate is null
built app App.ipa with {"bundleId":"com.example.other"}
$ mfa-cli apns set %01-default-aes256
$ mfa-cli app check App.ipa --json
json .certificate is null

## judges by the certificates of all tenants, and reports the last one
tenant
signed in as other at tenant 2
built app App.ipa
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns set %30-dev --environment sandbox --profile other
on 2026-11-25
$ mfa-cli app check App.ipa --json
exit 4
json .certificate.environments is ["sandbox"]
json .findings[].code is ["app-environment-mismatch"]
$ mfa-cli apns set %01-default-aes256 --yes
on 2026-11-26
$ mfa-cli app check App.ipa --json
exit 4
json .certificate.environments is ["sandbox","production"]

## reads the record that a variable names, on a machine that set nothing
built app App.ipa with {"team":"ZYXWV98765"}
$ mfa-cli apns set %01-default-aes256 --record team.ledger.jsonl
machine B
$ mfa-cli app check App.ipa --json
json .certificate is null
variable MFA_CLI_RECORD=team.ledger.jsonl
$ mfa-cli app check App.ipa --json
exit 4
json .certificate.from is ledger
json .findings[].code is ["app-team-mismatch"]

## compares a project with the certificate on record
project classic
$ mfa-cli apns set %30-prod
$ mfa-cli app check --json
json .certificate.from is ledger
json .findings[].code is ["environment-mismatch"]
json .findings[0].level is warning

## prefers the certificate that is given
built app App.ipa
$ mfa-cli apns set %30-dev --environment sandbox
$ mfa-cli app check App.ipa --p12 %01-default-aes256 --json
json .certificate.from is p12
json .ok is true
