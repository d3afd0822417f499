# The record of a fleet: which one is believed, and who may write it.

fleet of 2

## is written beside the fleet file
$ mfa-cli fleet apply --yes
record .tenants[t1].topic is com.example.lab
record .tenants[t1].tenant is $T1
file mfa-fleet.ledger.jsonl lacks secret
no file mfa-fleet.ledger.jsonl.lock
no file mfa-fleet.ledger.jsonl.append.lock

## is that of --record
$ mfa-cli fleet apply --yes --record elsewhere.jsonl
no file mfa-fleet.ledger.jsonl
$ mfa-cli fleet plan --record elsewhere.jsonl --json
json .tenants[].action is ["same","same"]

## of another fleet stops everything
write mfa-fleet.ledger.jsonl <<
{"id":"x","at":"2026-01-01T00:00:00.000Z","tenant":"https://x.example","clientAppKey":"k","asked":"set","topic":"k","fingerprint":"abababababababababababababababababababababababababababababababab","outcome":"done"}
>>
$ mfa-cli fleet apply --yes --json
exit 2
json .error.code is usage
json .error.hints is ["Use --record FILE."]
nobody asked
file mfa-fleet.ledger.jsonl is unchanged

## may be the ledger of this machine, which has only other tenants so far
write $CONFIG/ledger.jsonl mode 0600 <<
{"id":"x","at":"2026-01-01T00:00:00.000Z","tenant":"https://x.example","clientAppKey":"k","asked":"set","topic":"k","fingerprint":"abababababababababababababababababababababababababababababababab","notAfter":"2027-01-04T04:00:00.000Z","outcome":"done"}
>>
$ mfa-cli fleet plan --record $CONFIG/ledger.jsonl --json
json .tenants[].action is ["set","set"]
$ mfa-cli fleet status --record $CONFIG/ledger.jsonl --json
exit 4
json .tenants[].state are never-set
$ mfa-cli fleet apply --yes --record $CONFIG/ledger.jsonl --json
json .record is $CONFIG/ledger.jsonl
json .tenants[].sent is [true,true]
no file mfa-fleet.ledger.jsonl

## that is none stops `fleet <COMMAND>`
each COMMAND: apply --yes | plan | status
write mfa-fleet.ledger.jsonl <<
nonsense
nonsense
>>
$ mfa-cli fleet <COMMAND> --json
exit 3
json .error.code is file-unreadable
nobody asked
file mfa-fleet.ledger.jsonl is unchanged

## that cannot be written stops an apply before it sends anything
each RECORD: no/record.jsonl | .
$ mfa-cli fleet apply --yes --record <RECORD> --json
exit 3
json .error.code is file-unwritable
nobody asked

## that another apply is writing stops this one
$ mfa-cli fleet apply --yes --only t1
write mfa-fleet.ledger.jsonl.lock: somebody
$ mfa-cli fleet apply --yes --json
exit 3
json .error.code is file-unwritable
json .error.hints[0] has rm mfa-fleet.ledger.jsonl.lock
nobody asked
file mfa-fleet.ledger.jsonl.lock is unchanged

## counts what a killed apply left, and the next one settles it
write mfa-fleet.ledger.jsonl <<
{"id":"killed","at":"2026-11-24T16:00:00.000Z","tenant":"$T2","clientAppKey":"com.example.lab","asked":"set","topic":"com.example.lab","fingerprint":"abababababababababababababababababababababababababababababababab","outcome":"sending"}
>>
$ mfa-cli fleet apply --yes --only t1
$ mfa-cli fleet status --json
exit 4
json .tenants[].state is ["valid","unknown"]
$ mfa-cli fleet apply --yes --json
json .tenants[].sent is [false,true]
on record t1 set, t2 set

## names a shard where it has one
$ mfa-cli fleet apply --yes --shard 0/2 --json
json .record is mfa-fleet.shard-0-of-2.ledger.jsonl
$ mfa-cli fleet apply --yes --shard 1/2 --json
json .record is mfa-fleet.shard-1-of-2.ledger.jsonl
no file mfa-fleet.ledger.jsonl

## is that of MFA_CLI_RECORD
$ MFA_CLI_RECORD=elsewhere.jsonl mfa-cli fleet apply --yes --json
json .record is elsewhere.jsonl
no file mfa-fleet.ledger.jsonl
$ MFA_CLI_RECORD=elsewhere.jsonl mfa-cli fleet status --warn-days 0 --json
json .record is elsewhere.jsonl
json .tenants[].state is ["valid","valid"]

## does not tell who was signed in
$ mfa-cli fleet apply --yes
file mfa-fleet.ledger.jsonl has "by":null
file mfa-fleet.ledger.jsonl lacks "by":"

