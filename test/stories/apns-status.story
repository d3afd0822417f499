# `apns status`: the record of this machine, without a question to a tenant.

variable MFA_CLI_P12_PASSWORD=secret
tenant
signed in

## says how long a certificate is valid, without asking anybody
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns status --json
json .source is machine
json .ok is true
json .certificates[].clientAppKey is ["com.example.lab"]
json .certificates[0].topic is com.example.lab
json .certificates[0].tenant is $URL
json .certificates[0].notAfter is 2027-12-24T13:29:19Z
json .certificates[0].setAt is 2026-11-24T16:00:00.001Z
json .certificates[0].daysLeft is 394
json .certificates[0].state is valid
json .certificates[0].held is absent
nobody asked

## is ok while more than 30 days are left
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns status --json
on 2027-11-23
json .warnDays is 30
json .certificates[0].daysLeft is 31
json .certificates[0].state is valid
json .ok is true

## ends with 4 from 30 days before the end on
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns status --json
on 2027-11-24
exit 4
json .certificates[0].daysLeft is 30
json .certificates[0].state is expires-soon
json .ok is false

## agrees with the checks in the last second of a certificate
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns status --json
on 2027-12-24 13:29:19
exit 4
json .certificates[0].state is expires-soon
json .certificates[0].daysLeft is 0
json .certificates[0].against is []
$ mfa-cli apns inspect %01-default-aes256 --json
on 2027-12-24 13:29:19
json .findings[].code has certificate-expires-soon
json .findings[].code lacks certificate-expired
$ mfa-cli apns status --json
on 2027-12-24 13:29:20
exit 4
json .certificates[0].state is expired
json .certificates[0].daysLeft is -1
json .certificates[0].against[0].code is certificate-expired
$ mfa-cli apns inspect %01-default-aes256 --json
on 2027-12-24 13:29:20
exit 4
json .findings[].code has certificate-expired

## ends with 4 once a certificate has expired
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns status --json
on 2028-01-01
exit 4
json .certificates[0].daysLeft is -7
json .certificates[0].state is expired
json .ok is false

## warns as many days ahead as --warn-days says
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns status --warn-days 394 --json
exit 4
json .warnDays is 394
json .certificates[0].state is expires-soon
$ mfa-cli apns status --warn-days 393 --json
json .certificates[0].state is valid

## marks the certificates that cause exit 4
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns status
stdout has com.example.lab $URL default 2027-12-24 (394 days left)
stdout lacks ! com.example.lab
$ mfa-cli apns status
on 2027-11-30
exit 4
stdout has ! com.example.lab $URL default 2027-12-24 (24 days left)
$ mfa-cli apns status
on 2028-01-01
exit 4
stdout has ✗ com.example.lab $URL default 2027-12-24 (expired 7 days ago)

## has nothing to tell where nothing was set
$ mfa-cli apns status
stdout has No certificate is on record for the profile "default".
nobody asked

## tells of the current profile's tenant alone, and counts the others
tenant
signed in as other at tenant 2
$ mfa-cli apns set %01-default-aes256 --profile other
$ mfa-cli apns status --json
json .profile is default
json .elsewhere is 1
json .certificates is []
$ mfa-cli apns status
stdout has Other tenants have 1 certificate
$ mfa-cli apns status --tenant elsewhere.example
stdout has No certificate is on record for this tenant. Other tenants have 1 certificate
$ mfa-cli apns status --profile other --json
json .profile is other
json .certificates[].tenant is ["$URL2"]

## tells of all profiles, fewest days first
signed in as good
tenant
signed in as old at tenant 2
$ mfa-cli apns set %01-default-aes256 --profile good
$ mfa-cli apns set %30-exp --client-app-key com.old.app --profile old --force
exit 8
$ mfa-cli apns status --all-profiles --json
exit 4
json .profile is null
json .elsewhere is 0
json .certificates[].profile is ["old","default"]
json .certificates[].clientAppKey is ["com.old.app","com.example.lab"]
json .certificates[].daysLeft is [-1029,394]
json .certificates[].state is ["expired","valid"]
json .ok is false

## prints a hostile key on one line, and no command of a workflow
let KEY be "two: \"b\", 100%\n::warning::x"
$ mfa-cli apns set %01-default-aes256 --client-app-key $KEY
stderr has The client app key "two: "b", 100%\u000a::warning::x" contains control characters
$ mfa-cli apns status
stdout has two: "b", 100%\u000a: :warning::x $URL default 2027-12-24
$ mfa-cli apns status --json
json .certificates[0].clientAppKey is "two: \"b\", 100%\n::warning::x"

