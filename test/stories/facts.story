# Each fact has its own name wherever it is told. Here no two of them are alike.

variable MFA_CLI_P12_PASSWORD=secret

## a set tells what was given, what the certificate says, and what it replaces
tenant
signed in
$ mfa-cli apns set %30-prod --client-app-key app.key --environment production --owner "identity team" --ticket CHG-7
$ mfa-cli apns set %01-default-aes256 --client-app-key app.key --ticket CHG-8 --json
json .tenant is $URL
json .clientAppKey is app.key
json .keyFrom is given
json .topic is com.example.lab
json .fingerprint is 30b8405b649f4f43a02219afcf85fe6c7c00cff68c72c6f592f74262a752a780
json .notAfter is 2027-12-24T13:29:19Z
json .owner is "identity team"
json .ticket is CHG-8
json .team is {"id":"ABCDE12345","name":"Example Lab"}
json .replaces is {"topic":"com.example.lab","notAfter":"2027-12-24T13:29:20Z","setAt":"2026-11-24T16:00:00.001Z"}
json .unchanged is false
json .dryRun is false
json .recorded is true

## a deletion puts on record what it takes away, under its own ticket: none
tenant
signed in
$ mfa-cli apns set %30-prod --client-app-key app.key --environment production --owner "identity team" --ticket CHG-7
$ mfa-cli apns delete app.key --yes --json
file $CONFIG/ledger.jsonl json [].asked is ["set","set","delete","delete"]
file $CONFIG/ledger.jsonl json [].outcome is ["sending","done","sending","done"]
file $CONFIG/ledger.jsonl json [].sentAs is [null,"json",null,"json"]
file $CONFIG/ledger.jsonl json [].clientAppKey are app.key
file $CONFIG/ledger.jsonl json [].topic are com.example.lab
file $CONFIG/ledger.jsonl json [].fingerprint are 78a10dc46d0e65e2bee79051539dc22f4a8dcf7e31cbdc34bb606875dfb94205
file $CONFIG/ledger.jsonl json [].notBefore are 2026-11-24T13:29:20Z
file $CONFIG/ledger.jsonl json [].notAfter are 2027-12-24T13:29:20Z
file $CONFIG/ledger.jsonl json [].environments are ["production"]
file $CONFIG/ledger.jsonl json [].environment are production
file $CONFIG/ledger.jsonl json [].team are {"id":"ABCDE12345","name":"Example Lab"}
file $CONFIG/ledger.jsonl json [].owner are "identity team"
file $CONFIG/ledger.jsonl json [].ticket is ["CHG-7","CHG-7",null,null]
file $CONFIG/ledger.jsonl json [].by are admin@example.com

## `apns status` tells each fact of a certificate and of a request on record
tenant
signed in
write $CONFIG/ledger.jsonl mode 0600 <<
{"id":"a","at":"2026-11-01T08:00:00.000Z","tenant":"$URL","clientAppKey":"app.key","asked":"set","topic":"com.example.app","fingerprint":"abababababababababababababababababababababababababababababababab","notBefore":"2026-10-02T00:00:00Z","notAfter":"2027-11-02T00:00:00Z","environments":["production"],"environment":"sandbox","team":{"id":"ABCDE12345","name":"Example Ltd"},"by":"ada@example.com","owner":"identity team","ticket":"CHG-7","sentAs":"form","outcome":"done"}
{"id":"b","at":"2026-11-03T08:00:00.000Z","tenant":"$URL","clientAppKey":"other.key","asked":"set","topic":"com.example.other","fingerprint":"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd","notAfter":"2027-12-02T00:00:00Z","outcome":"unknown"}
{"id":"c","at":"2026-11-04T08:00:00.000Z","tenant":"$URL","clientAppKey":"app.key","asked":"delete","topic":"com.example.app","fingerprint":"abababababababababababababababababababababababababababababababab","notAfter":"2027-11-02T00:00:00Z","outcome":"unknown"}
>>
$ mfa-cli apns status --json
exit 4
json .certificates[].clientAppKey is ["app.key"]
json .certificates[0].profile is default
json .certificates[0].tenant is $URL
json .certificates[0].topic is com.example.app
json .certificates[0].fingerprint is abababababababababababababababababababababababababababababababab
json .certificates[0].notAfter is 2027-11-02T00:00:00Z
json .certificates[0].setAt is 2026-11-01T08:00:00.000Z
json .certificates[0].daysLeft is 342
json .certificates[0].state is valid
json .certificates[0].environments is ["production"]
json .certificates[0].environment is sandbox
json .certificates[0].owner is "identity team"
json .certificates[0].ticket is CHG-7
json .certificates[0].team is {"id":"ABCDE12345","name":"Example Ltd"}
json .certificates[0].inUse is null
json .certificates[0].against[].code is ["outcome-unknown"]
json .requests[0] is {"profile":"default","tenant":"$URL","clientAppKey":"other.key","asked":"set",
 "topic":"com.example.other","fingerprint":"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd",
 "notAfter":"2027-12-02T00:00:00Z","at":"2026-11-03T08:00:00.000Z","outcome":"unknown",
 "inUse":null,"inUseFrom":null,"ignoredSince":null}
