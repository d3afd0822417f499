# `fleet apply --canary NAME --prove`, in a pipeline: the others wait for a proof that a person gives.

fleet of 3
let F be 30b8405b649f4f43a02219afcf85fe6c7c00cff68c72c6f592f74262a752a780

## sets the canary alone, and names the command that a person runs
$ mfa-cli fleet apply --canary t1 --prove --prove-user uma@example.com --yes --json
exit 8
json .error.code is proof-missing
json .error.exitCode is 8
json .error.hints[0] has mfa-cli apns prove --user uma@example.com --tenant $T1 --record mfa-fleet.ledger.jsonl
json .tenants[].sent is [true,false,false]
json .tenants[].error is [null,null,null]
json .ok is false
stderr has cannot bring back an earlier certificate
sent in order t1 set

## sends nothing while the proof is missing, however often it runs
$ mfa-cli fleet apply --canary t1 --prove --yes --json
exit 8
$ mfa-cli fleet apply --canary t1 --prove --yes --json
exit 8
json .error.code is proof-missing
json .tenants[].action is ["same","set","set"]
nothing sent

## asks for no proof while the canary's own answer is missing, and sends to nobody else
t1 drops set
$ mfa-cli fleet apply --canary t1 --prove --yes --json
exit 8
json .tenants[].sent is [null,false,false]
json .error is absent

## goes on once the ledger has the proof
$ mfa-cli fleet apply --canary t1 --prove --yes --json
exit 8
record t1: {"asked":"prove","outcome":"approved","appConfirmed":true,"at":"2026-11-24T17:00:00.000Z",
 "clientAppKey":"com.example.lab","topic":"com.example.lab","fingerprint":"$F"}
$ mfa-cli fleet apply --canary t1 --prove --yes --json
json .ok is true
json .tenants[].sent is [false,true,true]
json .tenants[t1].reach is proven
json .tenants[t2].reach is not-known
json .error is absent
stderr lacks cannot bring back an earlier certificate
$ mfa-cli fleet status
stdout has Rehearsal passed for t1 (2026-11-24): a push was approved, and its app confirmed. A rehearsal proves nothing about real phones.
stdout has Not proven for t2, t3: no approved push in its app is on record.

## takes no other proof: <CHANGE>
each CHANGE: "outcome":"denied" | "appConfirmed":null | "appConfirmed":false | "asked":"set","outcome":"done"
 | "fingerprint":"74e29407b3e178f319315ebc5801855978b6995bee379855fbc735b996beea59"
 | "clientAppKey":"com.example.other" | "asked":"alert","outcome":"7"
record t1: {"asked":"prove","outcome":"approved","appConfirmed":true,"at":"2026-11-24T17:00:00.000Z",
 "clientAppKey":"com.example.lab","topic":"com.example.lab","fingerprint":"$F",<CHANGE>}
$ mfa-cli fleet apply --canary t1 --prove --yes --json
exit 8
json .error.code is proof-missing

## lets the latest proof decide
record t1: {"asked":"prove","outcome":"approved","appConfirmed":true,"at":"2026-11-24T17:00:00.000Z",
 "clientAppKey":"com.example.lab","topic":"com.example.lab","fingerprint":"$F"}
record t1: {"asked":"prove","outcome":"denied","appConfirmed":null,"at":"2026-11-24T17:00:01.000Z",
 "clientAppKey":"com.example.lab","topic":"com.example.lab","fingerprint":"$F"}
$ mfa-cli fleet apply --canary t1 --prove --yes --json
exit 8
json .error.code is proof-missing

## needs no proof where nothing waits for it
$ mfa-cli fleet apply --only t1 --canary t1 --prove --yes --json
json .ok is true

## does not go on after a canary that failed, with or without a proof
record t1: {"asked":"prove","outcome":"approved","appConfirmed":true,"at":"2026-11-24T17:00:00.000Z",
 "clientAppKey":"com.example.lab","topic":"com.example.lab","fingerprint":"$F"}
t1 refuses set
$ mfa-cli fleet apply --canary t1 --prove --yes --json
exit 8
json .tenants[t1].error.code is tenant-forbidden
json .error is absent
sent t2 set 0 times

## sends to nobody else where another key of the canary's tenant is not done, though there is a proof: <FAULT>
each FAULT: refuses delete | drops delete | answers 401
declare old at t1: certificate: null, client-app-key: com.example.old
$ mfa-cli fleet apply --yes --only t1
t1 has com.example.old on record since 2020-01-01
record t1: {"asked":"prove","outcome":"approved","appConfirmed":true,"at":"2026-11-24T17:00:00.000Z",
 "clientAppKey":"com.example.lab","topic":"com.example.lab","fingerprint":"$F"}
t1 <FAULT>
$ mfa-cli fleet apply --canary t1 --prove --yes --json
exit 8
json .tenants[t2].sent is false
json .tenants[t3].sent is false
json .error is absent
sent t2 set 0 times
sent t3 set 0 times

