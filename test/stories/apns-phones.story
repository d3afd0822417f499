# The iPhones that a change of a push certificate affects.

variable MFA_CLI_P12_PASSWORD=secret
tenant
signed in

## counts the iPhones in the report of a set that replaces something
iPhones enrolled: 2
$ mfa-cli apns set %01-default-aes256 --json
json .phones is absent
$ mfa-cli apns set %01-default-aes256 --json
json .phones is absent
$ mfa-cli apns set %02-legacy-rc2-3des --topic com.example.lab --client-app-key other --json
json .sent is true
json .phones is {"enrolled":2,"seenIn30Days":null}

## counts the iPhones where another certificate may have been set without an answer
iPhones enrolled: 2
fault unanswered at /Mobile/SetApnsCertForClientApp 3 times
$ mfa-cli apns set %01-default-aes256 --json
exit 7
$ mfa-cli apns set %30-prod --json
json .phones is {"enrolled":2,"seenIn30Days":null}

## shows the iPhones before a certificate is replaced
iPhones enrolled: 2
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
$ mfa-cli apns set %30-prod --client-app-key lab --no-verify
answer no
exit 130
stderr has Phones 2 iPhones enrolled for any app

## counts the iPhones in the report of a deletion
iPhones enrolled: 2
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns delete com.example.lab --yes --json
json .phones is {"enrolled":2,"seenIn30Days":null}

## shows the iPhones before a deletion
iPhones enrolled: 2
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns delete com.example.lab
answer no
answer no
exit 130
stderr has Phones 2 iPhones enrolled for any app

## counts the iPhones in the status only where the tenant is asked
iPhones enrolled: 2
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns status --json
json .certificates[com.example.lab].tenant is $URL
stdout lacks phones
nobody asked
$ mfa-cli apns status --refresh --json
stdout has "enrolled": 2
$ mfa-cli apns status --refresh
stdout has $URL: 2 iPhones enrolled for any app.

## deletes all the same where the tenant does not tell of its phones, and keeps the session
each ANSWER: answers /RedRock/query with 401 | answers /RedRock/query with 403
 | answers /RedRock/query with 429 | answers /RedRock/query with 200 <html>
 | answers /RedRock/query with 200 {"success":false,"MessageID":"UnauthorizedAccess"}
 | answers /RedRock/query with 200 {"success":true,"Result":{"Results":[{"Row":{"Name":"iPhone"}}]}}
 | is silent at /RedRock/query
replace /"refreshToken":null/ with "refreshToken":"a-refresh-token" in $CONFIG/config.json
server answers 200 {"success":true,"Result":null}
server <ANSWER>
no variable MFA_CLI_TENANT
no variable MFA_CLI_TOKEN
replace /http:..127.0.0.1:\d+/ with $SERVER in $CONFIG/config.json
$ mfa-cli apns delete com.example.lab --yes --json --timeout 2
json .tenant is $SERVER
json .deleted is true
json .phones is null
sent /RedRock/query 1 time
sent in order /Mobile/DeleteApnsCertForClientApp
file $CONFIG/config.json has "a-refresh-token"
