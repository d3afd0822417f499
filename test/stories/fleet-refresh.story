# `--refresh`: what the tenants tell that they hold.

fleet of 3 telling
$ mfa-cli fleet apply --yes

## finds a tenant that holds what the file declares
$ mfa-cli fleet status --refresh --warn-days 0 --json
json .tenants[t1].state is valid
json .tenants[t1].held is {"outcome":"same","topic":"com.example.lab"}
json .ok is true
nothing sent

## finds another topic at a tenant
t2 has com.example.lab topic com.example.elsewhere
$ mfa-cli fleet status --refresh --json
exit 4
json .tenants[t2].state is differs
json .tenants[t2].held is {"outcome":"differs","topic":"com.example.elsewhere"}
stderr has warning: t2: the tenant reports com.example.elsewhere
$ mfa-cli fleet plan --refresh --json
json .tenants[].action is ["same","replace","same"]

## finds a tenant that has lost its certificate
t2 loses com.example.lab
t2 has another.key topic com.example.another
$ mfa-cli fleet status --refresh --json
exit 4
json .tenants[t2].state is differs
json .tenants[t2].held.outcome is differs
json .tenants[t2].inUse is false
$ mfa-cli fleet plan --refresh --json
json .tenants[t2].action is set
json .tenants[t2].findings[].code has silences-other-app

## goes by the record where a tenant does not tell
each FAULT: refuses | drops
t2 <FAULT> ask
$ mfa-cli fleet status --refresh --warn-days 0 --json
json .tenants[t2].state is valid
json .tenants[t2].held.outcome is unknown
stderr has The topic of t2 is unknown
$ mfa-cli fleet plan --refresh --json
json .tenants[t2].action is same
stderr has The topic of t2 is unknown

## finds a certificate at a tenant that has none on record
remove mfa-fleet.ledger.jsonl
remove $CONFIG/ledger.jsonl
$ mfa-cli fleet apply --yes --only t1 t2
$ mfa-cli fleet status --refresh --warn-days 0 --json
exit 4
json .tenants[t3].state is never-set
json .tenants[t3].held.outcome is unknown
stderr has The topic of t3 is unknown
$ mfa-cli fleet plan --refresh --json
json .tenants[].action is ["same","same","replace"]

## asks nobody without --refresh
t2 has com.example.lab topic com.example.elsewhere
$ mfa-cli fleet status --warn-days 0 --json
json .tenants[].state is ["valid","valid","valid"]
json .tenants[t2].held is null
nobody asked

## lists those that need attention first, and why
t2 has com.example.lab topic com.example.elsewhere
$ mfa-cli fleet status --refresh --warn-days 0 --quiet
exit 4
stdout has ! 1 of 3 tenants needs attention.
stdout has 1 differs, 2 valid
stdout has t2: the tenant reports com.example.elsewhere.
stdout has 3 of 3 tenants reported a topic; the dates are from the record.

## sets a key again that another one has made ignored
t1 has another.key topic com.example.another
t1 pushes to another.key
$ mfa-cli fleet status --refresh --json
exit 4
json .tenants[t1].state is differs
json .tenants[t1].held.outcome is same
json .tenants[t1].inUse is false
json .tenants[t1].inUseFrom is tenant
stderr has warning: t1: the tenant pushes with another key
$ mfa-cli fleet plan --refresh --json
json .tenants[t1].action is set
json .tenants[t1].findings[].code has silences-other-app

## settles what got no answer by what the tenant holds, unless the key may be older
remove mfa-fleet.ledger.jsonl
remove $CONFIG/ledger.jsonl
t1 drops set
t2 drops set
$ mfa-cli fleet apply --yes --only t1 t2
exit 8
t1 recovers
t2 recovers
t2 loses com.example.lab
t2 has another.key
$ mfa-cli fleet status --json
exit 4
json .tenants[].state is ["unknown","unknown","never-set"]
$ mfa-cli fleet status --refresh --only t1 t2 --json
exit 4
json .tenants[].state is ["unknown","never-set"]
file mfa-fleet.ledger.jsonl has "outcome":"not-done"
$ mfa-cli fleet status --only t1 t2 --json
exit 4
json .tenants[].state is ["unknown","never-set"]
$ mfa-cli fleet plan --refresh --only t1 t2 --json
json .tenants[].action is ["replace","set"]
stderr has t1: the outcome of the last request is unknown

