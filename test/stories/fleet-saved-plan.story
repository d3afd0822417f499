# A saved plan: `fleet plan --out`, and `fleet apply --plan` which does exactly that, or nothing.

fleet of 2

## is approved by its hash, and done
$ mfa-cli fleet plan --out fleet.plan.json --json
json .plan.file is fleet.plan.json
json .plan.hash matches /^sha256:[0-9a-f]{64}$/
json .plan.validUntil is "2026-11-25T16:00:00.000Z"
nobody asked
let HASH be json .plan.hash
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
json .tenants[].sent is [true,true]
json .plan.hash is $HASH
json .ok is true
t1 holds com.example.lab: file app.p12, topic com.example.lab, password secret
file mfa-fleet.ledger.jsonl json [].plan are $HASH

## is not approved by the hash of another
$ mfa-cli fleet plan --out fleet.plan.json --json
let HASH be json .plan.hash
$ mfa-cli fleet apply --plan fleet.plan.json --json
 --approve 30b8405b649f4f43a02219afcf85fe6c7c00cff68c72c6f592f74262a752a780
exit 4
json .error.code is plan-changed
json .error.message has its hash: $HASH, not sha256:30b8405b
nobody asked

## holds what is to be done, and no secret
$ mfa-cli fleet plan --out fleet.plan.json
stdout has The plan fleet.plan.json is valid until 2026-11-25 16:00 UTC.
file fleet.plan.json json .targets[].action are set
file fleet.plan.json json .targets[].topic are com.example.lab
file fleet.plan.json json .targets[].tenant is ["$T1","$T2"]
file fleet.plan.json json .targets[].lastLine is [null,null]
file fleet.plan.json lacks secret
file fleet.plan.json lacks $DIR

## holds no argument of a program
program PASSWORD: echo secret
declare certificate ran: p12: app.p12, password: { command: ["$PASSWORD", vault-item-7] }
declare certificate bare: p12: app.p12, password: { command: ["$PASSWORD"] }
declare t1: certificate: ran
declare t2: certificate: bare
$ mfa-cli fleet plan --out fleet.plan.json
file fleet.plan.json json .programs[0].arguments matches /^[0-9a-f]{64}$/
file fleet.plan.json json .programs[1].arguments matches /^[0-9a-f]{64}$/
file fleet.plan.json lacks vault-item-7

## has the same hash on another machine, in another folder and in another order of its keys
$ mfa-cli fleet plan --out fleet.plan.json --json
let HASH be json .plan.hash
folder other
copy mfa-fleet.yaml to other/fleet.yaml
copy app.p12 to other/app.p12
machine B
$ mfa-cli fleet plan --file other/fleet.yaml --trust --out other/b.plan.json --json
json .plan.hash is $HASH
remove /"version": 1,/ from fleet.plan.json
replace /"programs": \[\],/ in fleet.plan.json <<
"programs": [], "version": 1,
>>
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
json .ok is true

## needs an approval without a terminal, whatever --yes says
$ mfa-cli fleet plan --out fleet.plan.json
$ mfa-cli fleet apply --plan fleet.plan.json --yes --json
exit 2
json .error.code is prompt-unavailable
json .error.hints[0] has --approve
nobody asked

## is shown in a terminal, and asked about, whatever --yes says
$ mfa-cli fleet plan --out fleet.plan.json
$ mfa-cli fleet apply --plan fleet.plan.json --yes
answer no
exit 130
asked Set the certificate at 2 tenants?
nothing sent
$ mfa-cli fleet apply --plan fleet.plan.json
answer yes
asked Set the certificate at 2 tenants?
stderr has The plan fleet.plan.json is valid until 2026-11-25 16:00 UTC.
t2 holds com.example.lab

## shows its terms to the person who approves it
$ mfa-cli fleet plan --force --canary t1 --out fleet.plan.json
$ mfa-cli fleet apply --plan fleet.plan.json
answer no
exit 130
stderr has The plan's terms: --force --canary t1 --concurrency
stderr has no limit of failures
$ mfa-cli fleet plan --all --fail-on warning --force --max-failures 3 --concurrency 5 --out fleet.plan.json
$ mfa-cli fleet apply --plan fleet.plan.json
answer no
exit 130
stderr has The plan's terms: --force --all --fail-on warning --max-failures 3 --concurrency 5; no canary.

