# The ledger: what was set and deleted, a line of JSON each time. `--record` names another than the machine's.

variable MFA_CLI_P12_PASSWORD=secret
tenant
signed in

## outlives the session and the profile
$ mfa-cli apns set %01-default-aes256
$ mfa-cli logout --all --yes
$ mfa-cli apns status --all-profiles --json
json .certificates[].profile is ["default"]
json .certificates[].tenant is ["$URL"]
$ mfa-cli profile remove default --yes
$ mfa-cli apns status --all-profiles --json
json .certificates[].profile is [null]
json .certificates[].tenant is ["$URL"]
json .certificates[].clientAppKey is ["com.example.lab"]
$ mfa-cli apns status
stdout has com.example.lab $URL - 2027-12-24
$ mfa-cli apns status --all-profiles
on 2027-12-20
exit 4

## ends a last line that has lost its break before it adds another
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --record fleet.jsonl
replace /\n(?![\s\S])/ with  in fleet.jsonl
$ mfa-cli apns set %01-default-aes256 --record fleet.jsonl --json
json .recorded is true
$ mfa-cli apns status --record fleet.jsonl --json
json .certificates[].clientAppKey is ["lab","com.example.lab"]

## shows the tenants of others as well with --all-profiles, and one alone with --tenant
tenant
service user of tenant 2
$ mfa-cli apns set %01-default-aes256 --client-app-key second
no variable MFA_CLI_TENANT
no variable MFA_CLI_CLIENT_ID
no variable MFA_CLI_CLIENT_SECRET
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns status --all-profiles --json
json .certificates[second].profile is null
json .certificates[second].tenant is $URL2
json .certificates[com.example.lab].profile is default
$ mfa-cli apns status --tenant $URL2 --json
json .certificates[].clientAppKey is ["second"]
json .profile is null
json .elsewhere is 1

## has what stands in the certificate, what was asked for, and who was signed in
$ mfa-cli apns set %01-default-aes256 --environment production
file $CONFIG/ledger.jsonl json [].asked is ["set","set"]
file $CONFIG/ledger.jsonl json [].tenant are $URL
file $CONFIG/ledger.jsonl json [].clientAppKey are com.example.lab
file $CONFIG/ledger.jsonl json [].topic are com.example.lab
file $CONFIG/ledger.jsonl json [].fingerprint are
 30b8405b649f4f43a02219afcf85fe6c7c00cff68c72c6f592f74262a752a780
file $CONFIG/ledger.jsonl json [].notAfter are 2027-12-24T13:29:19Z
file $CONFIG/ledger.jsonl json [].environments are ["sandbox","production"]
file $CONFIG/ledger.jsonl json [].environment are production
file $CONFIG/ledger.jsonl json [].team are {"id":"ABCDE12345","name":"Example Lab"}
file $CONFIG/ledger.jsonl json [].by are admin@example.com
file $CONFIG/ledger.jsonl json [].sentAs is [null,"json"]
file $CONFIG/ledger.jsonl json [].at is ["2026-11-24T16:00:00.000Z","2026-11-24T16:00:00.001Z"]
file $CONFIG/ledger.jsonl mode 0600

## keeps what was known against a set that was forced: <FILE>
each FILE: %01-default-aes256 --topic com.example.other | %30-voip | %30-dist --topic com.example.lab |
 %30-r1024 --topic com.example.lab | %30-prod --environment sandbox |
 %30-ec --topic com.example.lab
$ mfa-cli apns set <FILE> --client-app-key lab --force --json
exit 8
json .reach is against
let CODE be json .against[0].code
file $CONFIG/ledger.jsonl json [1].against has $CODE
$ mfa-cli apns status --json
exit 4
json .certificates[lab].state is valid
json .certificates[lab].reach is against
json .certificates[lab].against[].code has $CODE
$ mfa-cli apns status
exit 4
stdout has ! Pushes for lab at $URL will not reach phones, unless
stdout has ! lab $URL

## keeps nothing against a certificate that nothing speaks against
$ mfa-cli apns set %01-default-aes256
file $CONFIG/ledger.jsonl json [1].against is absent
$ mfa-cli apns set %30-voip --client-app-key com.example.lab --force
exit 8
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns status --json
json .certificates[0].against is []

## holds no secret
write password.txt: secret
$ mfa-cli apns set %01-default-aes256 --password-file password.txt
$ mfa-cli apns delete com.example.lab --yes
file $CONFIG/ledger.jsonl json [].asked is ["set","set","delete","delete"]
file $CONFIG/ledger.jsonl lacks secret
file $CONFIG/ledger.jsonl lacks MII
file $CONFIG/ledger.jsonl lacks eyJ
file $CONFIG/ledger.jsonl lacks PRIVATE

## another one has the same lines, without who was signed in
$ mfa-cli apns set %01-default-aes256 --record shared.jsonl --json
json .recorded is true
$ mfa-cli apns delete com.example.lab --yes --record shared.jsonl --json
json .recorded is true
file shared.jsonl json [].asked is ["set","set","delete","delete"]
file shared.jsonl json [].outcome is ["sending","done","sending","done"]
file shared.jsonl json [].by are null
file $CONFIG/ledger.jsonl json [].by are admin@example.com
file $CONFIG/ledgers.json json .ledgers is ["$DIR/shared.jsonl"]

