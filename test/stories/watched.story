# Watched without secrets: `apns status --record FILE` in each format, with a committed ledger and nothing else.

fleet of 2
declare certificate owned: p12: app.p12, password: { env: APP_PASSWORD }, owner: identity team
declare t1: certificate: owned
$ mfa-cli fleet apply --yes
machine B
no variable APP_PASSWORD
no variable CI_SECRET
let PRINT be 30b8405b649f4f43a02219afcf85fe6c7c00cff68c72c6f592f74262a752a780

## as CSV
$ mfa-cli apns status --record mfa-fleet.ledger.jsonl --format csv
stdout has tenant,client_app_key,state,days_left,not_after,topic,fingerprint,
stdout has $T1,com.example.lab,valid,394,2027-12-24T13:29:19Z,com.example.lab,$PRINT,sandbox production,2026-11-24T16:0
stdout has $T2,com.example.lab,valid,394,2027-12-24T13:29:19Z,com.example.lab,$PRINT,sandbox production,2026-11-24T16:0
stdout has ,identity team,
nobody asked

## of one tenant
$ mfa-cli apns status --record mfa-fleet.ledger.jsonl --tenant $T2 --format csv
stdout has $T2,com.example.lab,valid,394,
stdout lacks $T1

## as annotations of a GitHub run, with 4 where one expires soon
$ mfa-cli apns status --record mfa-fleet.ledger.jsonl --format github
stdout has No push certificate expires within 30 days.
$ mfa-cli apns status --record mfa-fleet.ledger.jsonl --format github --warn-days 400
exit 4
stdout says ::warning title=certificate-expires-soon::The push certificate for com.example.lab at 2 times
stdout has Owner: identity team
$ mfa-cli apns status --record mfa-fleet.ledger.jsonl --format github
on 2028-01-01
exit 4
stdout says ::error title=certificate-expired:: 2 times

## as annotations where an answer is missing
record t1: {"clientAppKey":"com.example.lab","topic":"com.example.lab","outcome":"unknown","at":"2026-11-24T18:00:00.000Z"}
$ mfa-cli apns status --record mfa-fleet.ledger.jsonl --format github
exit 4
stdout has ::warning title=outcome-unknown::The tenant may have set

## tells as <FORMAT> of an outcome that nobody knows, though another tenant has a certificate for the key
each FORMAT: text | html
record t1: {"clientAppKey":"lab","topic":"com.example.lab","at":"2026-11-24T18:00:00.000Z"}
record t2: {"clientAppKey":"lab","topic":"com.example.lab","outcome":"unknown","at":"2026-11-24T18:00:00.000Z"}
$ mfa-cli apns status --record mfa-fleet.ledger.jsonl --format <FORMAT>
exit 4
stdout says Pushes for lab at $T2 1 time

## as metrics
$ mfa-cli apns status --record mfa-fleet.ledger.jsonl --format prometheus
stdout says mfa_cli_certificate_days_left{ 2 times

## as a calendar
$ mfa-cli apns status --record mfa-fleet.ledger.jsonl --format ics
stdout says BEGIN:VEVENT 2 times
stdout has DTSTART;VALUE=DATE:20271224
stdout has Owner: identity team

## as a calendar, in which each tenant has an event of its own for a key
$ mfa-cli apns status --record mfa-fleet.ledger.jsonl --format ics
stdout says UID:com.example.lab.$T1@mfa-cli 1 time
stdout says UID:com.example.lab.$T2@mfa-cli 1 time

## as a calendar, whose events replace those of a minute before
$ mfa-cli apns status --record mfa-fleet.ledger.jsonl --format ics
on 2026-11-24 16:00
stdout says SEQUENCE:3628320 2 times
$ mfa-cli apns status --record mfa-fleet.ledger.jsonl --format ics
on 2026-11-24 16:01
stdout says SEQUENCE:3628321 2 times

## as a calendar, whose alarms ring at nine on the days before the end
$ mfa-cli apns status --record mfa-fleet.ledger.jsonl --format ics
stdout says TRIGGER:-P29DT15H 2 times
stdout says TRIGGER:-P6DT15H 2 times
stdout says TRIGGER:-PT15H 2 times
$ mfa-cli apns status --record mfa-fleet.ledger.jsonl --format ics --warn-days 45
stdout says TRIGGER:-P44DT15H 2 times
stdout says TRIGGER:-P29DT15H 0 times
stdout says TRIGGER:-P6DT15H 2 times

## as a page, which loads nothing
$ mfa-cli apns status --record mfa-fleet.ledger.jsonl --format html
stdout has <h1>No push certificate expires within 30 days</h1>
stdout has <th scope="row">com.example.lab</th>
stdout has Owner: identity team
stdout has Content-Security-Policy
stdout lacks <script

## shows no markup of a ledger as such: <FORMAT>
each FORMAT: html | github | csv | ics
record t1: {"clientAppKey":"<b>\r\n::error::x","topic":"<b>","at":"2026-11-24T18:00:00.000Z"}
$ mfa-cli apns status --record mfa-fleet.ledger.jsonl --format <FORMAT> --warn-days 450
exit 4
stdout lacks <b>::error
stdout lacks <th scope="row"><b>

## a record that is not there is an error
$ mfa-cli apns status --record none.jsonl --format csv
exit 3

## a tenant of a ledger whose host is none is told as it stands there: <FORMAT>
each FORMAT: csv | github | ics | html
append "{\"id\":\"z\",\"at\":\"2026-11-24T18:00:00.000Z\",\"tenant\":\"https://%acme\",\"clientAppKey\":\"k\",\"asked\":\"set\",\"topic\":\"k\",\"fingerprint\":\"abababababababababababababababababababababababababababababababab\",\"notAfter\":\"2026-12-01T00:00:00Z\",\"outcome\":\"done\"}\n" to mfa-fleet.ledger.jsonl
$ mfa-cli apns status --record mfa-fleet.ledger.jsonl --format <FORMAT>
exit 4
stdout has acme
