# `apns set`: what the tenant gets, and what is reported and recorded of it.

variable MFA_CLI_P12_PASSWORD=secret
tenant
signed in

## gives the tenant exactly the file, its password and its topic
$ mfa-cli apns set --p12 %01-default-aes256 --json
json .sent is true
json .sentAs is json
json .tenant is $URL
json .verification is null
json .findings[].code is ["issuer-not-apple","encryption-modern"]
sent in order /Mobile/SetApnsCertForClientApp
tenant holds com.example.lab: file %01-default-aes256, topic com.example.lab, password secret
tenant pushes to com.example.lab

## sends a client app key that is not the topic as the key alone
$ mfa-cli apns set %01-default-aes256 --client-app-key 'my key' --json
json .clientAppKey is my key
json .topic is com.example.lab
tenant holds my key: topic com.example.lab
tenant lacks com.example.lab
tenant pushes to my key

## sends a topic that is not the bundle ID as the topic alone
$ mfa-cli apns set %01-default-aes256 --topic com.example.lab.voip --client-app-key lab --json
json .clientAppKey is lab
json .topic is com.example.lab.voip
tenant holds lab: topic com.example.lab.voip
tenant lacks com.example.lab.voip

## names the key after the topic where no key is given
$ mfa-cli apns set %01-default-aes256 --topic com.example.lab.voip
tenant holds com.example.lab.voip: topic com.example.lab.voip
tenant lacks com.example.lab

## takes the client app key from its variable
$ MFA_CLI_CLIENT_APP_KEY=lab mfa-cli apns set %01-default-aes256
tenant holds lab: topic com.example.lab
tenant lacks com.example.lab

## prefers the option of the client app key to its variable
$ MFA_CLI_CLIENT_APP_KEY=other mfa-cli apns set %01-default-aes256 --client-app-key lab
tenant holds lab
tenant lacks other

## sends a password with blanks and quotes unchanged
$ MFA_CLI_P12_PASSWORD=" a\"b'c\$ " mfa-cli apns set %22-pw-spaces-quotes
tenant holds com.example.lab: file %22-pw-spaces-quotes, password " a\"b'c$ "

## sends a password that is not ASCII unchanged
$ MFA_CLI_P12_PASSWORD=パスワード mfa-cli apns set %22-pw-cjk
tenant holds com.example.lab: file %22-pw-cjk, password パスワード

## sends no bytes that trail the PFX
$ mfa-cli apns set %70-trailing-crlf --json
json .sent is true
tenant holds com.example.lab: file %01-default-aes256

## says that the same certificate again is the same
$ mfa-cli apns set %01-default-aes256
stdout has ✓ Set the push certificate for com.example.lab
$ mfa-cli apns set %01-default-aes256
stdout has ✓ Sent the same certificate for com.example.lab again
sent in order /Mobile/SetApnsCertForClientApp
$ mfa-cli apns set %01-default-aes256 --json
json .sent is true
json .unchanged is true

## does not take the same certificate with another topic for the same
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --topic com.example.lab.voip --json
json .sent is true
json .unchanged is false
tenant holds lab: topic com.example.lab.voip

## does not take the same certificate for the same where the tenant has none any more
$ mfa-cli apns set %01-default-aes256
another administrator sets com.example.other
another administrator deletes com.example.lab
$ mfa-cli apns set %01-default-aes256 --refresh --json
json .sent is true
json .unchanged is false

## puts what it set on record, for its owner alone
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --json
let fingerprint be json .fingerprint
file $CONFIG/config.json mode 0600
$ mfa-cli apns status --json
nobody asked
json .certificates[lab].topic is com.example.lab
json .certificates[lab].tenant is $URL
json .certificates[lab].fingerprint is $fingerprint
json .requests is []

## goes on where the record cannot be written
token
remove $CONFIG
link $CONFIG to /dev/null/mfa-cli
$ mfa-cli apns set %01-default-aes256 --json
json .sent is true
stderr has could not record it
tenant holds com.example.lab

## reports a refusal of the tenant as no set, once, and keeps no record of it
fault refused at /Mobile/SetApnsCertForClientApp 9 times
$ mfa-cli apns set %01-default-aes256 --json
exit 6
json .error.code is tenant-refused
json .sent is absent
sent /Mobile/SetApnsCertForClientApp 1 time
stderr has Nothing was set for com.example.lab: what $URL had before is unchanged.
tenant holds nothing
$ mfa-cli apns status --json
json .certificates is []
json .requests is []

## leaves the outcome open where the tenant does not answer
fault unanswered at /Mobile/SetApnsCertForClientApp 9 times
$ mfa-cli apns set %01-default-aes256 --json
exit 7
json .sent is null
json .sentAs is null
json .error.code is outcome-unknown
$ mfa-cli apns status --json
exit 4
json .certificates is []
json .requests[].asked is ["set"]

## never uses a session of another tenant
tenant
$ MFA_CLI_TENANT=$URL2 mfa-cli apns set %01-default-aes256 --json
exit 5
json .error.code is not-signed-in
nobody asked
tenant 1 holds nothing
tenant 2 holds nothing

## sets at the tenant of the service user, whoever is signed in elsewhere
tenant
service user
$ mfa-cli apns set %01-default-aes256 --json
json .tenant is $URL2
sent in order tenant 2 /Mobile/SetApnsCertForClientApp
tenant 1 holds nothing
tenant 2 holds com.example.lab

## is no reason to convert a file that the tenant refuses for its key
each FILE: %31-certonly | %61-mismatched-pair-mac-ok
$ mfa-cli apns set <FILE> --force --topic com.example.lab --json
exit 6
json .error.code is tenant-refused
stderr has private key of its certificate
stderr lacks apns convert
sent /Mobile/SetApnsCertForClientApp 1 time

## asks a tenant that never says what it holds no longer than the timeout
server is silent at /Core/GetTenantConfig
server answers /Mobile/SetApnsCertForClientApp with 200 {"success":true,"Result":null}
$ mfa-cli apns set %01-default-aes256 --refresh --timeout 2 --json
json .sent is true
json .held.outcome is unknown
sent in order /Mobile/SetApnsCertForClientApp
sent /Core/GetTenantConfig 2 times
stderr says did not answer in time 1 time