## a variable names another one
variable MFA_CLI_RECORD=shared.jsonl
$ mfa-cli apns set %01-default-aes256
file shared.jsonl json [].outcome is ["sending","done"]
$ mfa-cli apns set %01-default-aes256 --record other.jsonl --json
json .unchanged is true
file shared.jsonl is unchanged
file other.jsonl json [].outcome is ["sending","done"]
machine B
$ mfa-cli apns status --json
json .certificates[].clientAppKey is ["com.example.lab"]
json .certificates[].setAt is ["2026-11-24T16:00:00.001Z"]

## is read on a machine without profile and session, and alone
$ mfa-cli apns set %01-default-aes256 --record shared.jsonl
$ mfa-cli apns set %01-default-aes256 --client-app-key mine
machine B
$ mfa-cli apns status --record shared.jsonl --json
json .profile is null
json .certificates[].clientAppKey is ["com.example.lab"]
json .certificates[].profile is [null]
json .certificates[].tenant is ["$URL"]
nobody asked
$ mfa-cli apns status --record shared.jsonl
on 2027-12-20
exit 4
stdout has ! com.example.lab $URL - 2027-12-24 (4 days left)
machine A
$ mfa-cli apns status --record shared.jsonl --json
json .certificates[].clientAppKey is ["com.example.lab"]
$ mfa-cli apns status --json
json .certificates[].clientAppKey is ["com.example.lab","mine"]

## shows of another one the tenant of a named profile alone
tenant
signed in as other at tenant 2
$ mfa-cli apns set %01-default-aes256 --client-app-key one --record shared.jsonl
$ mfa-cli apns set %01-default-aes256 --client-app-key two --profile other --record shared.jsonl
$ mfa-cli apns status --record shared.jsonl --profile other --json
json .profile is other
json .certificates[].clientAppKey is ["two"]
json .elsewhere is 1
$ mfa-cli apns status --record shared.jsonl --json
json .profile is null
json .certificates[].clientAppKey has one
json .certificates[].clientAppKey has two

## several are read together
$ mfa-cli apns set %01-default-aes256 --client-app-key one --record one.jsonl
$ mfa-cli apns set %01-default-aes256 --client-app-key two --record two.jsonl
machine B
$ mfa-cli apns status --record one.jsonl --record two.jsonl --json
json .certificates[].clientAppKey is ["one","two"]
json .certificates[].inUse is [false,true]

## counts a line once that stands in two
$ mfa-cli apns set %01-default-aes256 --record one.jsonl
copy one.jsonl to two.jsonl
$ mfa-cli apns status --record one.jsonl --record two.jsonl --json
json .certificates[].clientAppKey is ["com.example.lab"]
json .requests is []

## is refused where a line is damaged, before anything is sent
$ mfa-cli apns set %01-default-aes256
replace /"outcome":"sending"/ with "outcome":"hm" in $CONFIG/ledger.jsonl
$ mfa-cli apns set %01-default-aes256 --json
exit 3
json .error.code is file-unreadable
json .error.message has line 1
nobody asked
$ mfa-cli apns status --json
exit 3
json .error.code is file-unreadable

## warns of half a line, which the next set cuts
$ mfa-cli apns set %01-default-aes256
append "{\"id\":\"half" to $CONFIG/ledger.jsonl
$ mfa-cli apns status --json
json .certificates[].clientAppKey is ["com.example.lab"]
stderr has warning:
$ mfa-cli apns set %01-default-aes256 --json
json .recorded is true
file $CONFIG/ledger.jsonl json [].outcome is ["sending","done","sending","done"]

## one that cannot be written is a warning: what was asked is done (<VERB>)
each VERB: set %01-default-aes256 | delete com.example.lab --yes
write file: nothing
$ mfa-cli apns <VERB> --record file/ledger.jsonl --json
json .recorded is false
json .error is absent
stderr has could not record it
sent in order /Mobile/

## a renewal writes to another one, and knows by it that it is done
variable MFA_CLI_KEY_PASSWORD=the-key-password
renewal in push
apple answers push/aps.cer until 2027-12-24
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --record shared.jsonl --json
json .stage is set
json .recorded is true
file shared.jsonl json [].clientAppKey are com.example.app
file shared.jsonl json [].outcome is ["sending","done"]
machine B
signed in
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --record shared.jsonl --if-days-left 30 --json
json .stage is fresh
nobody asked

## what another one told is known as long as it is there
$ mfa-cli apns set %01-default-aes256 --record shared.jsonl
machine B
signed in
$ mfa-cli apns delete other.key --yes --record shared.jsonl --json
exit 2
json .error.message has its records name com.example.lab
$ mfa-cli apns set %01-default-aes256 --client-app-key other.key --record shared.jsonl --json
json .findings[silences-other-app].message has "com.example.lab"
$ mfa-cli apns status --json
json .certificates[].clientAppKey is ["com.example.lab","other.key"]
remove shared.jsonl
$ mfa-cli apns status --json
json .certificates[].clientAppKey is ["other.key"]
stderr has warning:
stderr has shared.jsonl

## is missed where a named one does not exist
$ mfa-cli apns status --record nowhere.jsonl --json
exit 3
json .error.code is file-not-found
$ MFA_CLI_RECORD=nowhere.jsonl mfa-cli apns status --json
exit 3

## knows a key that was deleted, and lets its deletion be repeated
tenant
signed in
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns set %01-default-aes256 --client-app-key com.other.app
$ mfa-cli apns delete com.example.lab --yes
$ mfa-cli apns delete com.example.lab --yes
$ mfa-cli apns delete com.example.typo --yes --json
exit 2

