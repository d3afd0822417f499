# `fleet apply`: what each tenant gets, in which order, and what is asked before.

fleet of 4

## gives each tenant the file, its password and its topic
$ mfa-cli fleet apply --yes --json
json .tenants[].sent is [true,true,true,true]
t1 holds com.example.lab: file app.p12, topic com.example.lab, password secret
t4 holds com.example.lab: file app.p12, topic com.example.lab, password secret

## sends the certificate's topic where the client app key is another
declare t1: certificate: app, client-app-key: lab
$ mfa-cli fleet apply --yes --only t1 --json
json .tenants[t1].clientAppKey is lab
json .tenants[t1].topic is com.example.lab
t1 holds lab: file app.p12, topic com.example.lab, password secret
t1 lacks com.example.lab
record .tenants[t1].clientAppKey is lab
record .tenants[t1].topic is com.example.lab

## gives each tenant the certificate that the file names for it
copy %04-3des-no-legacy-prov to other.p12
declare certificate other: p12: other.p12, password: { env: OTHER_PASSWORD }
declare t2: certificate: other
$ OTHER_PASSWORD=secret mfa-cli fleet apply --yes --only t1 t2 --json
t1 holds com.example.lab: file app.p12, topic com.example.lab
t2 holds com.example.lab: file other.p12, topic com.example.lab

## signs in at each tenant, and sends one request
$ mfa-cli fleet apply --yes
sent t1 token 1 time
sent t1 set 1 time
sent t2 token 1 time
sent t2 set 1 time

## tells each tenant that is done
$ mfa-cli fleet apply --yes
stderr has ✓ t1: set com.example.lab, valid until 2027-12-24
stdout has ✓ 4 set

## sends nothing again where nothing has changed
$ mfa-cli fleet apply --yes
$ mfa-cli fleet apply --yes --json
json .tenants[].action is ["same","same","same","same"]
nobody asked

## sends everything again with --all
$ mfa-cli fleet apply --yes --only t1 t2
declare t2: certificate: null, client-app-key: com.example.lab
$ mfa-cli fleet apply --yes --only t1 t2 --json
$ mfa-cli fleet apply --yes --all --only t1 t2 --concurrency 1 --json
json .tenants[].action is ["same","absent"]
json .tenants[].sent is [true,true]
sent in order t1 set, t2 delete

## deletes a certificate that the file no longer declares
$ mfa-cli fleet apply --yes
declare t2: certificate: null, client-app-key: com.example.lab
$ mfa-cli fleet apply --yes --json
json .tenants[t2].action is delete
json .tenants[t2].sent is true
sent in order t2 delete
stderr has ✓ t2: deleted com.example.lab
t2 holds nothing
t1 holds com.example.lab
on record t1 set, t2 deleted, t3 set, t4 set
$ mfa-cli fleet apply --yes --json
json .tenants[t2].action is "absent"
nobody asked

## asks before it sends
$ mfa-cli fleet apply --json
answer yes
asked Set the certificate at 4 tenants?
json .tenants[].sent is [true,true,true,true]
stderr has 4 tenants: 4 to set
stderr has set t1 $T1 com.example.lab app 2027-12-24 (394 days left)
stderr has [issuer-not-apple] · all 4 tenants

## sends nothing after a no
$ mfa-cli fleet apply --json
answer no
exit 130
json .error.code is interrupted
asked Set the certificate at 4 tenants?
nobody asked
on record nothing

## says in the question how many certificates are deleted
$ mfa-cli fleet apply --yes --only t1
declare t1: certificate: null, client-app-key: com.example.lab
$ mfa-cli fleet apply
answer no
exit 130
asked Set the certificate at 3 tenants and delete the certificate at 1 tenant?
nobody asked

## asks nothing where there is nothing to do
$ mfa-cli fleet apply --yes
$ mfa-cli fleet apply
at a terminal
nothing asked

## needs --yes without a terminal
$ mfa-cli fleet apply --json
exit 2
json .error.code is prompt-unavailable
nobody asked

## needs --yes with --no-input, even at a terminal
$ mfa-cli fleet apply --no-input --json
at a terminal
exit 2
json .error.code is prompt-unavailable
nothing asked
nobody asked

## sends to the canary first
$ mfa-cli fleet apply --yes --canary t3 --concurrency 1
sent in order t3 set, t1 set, t2 set, t4 set

## sends to nobody else where the canary fails
t3 refuses set
$ mfa-cli fleet apply --yes --canary t3 --json
exit 8
json .tenants[t3].error.code is tenant-forbidden
json .tenants[t1].error is null
json .tenants[t1].sent is false
sent in order t3 set
on record nothing

## sends to nobody else while the canary's answer is unknown
t3 drops set
$ mfa-cli fleet apply --yes --canary t3 --json
exit 8
sent in order t3 set, t3 set, t3 set
on record t3 unknown

