# `fleet init`: a fleet file of the profiles of this machine, and of what was set from it.

variable MFA_CLI_P12_PASSWORD=secret

## writes the tenant of a profile with the certificate that was set there, and plan takes it
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --yes
$ mfa-cli fleet init --file fleet.yaml
stdout has ✓ Wrote fleet.yaml (fleet file: 1 tenant, 1 certificate)
stdout has mfa-cli fleet plan --file fleet.yaml
nobody asked
copy %01-default-aes256 to lab.p12
$ LAB_P12_PASSWORD=secret mfa-cli fleet plan --file fleet.yaml --json
json .tenants[default].tenant is $URL
json .tenants[default].clientAppKey is com.example.lab
json .tenants[default].certificate is lab
json .tenants[default].action is same

## writes no secret
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --yes
$ mfa-cli fleet init
file mfa-fleet.yaml has sign-in: { profile: default }
file mfa-fleet.yaml has password: { env: LAB_P12_PASSWORD }
file mfa-fleet.yaml lacks "secret"
file mfa-fleet.yaml lacks Token

## tells as JSON what is in the file
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --yes
$ mfa-cli fleet init --json
json .file is mfa-fleet.yaml
json .content is null
json .tenants is ["default"]
json .certificates is ["lab"]
json .withoutCertificate is []

## names a tenant by its host where no profile belongs to it any more
write $CONFIG/config.json mode 0600 <<
{"current":"acme","profiles":{"acme":{"settings":{"tenant":"https://new.example"},"session":null}}}
>>
write $CONFIG/ledger.jsonl mode 0600 <<
{"id":"1","at":"2026-11-24T16:00:00.000Z","tenant":"https://lab.example","clientAppKey":"com.example.lab","asked":"set","topic":"com.example.lab","fingerprint":"abababababababababababababababababababababababababababababababab","notAfter":"2027-12-24T16:00:00Z","outcome":"done"}
>>
$ mfa-cli fleet init --json
json .tenants is ["lab"]
json .withoutCertificate is ["acme"]
file mfa-fleet.yaml has   #   tenant: new.example
file mfa-fleet.yaml has     tenant: lab.example

## leaves out the tenant of a past rehearsal, which no profile signs in to
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --yes
$ mfa-cli fleet init --file with.yaml --json
json .tenants is ["default"]
$ mfa-cli profile remove default --yes
no variable MFA_CLI_TENANT
$ mfa-cli fleet init --json
json .tenants is []
json .certificates is []
file mfa-fleet.yaml lacks $URL
json .record is null
no file mfa-fleet.ledger.jsonl

## begins the record of the tenants in the file alone
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --yes
tenant
signed in as other at tenant 2
$ mfa-cli apns set %01-default-aes256 --yes --profile other
$ mfa-cli profile remove other --yes
no variable MFA_CLI_TENANT
$ mfa-cli fleet init --json
json .tenants is ["default"]
json .record is mfa-fleet.ledger.jsonl
file mfa-fleet.ledger.jsonl json [].tenant are $URL

## has a profile without a certificate as a comment
$ mfa-cli profile set tenant lab.example --profile lab
$ mfa-cli fleet init --json
json .tenants is []
json .withoutCertificate is ["lab"]
file mfa-fleet.yaml has   # Nothing is on record there
file mfa-fleet.yaml has   #   tenant: lab.example

## leaves out a profile that has only a virtual phone
write $CONFIG/config.json mode 0600 <<
{"current":"phone","profiles":{"phone":{"settings":{"tenant":"https://lab.example"},
"device":{"tenant":"https://lab.example","user":"ada","udid":"u","name":"n","osVersion":"17",
"deviceToken":null,"otp":{"key":"k","keyVersion":"1","interval":30,"algorithm":"sha1","digits":6,"oathProfileUuid":"p"}}}}}
>>
$ mfa-cli fleet init --json
json .tenants is []
json .withoutCertificate is []
file mfa-fleet.yaml lacks phone
# Unless it is the only one of a tenant at which something is on record.
write $CONFIG/ledger.jsonl mode 0600 <<
{"id":"1","at":"2026-11-24T16:00:00.000Z","tenant":"https://lab.example","clientAppKey":"com.example.lab","asked":"set","topic":"com.example.lab","fingerprint":"abababababababababababababababababababababababababababababababab","notAfter":"2027-12-24T16:00:00Z","outcome":"done"}
>>
$ mfa-cli fleet init --force --json
json .tenants is ["phone"]
file mfa-fleet.yaml has sign-in: { profile: phone }

## has a profile with a session and a virtual phone as a comment
tenant
signed in
$ mfa-cli device enroll
$ mfa-cli fleet init --json
json .tenants is []
json .withoutCertificate is ["default"]

## leaves out a profile without a tenant
$ mfa-cli profile set client-app-key com.example.lab --profile odd
$ mfa-cli fleet init --json
json .withoutCertificate is []
file mfa-fleet.yaml lacks odd

## signs a service user in with a secret of a variable
tenant
service user
$ mfa-cli login --profile ci
$ mfa-cli apns set %01-default-aes256 --yes --profile ci
$ mfa-cli fleet init --json
file mfa-fleet.yaml has client-secret: { env: CI_CLIENT_SECRET }
file mfa-fleet.yaml lacks profile:
file mfa-fleet.yaml lacks app-id:
file mfa-fleet.yaml lacks platform-token:

