# Two facts that contradict each other: no report is green, and no exit code is 0.

variable MFA_CLI_P12_PASSWORD=secret
clock now

## a certificate for the sandbox alone, and an environment that was not asked for
tenant
signed in
port is free
$ mfa-cli apns set %30-dev --client-app-key lab --json
exit 4
json .findings[sandbox-only].level is error
nothing sent
$ mfa-cli apns set %30-dev --client-app-key lab --force --json
exit 8
json .against[].code has sandbox-only
$ mfa-cli apns status --json
exit 4
json .certificates[lab].against[].code has sandbox-only
$ mfa-cli apns status
exit 4
stdout has ! Pushes for lab at $URL will not reach phones, unless
stdout lacks ✓
$ mfa-cli doctor --json
json .checks[ledger].level is warning
json .checks[ledger].message has will not reach phones
$ mfa-cli apns renew --bundle-id com.example.lab --team-id ABCDE12345 --dir push --if-days-left 1
 --client-app-key lab
exit 4
stdout has ! Nothing to do:
stdout has but pushes will not reach phones

## a set that was forced, and <CODE>
each CODE: topic-mismatch | push-kind-unsupported
tenant
signed in
port is free
copy %30-voip to push-kind-unsupported.p12
copy %01-default-aes256 to topic-mismatch.p12
$ mfa-cli apns set <CODE>.p12 --topic com.example.other --client-app-key lab --force --json
exit 8
json .against[].code has <CODE>
$ mfa-cli apns status --json
exit 4
json .certificates[lab].against[].code has <CODE>
$ mfa-cli apns verify <CODE>.p12 --topic com.example.other --json
exit 4
json .ok is false
json .against[].code has <CODE>
$ mfa-cli doctor --json
json .checks[ledger].level is warning
$ mfa-cli apns status --format prometheus
exit 4
stdout has code="<CODE>"} 1

## a certificate that was set, and its end
tenant
signed in
port is free
$ mfa-cli apns set %30-exp --client-app-key lab --force --json
exit 8
json .against[].code has certificate-expired
$ mfa-cli apns status --json
exit 4
json .certificates[lab].state is expired
json .certificates[lab].against[].code has certificate-expired
$ mfa-cli apns verify %30-exp --json
exit 4
json .against[].code has certificate-expired
$ mfa-cli doctor --json
json .checks[ledger].level is warning

## a stand-in on this machine, and a tenant that is elsewhere
$ mfa-cli apns set %01-default-aes256 --verify --dry-run --tenant abc1234.id.cyberark.cloud
 --apns-host 127.0.0.1:8451 --json
exit 2
json .error.code is usage
nobody asked

## a stand-in, and the words of APNs
tenant
apns of the tenant
$ mfa-cli apns verify %01-default-aes256 --json
json .isApple is false
json .explanation has in place of APNs
$ mfa-cli apns verify %01-default-aes256
stdout lacks ✓ APNs
stdout has in place of APNs

## what the ledger has, and what the tenant tells: another topic
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
another administrator sets lab topic com.example.elsewhere
$ mfa-cli apns status --refresh --json
exit 4
json .certificates[lab].against[].code has held-differs
$ mfa-cli apns status --refresh
exit 4
stdout has ! Pushes for lab
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --refresh --dry-run --json
json .unchanged is false
json .findings[].code has topic-changes

## the key of this machine, and another app's that was set later
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
another administrator sets com.their.app
$ mfa-cli apns status --refresh --json
json .certificates[lab].inUse is false
json .certificates[lab].inUseFrom is tenant
json .certificates[com.their.app].inUse is true
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --refresh --dry-run --json
json .findings[].code has silences-other-app

## an outcome that nobody knows
tenant
signed in
port is free
fault lost at /Mobile/SetApnsCertForClientApp 3 times
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --json
exit 7
json .sent is null
json .against[].code has outcome-unknown
$ mfa-cli apns status --json
exit 4
json .requests[0].outcome is unknown
$ mfa-cli doctor --json
json .checks[ledger].level is warning

## a variable, and the profile
tenant
signed in
port is free
variable MFA_CLI_TENANT=http://127.0.0.1:9
$ mfa-cli apns set %01-default-aes256 --json
exit 5
json .error.message has MFA_CLI_TENANT names http://127.0.0.1:9
$ mfa-cli apns status
stderr has MFA_CLI_TENANT names http://127.0.0.1:9
$ mfa-cli doctor --json --timeout 1
exit 7
json .checks[session].level is warning

## each page of a fleet, and a certificate that was forced
fleet of 2
declare certificate other: p12: app.p12, password: { env: APP_PASSWORD }, topic: com.example.other
declare t1: certificate: other, client-app-key: lab
$ mfa-cli fleet apply --yes --force --json
exit 8
json .tenants[t1].reach is against
$ mfa-cli fleet status --json
exit 4
json .ok is false
json .tenants[].state is ["differs","valid"]
$ mfa-cli fleet status --out page.html
exit 4
file page.html has 1 of 2 tenants needs attention
file page.html has [topic-mismatch]
$ mfa-cli fleet status --out fleet.ics
exit 4
file fleet.ics has pushes will not reach
$ mfa-cli fleet status --format github
exit 4
stdout has title=topic-mismatch
