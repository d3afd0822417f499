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
$ mfa-cli apns status --format github
exit 4
stdout has ::warning title=<CODE>::Pushes for lab at

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

## a certificate for the sandbox alone that was asked for, and one for production before it
tenant
signed in
port is free
$ mfa-cli apns set %01-default-aes256 --client-app-key com.example.lab
$ mfa-cli apns set %30-dev --client-app-key com.example.lab --environment sandbox --json
json .findings[production-lost].level is warning
json .against is []
$ mfa-cli apns status --json
json .certificates[com.example.lab].environment is sandbox
json .certificates[com.example.lab].against is []
$ mfa-cli apns status
stdout has For the sandbox only, as requested: com.example.lab.
stdout has Not proven for com.example.lab
$ mfa-cli apns set %30-dev --client-app-key com.example.lab --json
exit 4
json .findings[sandbox-only].level is error
nothing sent

## the sandbox, which verify chooses by itself, and production
apns answers 400 BadDeviceToken
$ mfa-cli apns verify %30-dev --json
json .environment is sandbox
json .isApple is false
$ mfa-cli apns verify %30-dev --environment production --json
exit 4
json .against[].code has environment-mismatch

## a stand-in that rejects, and APNs that nobody asked
tenant
signed in
port is free
apns answers 403 BadCertificate
$ mfa-cli apns verify %01-default-aes256 --json
exit 6
json .ok is false
json .reach is not-known
json .against is []
json .explanation has APNs itself was not asked.
$ mfa-cli apns set %01-default-aes256 --verify --json
exit 6
json .sent is false
json .against is []
$ mfa-cli apns set %01-default-aes256 --verify
exit 6
stdout has ✗ Nothing was sent: $APNS, in place of APNs, rejects this certificate
stdout has APNs itself was not asked.

## a push that was approved, and the end of its certificate
write shared.jsonl <<
{"id":"a","at":"2026-11-24T00:00:00.000Z","tenant":"https://acme.id.cyberark.cloud","clientAppKey":"lab","asked":"set","topic":"com.example.lab","fingerprint":"abababababababababababababababababababababababababababababababab","notBefore":"2026-11-23T00:00:00.000Z","notAfter":"2027-12-24T00:00:00.000Z","environments":["production"],"outcome":"done"}
{"id":"b","at":"2026-11-24T00:01:00.000Z","tenant":"https://acme.id.cyberark.cloud","clientAppKey":"lab","asked":"prove","topic":"com.example.lab","fingerprint":"abababababababababababababababababababababababababababababababab","notAfter":"2027-12-24T00:00:00.000Z","by":"ada@example.com","outcome":"approved","appConfirmed":true}
>>
$ mfa-cli apns status --record shared.jsonl --json
on 2026-11-25
json .certificates[lab].reach is proven
$ mfa-cli apns status --record shared.jsonl
on 2026-11-25
stdout has Proven on 2026-11-24 for lab with the certificate SHA-256 abababab…: a push was approved, and its app confirmed.
stdout lacks Not proven
$ mfa-cli apns status --record shared.jsonl --json
on 2027-12-25
exit 4
json .certificates[lab].reach is against
$ mfa-cli apns status --record shared.jsonl
on 2027-12-25
exit 4
stdout has ! Pushes for lab
stdout lacks Proven

## a key that another took the place of, and its certificate that expired
tenant
signed in
$ mfa-cli apns set %30-exp --client-app-key old --force --json
exit 8
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
$ mfa-cli apns status --json
json .certificates[old].state is expired
json .certificates[old].inUse is false
json .certificates[lab].inUse is true
json .ok is true

## a deletion whose outcome nobody knows, and the certificate on record
tenant
signed in
port is free
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
fault lost at /Mobile/DeleteApnsCertForClientApp
$ mfa-cli apns delete lab --yes --json
exit 7
json .deleted is null
$ mfa-cli apns status --json
exit 4
json .requests[0].asked is delete
json .requests[0].outcome is unknown
$ mfa-cli apns status
exit 4
stdout lacks ✓
$ mfa-cli doctor --json
json .checks[ledger].level is warning

## a session that a minute ago was new, and a call that its scope lacks
server answers 401
server answers /Security/WhoAmI with 200 {"success":true,"Result":{"User":"ada@example.com"}}
variable MFA_CLI_TENANT=$SERVER
variable MFA_CLI_TOKEN=made-up
$ mfa-cli apns set %01-default-aes256 --json
exit 6
json .error.code is tenant-forbidden
$ mfa-cli apns status --refresh
stdout lacks ✓
stderr lacks mfa-cli login
$ mfa-cli apns delete com.example.lab --yes --json
exit 6
json .error.code is tenant-forbidden

## each page of a fleet, and an outcome that nobody knows
fleet of 2
t1 drops set
$ mfa-cli fleet apply --yes --json
exit 8
json .tenants[t1].sent is null
json .tenants[t1].against[].code has outcome-unknown
$ mfa-cli fleet status --json
exit 4
json .tenants[].state is ["unknown","valid"]
$ mfa-cli fleet status --out page.html
exit 4
file page.html has 1 of 2 tenants needs attention
file page.html has pushes may not reach phones: The outcome of the last request for this key is unknown, so the tenant may not have the certificate
$ mfa-cli fleet status --format github
exit 4
stdout has title=certificate-unknown

## a set that was refused, and a key that no record has
server answers 200 {"success":false,"Message":"no"}
server answers /Security/WhoAmI with 200 {"success":true,"Result":{"User":"ada@example.com"}}
variable MFA_CLI_TENANT=$SERVER
variable MFA_CLI_TOKEN=made-up
$ mfa-cli apns set %01-default-aes256 --json
exit 6
json .error.code is tenant-refused
$ mfa-cli apns delete lab --yes
exit 2
stderr has its records name com.example.lab
stderr lacks it set

## a record without a certificate, and a tenant that may have one
tenant
signed in
$ mfa-cli apns status
stdout has No certificate is on record
stdout has The tenant may have one that was set elsewhere.
stdout lacks ✓
$ mfa-cli apns delete lab --yes --json
json .deleted is true
json .known is false

## a session whose end is unknown, whatever the tenant said of it
tenant
signed in
port is free
$ mfa-cli doctor --json
on 2027-02-01
exit 4
json .checks[clock-skew].level is error
json .checks[session].message is You are signed in; the end of the session is unknown.
$ mfa-cli whoami --json
json .expiresAt is null
