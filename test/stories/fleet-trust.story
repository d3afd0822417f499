# A fleet file runs programs, reads files and names hosts: nothing of it happens before it is
# trusted.

variable MFA_CLI_TRUST_FLEET=
program PASSWORD: printf secret
fleet of 2
replace /\{ env: APP_PASSWORD \}/ with { command: [$PASSWORD] } in mfa-fleet.yaml

## `fleet <COMMAND>` neither runs nor sends anything before somebody agreed
each COMMAND: apply --yes | plan --refresh | status --refresh | apply --yes --only t1
$ mfa-cli fleet <COMMAND> --json
exit 2
json .error.code is fleet-untrusted
json .error.message has   reads the file app.p12 for
json .error.message has   runs the program $PASSWORD for
nobody asked
$ CI=true mfa-cli fleet <COMMAND> --json
exit 2
json .error.code is fleet-untrusted
nobody asked

## a plan says what it does not know, and ends with 2
declare t2: certificate: null, client-app-key: k
$ mfa-cli fleet plan --json
exit 2
json .ok is false
json .tenants[].action is ["unknown","absent"]
json .tenants[t1].fingerprint is null
json .tenants[t1].error.code is fleet-untrusted
json .tenants[t2].error is null
json .trust matches /^sha256:[0-9a-f]{64}$/
stderr has reads the variable CI_SECRET for
nobody asked

## a plan shows the hash that would trust the file
$ mfa-cli fleet plan --json
exit 2
let TRUST be json .trust
$ mfa-cli fleet plan --exit-code
exit 2
stderr has MFA_CLI_TRUST_FLEET=$TRUST
stdout has ✗ 2 tenants: 2 unknown
nobody asked

## a plan of a fleet that is not trusted reads none of its files
replace /app\.p12/ with /dev/zero in mfa-fleet.yaml
$ mfa-cli fleet plan
exit 2
nobody asked

## the state on record is shown all the same
$ mfa-cli fleet status
exit 4
stdout has not on record
nobody asked

## a record that others may change is not believed by a plan
write mfa-fleet.ledger.jsonl:
chmod 0777 .
declare t2: certificate: null, client-app-key: k
$ mfa-cli fleet plan --json
exit 2
json .tenants[].action is ["unknown","unknown"]
nobody asked

## all of it is shown in a terminal, and asked about once
$ mfa-cli fleet plan --json
answer yes
asked Trust mfa-fleet.yaml with this?
json .tenants[].action is ["set","set"]
stderr has runs the program $PASSWORD for
stderr has reads the variable CI_SECRET for
stderr has reads the file app.p12 for
sent PASSWORD run
$ mfa-cli fleet plan
at a terminal
nothing asked
$ mfa-cli fleet apply --yes --json
json .counts.sent is 2

## a no trusts nothing
$ mfa-cli fleet apply --yes
answer no
exit 130
asked Trust mfa-fleet.yaml with this?
nobody asked
$ mfa-cli fleet plan
exit 2
nobody asked

## nobody is asked with --no-input
$ mfa-cli fleet apply --yes --no-input --json
at a terminal
exit 2
json .error.code is fleet-untrusted
nothing asked
nobody asked

