# Several client app keys at one tenant: only the key set last gets the pushes.

fleet of 2
declare old at t1: certificate: null, client-app-key: com.example.old
$ mfa-cli fleet apply --yes

## says that a key is in use, and that one which is gone is not
$ mfa-cli fleet status --json
json .tenants[t1].inUse is true
json .tenants[old].inUse is false
json .tenants[].state is ["valid","valid","valid"]

## plans to set the same certificate again after the deletion of another key
t1 has com.example.old on record since 2020-01-01
$ mfa-cli fleet plan --json
json .tenants[].action is ["set","same","delete"]
stderr has t1: apply sets the same certificate again

## deletes first, then sets the key in use again
t1 has com.example.old on record since 2020-01-01
$ mfa-cli fleet apply --yes --concurrency 1 --json
json .tenants[].sent is [true,false,true]
sent in order t1 delete, t1 set
t1 lacks com.example.old
t1 holds com.example.lab
on record old deleted, t1 set, t2 set
$ mfa-cli fleet plan --json
json .tenants[].action is ["same","same","absent"]
$ mfa-cli fleet status --json
json .tenants[t1].inUse is true

## sends a canary's deletion and set before anything else
t1 has com.example.old on record since 2020-01-01
$ mfa-cli fleet apply --yes --all --canary t1 --concurrency 1
sent in order t1 delete, t1 set, t2 set

## sends to nobody else where the canary's deletion fails
t1 has com.example.old on record since 2020-01-01
t1 refuses delete
$ mfa-cli fleet apply --yes --all --canary t1 --json
exit 8
json .tenants[old].error.code is tenant-forbidden
json .tenants[t1].sent is true
json .tenants[t2].sent is false
sent in order t1 delete, t1 set
on record old set, t1 set, t2 set

## sends a deletion without an answer once, and sets the key in use all the same
t1 has com.example.old on record since 2020-01-01
t1 drops delete
$ mfa-cli fleet apply --yes --json
exit 8
json .tenants[old].sent is null
json .tenants[old].tries is 1
json .tenants[old].error.code is outcome-unknown
sent in order t1 delete, t1 set
on record old unknown, t1 set, t2 set
record .tenants[old].before.state is set
record .tenants[old].before.topic is com.example.old

## plans a deletion without an answer again, with what it sets after it
t1 has com.example.old on record since 2020-01-01
t1 drops delete
$ mfa-cli fleet apply --yes
exit 8
$ mfa-cli fleet plan --json
json .tenants[].action is ["set","same","delete"]
stderr has old: the outcome of the last deletion is unknown
$ mfa-cli fleet status --json
exit 4
json .tenants[old].state is unknown

## leaves the set to be done where it fails after the deletion
t1 has com.example.old on record since 2020-01-01
t1 refuses set
$ mfa-cli fleet apply --yes --json
exit 8
json .tenants[old].sent is true
json .tenants[t1].error.code is tenant-forbidden
sent in order t1 delete, t1 set
on record old deleted, t1 set, t2 set
t1 recovers
$ mfa-cli fleet plan --json
json .tenants[].action is ["set","same","absent"]
$ mfa-cli fleet status --json
exit 4
json .tenants[t1].state is unknown

## warns of a deletion where the key in use is not selected
t1 has com.example.old on record since 2020-01-01
$ mfa-cli fleet plan --only old --json
json .tenants[].action is ["delete"]
stderr has warning: Deleting another key of the tenant may end pushes for t1
stderr has Also select t1

## sets the key in use again later, where only the deletion was selected
t1 has com.example.old on record since 2020-01-01
$ mfa-cli fleet apply --yes --only old
sent in order t1 delete
$ mfa-cli fleet plan --json
json .tenants[].action is ["set","same","absent"]

## sends nothing with --fail-on warning where another key falls silent
declare no old
t1 has com.example.old on record since 2100-01-01
$ mfa-cli fleet apply --yes --fail-on warning --json
exit 4
json .tenants[t1].findings[].code has silences-other-app
nobody asked

## says which app gets no more pushes
declare no old
t1 has com.example.old on record since 2100-01-01
$ mfa-cli fleet plan
stdout has no longer to "com.example.old". [silences-other-app] · t1

## makes a key the later one, whatever the clock says
declare no old
t1 has com.example.old on record since 2100-01-01
$ mfa-cli fleet plan --json
json .tenants[].action is ["set","same"]
$ mfa-cli fleet apply --yes
sent in order t1 set
on record old set, t1 set, t2 set
$ mfa-cli fleet plan --json
json .tenants[].action is ["same","same"]

## says where each key comes from, and which other key the ledger has for the topic
declare t2: certificate: app, client-app-key: lab
t1 has lab topic com.example.lab on record since 2100-01-01
$ mfa-cli fleet plan --json
json .tenants[t1].keyFrom is topic
json .tenants[t1].findings[silences-other-app].hint has If the app is registered as "lab"
json .tenants[t2].keyFrom is given
json .tenants[t2].findings[silences-other-app].hint lacks registered as
json .tenants[old].keyFrom is given

## finds nothing about a key in use that the file deletes
t1 has com.example.old on record since 2026-12-01
$ mfa-cli fleet plan --json
json .tenants[].action is ["set","same","delete"]
json .tenants[t1].findings[].code lacks silences-other-app
declare no old
$ mfa-cli fleet plan --json
json .tenants[t1].findings[].code has silences-other-app

## finds no change of the topic where the certificate before was deleted
declare no old
declare t1: certificate: null, client-app-key: com.example.lab
t1 has com.example.lab topic com.example.before on record since 2026-12-01
$ mfa-cli fleet apply --yes --only t1
on 2026-12-02
declare t1: certificate: app
$ mfa-cli fleet plan --only t1 --json
json .tenants[].action is ["set"]
json .tenants[].findings[].code lacks topic-changes

## status tells the key in use by all rows of the tenant, also those that are not selected
t1 has com.example.old on record since 2100-01-01
$ mfa-cli fleet status --only t1 --json
exit 4
json .tenants[].name is ["t1"]
json .tenants[t1].clientAppKey is com.example.lab
json .tenants[t1].inUse is false
json .tenants[t1].state is differs
