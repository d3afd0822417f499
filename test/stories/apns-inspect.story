# `apns inspect`: what is in a .p12, what is wrong with it, and where file and password come from.

variable MFA_CLI_P12_PASSWORD=secret

## tells everything
$ mfa-cli apns inspect %01-default-aes256
whole <<
! This file can be set, with 1 warning.

Certificate    Apple Push Services: com.example.lab
Topics         com.example.lab, com.example.lab.voip, com.example.lab.complication, com.example.lab.voip-ptt
Environments   sandbox, production
Valid until    2027-12-24 (394 days left)
Kind           Apple push services (universal)
Bundle ID      com.example.lab
Team ID        ABCDE12345
Valid from     2026-11-24
Key            RSA 2048
Issuer         C=US,O=LAB not Apple,OU=G4,CN=LAB Worldwide Developer Relations CA
Serial number  2745
SHA-256        30b8405b649f4f43a02219afcf85fe6c7c00cff68c72c6f592f74262a752a780
SHA-1          402bab717d2b3bb4c971f3c29c13bdaac9de2596
Integrity      sha256, 2048 iterations
Encryption     PBES2-AES-256-CBC
Holds          1 private key, 1 certificate

! The issuer is not known as one of Apple's: C=US,O=LAB not Apple,OU=G4,CN=LAB Worldwide Developer Relations CA. [issuer-not-apple]
  If Apple did not issue it, APNs rejects it. Download the certificate from the Apple Developer portal, and pack it: `mfa-cli apns pack`.

i The file is encrypted with PBES2-AES-256-CBC, which Windows Server 2016 and older cannot read. [encryption-modern]
  If the receiving system reports a wrong password, convert the file: `mfa-cli apns convert %01-default-aes256.p12 --out new.p12 --encryption legacy`.
>>
stderr is empty
nothing asked

## tells a program the same
$ mfa-cli apns inspect %01-default-aes256 --json
json .ok is true
json .file is %01-default-aes256.p12
json .certificate.subject is
 UID=com.example.lab,CN=Apple Push Services: com.example.lab,OU=ABCDE12345,O=Example Lab,C=US
json .certificate.commonName is Apple Push Services: com.example.lab
json .certificate.kind is apple-push-services
json .certificate.bundleId is com.example.lab
json .certificate.teamId is ABCDE12345
json .certificate.topics is ["com.example.lab","com.example.lab.voip",
 "com.example.lab.complication","com.example.lab.voip-ptt"]
json .certificate.environments is ["sandbox","production"]
json .certificate.issuer is C=US,O=LAB not Apple,OU=G4,CN=LAB Worldwide Developer Relations CA
json .certificate.serialNumber is "2745"
json .certificate.notBefore is 2026-11-24T13:29:19Z
json .certificate.notAfter is 2027-12-24T13:29:19Z
json .certificate.daysLeft is 394
json .certificate.fingerprint is
 "30b8405b649f4f43a02219afcf85fe6c7c00cff68c72c6f592f74262a752a780"
json .certificate.fingerprintSha1 is "402bab717d2b3bb4c971f3c29c13bdaac9de2596"
json .certificate.key is {"type":"RSA","bits":2048}
json .container.mac is {"algorithm":"sha256","iterations":2048}
json .container.encryption is ["PBES2-AES-256-CBC"]
json .container.keys is 1
json .container.certificates is 1
json .findings[].code is ["issuer-not-apple","encryption-modern"]
json .findings[].level is ["warning","info"]

## ends with 4 for a file that cannot be set
$ mfa-cli apns inspect %31-certonly
exit 4
stdout has ✗ This file cannot be set: 1 error and 1 warning.
stdout has [private-key-missing]
stdout has Holds 0 private keys, 1 certificate
$ mfa-cli apns inspect %31-certonly --json
exit 4
json .ok is false
json .findings[private-key-missing].level is error

## names the sandbox in the headline where the certificate serves nothing else
$ mfa-cli apns inspect %30-dev
stdout has ! This file can be set for the sandbox only, with 2 warnings.
stdout has [sandbox-only]

