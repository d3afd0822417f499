# `apns verify`: what APNs says of a certificate.

variable MFA_CLI_P12_PASSWORD=secret

## asks APNs once, for a device that nobody has
apns answers 400 BadDeviceToken
$ mfa-cli apns verify %01-default-aes256
whole <<
✓ $APNS accepts this certificate for com.example.lab, in place of APNs.

$APNS, in place of APNs, answered BadDeviceToken: its only objection is to the made-up device token. APNs itself was not asked.

SHA-256      30b8405b649f4f43a02219afcf85fe6c7c00cff68c72c6f592f74262a752a780
Topic        com.example.lab
Environment  production
Host         $APNS
apns-id      A0B1

! The issuer is not known as one of Apple's: C=US,O=LAB not Apple,OU=G4,CN=LAB Worldwide Developer Relations CA. [issuer-not-apple]
  If Apple did not issue it, APNs rejects it. Download the certificate from the Apple Developer portal, and pack it: `mfa-cli apns pack`.
>>
sent /3/device/0000000000000000000000000000000000000000000000000000000000000000 1 time
sent apns-topic=com.example.lab 1 time
nothing asked

## tells a program the answer of APNs
apns answers 400 BadDeviceToken
$ mfa-cli apns verify %01-default-aes256 --json
json .ok is true
json .accepted is true
json .file is %01-default-aes256.p12
json .fingerprint matches /^30b8405b/
json .topic is com.example.lab
json .environment is production
json .host is $APNS
json .answer is {"status":400,"reason":"BadDeviceToken","apnsId":"A0B1","timestamp":null}
json .findings[].code is ["issuer-not-apple","encryption-modern"]

## ends with 6 where APNs refuses the certificate
each ANSWER: 400 TopicDisallowed | 403 BadCertificateEnvironment | 400 Teapot
apns answers <ANSWER>
$ mfa-cli apns verify %01-default-aes256 --json
exit 6
json .ok is false
json .accepted is false
json .explanation matches / in place of APNs, answered \w+ \(HTTP 40[03]\)\./
sent apns-topic=com.example.lab 1 time

## says above everything what APNs refuses, and why
apns answers 400 TopicDisallowed
$ mfa-cli apns verify %01-default-aes256
exit 6
stdout has ✗ $APNS, in place of APNs, rejects this certificate for com.example.lab.
stdout has answered TopicDisallowed (HTTP 400). The certificate does not have this topic.
stdout has APNs itself was not asked.

## names the other environment where the certificate is of that
apns answers 403 BadCertificateEnvironment
$ mfa-cli apns verify %01-default-aes256 --json
exit 6
json .explanation has The certificate is for the other environment.

## takes no server for APNs that gives no reason
apns answers 404 <html>
$ mfa-cli apns verify %01-default-aes256 --json
exit 6
json .accepted is false
json .answer.status is 404
json .answer.reason is null
json .explanation has this may be another server

## takes no server for APNs that gives no apns-id
apns answers 200 {"apns-id":""} <html>
$ mfa-cli apns verify %01-default-aes256 --json
exit 6
json .accepted is false
json .answer.status is 200
json .explanation has this may be another server

## takes a push that is accepted for a yes
apns answers 200
$ mfa-cli apns verify %01-default-aes256 --json
json .ok is true
json .accepted is true
json .answer.status is 200
json .answer.reason is null

## asks nobody about a certificate that fails the checks
apns answers 400 BadDeviceToken
$ mfa-cli apns verify %30-exp
exit 4
stdout has ✗ APNs was not asked: the checks found 1 error and 1 warning.
stdout has [certificate-expired]
nobody asked

## asks nobody at a warning with --fail-on warning
apns answers 400 BadDeviceToken
$ mfa-cli apns verify %01-default-aes256 --fail-on warning --json
exit 4
json .answer is null
json .accepted is false
nobody asked

## warns as many days before the end as --warn-days says
apns answers 400 BadDeviceToken
$ mfa-cli apns verify %01-default-aes256 --warn-days 393 --json
json .findings[].code lacks certificate-expires-soon
$ mfa-cli apns verify %01-default-aes256 --warn-days 394 --json
json .findings[].code has certificate-expires-soon

## asks nobody about a topic that the certificate does not have
$ mfa-cli apns verify %01-default-aes256 --topic com.example --json
exit 4
json .answer is null
json .host is api.push.apple.com
json .findings[].code has topic-mismatch

## asks nobody about a key that is not the certificate's
$ mfa-cli apns verify %61-mismatched-pair-mac-ok --json
exit 4
json .answer is null
json .findings[].code has key-mismatch

## asks nobody about an environment that the certificate does not serve, and names its host
$ mfa-cli apns verify %30-prod --environment sandbox --json
exit 4
json .answer is null
json .host is api.sandbox.push.apple.com
json .findings[].code has environment-mismatch

## asks the sandbox about a certificate that serves it alone
apns answers 400 BadDeviceToken
$ mfa-cli apns verify %30-dev --json
json .environment is sandbox
json .ok is true

## asks production about a certificate that serves both, or production alone
each FILE: %30-prod | %01-default-aes256
apns answers 400 BadDeviceToken
$ mfa-cli apns verify <FILE> --json
json .environment is production
json .ok is true

## asks the environment that is asked for
apns answers 400 BadDeviceToken
$ mfa-cli apns verify %01-default-aes256 --environment sandbox --json
json .environment is sandbox

## asks about the topic that is given
apns answers 400 BadDeviceToken
$ mfa-cli apns verify %01-default-aes256 --topic com.example.lab.voip --json
json .topic is com.example.lab.voip
sent apns-topic=com.example.lab.voip 1 time

## trusts the CA of the profile
apns answers 400 BadDeviceToken
$ mfa-cli profile set ca-file $CA
no variable MFA_CLI_CA_FILE
$ mfa-cli apns verify %01-default-aes256 --json
json .accepted is true

## names the variable that takes the place of the CA of the profile
apns answers 400 BadDeviceToken
$ mfa-cli profile set ca-file $CA
variable MFA_CLI_CA_FILE=@root.pem
$ mfa-cli apns verify %01-default-aes256 --json
exit 7
json .error.code is apns-tls
json .error.hints has Unset MFA_CLI_CA_FILE to use $CA of the profile "default".

## trusts no server without its CA
apns answers 400 BadDeviceToken
no variable MFA_CLI_CA_FILE
$ mfa-cli apns verify %01-default-aes256 --json
exit 7
json .error.code is apns-tls
nobody asked

## ends with 7 where nobody answers, and names the other port
apns is unreachable
$ mfa-cli apns verify %01-default-aes256 --json
exit 7
json .error.code is apns-unreachable
stderr has --apns-host HOST:PORT

## asks once where APNs is busy: <ANSWER>
each ANSWER: 429 TooManyRequests | 503 ServiceUnavailable
apns answers <ANSWER>
$ mfa-cli apns verify %01-default-aes256 --json
exit 6
json .accepted is false
sent apns-topic=com.example.lab 1 time
