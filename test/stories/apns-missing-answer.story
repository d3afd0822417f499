# A set or a deletion whose answer is missing: what `apns status` says, and what settles it.
# `unanswered`: the tenant did it; `lost`: it did not. A set is sent three times, a deletion once.

variable MFA_CLI_P12_PASSWORD=secret

## a set that was done is settled by its topic where another was on record
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app --topic com.example.lab.voip
fault unanswered at /Mobile/SetApnsCertForClientApp 3 times
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app --json
exit 7
json .sent is null
json .tries is 3
json .error.code is outcome-unknown
$ mfa-cli apns status --json
exit 4
json .ok is false
json .requests[].asked is ["set"]
json .requests[].outcome is ["unknown"]
json .certificates[].topic is ["com.example.lab.voip"]
nobody asked
$ mfa-cli apns status --refresh --json
json .ok is true
json .requests[].outcome is ["done"]
json .certificates[].held.outcome is ["same"]
$ mfa-cli apns status --json
json .requests is []
json .certificates[].clientAppKey is ["com.new.app"]
json .certificates[].topic is ["com.example.lab"]

## after a set without an answer, even --refresh does not ask the tenant for the topic
tenant tenant-config=known
signed in
fault unanswered at /Mobile/SetApnsCertForClientApp 3 times
$ mfa-cli apns set %01-default-aes256 --refresh --json
exit 7
json .sent is null
json .held is absent
$ mfa-cli apns set %01-default-aes256 --refresh --json
json .sent is true
json .held.outcome is same

## a set that was not done is settled by the topic that was on record
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app --topic com.example.lab.voip
fault lost at /Mobile/SetApnsCertForClientApp 3 times
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
exit 7
$ mfa-cli apns status --refresh --json
json .ok is true
json .requests[].outcome is ["not-done"]
$ mfa-cli apns status --json
json .requests is []
json .certificates[].topic is ["com.example.lab.voip"]

## a set that is open in another record is settled there
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app --topic com.example.lab.voip
 --record shared.jsonl
fault unanswered at /Mobile/SetApnsCertForClientApp 3 times
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app --record shared.jsonl
exit 7
$ mfa-cli apns status --record shared.jsonl --refresh --json
json .requests[].outcome is ["done"]
machine B
$ mfa-cli apns status --record shared.jsonl --json
json .requests is []
json .certificates[].topic is ["com.example.lab"]

## is told as settled where that cannot be recorded
# With the ending of its lock, the name of the record is too long.
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app --topic com.example.lab.voip
 --record shared.jsonl
fault unanswered at /Mobile/SetApnsCertForClientApp 3 times
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app --record shared.jsonl
exit 7
let LONG be llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllll
copy shared.jsonl to $LONG.jsonl
$ mfa-cli apns status --record $LONG.jsonl --refresh --json
json .ok is true
json .requests[].outcome is ["done"]
json .certificates[].held.outcome is ["same"]
stderr has warning:
stderr has could not be recorded
file $LONG.jsonl is shared.jsonl
$ mfa-cli apns status --record $LONG.jsonl --json
exit 4
json .requests[].outcome is ["unknown"]

## a first set that was not done is settled
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.old.app
fault lost at /Mobile/SetApnsCertForClientApp 3 times
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
exit 7
$ mfa-cli apns status --refresh --json
json .ok is true
json .requests[].outcome is ["not-done"]
$ mfa-cli apns status --json
json .requests is []
json .certificates[].clientAppKey is ["com.old.app"]

## a first set that was done is settled by the key in use
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.old.app
fault unanswered at /Mobile/SetApnsCertForClientApp 3 times
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
exit 7
$ mfa-cli apns status --refresh --json
json .ok is true
json .requests[].outcome is ["done"]
$ mfa-cli apns status --json
json .requests is []
json .certificates[].clientAppKey is ["com.old.app","com.new.app"]
json .certificates[com.new.app].topic is com.example.lab

## a first set with no other key on record is not settled: the key may be older
tenant tenant-config=known
signed in
fault unanswered at /Mobile/SetApnsCertForClientApp 3 times
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
exit 7
$ mfa-cli apns status --refresh --json
exit 4
json .requests[].outcome is ["unknown"]
$ mfa-cli apns status --json
exit 4
json .certificates is []
json .requests[0].clientAppKey is com.new.app
json .requests[0].topic is com.example.lab