## keeps the settings of a service user that are not the usual ones
write $CONFIG/config.json mode 0600 <<
{"current":"ci","profiles":{"ci":{"settings":{"scope":"certificates","platform-token":"1"},
"session":{"tenant":"https://lab.example","appId":"push","clientId":"ci@lab","user":"ci@lab",
"grant":"client-credentials","accessToken":"the-token"}}}}
>>
write $CONFIG/ledger.jsonl mode 0600 <<
{"id":"1","at":"2026-11-24T16:00:00.000Z","tenant":"https://lab.example","clientAppKey":"com.example.lab","asked":"set","topic":"com.example.lab","fingerprint":"abababababababababababababababababababababababababababababababab","notAfter":"2027-12-24T16:00:00Z","outcome":"done"}
>>
$ mfa-cli fleet init
file mfa-fleet.yaml has client-id: ci@lab
file mfa-fleet.yaml has app-id: push
file mfa-fleet.yaml has scope: certificates
file mfa-fleet.yaml has platform-token: true
$ mfa-cli profile set platform-token 0
$ mfa-cli fleet init --force
file mfa-fleet.yaml lacks platform-token

## names no scope of a service user whose profile has none
write $CONFIG/config.json mode 0600 <<
{"current":"ci","profiles":{"ci":{"settings":{},
"session":{"tenant":"https://lab.example","appId":"push","clientId":"ci@lab","user":"ci@lab",
"grant":"client-credentials","accessToken":"the-token"}}}}
>>
$ mfa-cli fleet init
file mfa-fleet.yaml has app-id: push
file mfa-fleet.yaml lacks scope:

## keeps a file that is there
write fleet.yaml: mine
$ mfa-cli fleet init --file fleet.yaml --json
exit 2
json .error.code is file-exists
file fleet.yaml is unchanged

## replaces a file that is there with --force
write fleet.yaml: mine
$ mfa-cli fleet init --file fleet.yaml --force --json
json .file is fleet.yaml
file fleet.yaml lacks mine
file fleet.yaml has version: 1

## writes an example where nothing is known
$ mfa-cli fleet init
file mfa-fleet.yaml has tenants: {}
$ mfa-cli fleet plan --json
json .tenants is []

## declares the certificate that was set last
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key first --yes
$ mfa-cli apns set %01-default-aes256 --client-app-key second --yes
$ mfa-cli fleet init
file mfa-fleet.yaml has client-app-key: second
file mfa-fleet.yaml lacks client-app-key: first

## writes no record beside standard output
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --yes
$ mfa-cli fleet init --file - --json
json .tenants is ["default"]
json .record is null
files none

## writes to standard output
$ mfa-cli fleet init --file -
stdout has tenants: {}
files none

## writes into the JSON of standard output
$ mfa-cli fleet init --file - --json
json .content has tenants: {}
files none

## writes the tenant of the session where the setting is another's by now
tenant
service user
$ mfa-cli login --profile ci
$ mfa-cli apns set %01-default-aes256 --yes --profile ci
no variable MFA_CLI_TENANT
$ mfa-cli profile set tenant other.example --profile ci
$ mfa-cli fleet init --json
json .tenants is ["ci"]
file mfa-fleet.yaml lacks other.example

## begins the record with what was set from this machine, which its status knows
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --yes
$ mfa-cli fleet init --json
json .record is mfa-fleet.ledger.jsonl
file mfa-fleet.ledger.jsonl lacks "by":"
$ mfa-cli fleet status --warn-days 0 --json
json .tenants[default].state is valid
json .tenants[default].recorded.topic is com.example.lab
json .tenants[default].daysLeft is 394
machine B
$ mfa-cli fleet status --warn-days 0 --json
json .tenants[default].state is valid
json .tenants[default].daysLeft is 394

## begins the record without the alerts that this machine has sent
hook
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --yes
$ mfa-cli apns status --hook $HOOK --notify-at 30 --json
on 2027-12-10
exit 4
sent hook due 1 time
$ mfa-cli fleet init
$ mfa-cli fleet status --hook $HOOK --notify-at 30 --json
on 2027-12-10
exit 4
sent hook due 1 time

## begins the record that --record names
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --yes
$ mfa-cli fleet init --file - --record elsewhere.jsonl
stdout has tenants:
file elsewhere.jsonl has com.example.lab
files elsewhere.jsonl

## begins the record that MFA_CLI_RECORD names
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --yes
variable MFA_CLI_RECORD=elsewhere.jsonl
$ mfa-cli fleet init --json
json .record is elsewhere.jsonl
no file mfa-fleet.ledger.jsonl
$ mfa-cli fleet status --warn-days 0 --json
json .tenants[default].state is valid

## begins no record where nothing was set
$ mfa-cli profile set tenant lab.example --profile lab
$ mfa-cli fleet init --json
json .record is null
no file mfa-fleet.ledger.jsonl

## repeats no line that the record has
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --yes
$ mfa-cli fleet init
copy mfa-fleet.ledger.jsonl to before.jsonl
$ mfa-cli fleet init --force
file mfa-fleet.ledger.jsonl is unchanged

## takes the first of two profiles of a tenant
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --yes
$ mfa-cli profile set tenant $URL --profile later
$ mfa-cli fleet init --json
json .tenants is ["default"]
file mfa-fleet.yaml has sign-in: { profile: default }