## calls the hook with a failure where the others were not begun: <STATE>
each STATE: recovers | refuses set | drops set
hook
t1 <STATE>
$ mfa-cli fleet apply --canary t1 --prove --yes --hook $HOOK --json
exit 8
json .tenants[t2].sent is false
sent hook failed 1 time
sent hook unknown 0 times

## is part of a saved plan, which goes on under the same approval
$ mfa-cli fleet plan --canary t1 --prove --prove-user uma@example.com --prove-timeout 60 --out fleet.plan.json --json
let HASH be json .plan.hash
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
exit 8
json .error.code is proof-missing
json .tenants[].sent is [true,false,false]
record t1: {"asked":"prove","outcome":"approved","appConfirmed":true,"at":"2026-11-24T17:00:00.000Z",
 "clientAppKey":"com.example.lab","topic":"com.example.lab","fingerprint":"$F"}
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
json .ok is true
json .tenants[].sent is [false,true,true]

## cannot be another than in the plan: <OPTION>
each OPTION: --prove-user max@example.com | --prove-timeout 60 | --canary t2
$ mfa-cli fleet plan --canary t1 --prove --prove-user uma@example.com --out fleet.plan.json --json
let HASH be json .plan.hash
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH <OPTION> --json
exit 4
json .error.code is plan-changed
json .error.message has as planned

## cannot be added to a plan without it
$ mfa-cli fleet plan --canary t1 --out fleet.plan.json --json
let HASH be json .plan.hash
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --prove --json
exit 4
json .error.message has --prove: true, not false as planned

## needs what it depends on: <OPTION>
each OPTION: --prove | --canary t1 --prove-user uma | --canary t1 --prove-timeout 5
 | --canary t1 --prove --prove-timeout 0 | --canary t1 --prove --prove-user "'uma'"
$ mfa-cli fleet apply <OPTION> --yes --json
exit 2
json .error.code is usage
nothing sent
$ mfa-cli fleet plan <OPTION> --out fleet.plan.json --json
exit 2
no file fleet.plan.json

## needs a canary with a certificate
declare t1: certificate: null, client-app-key: com.example.lab
$ mfa-cli fleet apply --canary t1 --prove --yes --json
exit 2
json .error.code is usage
nothing sent

## warns before anything is set of a user without a phone where the tenant lists all phones
server answers 200 {"success":true,"Result":{"FullCount":1,"Results":[{"Row":{"Name":"iPhone","Owner":"max@example.com"}}]}}
variable LAB_TOKEN=an-access-token-0000
replace /(t1: \{ tenant: )"[^"]*"/ with $1"$SERVER" in mfa-fleet.yaml
declare t1: certificate: app, sign-in: { token: { env: LAB_TOKEN } }
$ mfa-cli fleet apply --canary t1 --prove --prove-user uma@example.com --yes --trust --json
exit 8
json .error.code is proof-missing
stderr has uma@example.com has no phone at $SERVER

## warns of no user who may have a phone: <LIST>
each LIST: "FullCount":2,"Results":[{"Row":{"Name":"iPhone","Owner":"max@example.com"}}]
 | "FullCount":1,"Results":[{"Row":{"Name":"iPhone"}}]
 | "FullCount":1,"Results":[{"Row":{"Name":"iPhone","Owner":"UMA@example.com"}}]
server answers 200 {"success":true,"Result":{<LIST>}}
variable LAB_TOKEN=an-access-token-0000
replace /(t1: \{ tenant: )"[^"]*"/ with $1"$SERVER" in mfa-fleet.yaml
declare t1: certificate: app, sign-in: { token: { env: LAB_TOKEN } }
$ mfa-cli fleet apply --canary t1 --prove --prove-user uma@example.com --yes --trust --json
exit 8
json .error.code is proof-missing
stderr lacks has no phone at

## needs a user where no person of the profile is known, in a terminal
$ mfa-cli fleet apply --canary t1 --prove --json
at a terminal
exit 2
json .error.hints[0] has --prove-user
nothing sent

## rings nobody else's phone without a question, though somebody is signed in
declare t1: certificate: app, sign-in: { profile: lab }
$ MFA_CLI_CLIENT_ID=ci@t1 MFA_CLI_CLIENT_SECRET=the-secret-of-the-pipeline mfa-cli login --tenant $T1 --profile lab
$ mfa-cli fleet apply --canary t1 --prove --prove-user uma@example.com
answer no
exit 130
asked uma@example.com's phone will ring
nothing sent

## rings the phone of who is signed in where no user is named, and does not ask about it
declare t1: certificate: app, sign-in: { profile: lab }
$ MFA_CLI_CLIENT_ID=ci@t1 MFA_CLI_CLIENT_SECRET=the-secret-of-the-pipeline mfa-cli login --tenant $T1 --profile lab
$ mfa-cli fleet apply --canary t1 --prove
answer no
exit 130
asked Set the certificate at 3 tenants?
nothing sent
