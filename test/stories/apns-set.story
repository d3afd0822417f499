# `apns set`: what is sent, what stops it, what is asked.

variable MFA_CLI_P12_PASSWORD=secret
tenant
signed in

## gives the tenant exactly the file, its password and its topic
$ mfa-cli apns set --p12 %01-default-aes256 --json
json .sent is true
json .sentAs is json
json .findings[].code is ["issuer-not-apple","encryption-modern"]
sent /Mobile/SetApnsCertForClientApp
tenant holds com.example.lab: file %01-default-aes256, topic com.example.lab, password secret

## stops at a topic that is not in it
$ mfa-cli apns set %01-default-aes256 --topic com.example.other --client-app-key com.example.lab
exit 4
stdout has Nothing was sent: the checks found 1 error
stdout has [topic-mismatch]
nothing sent
tenant holds nothing

## a yes is needed
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
answer no
exit 130
asked Set the certificate for lab at $URL?
nothing sent
tenant holds nothing
