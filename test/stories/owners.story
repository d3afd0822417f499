# Whose a certificate is: `owner` and `ticket` as they were given, and the Apple team of the certificate.

variable MFA_CLI_P12_PASSWORD=secret

## `apns set` puts them on record, and `status` and the renewal show them
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --owner "identity team" --ticket CHG-7 --json
json .owner is "identity team"
json .ticket is CHG-7
json .team.id matches /^[A-Z0-9]{10}$/
let TEAM be json .team.id
let NAME be json .team.name
file $CONFIG/ledger.jsonl json [].owner are identity team
file $CONFIG/ledger.jsonl json [].ticket are CHG-7
$ mfa-cli apns status
stdout has com.example.lab: Owner: identity team; ticket: CHG-7; Apple team $NAME ($TEAM).
$ mfa-cli apns status --json
json .certificates[0].owner is "identity team"
json .certificates[0].ticket is CHG-7
json .certificates[0].team is {"id":"$TEAM","name":"$NAME"}
$ mfa-cli apns renew --bundle-id com.example.lab --team-id A1B2C3D4E5 --dir push --if-days-left 30
stdout has ✓ Nothing to do: 394 days left. Owner: identity team; ticket: CHG-7; Apple team $NAME ($TEAM)

## an owner stays until another is given, and a ticket is that of one change
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --owner "identity team" --ticket CHG-7 --json
$ mfa-cli apns set %01-default-aes256 --json
json .owner is "identity team"
json .ticket is null
$ mfa-cli apns set %01-default-aes256 --owner mobile --json
json .owner is mobile

## an owner of one line alone is taken: <OPTION>
each OPTION: --owner | --ticket
tenant
signed in
let LINES be "a\nb"
$ mfa-cli apns set %01-default-aes256 <OPTION> "$LINES" --json
exit 2
json .error.code is usage
nobody asked

## the fleet file gives them to the record, and `fleet status` shows them in each format
fleet of 2
declare certificate owned: p12: app.p12, password: { env: APP_PASSWORD }, owner: identity team, ticket: CHG-8
declare t1: certificate: owned
$ mfa-cli fleet apply --yes --only t1
file mfa-fleet.ledger.jsonl json [].owner are identity team
file mfa-fleet.ledger.jsonl json [].ticket are CHG-8
$ mfa-cli fleet status --json
exit 4
json .tenants[t1].owner is "identity team"
json .tenants[t1].ticket is CHG-8
json .tenants[t1].team.id matches /^[A-Z0-9]{10}$/
json .tenants[t2].owner is null
$ mfa-cli fleet status --only t1
stdout has t1: Owner: identity team; ticket: CHG-8; Apple team
$ mfa-cli fleet status --only t1 --format csv
stdout has ,reach,against,owner,ticket,team_id,team_name
stdout has ,identity team,CHG-8,
$ mfa-cli fleet status --only t1 --format ics
stdout has Owner: identity team
$ mfa-cli fleet status --only t1 --format github --warn-days 400
exit 4
stdout has Owner: identity team; ticket: CHG-8; Apple team
$ mfa-cli fleet status --only t1 --out fleet.html
file fleet.html has Owner: identity team; ticket: CHG-8; Apple team

## a hook gets them
fleet of 1
declare certificate owned: p12: app.p12, password: { env: APP_PASSWORD }, owner: identity team
declare t1: certificate: owned
hook
$ mfa-cli fleet apply --yes
$ mfa-cli fleet status --warn-days 400 --notify-at 400 --hook $HOOK --json
exit 4
sent hook due
json .tenants[t1].owner is "identity team"

## a fleet file says what is wrong with them: <FIELD>
each FIELD: owner: 7 | ticket: "" | owner: "a\u202Eb"
fleet of 1
declare certificate owned: p12: app.p12, <FIELD>
$ mfa-cli fleet plan --json
exit 2
json .error.code is fleet-file-invalid

## a saved plan holds them
fleet of 1
declare certificate owned: p12: app.p12, password: { env: APP_PASSWORD }, owner: identity team
declare t1: certificate: owned
$ mfa-cli fleet plan --out fleet.plan.json --json
let HASH be json .plan.hash
file fleet.plan.json json .targets[0].owner is "identity team"
replace /identity team/ with another team in mfa-fleet.yaml
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
exit 4
json .error.code is plan-changed
json .error.message has t1: the owner: another team, not identity team as planned

## a saved plan no longer holds where the <FACT> is another
each FACT: owner | ticket
fleet of 1
declare certificate owned: p12: app.p12, password: { env: APP_PASSWORD }, owner: identity team, ticket: CHG-7
declare t1: certificate: owned
$ mfa-cli fleet plan --out fleet.plan.json --json
let HASH be json .plan.hash
file fleet.plan.json json .targets[0].ticket is CHG-7
replace /(<FACT>: )[^,}]*/ with $1another in mfa-fleet.yaml
$ mfa-cli fleet apply --plan fleet.plan.json --approve $HASH --json
exit 4
json .error.code is plan-changed
json .error.message has t1: the <FACT>: another, not
nothing sent

## `<COMMAND>` warns where the certificate is of another Apple team
each COMMAND: plan | apply --yes
fleet of 1
record t1: {"clientAppKey":"com.example.lab","topic":"com.example.lab","team":{"id":"ZZZZZ99999","name":"Other Ltd"},
 "notAfter":"2027-01-01T00:00:00.000Z"}
$ mfa-cli fleet <COMMAND> --json
json .tenants[t1].findings[].code has team-changes
json .tenants[t1].findings[team-changes].level is warning
json .tenants[t1].findings[team-changes].message has Other Ltd (ZZZZZ99999)

## `<COMMAND>` does not claim another Apple team where the earlier one is unknown
each COMMAND: plan | apply --yes
fleet of 1
record t1: {"clientAppKey":"com.example.lab","topic":"com.example.lab","team":null,
 "notAfter":"2027-01-01T00:00:00.000Z"}
$ mfa-cli fleet <COMMAND> --json
json .tenants[t1].findings[].code lacks team-changes

## what is on record goes before what the file has by now
fleet of 1
declare certificate owned: p12: app.p12, password: { env: APP_PASSWORD }, owner: identity team, ticket: CHG-8
declare t1: certificate: owned
$ mfa-cli fleet status --json
exit 4
json .tenants[0].owner is "identity team"
json .tenants[0].ticket is CHG-8
record t1: {"clientAppKey":"com.example.lab","topic":"com.example.lab","owner":"mobile","ticket":"CHG-1"}
$ mfa-cli fleet status --json
json .tenants[0].owner is mobile
json .tenants[0].ticket is CHG-1
