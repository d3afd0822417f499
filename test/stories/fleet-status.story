# `fleet status`: when each certificate expires, from the record. Neither the .p12 nor a secret is
# there, and nobody is asked.

write mfa-fleet.yaml <<
version: 1
defaults: { warn-days: 45 }
certificates: { app: { p12: certs/app.p12, password: { env: NOT_THERE }, topic: com.example.app } }
tenants:
  acme:
    tenant: acme.id.cyberark.cloud
    certificate: app
    sign-in: { client-id: ci@acme, client-secret: { file: not-there } }
  globex:
    tenant: globex.id.cyberark.cloud
    certificate: app
    client-app-key: "=cmd|' /C calc'!A0<b>"
    sign-in: { profile: globex }
  wayne:
    tenant: wayne.id.cyberark.cloud
    certificate: null
    client-app-key: com.example.app
    sign-in: { token: { command: [not-there] } }
>>
write mfa-fleet.ledger.jsonl <<
{"id":"a","at":"2026-01-01T00:00:00.000Z","tenant":"https://acme.id.cyberark.cloud","clientAppKey":"com.example.app","asked":"set","topic":"com.example.app","fingerprint":"abababababababababababababababababababababababababababababababab","notAfter":"2027-01-04T04:00:00.000Z","outcome":"done"}
{"id":"b","at":"2026-01-01T00:00:00.000Z","tenant":"https://globex.id.cyberark.cloud","clientAppKey":"=cmd|' /C calc'!A0<b>","asked":"set","topic":"com.example.app","fingerprint":"abababababababababababababababababababababababababababababababab","notAfter":"2027-06-13T04:00:00.000Z","outcome":"done"}
>>

## tells the state of each tenant in the order of the file
$ mfa-cli fleet status --json
exit 4
stderr is empty
json .ok is false
json .warnDays is 45
json .tenants[].name is ["acme","globex","wayne"]
json .tenants[].state is ["expires-soon","valid","valid"]
json .tenants[].daysLeft is [40,200,null]
json .tenants[wayne].expected is null
json .tenants[wayne].recorded is null

## tells all that it knows of a tenant
$ mfa-cli fleet status --only acme --json
exit 4
json .tenants[0] is {"name":"acme","tenant":"https://acme.id.cyberark.cloud",
 "clientAppKey":"com.example.app","state":"expires-soon",
 "expected":{"certificate":"app","topic":"com.example.app","fingerprint":null,"notAfter":null},
 "recorded":{"topic":"com.example.app","fingerprint":"abababababababababababababababababababababababababababababababab","notAfter":"2027-01-04T04:00:00.000Z"},
 "deletedAt":null,"held":null,"daysLeft":40,"owner":null,"ticket":null,"team":null,"inUse":true,"inUseFrom":"record","ignoredSince":null,"reach":"not-known","against":[],"provenAt":null}

## writes no file
$ mfa-cli fleet status
exit 4
files mfa-fleet.ledger.jsonl, mfa-fleet.yaml

## warns as many days before as --warn-days says
$ mfa-cli fleet status --warn-days 30 --json
json .warnDays is 30

## warns 30 days before where neither the option nor the file says it
replace /^defaults:.*\n/ with  in mfa-fleet.yaml
$ mfa-cli fleet status --json
json .warnDays is 30

## knows nothing without a record
remove mfa-fleet.ledger.jsonl
$ mfa-cli fleet status --json
exit 4
json .tenants[].state is ["never-set","never-set","valid"]
$ mfa-cli fleet status
exit 4
stdout has 2 not on record
stdout lacks never

## says of a deleted certificate when it was deleted
append "{\"id\":\"d\",\"at\":\"2026-02-03T00:00:00.000Z\",\"tenant\":\"https://acme.id.cyberark.cloud\",\"clientAppKey\":\"com.example.app\",\"asked\":\"delete\",\"outcome\":\"done\"}\n" to mfa-fleet.ledger.jsonl
$ mfa-cli fleet status --only acme --json
exit 4
json .tenants[acme].state is never-set
json .tenants[acme].deletedAt is 2026-02-03T00:00:00.000Z
$ mfa-cli fleet status --only acme
exit 4
stdout has acme: it was deleted on 2026-02-03.

## tells of an alert once, whichever of the machines that share the record
hook
$ mfa-cli fleet status --hook $HOOK --notify-at 45 --json
exit 4
sent hook due 1 time
machine B
$ mfa-cli fleet status --hook $HOOK --notify-at 45 --json
exit 4
nobody asked

