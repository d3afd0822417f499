# `apns set`: what stops it before anything is sent, and what --force and --dry-run change.

variable MFA_CLI_P12_PASSWORD=secret
tenant
signed in

## stops at a topic that the certificate does not have
$ mfa-cli apns set %01-default-aes256 --topic com.example.other --client-app-key lab --json
exit 4
json .sent is false
json .sentAs is null
json .findings[].code has topic-mismatch
nothing sent
tenant holds nothing

## stops at an environment that the certificate does not serve
$ mfa-cli apns set %30-dev --environment production --json
exit 4
json .sent is false
json .findings[].code has environment-mismatch
nothing sent
tenant holds nothing

## sends a certificate of the environment that is asked for
$ mfa-cli apns set %30-dev --environment sandbox --json
json .sent is true
json .findings[].code lacks environment-mismatch
tenant holds com.example.lab: file %30-dev

## stops at an expired certificate
$ mfa-cli apns set %30-exp --json
exit 4
json .sent is false
json .findings[].code has certificate-expired
nothing sent
tenant holds nothing

## stops at a distribution certificate
$ mfa-cli apns set %30-dist --client-app-key com.example.lab --json
exit 4
json .sent is false
json .topic is null
json .findings[].code has not-a-push-certificate
nothing sent
tenant holds nothing

## says above everything that nothing was sent, and why below
$ mfa-cli apns set %30-exp
exit 4
stdout has ✗ Nothing was sent: the checks found 1 error and 1 warning
stdout has [certificate-expired]
stdout lacks --force

## names --force where the user may know better
$ mfa-cli apns set %30-dev --environment production
exit 4
stdout has [environment-mismatch]
stdout has Add --force to send it

## sends with --force what the checks stopped
each CASE: %30-exp | %30-dev --environment production
 | %01-default-aes256 --topic com.example.other | %30-dist --topic com.example.lab
$ mfa-cli apns set <CASE> --client-app-key lab --json
exit 4
nothing sent
$ mfa-cli apns set <CASE> --client-app-key lab --force --json
exit 8
json .sent is true
json .reach is against
json .findings[].level has error
tenant pushes to lab

## sends with --force the topic that the certificate does not have
$ mfa-cli apns set %01-default-aes256 --topic com.example.other --client-app-key lab --force
exit 8
stdout has ! Set the push certificate for lab, but pushes will not reach phones: The certificate does not include
tenant holds lab: file %01-default-aes256, topic com.example.other
$ mfa-cli apns set %01-default-aes256 --topic com.example.other --client-app-key lab --force
exit 8
stdout has ! Sent the same certificate for lab again, but pushes will not reach phones:

## stops at a warning with --fail-on warning
$ mfa-cli apns set %01-default-aes256 --fail-on warning
exit 4
stdout has ✗ Nothing was sent: the checks found 1 warning
stdout has Add --force to send it
nothing sent
tenant holds nothing

## sends with --force what --fail-on warning stopped
$ mfa-cli apns set %01-default-aes256 --fail-on warning --force --json
json .sent is true
tenant holds com.example.lab

## cannot send a certificate without a topic, not even with --force
each WORDS: --force | --force --dry-run
$ mfa-cli apns set %30-dist <WORDS> --json
exit 2
json .error.code is usage
stderr has --topic TOPIC
nobody asked
tenant holds nothing

## sends nothing in a dry run
$ mfa-cli apns set %01-default-aes256 --dry-run --json
json .tenant is $URL
json .sent is false
json .sentAs is null
json .dryRun is true
nobody asked
tenant holds nothing
$ mfa-cli apns status --json
json .certificates is []
json .requests is []

## says in a dry run what the checks found
$ mfa-cli apns set %01-default-aes256 --dry-run
stdout has ✓ Checks passed with 1 warning. Nothing was sent (dry run).
stdout has [issuer-not-apple]

## stops in a dry run at what stops a real run
$ mfa-cli apns set %30-exp --dry-run --json
exit 4
json .sent is false
json .findings[].code has certificate-expired
nobody asked