## goes on under the same plan after a failure, and does nothing twice
$ mfa-cli fleet plan --out fleet.plan.json --json
let HASH be json .plan.hash
t2 refuses set
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
exit 8
json .tenants[].sent is [true,false]
t2 recovers
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
json .tenants[].action is ["same","set"]
sent t1 set 0 times
sent t2 set 1 time
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
nobody asked

## goes on where an answer is missing
$ mfa-cli fleet plan --out fleet.plan.json --json
let HASH be json .plan.hash
t2 drops set
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
exit 8
json .tenants[t2].sent is null
t2 recovers
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
json .tenants[t2].sent is true
json .ok is true

## repeats with --all once, not each time
$ mfa-cli fleet apply --yes
$ mfa-cli fleet plan --all --out fleet.plan.json --json
let HASH be json .plan.hash
t2 refuses set
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
exit 8
t2 recovers
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
sent t1 set 0 times
sent t2 set 1 time
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
nobody asked

## deletes first, sets the key in use again, and goes on in between
$ mfa-cli fleet apply --yes
t1 has com.example.old on record since 2026-11-20
declare old at t1: certificate: null, client-app-key: com.example.old
$ mfa-cli fleet plan --out fleet.plan.json --json
json .tenants[].action is ["set","same","delete"]
let HASH be json .plan.hash
t1 refuses set
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
exit 8
json .tenants[old].sent is true
t1 recovers
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
sent in order t1 set
json .ok is true

## takes the limits from the plan
$ mfa-cli fleet plan --canary t2 --max-failures 1 --out fleet.plan.json --json
let HASH be json .plan.hash
t2 refuses set
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
exit 8
sent t1 set 0 times

## takes the selection from the plan
$ mfa-cli fleet plan --only t2 --out fleet.plan.json --json
let HASH be json .plan.hash
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
json .tenants[].name is ["t2"]
t1 holds nothing

## takes the shard and its record from the plan
$ mfa-cli fleet plan --shard 1/2 --out fleet.plan.json --json
let HASH be json .plan.hash
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
json .shard is 1/2
json .record is mfa-fleet.shard-1-of-2.ledger.jsonl
json .tenants[].sent are true
no file mfa-fleet.ledger.jsonl

## takes the labels from the plan
declare t2: certificate: app, labels: { ring: canary }
$ mfa-cli fleet plan --label ring=canary --out fleet.plan.json --json
let HASH be json .plan.hash
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
json .tenants[].name is ["t2"]
t1 holds nothing

## takes <TERM> from the plan
each TERM: --warn-days 20 | --fail-on warning --force | --force | --all | --concurrency 1 | --max-failures 2 | --canary t2
$ mfa-cli fleet plan <TERM> --out fleet.plan.json --json
let HASH be json .plan.hash
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
json .tenants[].sent is [true,true]
json .ok is true

## takes the days of the warning from the plan, and warns so again
$ mfa-cli fleet plan --warn-days 500 --out fleet.plan.json --json
json .tenants[t1].findings[].code has certificate-expires-soon
let HASH be json .plan.hash
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
json .tenants[t1].findings[].code has certificate-expires-soon
json .ok is true

## goes on though <LINE> was noted since
each LINE: "asked":"alert","outcome":"7" | "asked":"prove","outcome":"approved","appConfirmed":true
$ mfa-cli fleet plan --out fleet.plan.json --json
let HASH be json .plan.hash
record t1: {<LINE>,"at":"2026-11-24T17:00:00.000Z","clientAppKey":"com.example.lab","topic":"com.example.lab",
 "fingerprint":"30b8405b649f4f43a02219afcf85fe6c7c00cff68c72c6f592f74262a752a780"}
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
json .tenants[].sent is [true,true]

## is not saved while a tenant is blocked
$ APP_PASSWORD=not-the-one mfa-cli fleet plan --out fleet.plan.json --json
exit 4
json .plan is null
no file fleet.plan.json