json .requests[1].clientAppKey is app.key
json .requests[1].asked is delete
json .requests[1].at is 2026-11-04T08:00:00.000Z

## `fleet <COMMAND>` tells each fact of a tenant
each COMMAND: plan | apply --yes
fleet of 2
declare certificate owned: p12: app.p12, password: { env: APP_PASSWORD }, topic: com.example.lab,
 owner: identity team, ticket: CHG-8, environment: production
declare t1: certificate: owned, client-app-key: app.key
$ mfa-cli fleet <COMMAND> --json
json .file is mfa-fleet.yaml
json .record is mfa-fleet.ledger.jsonl
json .shard is null
json .trust matches /^sha256:[0-9a-f]{64}$/
json .tenants[].name is ["t1","t2"]
json .tenants[].tenant is ["$T1","$T2"]
json .tenants[].clientAppKey is ["app.key","com.example.lab"]
json .tenants[].keyFrom is ["given","topic"]
json .tenants[].certificate is ["owned","app"]
json .tenants[].action are set
json .tenants[].tries are null
json .tenants[].fingerprint are 30b8405b649f4f43a02219afcf85fe6c7c00cff68c72c6f592f74262a752a780
json .tenants[].topic are com.example.lab
json .tenants[].notAfter are 2027-12-24T13:29:19Z
json .tenants[].daysLeft are 394
json .tenants[].error are null

## a fleet puts on record what the file says and what the certificate says
fleet of 1
declare certificate owned: p12: app.p12, password: { env: APP_PASSWORD }, owner: identity team, ticket: CHG-8, environment: production
declare t1: certificate: owned, client-app-key: app.key
$ mfa-cli fleet apply --yes --json
json .tenants[].sent are true
json .counts is {"set":1,"replace":0,"same":0,"delete":0,"absent":0,"blocked":0,"unknown":0,"sent":1,"failed":0,"unanswered":0}
declare t1: certificate: null, client-app-key: app.key
$ mfa-cli fleet apply --yes --trust --json
json .tenants[].action are delete
json .tenants[].certificate are null
json .tenants[].notAfter are null
json .counts is {"set":0,"replace":0,"same":0,"delete":1,"absent":0,"blocked":0,"unknown":0,"sent":1,"failed":0,"unanswered":0}
file mfa-fleet.ledger.jsonl json [].asked is ["set","set","delete","delete"]
file mfa-fleet.ledger.jsonl json [].tenant are $T1
file mfa-fleet.ledger.jsonl json [].clientAppKey are app.key
file mfa-fleet.ledger.jsonl json [].topic are com.example.lab
file mfa-fleet.ledger.jsonl json [].notBefore are 2026-11-24T13:29:19Z
file mfa-fleet.ledger.jsonl json [].notAfter are 2027-12-24T13:29:19Z
file mfa-fleet.ledger.jsonl json [].environments are ["sandbox","production"]
file mfa-fleet.ledger.jsonl json [].environment are production
file mfa-fleet.ledger.jsonl json [].team are {"id":"ABCDE12345","name":"Example Lab"}
file mfa-fleet.ledger.jsonl json [].owner are "identity team"
file mfa-fleet.ledger.jsonl json [].ticket is ["CHG-8","CHG-8",null,null]
file mfa-fleet.ledger.jsonl json [].by are null

## what the record does not have is unknown, and no state is made of it
tenant
signed in
write $CONFIG/ledger.jsonl mode 0600 <<
{"id":"a","at":"2026-11-01T08:00:00.000Z","tenant":"$URL","clientAppKey":"app.key","asked":"set","topic":"com.example.app","fingerprint":"abababababababababababababababababababababababababababababababab","outcome":"done"}
>>
$ mfa-cli apns status --json
exit 4
json .certificates[0] is {"profile":"default","tenant":"$URL","clientAppKey":"app.key","topic":"com.example.app",
 "fingerprint":"abababababababababababababababababababababababababababababababab","notAfter":null,"setAt":"2026-11-01T08:00:00.000Z","daysLeft":null,"state":"unknown",
 "environments":null,"environment":null,"owner":null,"ticket":null,"team":null,
 "inUse":true,"inUseFrom":"record","ignoredSince":null,"reach":"not-known","against":[],"provenAt":null}

## an apply counts what it set, deleted and left, and says what a tenant refused
fleet of 3
declare t1: certificate: null, client-app-key: com.example.lab
t3 refuses set
$ mfa-cli fleet apply --all --yes
exit 8
stdout has 1 set, 1 deleted, 1 failed
stderr has t2: set com.example.lab, valid until 2027-12-24
stderr has t1: deleted com.example.lab
stderr has t3: did not set com.example.lab [tenant-forbidden]
