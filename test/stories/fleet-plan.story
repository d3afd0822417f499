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
