# `fleet plan`: what an apply would do, without asking anybody.

fleet of 2

## says what each tenant needs, and asks nobody
$ mfa-cli fleet plan --json
json .tenants[].action is ["set","set"]
json .tenants[].sent is [false,false]
json .ok is true
nobody asked
on record nothing

## leaves a tenant alone that has the same certificate
$ mfa-cli fleet apply --yes
$ mfa-cli fleet plan --json --exit-code
json .tenants[].action is ["same","same"]

## ends with 8 and --exit-code where something is to do
$ mfa-cli fleet apply --yes
declare t2: certificate: null, client-app-key: com.example.lab
$ mfa-cli fleet plan --json --exit-code
exit 8
json .tenants[].action is ["same","delete"]
nobody asked

## ends with 0 without --exit-code
$ mfa-cli fleet plan

## sets again what a later set of the same, without an answer, left open
$ mfa-cli fleet apply --yes
record t1: {"outcome":"unknown","at":"2026-11-24T18:00:00.000Z","clientAppKey":"com.example.lab","topic":"com.example.lab",
 "fingerprint":"30b8405b649f4f43a02219afcf85fe6c7c00cff68c72c6f592f74262a752a780"}
$ mfa-cli fleet plan --json
json .tenants[].action is ["set","same"]
stderr has t1: the outcome of the last request is unknown

## counts what is unchanged where there is nothing to do
$ mfa-cli fleet apply --yes
$ mfa-cli fleet plan
stdout has ✓ Nothing to do. 2 tenants unchanged
stdout has [issuer-not-apple] · all 2 tenants

## shows only the tenants that change
$ mfa-cli fleet apply --yes --only t2
$ mfa-cli fleet plan
stdout has 2 tenants: 1 to set, 1 unchanged
stdout has set t1 $T1 com.example.lab app 2027-12-24 (394 days left)
stdout lacks $T2

## is blocked by a wrong password at every tenant that shares it
$ APP_PASSWORD=not-the-one mfa-cli fleet plan --json
exit 4
json .tenants[].action is ["blocked","blocked"]
json .tenants[].error.code is ["pkcs12-password-incorrect","pkcs12-password-incorrect"]

## is blocked by an empty password
$ APP_PASSWORD= mfa-cli fleet plan --json
exit 4
json .tenants[t1].error.code is pkcs12-password-required

## is blocked by a variable that is not set, and names it
replace /APP_PASSWORD/ with NOT_SET in mfa-fleet.yaml
$ mfa-cli fleet plan --json
exit 2
json .tenants[t1].action is blocked
json .tenants[t1].error.code is usage
json .tenants[t1].error.message has NOT_SET
json .tenants[t1].error.hints is ["Set NOT_SET."]

## ends with 4 where a finding blocks beside a variable that is not set
copy %30-exp to old.p12
declare certificate old: p12: old.p12, password: { env: APP_PASSWORD }
declare certificate unset: p12: app.p12, password: { env: NOT_SET }
declare t1: certificate: old
declare t2: certificate: unset
$ mfa-cli fleet plan --json
exit 4
json .tenants[].action are blocked

## is blocked by warnings with --fail-on warning
$ mfa-cli fleet plan --fail-on warning --json
exit 4
json .tenants[].action is ["blocked","blocked"]

## is blocked by a certificate without the topic that the file names
declare certificate other: p12: app.p12, password: { env: APP_PASSWORD }, topic: com.example.other
declare t1: certificate: other
$ mfa-cli fleet plan --json
exit 4
json .tenants[].action is ["blocked","set"]
json .tenants[t1].findings[].code has topic-mismatch

## is blocked by a certificate of another environment than the file names
copy %30-dev to dev.p12
declare certificate dev: p12: dev.p12, password: { env: APP_PASSWORD }, environment: production
declare t1: certificate: dev
$ mfa-cli fleet plan --json
exit 4
json .tenants[].action is ["blocked","set"]
json .tenants[t1].findings[].code has environment-mismatch