## notes an alert in the first of several records
hook
write other.jsonl:
$ mfa-cli fleet status --record mfa-fleet.ledger.jsonl other.jsonl --hook $HOOK --notify-at 45
exit 4
sent hook due 1 time
file mfa-fleet.ledger.jsonl has "asked":"alert"
files mfa-fleet.ledger.jsonl, mfa-fleet.yaml, other.jsonl

## takes a certificate for the sandbox as meant where the file says so, whatever was asked for
write mfa-fleet.ledger.jsonl <<
{"id":"a","at":"2026-01-01T00:00:00.000Z","tenant":"https://acme.id.cyberark.cloud","clientAppKey":"com.example.app","asked":"set","topic":"com.example.app","fingerprint":"abababababababababababababababababababababababababababababababab","notAfter":"2027-06-13T04:00:00.000Z","environments":["sandbox"],"environment":"production","outcome":"done"}
>>
$ mfa-cli fleet status --only acme --json
exit 4
json .tenants[acme].against[].code is ["sandbox-only"]
replace /app: \{ p12/ with app: { environment: sandbox, p12 in mfa-fleet.yaml
$ mfa-cli fleet status --only acme --json
json .tenants[acme].state is valid
json .tenants[acme].against is []

## says that a request got no answer
write mfa-fleet.ledger.jsonl <<
{"id":"c","at":"2026-01-01T00:00:00.000Z","tenant":"https://acme.id.cyberark.cloud","clientAppKey":"com.example.app","asked":"set","topic":"com.example.app","fingerprint":"abababababababababababababababababababababababababababababababab","notAfter":"2027-12-09T04:00:00.000Z","outcome":"sending"}
>>
$ mfa-cli fleet status --only acme
exit 4
stdout has acme: pushes may not reach phones: The outcome of the last request for this key is unknown, so the tenant may not have the certificate.

## reads the records of all shards as one, and the latest line counts
each RECORDS: later.jsonl mfa-fleet.ledger.jsonl earlier.jsonl
 | earlier.jsonl mfa-fleet.ledger.jsonl later.jsonl
copy mfa-fleet.ledger.jsonl to later.jsonl
replace /"a","at":"2026-01-01(.*)2027-01-04/ with "later","at":"2026-01-02$12027-09-21 in later.jsonl
copy mfa-fleet.ledger.jsonl to earlier.jsonl
replace /"a","at":"2026-01-01(.*)2027-01-04/ with "earlier","at":"2025-12-31$12026-12-04 in earlier.jsonl
$ mfa-cli fleet status --record <RECORDS> --json
json .tenants[].daysLeft is [300,200,null]

## writes the report over none of the records
copy mfa-fleet.ledger.jsonl to second.jsonl
$ mfa-cli fleet status --record mfa-fleet.ledger.jsonl second.jsonl --out second.jsonl --json
exit 2
json .error.code is usage
file second.jsonl is unchanged

## takes no record of another fleet
copy mfa-fleet.ledger.jsonl to other.jsonl
replace /(acme|globex)\.id/ with strange.id in other.jsonl
$ mfa-cli fleet status --record mfa-fleet.ledger.jsonl other.jsonl --json
exit 2
json .error.code is usage
json .error.message has other.jsonl
$ mfa-cli fleet status --record other.jsonl --json
exit 2
json .error.code is usage

## points to the line of a fault in the file
replace /certificate: null/ with certificate: nobody in mfa-fleet.yaml
$ mfa-cli fleet status --json
exit 2
json .error.code is fleet-file-invalid
json .error.message has mfa-fleet.yaml:16:

## refuses <OPTIONS>
each OPTIONS: --format pdf | --warn-days soon | --json --format html | --json --format table
 | --json --out - | --json --out report.json | --out x.pdf
$ mfa-cli fleet status <OPTIONS>
exit 2
stdout lacks attention
files mfa-fleet.ledger.jsonl, mfa-fleet.yaml

## names the endings of a file that it knows
$ mfa-cli fleet status --out x.pdf
exit 2
stderr has .txt, .html, .ics, .csv or .prom

## says that a file cannot be written
$ mfa-cli fleet status --out missing/fleet.html
exit 3
stderr has missing/fleet.html

## writes the <FORMAT> format to standard output, and ends with 4
each FORMAT: html | ics | csv | prometheus | github | table
$ mfa-cli fleet status --format <FORMAT>
exit 4
stderr is empty
stdout has acme

## chooses the format of <FILE> by its ending, and replaces the file
each FILE: a.html | a.ics | a.csv | a.prom | a.txt | a
write <FILE>: of yesterday
$ mfa-cli fleet status --out <FILE>
exit 4
stdout has ✓ Wrote <FILE>
stdout has 1 of 3 tenants needs attention.
stdout lacks Valid until
file <FILE> has acme
file <FILE> lacks yesterday

## knows an ending in any letter case: <FILE>
each FILE: a.HTML | a.Ics | a.CSV | a.Prom | a.TXT
$ mfa-cli fleet status --out <FILE>
exit 4
file <FILE> has acme

## writes the page to a file with a name in capital letters
$ mfa-cli fleet status --out FLEET.HTML
exit 4
file FLEET.HTML has <!doctype html>

## writes a file of the format that --format names
$ mfa-cli fleet status --format github --out a.md
exit 4
file a.md has ::warning title=certificate-expires-soon::

## writes the page to a file and the report to standard output with --json
$ mfa-cli fleet status --json --out fleet.html
exit 4
json .tenants[].name is ["acme","globex","wayne"]
file fleet.html has <!doctype html>

## reads the file on standard input
$ mfa-cli fleet status --file - --record mfa-fleet.ledger.jsonl --format csv --out -
stdin <<
version: 1
certificates: { app: { p12: app.p12, topic: com.example.app } }
tenants:
  acme: { tenant: acme.id.cyberark.cloud, certificate: app, sign-in: { profile: p } }
>>
stdout has acme,https://acme.id.cyberark.cloud,com.example.app,app,valid,40,
no file -

## escapes what the file holds on the page
$ mfa-cli fleet status --format html
exit 4
stdout has A0&#60;b&#62;
stdout lacks A0<b>

## lets no spreadsheet calculate what the file holds
$ mfa-cli fleet status --format csv
exit 4
stdout has ,'=cmd|' /C calc'!A0<b>,app,valid,200,

## writes over nothing that the fleet is made of: <FILE>
each FILE: mfa-fleet.yaml | mfa-fleet.ledger.jsonl | other-name.html | certs/app.p12
 | certs/../certs/app.p12 | soft.p12 | linked/app.p12
write certs/app.p12: precious
link other-name.html to mfa-fleet.yaml
link soft.p12 to certs/app.p12
link linked to certs
$ mfa-cli fleet status --out <FILE> --json
exit 2
json .error.code is usage
json .error.message has <FILE>
file mfa-fleet.yaml is unchanged
file mfa-fleet.ledger.jsonl is unchanged
file certs/app.p12 is unchanged

## publishes no path of this machine in a page
folder private
copy mfa-fleet.yaml to private/mfa-fleet.yaml
copy mfa-fleet.ledger.jsonl to private/mfa-fleet.ledger.jsonl
$ mfa-cli fleet status --file private/mfa-fleet.yaml --format html
exit 4
stdout has Made by mfa-cli from mfa-fleet.yaml and mfa-fleet.ledger.jsonl.
stdout lacks private

## tells that a push with the certificate was approved in its app
write mfa-fleet.ledger.jsonl <<
{"id":"a","at":"2026-01-01T00:00:00.000Z","tenant":"https://acme.id.cyberark.cloud","clientAppKey":"com.example.app","asked":"set","topic":"com.example.app","fingerprint":"abababababababababababababababababababababababababababababababab","notAfter":"2027-12-09T04:00:00.000Z","outcome":"done"}
{"id":"b","at":"2026-01-02T00:00:00.000Z","tenant":"https://acme.id.cyberark.cloud","clientAppKey":"com.example.app","asked":"prove","topic":"com.example.app","fingerprint":"abababababababababababababababababababababababababababababababab","notAfter":"2027-12-09T04:00:00.000Z","outcome":"approved","appConfirmed":true}
>>
$ mfa-cli fleet status --only acme --json
json .tenants[acme].state is valid
json .tenants[acme].reach is proven

## calls the hook of a run without stages with what is wrong
append "{\"id\":\"c\",\"at\":\"2026-01-02T00:00:00.000Z\",\"tenant\":\"https://acme.id.cyberark.cloud\",\"clientAppKey\":\"com.example.app\",\"asked\":\"set\",\"topic\":\"com.example.app\",\"outcome\":\"unknown\"}\n" to mfa-fleet.ledger.jsonl
hook
$ mfa-cli fleet status --hook $HOOK --json
exit 4
json .tenants[].state is ["unknown","valid","valid"]
sent hook unknown 1 time
$ mfa-cli fleet status --hook $HOOK --warn-days 300 --json
exit 4
json .tenants[].state is ["unknown","expires-soon","valid"]
sent hook failed 1 time
$ mfa-cli fleet status --hook $HOOK --only globex --json
sent hook 0 times