## a set of the same key and topic is not settled: the topic is the same either way
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
fault unanswered at /Mobile/SetApnsCertForClientApp 3 times
$ mfa-cli apns set %30-prod --client-app-key com.new.app
exit 7
$ mfa-cli apns status --refresh --json
exit 4
json .requests[].outcome is ["unknown"]
json .certificates[].held.outcome is ["same"]
$ mfa-cli apns status --json
exit 4
json .requests[].clientAppKey is ["com.new.app"]

## a deletion that was done is settled
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
$ mfa-cli apns set %01-default-aes256 --client-app-key com.old.app
fault unanswered at /Mobile/DeleteApnsCertForClientApp
$ mfa-cli apns delete com.new.app --yes --json
exit 7
json .deleted is null
json .tries is 1
$ mfa-cli apns status --json
exit 4
json .requests[].asked is ["delete"]
json .requests[].outcome is ["unknown"]
json .certificates[].clientAppKey is ["com.new.app","com.old.app"]
$ mfa-cli apns status --refresh --json
json .ok is true
json .requests[].outcome is ["done"]
$ mfa-cli apns status --json
json .requests is []
json .certificates[].clientAppKey is ["com.old.app"]

## a deletion that was not done is settled
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
$ mfa-cli apns set %01-default-aes256 --client-app-key com.old.app
fault lost at /Mobile/DeleteApnsCertForClientApp
$ mfa-cli apns delete com.new.app --yes
exit 7
$ mfa-cli apns status --refresh --json
json .ok is true
json .requests[].outcome is ["not-done"]
$ mfa-cli apns status --json
json .requests is []
json .certificates[].clientAppKey is ["com.new.app","com.old.app"]

## is not settled where the tenant does not tell
tenant tenant-config=unknown advanced-config=silent
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app --topic com.example.lab.voip
fault unanswered at /Mobile/SetApnsCertForClientApp 3 times
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
exit 7
$ mfa-cli apns status --refresh --json
exit 4
json .requests[].outcome is ["unknown"]
$ mfa-cli apns status --json
exit 4
json .requests[].topic is ["com.example.lab"]
json .certificates[].topic is ["com.example.lab.voip"]

## is told to a person, who then hears that it is settled
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app --topic com.example.lab.voip
fault unanswered at /Mobile/SetApnsCertForClientApp 3 times
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
exit 7
$ mfa-cli apns status
exit 4
stdout has ! The request to set the push certificate for com.new.app at $URL on 2026-11-24 (SHA-256 30b8405b…)
stdout has its outcome is unknown. The tenant may have set it.
$ mfa-cli apns status --refresh
stdout has com.new.app $URL default the topic as set 2027-12-24
stdout has is settled: the tenant did it.
stdout lacks its outcome is unknown

## is told to a monitor
tenant
signed in
fault unanswered at /Mobile/SetApnsCertForClientApp 3 times
$ mfa-cli apns set %01-default-aes256
exit 7
$ mfa-cli apns status --format prometheus
exit 4
stdout has mfa_cli_outcome_unknown{profile="default",tenant="$URL",client_app_key="com.example.lab",asked="set"} 1