## names in hints the .p12 as the fleet file does, and the fleet file
folder certs
copy %02-legacy-rc2-3des to certs/old.p12
declare certificate old: p12: ./certs/old.p12, password: { env: APP_PASSWORD }
declare t1: certificate: old
$ mfa-cli fleet plan --json
on 2027-12-01
json .tenants[t1].findings[encryption-legacy].hint has `mfa-cli apns convert ./certs/old.p12 --out
json .tenants[t1].findings[certificate-expires-soon].hint has ./certs/old.p12
json .tenants[t1].findings[certificate-expires-soon].hint has `mfa-cli fleet apply`

## names in hints a .p12 that is not beside this directory as it is found from here
folder fleets
copy mfa-fleet.yaml to fleets/eu.yaml
copy %02-legacy-rc2-3des to fleets/app.p12
$ mfa-cli fleet plan --file fleets/eu.yaml --trust --json
on 2027-12-01
json .tenants[t1].findings[encryption-legacy].hint has `mfa-cli apns convert fleets/app.p12 --out
json .tenants[t1].findings[certificate-expires-soon].hint has fleets/app.p12
json .tenants[t1].findings[certificate-expires-soon].hint has
 `mfa-cli fleet apply --file fleets/eu.yaml`

## names a missing .p12 as the fleet file does
declare certificate gone: p12: ./gone.p12, password: { env: APP_PASSWORD }
declare t1: certificate: gone
$ mfa-cli fleet plan --json
exit 2
json .tenants[t1].error.message is "./gone.p12 does not exist"

## names a missing file of a password as the fleet file does
declare certificate other: p12: app.p12, password: { file: ./app.password }
declare t1: certificate: other
$ mfa-cli fleet plan --json
exit 2
json .tenants[t1].error.message has , ./app.password, does not exist

## is blocked by a certificate that has expired
copy %30-exp to old.p12
declare certificate old: p12: old.p12, password: { env: APP_PASSWORD }
declare t1: certificate: old
$ mfa-cli fleet plan --json
exit 4
json .tenants[].action is ["blocked","set"]

## warns that the key set last gets the pushes alone
t1 has com.example.old on record since 2100-01-01
$ mfa-cli fleet plan --json
json .tenants[t1].findings[].code has silences-other-app
json .tenants[t2].findings[].code lacks silences-other-app

## `fleet <COMMAND>` says how to begin where there is no fleet file
each COMMAND: plan | apply --yes | status
$ mfa-cli fleet <COMMAND> --file none.yaml --json
exit 3
json .error.code is file-not-found
json .error.hints[0] has mfa-cli fleet init --file none.yaml

## `fleet <COMMAND>` warns by --warn-days, else by the days of the file
each COMMAND: plan | apply --yes
replace /^version: 1/ in mfa-fleet.yaml <<
version: 1
defaults: { warn-days: 400 }
>>
$ mfa-cli fleet <COMMAND> --only t1 --warn-days 300 --json
json .tenants[t1].findings[].code lacks certificate-expires-soon
$ mfa-cli fleet <COMMAND> --only t2 --json
json .tenants[t2].findings[].code has certificate-expires-soon

## needs no key, no password and no program where the file declares fingerprint and topic
program PASSWORD <<
echo secret
>>
let F be "30b8405b649f4f43a02219afcf85fe6c7c00cff68c72c6f592f74262a752a780"
declare certificate known: p12: gone.p12, password: { command: ["$PASSWORD"] },
 topic: com.example.lab, fingerprint: $F
declare t1: certificate: known
$ mfa-cli fleet plan --json
json .tenants[t1].action is set
json .tenants[t1].fingerprint is $F
json .tenants[t1].topic is com.example.lab
json .tenants[t1].clientAppKey is com.example.lab
json .tenants[t1].notAfter is null
sent PASSWORD run 0 times
$ mfa-cli fleet apply --only t1 --yes --json
exit 4
json .tenants[t1].error.code is file-not-found
copy app.p12 to gone.p12
$ mfa-cli fleet apply --only t1 --yes --json
json .tenants[t1].sent is true
$ mfa-cli fleet plan --only t1 --json
json .tenants[t1].action is same
json .tenants[t1].notAfter matches /^2027-12-24/
sent PASSWORD run 0 times

## takes a fingerprint as OpenSSL writes it: <FINGERPRINT>
each FINGERPRINT:
 30:B8:40:5B:64:9F:4F:43:A0:22:19:AF:CF:85:FE:6C:7C:00:CF:F6:8C:72:C6:F5:92:F7:42:62:A7:52:A7:80
 | 30B8405B649F4F43A02219AFCF85FE6C7C00CFF68C72C6F592F74262A752A780
