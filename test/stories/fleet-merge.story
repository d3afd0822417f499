# `fleet merge`: the reports of all shards as one. The shards of three are t4, t1, and t2 with t3.

fleet of 4
$ mfa-cli fleet apply --yes --shard 0/3 --record 0.record --out 0.json
$ mfa-cli fleet apply --yes --shard 1/3 --record 1.record --out 1.json

## makes one report of all shards, whatever their order
$ mfa-cli fleet apply --yes --shard 2/3 --record 2.record --out 2.json
$ mfa-cli fleet merge 2.json 0.json 1.json --json
json .tenants[].name is ["t1","t2","t3","t4"]
json .tenants[].sent is [true,true,true,true]
json .counts.sent is 4
json .counts.set is 4
json .shard is null
json .record is 2.record, 0.record, 1.record
json .file is mfa-fleet.yaml
json .trust matches /^sha256:/
json .ok is true
nobody asked

## says so in words
$ mfa-cli fleet apply --yes --shard 2/3 --record 2.record --out 2.json
$ mfa-cli fleet merge 0.json 1.json 2.json
stdout has ✓ 4 set

## makes one report of one shard
$ mfa-cli fleet apply --yes --shard 0/1 --out all.json
$ mfa-cli fleet merge all.json --json
json .counts.sent is 2
json .counts.same is 2

## keeps all that a report says of a tenant
$ mfa-cli fleet apply --yes --shard 2/3 --record 2.record --json
let FINGERPRINT be json .tenants[t2].fingerprint
$ mfa-cli fleet apply --yes --all --shard 2/3 --record 2.record --out 2.json
$ mfa-cli fleet merge 0.json 1.json 2.json --json
json .tenants[t2].action is same
json .tenants[t2].fingerprint is $FINGERPRINT
json .tenants[t2].tenant is $T2
json .tenants[t2].topic is com.example.lab
json .tenants[t2].findings[].code is ["issuer-not-apple","encryption-modern"]

## ends with 8 where a tenant of one shard failed
t2 refuses set
$ mfa-cli fleet apply --yes --shard 2/3 --out 2.json
exit 8
$ mfa-cli fleet merge 0.json 1.json 2.json --json
exit 8
json .ok is false
json .counts.failed is 1
json .counts.sent is 3
json .tenants[t2].error.code is tenant-forbidden

## ends with 8 where a set that was done before could not be repeated
$ mfa-cli fleet apply --yes --shard 2/3 --record 2.record
t2 refuses set
$ mfa-cli fleet apply --yes --all --shard 2/3 --record 2.record --out 2.json
exit 8
$ mfa-cli fleet merge 0.json 1.json 2.json --json
exit 8
json .ok is false
json .tenants[t2].action is same
json .tenants[t2].error.code is tenant-forbidden
json .counts.failed is 1

## ends with 8 where an answer is missing
t2 drops set
$ mfa-cli fleet apply --yes --shard 2/3 --out 2.json
exit 8
$ mfa-cli fleet merge 0.json 1.json 2.json --json
exit 8
json .counts.unanswered is 1
json .tenants[t2].sent is null
json .tenants[t2].tries is 3
$ mfa-cli fleet merge 0.json 1.json 2.json
exit 8
stdout has ✗ 3 set, 1 unknown
stdout has ! t2:
stdout has [outcome-unknown]

## ends with 8 where a tenant was not started
t2 refuses set
$ mfa-cli fleet apply --yes --shard 2/3 --canary t2 --out 2.json
exit 8
$ mfa-cli fleet merge 0.json 1.json 2.json
exit 8
stdout has ✗ 2 set, 1 failed, 1 not started
stdout has Not started: t3.

## ends with 4 where a tenant is blocked
$ APP_PASSWORD=wrong mfa-cli fleet apply --yes --shard 2/3 --out 2.json
exit 4
$ mfa-cli fleet merge 0.json 1.json 2.json --json
exit 4
json .counts.blocked is 2
$ mfa-cli fleet merge 0.json 1.json 2.json
exit 4
stdout has Nothing is sent to any tenant while one is blocked.

## ends with 2 where a shard did not trust the file
$ mfa-cli fleet apply --yes --shard 2/3 --out 2.json
replace /"action": "set",\n *"sent": true/ with "action": "unknown", "sent": false in 2.json
$ mfa-cli fleet merge 0.json 1.json 2.json --json
exit 2
json .counts.unknown is 2
$ mfa-cli fleet merge 0.json 1.json 2.json
exit 2
stdout has 2 not checked (file not trusted)