## starts no further tenant after so many failures
all refuse set
$ mfa-cli fleet apply --yes --max-failures 2 --concurrency 1 --json
exit 8
json .counts.failed is 2
sent in order t1 set, t2 set
$ mfa-cli fleet apply --yes --max-failures 1 --concurrency 1
exit 8
stdout has ✗ 1 failed, 3 not started
stdout has Not started: t2, t3, t4.

## counts a tenant without an answer as a failure
t1 drops set
$ mfa-cli fleet apply --yes --concurrency 1 --max-failures 1 --json
exit 8
json .counts.unanswered is 1
sent in order t1 set, t1 set, t1 set

## sends to nobody where one tenant is blocked
declare certificate other: p12: app.p12, password: { env: OTHER_PASSWORD }
declare t2: certificate: other
$ OTHER_PASSWORD=wrong mfa-cli fleet apply --yes --json
exit 4
json .tenants[].action is ["set","blocked","set","set"]
nobody asked
on record nothing

## sends nothing with a wrong password
$ APP_PASSWORD=not-the-one mfa-cli fleet apply --yes --json
exit 4
json .tenants[].action is ["blocked","blocked","blocked","blocked"]
nobody asked

## sends nothing with --fail-on warning where a certificate has one
$ mfa-cli fleet apply --yes --fail-on warning
exit 4
nobody asked

## sends by --force what --fail-on stops
$ mfa-cli fleet apply --yes --fail-on warning --force --json
json .counts.sent is 4

## sends nothing where two names turn out to be one tenant
declare again at t1: certificate: null, client-app-key: com.example.lab
$ mfa-cli fleet apply --yes --json
exit 4
json .tenants[again].action is blocked
json .tenants[again].error.code is usage
nobody asked

## refuses <OPTION>
each OPTION: --concurrency 0 | --concurrency 257 | --max-failures x | --max-failures 0 | --canary t9
$ mfa-cli fleet apply --yes <OPTION> --json
exit 2
json .error.code is usage
nobody asked

## takes the canary only from the selected tenants
$ mfa-cli fleet apply --yes --only t1 --canary t2 --json
exit 2
json .error.code is usage
nobody asked

## sends only to the tenants of --only
$ mfa-cli fleet apply --yes --only t2 --json
json .tenants[].name is ["t2"]
sent in order t2 set
on record t2 set

## shows a client app key with a line break on one line
declare t1: certificate: app, client-app-key: "a\nb"
$ mfa-cli fleet apply --yes --only t1
stderr has ✓ t1: set a\u000ab, valid until 2027-12-24

## writes the report where --out says
$ mfa-cli fleet apply --yes --out report.json
stdout has ✓ 4 set
file report.json has "sent": 4

## writes the report to standard output with --out -
$ mfa-cli fleet apply --yes --out -
json .counts.sent is 4
no file -

## sends nothing where the report cannot be written
each OUT: . | no/report.json
$ mfa-cli fleet apply --yes --out <OUT> --json
exit 3
json .error.code is file-unwritable
nobody asked
on record nothing

## writes the report over nothing that belongs to the fleet
each OUT: mfa-fleet.yaml | ./mfa-fleet.ledger.jsonl | mfa-fleet.ledger.jsonl.lock | app.p12
$ mfa-cli fleet apply --yes --out <OUT> --json
exit 2
json .error.code is usage
file app.p12 is unchanged
file mfa-fleet.yaml is unchanged
nobody asked
on record nothing

## writes the report over no file with a secret of the fleet
write app.password: secret
replace /\{ env: APP_PASSWORD \}/ with { file: app.password } in mfa-fleet.yaml
$ mfa-cli fleet apply --yes --out ./app.password --json
exit 2
json .error.code is usage
file app.password is unchanged
nobody asked

## writes the report over no secret of a tenant that is not selected
write t2.secret: the-secret-of-the-pipeline
declare t2: certificate: app, sign-in: { client-id: ci@t2, client-secret: { file: t2.secret } }
$ mfa-cli fleet apply --yes --only t1 --out t2.secret --json
exit 2
json .error.code is usage
file t2.secret is unchanged
nobody asked

## asks APNs once about a certificate with --verify, before it sends
apns answers 200
$ mfa-cli fleet apply --yes --verify --json
json .counts.sent is 4
sent apns 1 time

## sends nothing that APNs does not accept
apns answers 403 BadCertificate
$ mfa-cli fleet apply --yes --verify --json
exit 4
json .counts.blocked is 4
json .tenants[t1].error.code is tenant-refused
sent in order apns
on record nothing

## sends nothing where APNs cannot be asked
apns is unreachable
$ mfa-cli fleet apply --yes --verify --json
exit 7
json .error.code is apns-unreachable
nobody asked
on record nothing

## asks APNs about what it sets again with --all as well
$ mfa-cli fleet apply --yes
apns answers 403 BadCertificate
$ mfa-cli fleet apply --yes --all --verify --json
exit 4
json .counts.blocked is 4
sent in order apns