## gives a monitor the end and the days of each certificate, its labels escaped
let KEY be "two: \"b\", 100%\n::warning::x"
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns set %30-exp --client-app-key $KEY --force
exit 8
$ mfa-cli apns status --format prometheus
exit 4
stdout has # TYPE mfa_cli_certificate_expiry_timestamp_seconds gauge
stdout has mfa_cli_certificate_expiry_timestamp_seconds{profile="default",tenant="$URL",client_app_key="com.example.lab",topic="com.example.lab"} 1829654959
stdout has mfa_cli_certificate_expiry_timestamp_seconds{profile="default",tenant="$URL",client_app_key="two: \"b\", 100%\n: :warning::x",topic="com.example.lab"} 1706572800
stdout has # TYPE mfa_cli_certificate_days_left gauge
stdout has mfa_cli_certificate_days_left{profile="default",tenant="$URL",client_app_key="com.example.lab",topic="com.example.lab"} 394
stdout has mfa_cli_certificate_days_left{profile="default",tenant="$URL",client_app_key="two: \"b\", 100%\n: :warning::x",topic="com.example.lab"} -1029
stdout has # TYPE mfa_cli_outcome_unknown gauge

## keeps two lines for a set that was answered, and nothing of it in the profile
$ mfa-cli apns set %01-default-aes256
file $CONFIG/ledger.jsonl json [].outcome is ["sending","done"]
file $CONFIG/ledger.jsonl mode 0600
file $CONFIG/config.json lacks com.example.lab
file $CONFIG/config.json lacks requests

## ends with 8 where one alert of two failed, and repeats that one alone
$ mfa-cli apns set %01-default-aes256
tenant
signed in as other at tenant 2
$ mfa-cli apns set %30-prod --profile other
program ALERT <<
[ -e $DIR/called ] || { touch $DIR/called; exit 1; }
>>
$ mfa-cli apns status --all-profiles --hook $ALERT --hook-must-succeed --notify-at 400 --json
exit 8
sent ALERT run 2 times
$ mfa-cli apns status --all-profiles --hook $ALERT --hook-must-succeed --notify-at 400 --json
sent ALERT run 1 time

## alerts of no certificate whose key the tenant ignores
$ mfa-cli apns set %30-prod --client-app-key old
$ mfa-cli apns set %01-default-aes256
hook
$ mfa-cli apns status --hook $HOOK --notify-at 400 --json
json .certificates[old].inUse is false
let fingerprint be json .certificates[com.example.lab].fingerprint
sent hook due 1 time
sent "alert":{"id":"mfa-cli-due-
sent "fingerprint":"$fingerprint","stage":400

## annotates no certificate whose key the tenant ignores
$ mfa-cli apns set %30-prod --client-app-key old
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns status --format github --warn-days 400
exit 4
stdout says title=certificate-expires-soon 1 time
stdout has for com.example.lab at
stdout lacks for old at

## calls the hook of a run without stages with what is wrong
write $CONFIG/ledger.jsonl mode 0600 <<
{"id":"a","at":"2026-11-01T08:00:00.000Z","tenant":"$URL","clientAppKey":"app.key","asked":"set","topic":"com.example.app","fingerprint":"abababababababababababababababababababababababababababababababab","notAfter":"2027-11-02T00:00:00Z","outcome":"done","sentAs":"json"}
{"id":"b","at":"2026-11-03T08:00:00.000Z","tenant":"$URL","clientAppKey":"other.key","asked":"set","topic":"com.example.other","fingerprint":"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd","notAfter":"2027-12-02T00:00:00Z","outcome":"unknown"}
>>
hook
$ mfa-cli apns status --hook $HOOK --json
exit 4
sent hook unknown 1 time
$ mfa-cli apns status --hook $HOOK --warn-days 400 --json
exit 4
sent hook failed 1 time

## says of the key in use alone that no push has proven it, and of the other that it is ignored
$ mfa-cli apns set %30-prod --client-app-key old
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns status
stdout has Not proven for com.example.lab: `mfa-cli apns prove`
$ mfa-cli apns status --format html
stdout has <td>valid</td>
stdout has <td>ignored: another key was set</td>

## names the ledger that has nothing, not this machine
write other.jsonl: 
$ mfa-cli apns status --record other.jsonl
stdout has No certificate is on record in other.jsonl.

## has no event for a certificate whose key the tenant ignores
$ mfa-cli apns set %30-prod --client-app-key old
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns status --format ics
stdout says BEGIN:VEVENT 1 time
stdout has UID:com.example.lab.
stdout lacks UID:old.

## measures no objection to a certificate whose key the tenant ignores
$ mfa-cli apns set %30-exp --client-app-key old --force
exit 8
$ mfa-cli apns status --format prometheus
exit 4
stdout has mfa_cli_push_objection{
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns status --format prometheus
stdout lacks mfa_cli_push_objection{

## heads the page with how many certificates need attention
$ mfa-cli apns set %30-voip --client-app-key lab --force
exit 8
$ mfa-cli apns status --format html
exit 4
stdout has <h1>1 push certificate needs attention</h1>
