# Two machines, one tenant: what one sets, the other learns from the tenant or from a ledger that both use.

variable MFA_CLI_P12_PASSWORD=secret

## a job that is repeated says that it silences what another machine has set since
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.a.app --refresh --json
json .findings[].code lacks silences-other-app
machine B
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.b.app
machine A
$ mfa-cli apns set %01-default-aes256 --client-app-key com.a.app --json
on 2026-11-25
json .findings[].code lacks silences-other-app
$ mfa-cli apns set %01-default-aes256 --client-app-key com.a.app --refresh --json
on 2026-11-25
json .sent is true
tenant pushes to com.a.app
machine B
$ mfa-cli apns set %01-default-aes256 --client-app-key com.b.app
machine A
$ mfa-cli apns set %01-default-aes256 --client-app-key com.a.app --refresh --json
json .sent is true
json .unchanged is true
json .latest is {"outcome":"told","clientAppKey":"com.b.app","topic":"com.example.lab"}
json .findings[silences-other-app].message has "com.b.app"

## such a job is stopped by --fail-on warning
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.a.app --refresh
machine B
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.b.app
machine A
$ mfa-cli apns set %01-default-aes256 --client-app-key com.a.app --refresh --fail-on warning --json
exit 4
json .sent is false
json .findings[silences-other-app].level is warning
nothing sent
tenant pushes to com.b.app

## a person is told above the question, without --refresh
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.a.app
machine B
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.b.app
machine A
$ mfa-cli apns set %01-default-aes256 --client-app-key com.a.app --no-verify
answer no
exit 130
stderr has no longer to "com.b.app". [silences-other-app]
nothing sent

## the report says that the tenant does not tell
tenant tenant-config=unknown advanced-config=silent
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.a.app
machine B
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.b.app
machine A
$ mfa-cli apns set %01-default-aes256 --client-app-key com.a.app --refresh --json
json .sent is true
json .latest is {"outcome":"unknown","clientAppKey":null,"topic":null}
json .findings[].code lacks silences-other-app
$ mfa-cli apns set %01-default-aes256 --client-app-key com.a.app --refresh
stderr has $URL does not report which client app key was set last

## so it is where the session does not have the right to ask
tenant
service user
variable MFA_CLI_SCOPE=apns
$ mfa-cli apns set %01-default-aes256 --client-app-key com.a.app --refresh --json
json .sent is true
json .latest.outcome is unknown

## a ledger that both use tells it without the tenant
tenant tenant-config=unknown advanced-config=silent
signed in
variable MFA_CLI_RECORD=shared.jsonl
$ mfa-cli apns set %01-default-aes256 --client-app-key com.a.app
machine B
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.b.app --json
json .findings[silences-other-app].message has "com.a.app"
machine A
$ mfa-cli apns set %01-default-aes256 --client-app-key com.a.app --json
json .findings[silences-other-app].message has "com.b.app"

## says that the topic of a key changes, by the ledger
tenant tenant-config=unknown advanced-config=silent
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --topic com.example.lab.voip
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --json
json .sent is true
json .findings[topic-changes].level is warning
json .findings[topic-changes].message has from com.example.lab.voip to com.example.lab.
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --json
json .findings[].code lacks topic-changes

## says that the topic of a key changes, by the tenant's word
tenant tenant-config=known
signed in
another administrator sets lab topic com.example.elsewhere
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --dry-run --json
json .findings[].code lacks topic-changes
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --refresh --json
json .sent is true
json .findings[topic-changes].message has from com.example.elsewhere to com.example.lab.
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --refresh --json
json .findings[].code lacks topic-changes

## no topic changes where the tenant tells that the key is gone
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --topic com.example.lab.voip
another administrator sets com.their.app
another administrator deletes lab
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --dry-run --json
json .findings[].code has topic-changes
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --refresh --dry-run --json
json .replaces is null
json .findings[].code lacks topic-changes

## is told by A where B has deleted the key in use
tenant
signed in
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns set %01-default-aes256 --client-app-key com.other.app
another administrator deletes com.other.app
$ mfa-cli apns status --refresh --json
exit 4
json .ok is false
json .certificates[com.other.app].reach is against

