# Certificates that should not be set, and deletions that nobody meant.

variable MFA_CLI_P12_PASSWORD=secret

## stops before the question at a certificate that cannot serve: <FILE>
each FILE: %30-exp | %30-voip | %30-dist
$ mfa-cli apns set <FILE>
at a terminal
exit 4
stdout has Nothing was sent
nothing asked
nobody asked

## says what is wrong with each, and what to get in its place
variable MFA_CLI_TENANT=abc1234.id.cyberark.cloud
variable MFA_CLI_TOKEN=an-opaque-token
$ mfa-cli apns set %30-exp --json
exit 4
json .findings[certificate-expired].level is error
json .findings[certificate-expired].hint has `mfa-cli apns renew
$ mfa-cli apns set %30-voip --json
exit 4
json .findings[push-kind-unsupported].level is error
json .findings[push-kind-unsupported].hint has Sandbox & Production
$ mfa-cli apns set %30-dist --json
exit 4
json .findings[not-a-push-certificate].level is error
json .findings[not-a-push-certificate].hint has "Apple Push Services: <bundle ID>"

## asks whether a certificate for the sandbox alone is meant, and before it takes the place of another
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.example.lab
$ mfa-cli apns set %30-dev --client-app-key com.example.lab --no-verify
answer no
exit 4
asked Set it for the sandbox?
stdout has [sandbox-only]
nothing sent
$ mfa-cli apns set %30-dev --client-app-key com.example.lab --no-verify
answer yes
answer no
exit 130
stderr has [production-lost]
stderr has Replaces the certificate valid until 2027-12-24
asked Replace the certificate for com.example.lab
nothing sent
tenant holds com.example.lab: file %01-default-aes256

## sends a certificate for the sandbox alone only if that is said
tenant
signed in
$ mfa-cli apns set %30-dev --client-app-key com.example.lab --json
exit 4
json .reach is against
json .against[sandbox-only].message has sandbox
nothing sent
$ mfa-cli apns set %30-dev --client-app-key com.example.lab --environment sandbox --json
json .sent is true
json .reach is not-known
json .findings[sandbox-only].level is info
$ mfa-cli apns status --json
json .ok is true

## warns where a certificate for the sandbox takes the place of one for production
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.example.lab
$ mfa-cli apns set %30-dev --client-app-key com.example.lab --environment sandbox --json
json .sent is true
json .findings[production-lost].level is warning

## stops at a warning with --fail-on warning, and says how to go on
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.example.lab --fail-on warning
exit 4
stdout has the checks found 1 warning
stdout has [issuer-not-apple]
stdout has Add --force to send it despite the findings.
nothing sent
tenant holds nothing
$ mfa-cli apns set %01-default-aes256 --client-app-key com.example.lab --fail-on warning --force
tenant holds com.example.lab: file %01-default-aes256

## stops at a certificate that expires before the one on record
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.example.lab
replace /"notAfter":"2027/ with "notAfter":"2029 in $CONFIG/ledger.jsonl
replace /"fingerprint":"./ with "fingerprint":"0 in $CONFIG/ledger.jsonl
$ mfa-cli apns set %01-default-aes256 --client-app-key com.example.lab --json
exit 4
json .sent is false
json .findings[replaces-later-certificate].level is error
nothing sent

## deletes nothing that was not named
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.example.lab
$ mfa-cli apns delete --yes --json
exit 2
json .error.code is usage
json .error.hints is ["Use --client-app-key KEY, or set MFA_CLI_CLIENT_APP_KEY."]
nothing sent
tenant holds com.example.lab

## deletes nothing without a terminal and without --yes
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.example.lab
$ mfa-cli apns delete --client-app-key com.example.lab --json
exit 2
json .error.code is prompt-unavailable
json .error.hints[0] has --yes
nothing sent
tenant holds com.example.lab

## deletes nothing before the key was typed, twice at most
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.example.lab
$ mfa-cli apns delete --client-app-key com.example.lab
answer com.example
answer com.exmple
exit 130
stderr has Type it once more.
stderr has nothing was deleted
nothing sent
tenant holds com.example.lab