## has the hash of all shards, or none where they differ
$ mfa-cli fleet apply --yes --shard 2/3 --out 2.json
replace /"trust": "sha256:\w+"/ with "trust": "sha256:1" in 2.json
$ mfa-cli fleet merge 0.json 1.json 2.json --json
json .trust is null

## takes a plan of shards that had the file in different folders
$ mfa-cli fleet apply --yes --shard 2/3 --out 2.json
replace /"sent": true/ with "sent": false in 0.json
replace /"sent": true/ with "sent": false in 1.json
replace /"sent": true/ with "sent": false in 2.json
replace /"file": "mfa/ with "file": "\/pod\/mfa in 0.json
replace /"file": "mfa/ with "file": "C:\\pod\\mfa in 1.json
$ mfa-cli fleet merge 0.json 1.json 2.json --json
json .ok is true
json .file is /pod/mfa-fleet.yaml, C:\pod\mfa-fleet.yaml, mfa-fleet.yaml
$ mfa-cli fleet merge 0.json 1.json 2.json
stdout has 4 tenants: 4 to set
stdout has set t1 $T1 com.example.lab app 2027-12-24 (394 days left)

## counts a plan among reports of an apply as not started
$ mfa-cli fleet apply --yes --shard 2/3 --out 2.json
replace /"sent": true/ with "sent": false in 0.json
$ mfa-cli fleet merge 0.json 1.json 2.json --json
exit 8
json .ok is false
$ mfa-cli fleet merge 0.json 1.json 2.json
exit 8
stdout has Not started: t4.

## takes reports without a tenant
$ mfa-cli fleet apply --yes --only t1 --shard 0/2 --json
json .tenants is []
$ mfa-cli fleet apply --yes --only t1 --shard 0/2 --out none.json
$ mfa-cli fleet apply --yes --only t1 --shard 1/2 --out one.json
$ mfa-cli fleet merge none.json one.json --json
json .tenants[].name is ["t1"]
json .ok is true

## counts anew, whatever a report says
$ mfa-cli fleet apply --yes --shard 2/3 --out 2.json
replace /"sent": 2/ with "sent": 99 in 2.json
$ mfa-cli fleet merge 0.json 1.json 2.json --json
json .counts.sent is 4

## names the shard that is missing
$ mfa-cli fleet merge 0.json 1.json --json
exit 2
json .error.code is usage
json .error.message has 2/3

## counts the shards that are missing
replace /"0\/3"/ with "0\/100000" in 0.json
$ mfa-cli fleet merge 0.json --json
exit 2
json .error.message has 1/100000 and 99998 more

## refuses two reports of one shard
$ mfa-cli fleet merge 0.json 1.json 0.json --json
exit 2
json .error.code is usage
json .error.message has 0/3

## refuses shards of different numbers
replace /"1\/3"/ with "1\/2" in 1.json
$ mfa-cli fleet merge 0.json 1.json --json
exit 2
json .error.code is usage
json .error.message has 1.json is one of 2

## refuses a tenant that is in two reports
$ mfa-cli fleet apply --yes --shard 2/3 --out 2.json
replace /"t2"/ with "t1" in 2.json
$ mfa-cli fleet merge 0.json 1.json 2.json --json
exit 2
json .error.code is usage
json .error.message has t1

## refuses the report of another fleet
$ mfa-cli fleet apply --yes --shard 2/3 --out 2.json
replace /mfa-fleet\.yaml/ with other.yaml in 2.json
$ mfa-cli fleet merge 0.json 1.json 2.json --json
exit 2
json .error.code is usage
json .error.message has other.yaml

## refuses a report of no shard: <SHARD>
each SHARD: null | "3\/3"
replace /"1\/3"/ with <SHARD> in 1.json
$ mfa-cli fleet merge 0.json 1.json --json
exit 2
json .error.code is usage
json .error.message has 1.json

## refuses what is no report: <TEXT>
each TEXT: nonsense | {"error":{"code":"usage"}} | []
write 1.json: <TEXT>
$ mfa-cli fleet merge 0.json 1.json --json
exit 3
json .error.code is file-unreadable
json .error.message has 1.json

## refuses an empty report
write 1.json <<
>>
$ mfa-cli fleet merge 0.json 1.json --json
exit 3
json .error.code is file-unreadable