## ends in half a line, which the next apply cuts
$ mfa-cli fleet apply --yes --only t1
append "{\"id\":\"half" to mfa-fleet.ledger.jsonl
$ mfa-cli fleet status --json
exit 4
stderr has ends in half a line
json .tenants[].state is ["valid","never-set"]
$ mfa-cli fleet apply --yes
on record t1 set, t2 set

## is compared with what this machine set later
variable MFA_CLI_P12_PASSWORD=secret
$ mfa-cli fleet apply --yes --only t2
$ MFA_CLI_TOKEN=an-access-token-0000 mfa-cli apns set app.p12 --tenant $T1 --yes
$ mfa-cli fleet plan --json
json .tenants[].action is ["same","same"]
stderr has t1: set from this machine on 2026-11-24, after the record of the fleet.
stderr lacks t2: set from this machine
$ mfa-cli fleet status --warn-days 0 --json
json .tenants[].state is ["valid","valid"]
stderr has t1: set from this machine on 2026-11-24, after the record of the fleet.
machine B
$ mfa-cli fleet status --warn-days 0 --json
exit 4
json .tenants[].state is ["never-set","valid"]

## is compared with another key that this machine set later
variable MFA_CLI_P12_PASSWORD=secret
$ mfa-cli fleet apply --yes
$ MFA_CLI_TOKEN=an-access-token-0000 mfa-cli apns set app.p12 --client-app-key other
  --tenant $T1 --yes
$ mfa-cli fleet plan --json
json .tenants[].action is ["set","same"]
json .tenants[t1].findings[].code has silences-other-app
$ mfa-cli fleet status --warn-days 0 --json
exit 4
json .tenants[].state is ["differs","valid"]

## may stand behind a link, as in a volume of Kubernetes, where it is only read
$ mfa-cli fleet apply --yes
folder data
copy mfa-fleet.ledger.jsonl to data/ledger.jsonl
remove mfa-fleet.ledger.jsonl
link mfa-fleet.ledger.jsonl to data/ledger.jsonl
machine B
$ mfa-cli fleet status --warn-days 0 --json
json .record is mfa-fleet.ledger.jsonl
json .tenants[].state is ["valid","valid"]

## is never written through a link, which may lead anywhere
write notes.txt:
link mfa-fleet.ledger.jsonl to notes.txt
$ mfa-cli fleet apply --yes --json
exit 3
json .error.code is file-unreadable
nobody asked
file notes.txt lacks com.example.lab

## tells the key that the tenant took last, not one that it refused
$ mfa-cli fleet apply --yes --only t1
declare t1: certificate: app, client-app-key: com.example.wrong
t1 refuses set
$ mfa-cli fleet apply --yes --only t1
exit 8
declare t1: certificate: app
$ mfa-cli fleet status --only t1 --warn-days 0 --json
json .tenants[].clientAppKey is ["com.example.lab"]
json .tenants[].state is ["valid"]

## that has a time which is none stops everything: <TIME>
each TIME: {2026-11-24T16:00:00.000Z | soon | 2026-13-01T00:00:00.000Z
write mfa-fleet.ledger.jsonl <<
{"id":"x","at":"<TIME>","tenant":"https://x.example","clientAppKey":"k","asked":"set","topic":"k","fingerprint":"abababababababababababababababababababababababababababababababab","outcome":"done"}
{"id":"y","at":"2026-01-01T00:00:00.000Z","tenant":"https://x.example","clientAppKey":"k","asked":"set","topic":"k","fingerprint":"abababababababababababababababababababababababababababababababab","outcome":"done"}
>>
$ mfa-cli fleet apply --yes --json
exit 3
json .error.code is file-unreadable
nobody asked

## says of what this machine set later that its outcome is unknown
variable MFA_CLI_P12_PASSWORD=secret
t1 drops set
$ MFA_CLI_TOKEN=an-access-token-0000 mfa-cli apns set app.p12 --tenant $T1 --yes
exit 7
$ mfa-cli fleet plan --json
stderr has t1: set from this machine on 2026-11-24, its outcome unknown, after the record of the fleet.

## explains on the page the states that occur, and what to run
fleet of 1
declare certificate lab: p12: app.p12, password: { env: APP_PASSWORD }, topic: com.example.lab
declare t1: certificate: lab, client-app-key: com.example.lab
$ mfa-cli fleet status --format html
exit 4
stdout has ledger has no certificate for this tenant. Run mfa-cli fleet plan, then mfa-cli fleet apply
stdout lacks is not as the fleet file declares
record t1: {"clientAppKey":"com.example.lab","topic":"com.other"}
$ mfa-cli fleet status --format html
exit 4
stdout has is not as the fleet file declares; its row has the reason.
stdout lacks ledger has no certificate for this tenant