## sends nothing in a dry run with --force
$ mfa-cli apns set %30-exp --dry-run --force
exit 8
stdout has ! Checks found 1 error and 1 warning. Pushes with this certificate will not reach phones: The certificate
stdout has Nothing was sent (dry run).
nobody asked
tenant holds nothing

## asks nobody in a dry run in a terminal either: <WORDS>
each WORDS: --dry-run | --dry-run --yes
another administrator sets com.their.app
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --no-verify --json <WORDS>
at a terminal
json .dryRun is true
json .latest is absent
json .findings[].code lacks silences-other-app
nothing asked
nobody asked

## asks the tenant in a dry run with --refresh alone
another administrator sets com.their.app
$ mfa-cli apns set %01-default-aes256 --dry-run --json
json .latest is absent
nobody asked
$ mfa-cli apns set %01-default-aes256 --dry-run --refresh --json
json .latest is {"outcome":"told","clientAppKey":"com.their.app","topic":"com.example.lab"}
json .findings[].code has silences-other-app
json .held is absent
nothing sent

## asks the tenant where other findings stop
another administrator sets com.their.app
$ mfa-cli apns set %30-exp --refresh --json
exit 4
json .latest.clientAppKey is com.their.app
json .findings[].code has certificate-expired
json .findings[].code has silences-other-app
nothing sent

## notes that the tenant cannot be asked where nothing is sent
$ mfa-cli logout
$ mfa-cli apns set %01-default-aes256 --dry-run --refresh --json
json .latest is {"outcome":"unknown","clientAppKey":null,"topic":null}
stderr has The tenant was not asked: Not signed in
nobody asked
$ mfa-cli apns set %30-exp --refresh --json
exit 4
json .latest.outcome is unknown
stderr has The tenant was not asked: Not signed in
nobody asked

## refuses a certificate that ends before the one it set
$ mfa-cli apns set %01-default-aes256
replace /"notAfter":"[^"]*"/ with "notAfter":"2029-12-24T00:00:00Z" in $CONFIG/ledger.jsonl
replace /"fingerprint":"[^"]*"/ with
 "fingerprint":"0000000000000000000000000000000000000000000000000000000000000000"
 in $CONFIG/ledger.jsonl
$ mfa-cli apns set %01-default-aes256 --json
exit 4
json .sent is false
json .findings[].code has replaces-later-certificate
nothing sent
$ mfa-cli apns set %01-default-aes256
exit 4
stdout has Add --force to send it
$ mfa-cli apns set %01-default-aes256 --force --json
json .sent is true

## compares with what was set for this key at this tenant alone
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
replace /"notAfter":"[^"]*"/ with "notAfter":"2029-12-24T00:00:00Z" in $CONFIG/ledger.jsonl
replace /"fingerprint":"[^"]*"/ with
 "fingerprint":"0000000000000000000000000000000000000000000000000000000000000000"
 in $CONFIG/ledger.jsonl
$ mfa-cli apns set %01-default-aes256 --client-app-key other --json
json .findings[].code lacks replaces-later-certificate
tenant
service user
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --json
json .sent is true
json .unchanged is false
json .findings[].code lacks replaces-later-certificate

## warns of a key that silences another app
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
$ mfa-cli apns set %01-default-aes256 --client-app-key other --fail-on warning --json
exit 4
json .findings[].code has silences-other-app
nothing sent
tenant pushes to lab

## tells a hook nothing of a rehearsal, whatever came out
tenant
signed in
hook
$ mfa-cli apns set %30-exp --dry-run --hook $HOOK --json
exit 4
sent hook 0 times
$ mfa-cli apns set %30-exp --hook $HOOK --json
exit 4
sent hook failed 1 time

## sends with --force a file of another kind that was chosen from the list
copy %30-voip to voip.p12
$ mfa-cli apns set --client-app-key lab --topic com.example.lab --no-verify --force --yes --json
answer voip.p12
exit 8
asked Which .p12?
json .sent is true
tenant holds lab: file %30-voip