## what the file says turns no text and obeys nobody
replace /command: \[.*?\]/ with command: [sh, "\e[2J\u202e"] in mfa-fleet.yaml
$ mfa-cli fleet plan
answer no
exit 2
stderr has \u001b[2J\u202e

## the hash of what was looked at trusts it
$ mfa-cli fleet plan --json
exit 2
let TRUST be json .trust
$ MFA_CLI_TRUST_FLEET=$TRUST mfa-cli fleet apply --yes --json
json .counts.sent is 2

## the hash holds for a part of the fleet: <PART>
each PART: --only t2 | --shard 0/3 | --shard 1/3 | --shard 2/3
$ mfa-cli fleet plan --json
exit 2
let TRUST be json .trust
$ MFA_CLI_TRUST_FLEET=$TRUST mfa-cli fleet plan <PART> --json
json .counts.unknown is 0

## the hash holds whoever may write to the file
$ mfa-cli fleet plan --json
exit 2
let TRUST be json .trust
chmod 0777 mfa-fleet.yaml
chmod 0777 .
$ MFA_CLI_TRUST_FLEET=$TRUST mfa-cli fleet apply --yes --json
json .counts.sent is 2

## the hash does not depend on labels
$ mfa-cli fleet plan --json
exit 2
let TRUST be json .trust
declare t1: certificate: app, labels: { a: b }
$ MFA_CLI_TRUST_FLEET=$TRUST mfa-cli fleet plan

## the hash does not hold for another client app key
$ mfa-cli fleet plan --json
exit 2
let TRUST be json .trust
declare t1: certificate: app, client-app-key: $(touch x)
$ MFA_CLI_TRUST_FLEET=$TRUST mfa-cli fleet apply --yes --json
exit 2
json .error.code is fleet-untrusted
json .error.message has names the client app key
nobody asked

## the hash does not hold once a secret has another source
$ mfa-cli fleet plan --json
exit 2
let TRUST be json .trust
replace /env: CI_SECRET/ with env: HOME in mfa-fleet.yaml
$ MFA_CLI_TRUST_FLEET=$TRUST mfa-cli fleet apply --yes --json
exit 2
json .error.code is fleet-untrusted
json .error.message has MFA_CLI_TRUST_FLEET
nobody asked

## another hash is refused, though the file is trusted here
$ mfa-cli fleet plan
answer yes
$ MFA_CLI_TRUST_FLEET=sha256:0000000000000000000000000000000000000000000000000000000000000000
 mfa-cli fleet apply --yes --json
at a terminal
exit 2
json .error.code is fleet-untrusted
nothing asked
nobody asked

## what is no hash is a mistake
each HASH: yes | sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA
$ MFA_CLI_TRUST_FLEET=<HASH> mfa-cli fleet apply --yes --json
exit 2
json .error.code is usage
nobody asked

## --trust trusts once, whoever may write to the file
chmod 0777 .
$ mfa-cli fleet plan --trust --json
json .counts.set is 2
$ mfa-cli fleet plan
exit 2

## --trust goes before another hash
$ MFA_CLI_TRUST_FLEET=sha256:0000000000000000000000000000000000000000000000000000000000000000
 mfa-cli fleet plan --trust

## standard input is not asked about, and not trusted
$ mfa-cli fleet plan --file - --record mfa-fleet.ledger.jsonl --json
at a terminal
stdin <<
version: 1
certificates: { app: { p12: app.p12, password: { command: [$PASSWORD] } } }
tenants: { t1: { tenant: lab.example, certificate: app, sign-in: { profile: p } } }
>>
exit 2
json .tenants[t1].error.code is fleet-untrusted
nothing asked
nobody asked

## standard input is trusted by --trust or a hash
each TRUSTED: MFA_CLI_TRUST_FLEET=$TRUST mfa-cli fleet plan | mfa-cli fleet plan --trust
$ mfa-cli fleet plan --file - --record r.jsonl --json
stdin <<
version: 1
certificates: { app: { p12: app.p12, password: { env: APP_PASSWORD } } }
tenants: { t1: { tenant: lab.example, certificate: app, sign-in: { profile: p } } }
>>
exit 2
let TRUST be json .trust
$ <TRUSTED> --file - --record r.jsonl
stdin <<
version: 1
certificates: { app: { p12: app.p12, password: { env: APP_PASSWORD } } }
tenants: { t1: { tenant: lab.example, certificate: app, sign-in: { profile: p } } }
>>

## a neighbour who may write <WHAT> has nothing run or sent
each WHAT: 0666 mfa-fleet.yaml | 0777 . | 1777 .
$ mfa-cli fleet plan
answer yes
chmod <WHAT>
$ mfa-cli fleet apply --yes --json
exit 2
json .error.code is fleet-untrusted
json .error.message has is writable by other users
json .error.hints[0] has chmod go-w
nobody asked
$ mfa-cli fleet apply --yes --json
at a terminal
exit 2
json .error.code is fleet-untrusted
nothing asked
nobody asked
$ mfa-cli fleet status --refresh --json
exit 2
json .error.code is fleet-untrusted
nobody asked

## a neighbour who may write <FILE> is believed by nothing
each FILE: mfa-fleet.ledger.jsonl
$ mfa-cli fleet plan
answer yes
write <FILE> mode 0666:
$ mfa-cli fleet apply --yes --json
exit 2
json .error.code is fleet-untrusted
json .error.message has <FILE> is writable by other users
nobody asked
$ mfa-cli fleet status --json
exit 2
json .error.code is fleet-untrusted
$ mfa-cli fleet status --refresh --json
exit 2
json .error.code is fleet-untrusted
nobody asked

## a neighbour who may write the lock has nothing sent
$ mfa-cli fleet plan
answer yes
write mfa-fleet.ledger.jsonl.lock mode 0666: 1
$ mfa-cli fleet apply --yes --json
exit 2
json .error.code is fleet-untrusted
json .error.message has mfa-fleet.ledger.jsonl.lock is writable by other users
nobody asked

## a link in another folder to a trusted file is not trusted
$ mfa-cli fleet plan
answer yes
folder clone
link clone/mfa-fleet.yaml to ../mfa-fleet.yaml
write clone/app.p12: theirs
$ mfa-cli fleet plan --file clone/mfa-fleet.yaml --json
exit 2
json .tenants[t1].action is unknown
nobody asked

## what is trusted is kept for this user alone, without a secret
$ mfa-cli fleet plan
answer yes
file $CONFIG/fleets.json mode 0600
file $CONFIG/fleets.json has mfa-fleet.yaml
file $CONFIG/fleets.json lacks pipeline

## another file that is trusted changes nothing for this one
copy mfa-fleet.yaml to other.yaml
$ mfa-cli fleet plan
answer yes
$ mfa-cli fleet plan --file other.yaml
answer yes
asked Trust other.yaml with this?
$ mfa-cli fleet plan
at a terminal
nothing asked

## the trust in a file that is gone goes with the next one
copy mfa-fleet.yaml to other.yaml
$ mfa-cli fleet plan --file other.yaml
answer yes
file $CONFIG/fleets.json has other.yaml
remove other.yaml
$ mfa-cli fleet plan
answer yes
file $CONFIG/fleets.json has mfa-fleet.yaml
file $CONFIG/fleets.json lacks other.yaml

## a list of trusted files that others may write is not believed
$ mfa-cli fleet plan
answer yes
chmod 0666 $CONFIG/fleets.json
$ mfa-cli fleet plan --json
exit 3
json .error.message has fleets.json is writable by other users
nobody asked

## a damaged list of trusted files trusts nothing, and is made anew
$ mfa-cli fleet plan
answer yes
write $CONFIG/fleets.json: {"version":1,"fleets":{
$ mfa-cli fleet plan
exit 2
nobody asked
$ mfa-cli fleet plan
answer yes
asked Trust mfa-fleet.yaml with this?

## a file that `fleet init` writes is trusted, until it is changed
$ mfa-cli fleet init --file new.yaml
$ mfa-cli fleet plan --file new.yaml
copy mfa-fleet.yaml to new.yaml
$ mfa-cli fleet plan --file new.yaml
exit 2
nobody asked

## hosts that several sources share are listed once in the question
fleet of 4
$ mfa-cli fleet plan
answer yes
stderr has all 4 hosts:
stderr has   signs in as client-id=ci@t2 for $T2
stderr says reads the variable CI_SECRET for all 4 hosts 1 time
stderr says reads the file app.p12 for all 4 hosts 1 time

## a yes that cannot be saved holds once, with a warning
link $CONFIG to missing/place
$ mfa-cli fleet plan --json
answer yes
stderr has The trust in
json .tenants[].action is ["set","set"]
no file $CONFIG/fleets.json
$ mfa-cli fleet plan --json
exit 2
json .tenants[].action is ["unknown","unknown"]

## a file that `fleet init` writes stays where the trust in it cannot be saved: <FAULT>
each FAULT: link $CONFIG to missing/place | folder $CONFIG/fleets.json
 | write $CONFIG/fleets.json mode 0666: {}
<FAULT>
$ mfa-cli fleet init --file new.yaml --json
stderr has fleets.json
json .file is new.yaml
file new.yaml has version: 1