## is told to a monitor once for a key, though two certificates were sent
tenant tenant-config=unknown advanced-config=silent
signed in
fault unanswered at /Mobile/SetApnsCertForClientApp 3 times
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
exit 7
fault unanswered at /Mobile/SetApnsCertForClientApp 3 times
$ mfa-cli apns set %30-prod --client-app-key lab --force
exit 7
$ mfa-cli apns status --format prometheus
exit 4
stdout says mfa_cli_outcome_unknown{ 1 time

## is no longer told in any format once the tenant settles it
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app --topic com.example.lab.voip
fault unanswered at /Mobile/SetApnsCertForClientApp 3 times
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
exit 7
copy $CONFIG/ledger.jsonl to one.jsonl
copy $CONFIG/ledger.jsonl to two.jsonl
copy $CONFIG/ledger.jsonl to three.jsonl
$ mfa-cli apns status --record one.jsonl --format prometheus
exit 4
stdout has mfa_cli_outcome_unknown{
$ mfa-cli apns status --record one.jsonl --refresh --format prometheus
stdout has # TYPE mfa_cli_outcome_unknown gauge
stdout lacks mfa_cli_outcome_unknown{
$ mfa-cli apns status --record two.jsonl --format github
exit 4
stdout has title=outcome-unknown
$ mfa-cli apns status --record two.jsonl --refresh --format github
stdout lacks ::warning
$ mfa-cli apns status --record three.jsonl --format html
exit 4
stdout has Pushes for com.new.app
$ mfa-cli apns status --record three.jsonl --refresh --format html
stdout lacks Pushes for com.new.app

## is told to each profile of its tenant, or to all
tenant
signed in
signed in as same
tenant
signed in as other at tenant 2
fault unanswered at /Mobile/SetApnsCertForClientApp 3 times
$ mfa-cli apns set %01-default-aes256 --profile other
exit 7
$ mfa-cli apns status --json
json .ok is true
json .requests is []
$ mfa-cli apns status --all-profiles --json
exit 4
json .requests[].profile is ["other"]
$ mfa-cli apns set %01-default-aes256 --profile same
$ mfa-cli apns status --profile same --json
json .certificates[].profile is ["same"]

## is said above the next question, which is asked though the record has the same
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
fault unanswered at /Mobile/SetApnsCertForClientApp 3 times
$ mfa-cli apns set %30-prod --client-app-key com.new.app
exit 7
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
answer no
exit 130
asked Replace the certificate for com.new.app at $URL?
stderr has Replaces the certificate valid until 2027-12-24, set on 2026-11-24
stderr has Unknown outcome of the set request of 2026-11-24 (SHA-256 78a10dc4…)
stderr lacks the same certificate
nothing sent

## is settled by a set of its own key alone
tenant tenant-config=known
signed in
fault unanswered at /Mobile/SetApnsCertForClientApp 3 times
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
exit 7
$ mfa-cli apns set %01-default-aes256 --client-app-key com.old.app
stderr lacks settles
$ mfa-cli apns status --json
exit 4
json .requests[].clientAppKey is ["com.new.app"]
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
stderr has This set request settles the set request of 2026-11-24
$ mfa-cli apns status --json
json .ok is true
json .requests is []

## makes unknown which of two keys is in use: another key's set silences either
tenant tenant-config=unknown advanced-config=silent
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.old.app
fault lost at /Mobile/SetApnsCertForClientApp 3 times
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
exit 7
$ mfa-cli apns status --json
exit 4
json .certificates[com.old.app].inUse is null
json .certificates[com.old.app].inUseFrom is null
json .requests[com.new.app].inUse is null
$ mfa-cli apns set %01-default-aes256 --client-app-key com.third.app --dry-run --json
json .findings[silences-other-app].message has "com.old.app" and "com.new.app"

## is unknown as well where the program ended before it knew
tenant
signed in
fault unanswered at /Mobile/SetApnsCertForClientApp 3 times
$ mfa-cli apns set %01-default-aes256
exit 7
remove /^.*"outcome":"unknown".*\n/ from $CONFIG/ledger.jsonl
file $CONFIG/ledger.jsonl json [].outcome is ["sending"]
$ mfa-cli apns status --json
exit 4
json .requests[].outcome is ["unknown"]

## the same certificate is a change after a deletion without an answer
tenant
signed in
$ mfa-cli apns set %01-default-aes256
fault unanswered at /Mobile/DeleteApnsCertForClientApp
$ mfa-cli apns delete com.example.lab --yes
exit 7
$ mfa-cli apns set %01-default-aes256 --dry-run --json
json .unchanged is false
$ mfa-cli apns set %01-default-aes256 --client-app-key com.example.lab --no-verify
answer no
exit 130
asked Replace the certificate for com.example.lab
nothing sent

## a deletion and a set of the same certificate, both without an answer, are both told
tenant
signed in
$ mfa-cli apns set %01-default-aes256
fault unanswered at /Mobile/DeleteApnsCertForClientApp
$ mfa-cli apns delete com.example.lab --yes
exit 7
fault unanswered at /Mobile/SetApnsCertForClientApp 3 times
$ mfa-cli apns set %01-default-aes256
exit 7
$ mfa-cli apns status --json
exit 4
json .requests[].asked is ["delete","set"]
$ mfa-cli apns set %01-default-aes256 --dry-run --json
json .unchanged is false
