# What stops a saved plan: each change is named, and nothing is sent.

fleet of 2
program PASSWORD <<
echo secret
>>
declare certificate ran: p12: app.p12, password: { command: ["$PASSWORD", now] }
declare t2: certificate: ran
$ mfa-cli fleet apply --only t2 --yes
$ mfa-cli fleet plan --canary t1 --max-failures 2 --hook true --out fleet.plan.json --json
json .tenants[].action is ["set","same"]
let HASH be json .plan.hash

## the same certificate, encrypted anew, is the same
variable MFA_CLI_P12_PASSWORD=secret
$ mfa-cli apns convert app.p12 --format p12 --encryption legacy --out new.p12 --quiet
copy new.p12 to app.p12
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --hook true --json
json .tenants[].sent is [true,false]
json .ok is true

## the labels, the comments and the order of the file may change
append "# later\n" to mfa-fleet.yaml
declare t1: certificate: app, labels: { region: eu }
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --hook true --json
json .ok is true

## another certificate
copy %30-r4096 to app.p12
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --hook true --json
exit 4
json .error.code is plan-changed
json .error.message has t1, t2: the certificate, by its SHA-256:
sent t1 set 0 times
on record t2 set

## a tenant that is new
declare t3 at t1: certificate: null, client-app-key: another
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --hook true --json
exit 4
json .error.code is plan-changed
json .error.message has t3: not in the plan
json .error.message has what the fleet file runs, reads, names and connects to
sent t1 token 0 times

## a tenant that is gone
declare no t2
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --hook true --json
exit 4
json .error.code is plan-changed
json .error.message has t2: no longer selected
sent t1 token 0 times

## the name of a tenant
replace /t1:/ with t9: in mfa-fleet.yaml
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --canary t9 --hook true --json
exit 4
json .error.code is plan-changed
json .error.message has t1: no longer selected
json .error.message has t9: not in the plan
sent t1 token 0 times

## the address of a tenant
replace /t1: . tenant: "[^"]*"/ with t1: { tenant: t1.example in mfa-fleet.yaml
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --hook true --json
exit 4
json .error.code is plan-changed
json .error.message has t1: the address: https://t1.example, not $T1 as planned
sent t1 token 0 times

## the client app key
declare t1: certificate: app, client-app-key: other
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --hook true --json
exit 4
json .error.code is plan-changed
json .error.message has t1: the client app key: other, not com.example.lab as planned
sent t1 token 0 times

## the topic
declare certificate voip: p12: app.p12, password: { env: APP_PASSWORD }, topic: com.example.lab.voip
declare t1: certificate: voip, client-app-key: com.example.lab
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --hook true --json
exit 4
json .error.code is plan-changed
json .error.message has t1: the topic: com.example.lab.voip, not com.example.lab as planned
sent t1 token 0 times