## is not saved from a file that is not trusted
$ MFA_CLI_TRUST_FLEET= mfa-cli fleet plan --out fleet.plan.json --json
exit 2
json .plan is null
no file fleet.plan.json

## valid for <VALIDITY> does not hold later
each VALIDITY: 90s | 24h | 14d
$ mfa-cli fleet plan --valid-for <VALIDITY> --out fleet.plan.json --json
let HASH be json .plan.hash
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
on 2026-12-08 16:00
exit 4
json .error.code is plan-changed
json .error.message has it was valid until 2026-1
nothing sent

## cannot be valid for <TIME>
each TIME: 15d | 0s | soon | 24
$ mfa-cli fleet plan --valid-for <TIME> --out fleet.plan.json --json
exit 2
json .error.code is usage
no file fleet.plan.json

## keeps <OPTION>, which needs --out
each OPTION: --canary t1 | --max-failures 1 | --concurrency 2 | --all | --hook sh | --valid-for 1h
$ mfa-cli fleet plan <OPTION> --json
exit 2
json .error.code is usage
json .error.hints[0] has --out

## is not made from what the tenants tell, which an apply does not ask
$ mfa-cli fleet plan --refresh --out fleet.plan.json --json
exit 2
json .error.code is usage

## overwrites no file of the fleet
each FILE: mfa-fleet.yaml | app.p12 | mfa-fleet.ledger.jsonl
$ mfa-cli fleet plan --out <FILE> --json
exit 2
json .error.code is usage

## is not overwritten by the report on it
$ mfa-cli fleet plan --out fleet.plan.json --json
let HASH be json .plan.hash
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --out fleet.plan.json --json
exit 2
json .error.code is usage
nothing sent
file fleet.plan.json json .version is 1

## is made without a key, and carried out with the declared one alone
declare certificate known: p12: real.p12, password: { env: APP_PASSWORD }, topic: com.example.lab,
 fingerprint: 30b8405b649f4f43a02219afcf85fe6c7c00cff68c72c6f592f74262a752a780
declare t1: certificate: known
$ APP_PASSWORD= mfa-cli fleet plan --only t1 --out fleet.plan.json --json
let HASH be json .plan.hash
copy app.p12 to real.p12
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
json .tenants[t1].sent is true

## that is valid for longer than a plan may be is not carried out
$ mfa-cli fleet plan --valid-for 14d --out fleet.plan.json --json
let HASH be json .plan.hash
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
json .ok is true
# Another machine's clock may be ahead, by an hour at most.
$ mfa-cli fleet plan --valid-for 14d --out ahead.plan.json --json
on 2026-11-24 17:00
let AHEAD be json .plan.hash
$ mfa-cli fleet apply --plan ahead.plan.json --approve $AHEAD --json
json .ok is true
$ mfa-cli fleet plan --valid-for 14d --out ahead.plan.json --json
on 2026-11-24 17:01
let AHEAD be json .plan.hash
$ mfa-cli fleet apply --plan ahead.plan.json --approve $AHEAD --json
exit 4
json .error.message has in more than 14 days
replace /"validUntil": "2026/ with "validUntil": "2027 in fleet.plan.json
$ mfa-cli fleet apply --plan fleet.plan.json
at a terminal
exit 4
stderr has in more than 14 days

## tells a person its hash, which approves it
$ mfa-cli fleet plan --out fleet.plan.json --json
let HASH be json .plan.hash
$ mfa-cli fleet plan --out fleet.plan.json
stdout has The plan fleet.plan.json is valid until 2026-11-25 16:00 UTC.
stdout has $HASH

## is refused before a program runs where its terms or its place are wrong
program SECRET: echo secret
declare certificate ran: p12: app.p12, password: { command: ["$SECRET"] }
declare t1: certificate: ran
$ mfa-cli fleet plan
sent SECRET run 1 time
$ mfa-cli fleet plan --canary nobody --out fleet.plan.json --json
exit 2
sent SECRET 0 times
no file fleet.plan.json
$ mfa-cli fleet plan --out missing/fleet.plan.json --json
exit 3
sent SECRET 0 times