declare certificate known: p12: app.p12, password: { env: APP_PASSWORD }, fingerprint: "<FINGERPRINT>"
declare t1: certificate: known
$ mfa-cli fleet apply --only t1 --yes --json
json .tenants[t1].sent is true

## opens the certificate where the file declares its fingerprint and no topic
declare certificate known: p12: app.p12, password: { env: NOT_SET },
 fingerprint: 30b8405b649f4f43a02219afcf85fe6c7c00cff68c72c6f592f74262a752a780
declare t1: certificate: known
$ mfa-cli fleet plan --json
exit 2
json .tenants[t1].action is blocked
json .tenants[t1].error.code is usage

## refuses another certificate than the declared one, even with --force
copy %30-r4096 to other.p12
declare certificate known: p12: other.p12, password: { env: APP_PASSWORD }, topic: com.example.lab,
 fingerprint: 30b8405b649f4f43a02219afcf85fe6c7c00cff68c72c6f592f74262a752a780
declare t1: certificate: known
$ mfa-cli fleet apply --yes --force --json
exit 4
json .tenants[t1].action is blocked
json .tenants[t1].findings[].code has fingerprint-mismatch
nothing sent

## refuses a fingerprint that differs from the declared one in its last digit alone
declare certificate known: p12: app.p12, password: { env: APP_PASSWORD }, topic: com.example.lab,
 fingerprint: 30b8405b649f4f43a02219afcf85fe6c7c00cff68c72c6f592f74262a752a781
declare t1: certificate: known
$ mfa-cli fleet apply --yes --force --json
exit 4
json .tenants[t1].findings[].code has fingerprint-mismatch
nothing sent

## refuses a fingerprint that is none: <FINGERPRINT>
each FINGERPRINT: abc | 30b8405b649f4f43a02219afcf85fe6c7c00cff68c72c6f592f74262a752a78 | 30
declare certificate known: p12: app.p12, fingerprint: <FINGERPRINT>
$ mfa-cli fleet plan --json
exit 2
json .error.code is fleet-file-invalid
json .error.message has fingerprint

## leaves a tenant that `status` calls different where another certificate was set last than the one whose fingerprint the file declares
$ mfa-cli fleet apply --yes
declare certificate renewed: p12: app.p12, topic: com.example.lab,
 fingerprint: 74e29407b3e178f319315ebc5801855978b6995bee379855fbc735b996beea59
declare t1: certificate: renewed
$ mfa-cli fleet status --json
exit 4
json .tenants[t1].state is differs
json .tenants[t1].expected.fingerprint matches /^74e29407/

## judges by the environment of a certificate, else by that of the defaults
replace /^version: 1/ in mfa-fleet.yaml <<
version: 1
defaults: { environment: sandbox }
>>
copy %30-prod to prod.p12
declare certificate prod: p12: prod.p12, password: { env: APP_PASSWORD }, environment: production
declare certificate usual: p12: prod.p12, password: { env: APP_PASSWORD }
declare t1: certificate: prod
declare t2: certificate: usual
$ mfa-cli fleet plan --json
exit 4
json .tenants[t1].findings[].code lacks environment-mismatch
json .tenants[t2].findings[].code has environment-mismatch

## names the likelier key where the topic stands in for it, and none beside a key that the file gives
t1 has com.example.old on record since 2026-10-01
t2 has com.example.old on record since 2026-10-01
declare t1: certificate: app, client-app-key: com.example.lab
$ mfa-cli fleet plan --json
json .tenants[t1].findings[].code has silences-other-app
json .tenants[t1].findings[silences-other-app].hint lacks com.example.old
json .tenants[t2].findings[silences-other-app].hint has com.example.old

## runs the program of a password once for all tenants of a certificate
program PASSWORD: printf secret
declare certificate ran: p12: app.p12, password: { command: ["$PASSWORD"] }
declare t1: certificate: ran
declare t2: certificate: ran
$ mfa-cli fleet plan --json
json .tenants[].action is ["set","set"]
sent PASSWORD run 1 time
