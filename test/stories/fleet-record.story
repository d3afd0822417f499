# The record of a fleet: which one is believed, and who may write it.

fleet of 2

## is written beside the fleet file
$ mfa-cli fleet apply --yes
record .tenants[t1].topic is com.example.lab
record .tenants[t1].tenant is $T1
file mfa-fleet.record.json lacks secret
no file mfa-fleet.record.json.journal
no file mfa-fleet.record.json.lock

## is that of --record
$ mfa-cli fleet apply --yes --record elsewhere.json
no file mfa-fleet.record.json
$ mfa-cli fleet plan --record elsewhere.json --json
json .tenants[].action is ["same","same"]

## of another fleet stops everything
write mfa-fleet.record.json <<
{"version":1,"tenants":[{"name":"x","tenant":"https://x.example","clientAppKey":"k","state":"set",
"topic":"k","fingerprint":"ab","notAfter":null,"setAt":"2026-01-01T00:00:00Z"}]}
>>
$ mfa-cli fleet apply --yes --json
exit 2
json .error.code is usage
json .error.hints is ["Give --record FILE."]
nobody asked
file mfa-fleet.record.json is unchanged

## that is none stops `fleet <COMMAND>`
each COMMAND: apply --yes | plan | status
write mfa-fleet.record.json: nonsense
$ mfa-cli fleet <COMMAND> --json
exit 3
json .error.code is file-unreadable
nobody asked
file mfa-fleet.record.json is unchanged

## that cannot be written stops an apply before it sends anything
each RECORD: no/record.json | .
$ mfa-cli fleet apply --yes --record <RECORD> --json
exit 3
json .error.code is file-unwritable
nobody asked

## that another apply is writing stops this one
$ mfa-cli fleet apply --yes --only t1
write mfa-fleet.record.json.lock: somebody
$ mfa-cli fleet apply --yes --json
exit 3
json .error.code is file-unwritable
json .error.hints[0] has rm mfa-fleet.record.json.lock
nobody asked
file mfa-fleet.record.json.lock is unchanged

## counts what a killed apply left in its journal, and the next one settles it
$ mfa-cli fleet apply --yes --only t1
write mfa-fleet.record.json.journal <<
{"version":1}
{"name":"t2","tenant":"$T2","clientAppKey":"com.example.lab","state":"sending","topic":"com.example.lab","fingerprint":"ab","notAfter":null,"setAt":"2026-11-24T16:00:00Z"}
>>
$ mfa-cli fleet status --json
exit 4
json .tenants[].state is ["valid","unknown"]
$ mfa-cli fleet apply --yes --json
json .tenants[].sent is [false,true]
no file mfa-fleet.record.json.journal
on record t1 set, t2 set