## judges as a set does where production is asked for
$ mfa-cli apns inspect %30-dev --environment production --json
exit 4
json .ok is false
json .findings[environment-mismatch].level is error
json .findings[sandbox-only].level is error
$ mfa-cli apns inspect %30-dev --environment production
exit 4
stdout has ✗ This file cannot be set: 2 errors and 1 warning.

## accepts a certificate for the sandbox where the sandbox is asked for
$ mfa-cli apns inspect %30-dev --environment sandbox --json
json .ok is true
json .findings[].code lacks environment-mismatch
json .findings[sandbox-only].level is info
$ mfa-cli apns inspect %30-dev --environment sandbox
stdout has This file can be set for the sandbox only, with 1 warning.

## ends with 4 for a certificate that serves production alone where the sandbox is asked for
$ mfa-cli apns inspect %30-prod --environment sandbox --json
exit 4
json .findings[environment-mismatch].level is error

## accepts either environment of a certificate for both
$ mfa-cli apns inspect %01-default-aes256 --environment sandbox --fail-on error --json
json .findings[].code lacks environment-mismatch
$ mfa-cli apns inspect %01-default-aes256 --environment production --json
json .findings[].code lacks environment-mismatch

## does not end with 4 at a warning
$ mfa-cli apns inspect %01-default-aes256 --fail-on error --json
json .ok is true

## ends with 4 at a warning with --fail-on warning
$ mfa-cli apns inspect %01-default-aes256 --fail-on warning --json
exit 4
json .ok is true

## does not call a certificate close to its end 31 days before it
$ mfa-cli apns inspect %01-default-aes256 --json
on 2027-11-23
json .certificate.daysLeft is 31
json .findings[].code lacks certificate-expires-soon

## calls a certificate close to its end 30 days before it
$ mfa-cli apns inspect %01-default-aes256 --json
on 2027-11-24
json .certificate.daysLeft is 30
json .findings[].code has certificate-expires-soon

## warns as many days before the end as --warn-days says
$ mfa-cli apns inspect %01-default-aes256 --warn-days 45 --json
on 2027-11-23
json .findings[].code has certificate-expires-soon
$ mfa-cli apns inspect %01-default-aes256 --warn-days 45 --json
on 2027-11-08
json .certificate.daysLeft is 46
json .findings[].code lacks certificate-expires-soon
$ mfa-cli apns inspect %01-default-aes256 --warn-days 10 --json
on 2027-12-04
json .certificate.daysLeft is 20
json .findings[].code lacks certificate-expires-soon

## calls a certificate expired once its last day has passed
$ mfa-cli apns inspect %01-default-aes256 --json
on 2027-12-25
exit 4
json .findings[].code has certificate-expired

## takes the .p12 from standard input
$ mfa-cli apns inspect - --json
stdin %01-default-aes256
json .certificate.serialNumber is "2745"

## takes the .p12 from the variable of its path
$ MFA_CLI_P12=%01-default-aes256 mfa-cli apns inspect --json
json .file is %01-default-aes256.p12

## prefers the file of the command line to the variable
$ MFA_CLI_P12=missing.p12 mfa-cli apns inspect %01-default-aes256 --json
json .file is %01-default-aes256.p12

## takes the .p12 from the variable of its Base64
let P12 be base64 of %01-default-aes256
$ MFA_CLI_P12_BASE64=$P12 mfa-cli apns inspect --json
json .certificate.serialNumber is "2745"

## takes Base64 in lines
let P12 be base64 of %01-default-aes256 in lines
$ MFA_CLI_P12_BASE64=$P12 mfa-cli apns inspect --json
json .certificate.serialNumber is "2745"

## takes no more from the variable than from a file
let P12 be base64 of %70-trailing-1MB
$ MFA_CLI_P12_BASE64=$P12 mfa-cli apns inspect --json
exit 3
json .error.code is file-too-large

## takes one variable of a .p12 alone
$ MFA_CLI_P12=%01-default-aes256 MFA_CLI_P12_BASE64=MIIM mfa-cli apns inspect --json
exit 2
json .error.code is usage
json .error.message has MFA_CLI_P12_BASE64

## needs a .p12
$ mfa-cli apns inspect --json
exit 2
json .error.code is usage
stderr has MFA_CLI_P12_BASE64

## takes an empty file name for none
$ mfa-cli apns inspect '' --json
exit 2
json .error.code is usage
