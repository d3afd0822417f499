# `apns set` and APNs: who is asked when, and what its answer changes.

variable MFA_CLI_P12_PASSWORD=secret
tenant
signed in

## asks APNs first in a terminal, and shows its answer above the question
apns answers 400 BadDeviceToken
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
answer no
exit 130
asked Set the certificate for lab at $URL?
stderr has APNs not asked: $APNS, in its place, accepts this certificate
sent apns-topic=com.example.lab 1 time
tenant holds nothing

## says each thing once in a terminal
apns answers 400 BadDeviceToken
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
answer yes
stdout lacks Topic
stderr says Client app key lab 1 time
stderr says [issuer-not-apple] 1 time
tenant holds lab

## asks no APNs with --no-verify
apns answers 400 BadDeviceToken
$ mfa-cli apns set %01-default-aes256 --yes --no-verify
at a terminal
stderr lacks accepts this certificate
sent apns-topic 0 times
tenant holds com.example.lab

## asks no APNs without a terminal
apns answers 400 BadDeviceToken
$ mfa-cli apns set %01-default-aes256 --json
json .verification is null
sent apns-topic 0 times

## notes in a terminal that APNs cannot be reached
apns is unreachable
$ mfa-cli apns set %01-default-aes256 --yes
at a terminal
stderr has APNs did not check the certificate
tenant holds com.example.lab

## has no stand-in on this machine judge a certificate for a tenant elsewhere: <HOST>
each HOST: 127.0.0.1 | localhost | [::1]
$ MFA_CLI_APNS_HOST=<HOST>:9 mfa-cli apns set %01-default-aes256 --tenant a.example --verify
 --dry-run --json
exit 2
json .error.code is usage
json .error.message has a.example is not on this machine
nobody asked

## takes a fault of this machine for no silence of APNs
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --dry-run --ca-file missing.pem --json
at a terminal
exit 3
json .error.code is file-not-found

## fails with --verify where APNs cannot be reached
apns is unreachable
$ mfa-cli apns set %01-default-aes256 --verify --json
exit 7
json .error.code is apns-unreachable
nothing sent
tenant holds nothing

## sets with --verify what APNs accepts
apns answers 400 BadDeviceToken
$ mfa-cli apns set %01-default-aes256 --verify --json
json .sent is true
json .verification.accepted is true
json .verification.environment is production
json .verification.answer.reason is BadDeviceToken
json .verification.answer.apnsId is A0B1
sent apns-topic=com.example.lab 1 time
tenant holds com.example.lab: file %01-default-aes256, topic com.example.lab, password secret

## reports what APNs said
apns answers 400 BadDeviceToken
$ mfa-cli apns set %01-default-aes256 --verify
stdout has APNs not asked: $APNS, in its place, accepts this certificate

## asks APNs about the topic that is sent, not about the key
apns answers 400 BadDeviceToken
$ mfa-cli apns set %01-default-aes256 --verify --topic com.example.lab.voip --client-app-key lab
sent apns-topic=com.example.lab.voip 1 time
tenant holds lab: topic com.example.lab.voip

## asks APNs in the environment that is asked for
apns answers 400 BadDeviceToken
$ mfa-cli apns set %01-default-aes256 --verify --environment sandbox --json
json .verification.environment is sandbox

## sends nothing that APNs refuses
each WORDS: --verify | --verify --force | --verify --yes | --verify --dry-run
apns answers 400 TopicDisallowed
$ mfa-cli apns set %01-default-aes256 <WORDS> --json
exit 6
json .sent is false
json .sentAs is null
json .verification.accepted is false
json .verification.answer.reason is TopicDisallowed
sent apns-topic=com.example.lab 1 time
tenant holds nothing

## sends nothing in a terminal that APNs refuses, and asks nothing
apns answers 400 TopicDisallowed
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
at a terminal
exit 6
nothing asked
stdout has ✗ Nothing was sent: $APNS, in place of APNs, rejects this certificate
tenant holds nothing

## asks APNs in a dry run as well
apns answers 400 BadDeviceToken
$ mfa-cli apns set %01-default-aes256 --verify --dry-run --json
json .sent is false
json .dryRun is true
json .verification.accepted is true
sent apns-topic=com.example.lab 1 time
tenant holds nothing

## asks no APNs about a certificate that the checks stop
apns answers 400 BadDeviceToken
$ mfa-cli apns set %30-exp --verify --json
exit 4
json .verification is null
nobody asked

## asks no APNs unbidden about a file that is forced
apns answers 400 TopicDisallowed
$ mfa-cli apns set %30-exp --client-app-key lab --force --json
answer yes
exit 8
json .sent is true
json .verification is null
sent apns-topic 0 times
tenant holds lab: file %30-exp