## asks APNs about the topic that the file names
replace /app: \{ p12/ with app: { topic: com.example.lab.voip, p12 in mfa-fleet.yaml
apns answers 200
$ mfa-cli fleet apply --yes --verify --json
json .tenants[t1].topic is com.example.lab.voip
sent apns-topic=com.example.lab.voip 1 time

## asks the APNs of the environment that the file names
replace /app: \{ p12/ with app: { environment: sandbox, p12 in mfa-fleet.yaml
$ HTTPS_PROXY=http://127.0.0.1:9 mfa-cli fleet apply --yes --verify --json
exit 7
json .error.message has api.sandbox.push.apple.com
nobody asked

## writes the report over no file beside the record: <FILE>
each FILE: mfa-fleet.ledger.jsonl | mfa-fleet.ledger.jsonl.append.lock | mfa-fleet.ledger.jsonl.lock
$ mfa-cli fleet apply --yes --out <FILE> --json
exit 2
json .error.code is usage
no file <FILE>
nobody asked

## calls nothing well that was forced, in any report
declare certificate other: p12: app.p12, password: { env: APP_PASSWORD }, topic: com.example.other
declare t1: certificate: other, client-app-key: lab
$ mfa-cli fleet apply --yes --force --only t1 t2 --json
exit 8
json .tenants[].sent are true
json .tenants[].reach is ["against","not-known"]
json .tenants[t1].against[].code has topic-mismatch
file mfa-fleet.ledger.jsonl json [].against has ["topic-mismatch"]
$ mfa-cli fleet apply --yes --force --only t1 t2 --all
exit 8
stderr has ! t1: set lab, valid until 2027-12-24, but pushes will not reach phones [topic-mismatch]
stderr has ✓ t2: set com.example.lab
$ mfa-cli fleet apply --yes --force --only t1 t2
exit 8
stdout has ! 2 unchanged, but pushes will not reach phones at t1: The certificate does not include
$ mfa-cli fleet plan --force --only t1 t2
stdout has ! Nothing to do, but pushes will not reach phones at t1: The certificate does not include
$ mfa-cli fleet status --only t1 t2 --json
exit 4
json .tenants[].state is ["differs","valid"]
json .tenants[t1].against[].code has topic-mismatch
$ mfa-cli fleet status --only t1 t2
exit 4
stdout has t1: The certificate does not include the topic that it was set with [topic-mismatch].
$ mfa-cli fleet status --only t1 t2 --out page.html
exit 4
file page.html has [topic-mismatch]
$ mfa-cli fleet status --only t1 t2 --out fleet.ics
exit 4
file fleet.ics has pushes will not reach

## tells by the ledger of a certificate that does not open
declare certificate other: p12: app.p12, password: { env: APP_PASSWORD }, topic: com.example.other
declare t1: certificate: other, client-app-key: lab
$ mfa-cli fleet apply --yes --force --only t1 t2 --json
exit 8
no variable APP_PASSWORD
$ mfa-cli fleet plan --only t1 t2 --json
exit 2
json .tenants[].action are blocked
json .tenants[].reach is ["against","not-known"]

## refuses a stand-in for APNs on this machine for a tenant that is elsewhere
fleet of 1
replace /tenant: "[^"]*"/ with tenant: "abc1234.id.cyberark.cloud" in mfa-fleet.yaml
$ MFA_CLI_APNS_HOST=127.0.0.1:8451 mfa-cli fleet apply --only t1 --verify --yes --trust --json
exit 2
json .error.code is usage
json .error.message has 127.0.0.1:8451 on this machine stands in for APNs
nobody asked

## refuses a stand-in for APNs for a tenant that is elsewhere, also behind one on this machine
fleet of 2
replace /(t2: .*tenant: )"[^"]*"/ with $1"abc1234.id.cyberark.cloud" in mfa-fleet.yaml
apns answers 200
$ mfa-cli fleet apply --verify --yes --trust --json
exit 2
json .error.code is usage
json .error.message has on this machine stands in for APNs
on record nothing

## calls the hook of a run that only deletes with `deleted`, and of one that sets as well with `set`
hook
$ mfa-cli fleet apply --yes --only t1 t2 --hook $HOOK
sent hook set 1 time
declare t1: certificate: null, client-app-key: com.example.lab
$ mfa-cli fleet apply --yes --only t1 --hook $HOOK
sent hook deleted 1 time
sent hook set 0 times
# Another time it is absent already.
$ mfa-cli fleet apply --yes --all --only t1 --hook $HOOK
sent hook deleted 1 time
declare t2: certificate: null, client-app-key: com.example.lab
$ mfa-cli fleet apply --yes --all --only t1 t2 --hook $HOOK
sent hook deleted 1 time
declare t1: certificate: app
$ mfa-cli fleet apply --yes --all --only t1 t2 --hook $HOOK
sent hook set 1 time
sent hook deleted 0 times

## puts on record that a certificate is meant for the sandbox
copy %30-dev to dev.p12
declare certificate dev: p12: dev.p12, password: { env: APP_PASSWORD }, environment: sandbox
declare t1: certificate: dev
$ mfa-cli fleet apply --yes --only t1 --force --json
json .tenants[].sent is [true]
file mfa-fleet.ledger.jsonl json [].environment is ["sandbox","sandbox"]