## the environment
replace /(app: \{ p12)/ with app: { environment: sandbox, p12 in mfa-fleet.yaml
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --hook true --json
exit 4
json .error.code is plan-changed
json .error.message has t1: the environment: sandbox, not none as planned
sent t1 set 0 times

## a certificate that is to be none
declare t1: certificate: null, client-app-key: com.example.lab
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --hook true --json
exit 4
json .error.code is plan-changed
json .error.message has t1: the name of the certificate: none, not app as planned
sent t1 set 0 times

## the action
t2 has com.example.old on record since 2026-11-25
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --hook true --json
exit 4
json .error.code is plan-changed
json .error.message has t2: the action: set, not same as planned
sent t1 set 0 times

## the arguments of a program
replace /, now/ with , later in mfa-fleet.yaml
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --hook true --json
exit 4
json .error.code is plan-changed
json .error.message has the program $PASSWORD
json .error.message lacks later
sent PASSWORD run 0 times

## a program that is new
replace /(app: \{ p12: app.p12, password: )\{ env: APP_PASSWORD \}/ with app: { p12: app.p12, password: { command: [env] } in mfa-fleet.yaml
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --hook true --json
exit 4
json .error.code is plan-changed
json .error.message has the program env: not in the plan
sent t1 token 0 times

## a hook: <HOOK>
each HOOK: --hook false | --hook true --hook-arg more | --quiet
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH <HOOK> --json
exit 4
json .error.code is plan-changed
json .error.message has --hook:
sent t1 set 0 times

## where something is read, as the trust shows
replace /env: CI_SECRET/ with env: OTHER_SECRET in mfa-fleet.yaml
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --hook true --json
exit 4
json .error.code is plan-changed
json .error.message has what the fleet file runs, reads, names and connects to: sha256:
sent t1 token 0 times

## an option: <OPTION>
each OPTION: --canary t2 | --max-failures 1 | --concurrency 4 | --all | --force | --fail-on warning
 | --warn-days 10 | --only t1 | --shard 0/1
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --hook true <OPTION> --json
exit 4
json .error.code is plan-changed
json .error.message has as planned
sent t1 set 0 times

## an option that is as planned is no change: <OPTION>
each OPTION: --canary t1 | --max-failures 2 | --concurrency 8 | --fail-on error | --warn-days 30
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --hook true <OPTION> --json
json .ok is true

## a label that selects others
declare t1: certificate: app, labels: { ring: one }
declare t2: certificate: ran, labels: { ring: one }
$ mfa-cli fleet plan --label ring=one --out ring.plan.json --json
let HASH be json .plan.hash
declare t2: certificate: ran, labels: { ring: two }
$ mfa-cli fleet apply --plan ring.plan.json --approve $HASH --json
exit 4
json .error.code is plan-changed
json .error.message has t2: no longer selected

## a later set that was not made under the plan
variable MFA_CLI_P12_PASSWORD=secret
variable MFA_CLI_TOKEN=a-token
$ mfa-cli apns set %30-r4096 --tenant $T2 --record mfa-fleet.ledger.jsonl --no-verify
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --hook true --json
exit 4
json .error.code is plan-changed
json .error.message has t2: the ledger has a set of 2026-11-24
json .error.message has that was not made under this plan
sent t1 set 0 times

## a later set by the fleet itself, under no plan
$ mfa-cli fleet apply --only t1 --yes
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --hook true --json
exit 4
json .error.code is plan-changed
json .error.message has t1: the ledger has a set of 2026-11-24
sent t1 set 0 times

## a ledger without the line that the plan knows
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --hook true --record empty.jsonl --json
json .ok is true
machine B
remove mfa-fleet.ledger.jsonl
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --hook true --json
exit 4
json .error.code is plan-changed
json .error.message has t2: the ledger lacks the line that the plan is based on
sent t1 set 0 times

## a plan that was changed after the approval: <CHANGE>
each CHANGE: same/ with delete | com.example.lab/ with other | 2026-11-25/ with 2026-12-25
 | false/ with true
replace /<CHANGE> in fleet.plan.json
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --hook true --json
exit 4
json .error.code is plan-changed
json .error.message has not $HASH as approved
sent t1 token 0 times

## a plan that is none
each PLAN: {} | [] | nonsense | {"version":2} | {"version":"1"}
write other.plan.json: <PLAN>
$ mfa-cli fleet apply --plan other.plan.json --approve $HASH --json
exit 3
json .error.code is file-unreadable
sent t1 token 0 times

## a hash that is none: <HASH>
each WORD: sha256:abc | abc | "" | sha512:30b8405b649f4f43a02219afcf85fe6c7c00cff68c72c6f592f74262a752a780
$ mfa-cli fleet apply --plan fleet.plan.json --approve <WORD> --json
exit 2
json .error.code is usage

## an approval of no plan
$ mfa-cli fleet apply --approve $HASH --yes --json
exit 2
json .error.code is usage
json .error.hints is ["Use --plan FILE."]

## several changes, each of which is named
copy %30-r4096 to app.p12
$ mfa-cli fleet apply --only t1 --yes
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --canary t2 --json
exit 4
json .error.message has --canary: t2, not t1 as planned
json .error.message has --hook: none, not true as planned
json .error.message has t1, t2: the certificate, by its SHA-256:
json .error.message has t1: the ledger has a set

## a certificate that cannot be opened blocks, as without a plan
$ APP_PASSWORD=wrong mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --hook true --json
exit 4
json .tenants[t1].action is blocked
json .tenants[t1].error.code is pkcs12-password-incorrect
sent t1 set 0 times

## a certificate that has expired since blocks, as without a plan
$ mfa-cli fleet plan --canary t1 --valid-for 14d --out long.plan.json --json
on 2027-12-20
let HASH be json .plan.hash
$ mfa-cli fleet apply --plan long.plan.json --approve $HASH --json
on 2027-12-30
exit 4
json .tenants[t1].action is blocked
json .tenants[t1].findings[].code has certificate-expired
sent t1 set 0 times