## does not repeat a deletion where the tenant tells that it is done
declare t1: certificate: null, client-app-key: com.example.lab
t1 drops delete
$ mfa-cli fleet apply --yes --only t1 --json
exit 8
json .tenants[t1].sent is null
t1 recovers
t1 loses com.example.lab
t1 has another.key
$ mfa-cli fleet apply --yes --only t1 --json
json .tenants[t1].action is delete
json .tenants[t1].sent is true
sent t1 ask
nothing sent
on record t1 deleted, t2 set, t3 set

## repeats a deletion where the tenant still holds the key
declare t1: certificate: null, client-app-key: com.example.lab
t1 drops delete
$ mfa-cli fleet apply --yes --only t1
exit 8
t1 recovers
$ mfa-cli fleet apply --yes --only t1
sent in order t1 delete
t1 holds nothing

## writes nothing after Ctrl-C
t2 forgets ask
$ mfa-cli fleet status --refresh --out fleet.html
interrupt SIGINT after t2 ask
exit 130
no file fleet.html
file mfa-fleet.ledger.jsonl is unchanged

## does not guess which of two lost certificates a tenant holds
write mfa-fleet.ledger.jsonl <<
{"id":"1","at":"2026-01-01T00:00:00.000Z","tenant":"$T1","clientAppKey":"k","asked":"set","topic":"com.example.lab","fingerprint":"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd","notAfter":"2028-01-01T00:00:00Z","outcome":"done"}
{"id":"2","at":"2026-01-02T00:00:00.000Z","tenant":"$T1","clientAppKey":"k","asked":"set","topic":"com.example.lab","fingerprint":"abababababababababababababababababababababababababababababababab","notAfter":"2027-01-01T00:00:00Z","outcome":"unknown"}
>>
declare certificate voip: p12: app.p12, password: { env: APP_PASSWORD }, topic: com.example.lab.voip
declare t1: certificate: voip, client-app-key: k
t1 drops set
$ mfa-cli fleet apply --yes --only t1
exit 8
t1 recovers
t1 has k topic com.example.lab
$ mfa-cli fleet status --refresh --only t1 --json
exit 4
json .tenants[t1].held.topic is com.example.lab
json .tenants[t1].recorded is null

## notes what it settles in the record that has the request
remove mfa-fleet.ledger.jsonl
remove $CONFIG/ledger.jsonl
t1 drops set
t2 drops set
$ mfa-cli fleet apply --yes --only t1 --record one.jsonl
exit 8
$ mfa-cli fleet apply --yes --only t2 --record two.jsonl
exit 8
t1 recovers
t2 recovers
t1 loses com.example.lab
t1 has another.key
t2 loses com.example.lab
t2 has another.key
$ mfa-cli fleet status --refresh --only t1 t2 --record one.jsonl two.jsonl --json
exit 4
json .tenants[].state is ["never-set","never-set"]
file one.jsonl json [].outcome has not-done
file one.jsonl lacks $T2
file two.jsonl json [].outcome has not-done
file two.jsonl lacks $T1

## plans by the tenant's word what the topic of the key is now
t2 has com.example.lab topic com.example.elsewhere
$ mfa-cli fleet plan --refresh --json
json .tenants[t2].action is replace
json .tenants[t2].findings[].code has topic-changes
json .tenants[t2].findings[topic-changes].message has com.example.elsewhere to com.example.lab
json .tenants[t1].findings[].code lacks topic-changes
