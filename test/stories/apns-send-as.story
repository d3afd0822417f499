# How the parameters of a set and of a deletion are sent: as JSON, as a form, or in the query.

let PASSWORD be " a\"b'c$ "
variable MFA_CLI_P12_PASSWORD=$PASSWORD
let SUCCESS be {"success":true,"Result":null}
let MISSING be {"success":false,"Message":"The required parameter ClientAppKey is missing.",
 "MessageID":"_I18N_RequiredParameter"}

let WRONG_PASSWORD be {"success":false,"Message":"The specified network password is not correct."}
let NOT_ALLOWED be {"success":false,"Message":"ClientAppKey is not allowed."}
let UNREADABLE be {"success":false,"Message":"Unexpected character.",
 "MessageID":"_I18N_Newtonsoft.Json.JsonReaderException"}
let NO_RIGHT be {"success":false,"Message":"No.",
 "MessageID":"_I18N_System.UnauthorizedAccessException"}
let NO_ENVELOPE be {"Message":"ClientAppKey is missing"}

## a tenant that takes JSON is asked once
server answers 200 $MISSING
server answers application/json with 200 $SUCCESS
$ mfa-cli apns set %22-pw-spaces-quotes --json
json .sentAs is json
sent in order /Mobile/SetApnsCertForClientApp application/json
$ mfa-cli apns delete com.example.lab --yes --json
json .sentAs is json
sent in order /Mobile/DeleteApnsCertForClientApp application/json
file $CONFIG/ledger.jsonl json [].sentAs is [null,"json",null,"json"]

## JSON has the file, its password and its topic
server answers 200 $SUCCESS
$ mfa-cli apns set %22-pw-spaces-quotes --client-app-key lab --send-as json
sent in order /Mobile/SetApnsCertForClientApp application/json {"ClientAppKey":"lab"
sent "ClientAppKey":"lab","APNSCert":"%22-pw-spaces-quotes","APNSPass":" a\"b'c$ "
sent "APNSPass":" a\"b'c$ ","APNSTopic":"com.example.lab"}
$ mfa-cli apns delete lab --yes --send-as json
sent in order /Mobile/DeleteApnsCertForClientApp application/json {"ClientAppKey":"lab"}

## a form has the file, its password and its topic
server answers 200 $SUCCESS
$ mfa-cli apns set %22-pw-spaces-quotes --client-app-key lab --send-as form
sent in order /Mobile/SetApnsCertForClientApp application/x-www-form-urlencoded ClientAppKey=lab&
sent ClientAppKey=lab&APNSCert=%22-pw-spaces-quotes&APNSPass=+a%22b%27c%24+&
sent &APNSPass=+a%22b%27c%24+&APNSTopic=com.example.lab
$ mfa-cli apns delete lab --yes --send-as form
sent in order /Mobile/DeleteApnsCertForClientApp application/x-www-form-urlencoded ClientAppKey=lab

## a query has the file, its password and its topic
server answers 200 $SUCCESS
$ mfa-cli apns set %22-pw-spaces-quotes --client-app-key lab --send-as query
sent in order /Mobile/SetApnsCertForClientApp?ClientAppKey=lab&
sent ClientAppKey=lab&APNSCert=%22-pw-spaces-quotes&APNSPass=+a%22b%27c%24+&
sent &APNSPass=+a%22b%27c%24+&APNSTopic=com.example.lab
$ mfa-cli apns delete lab --yes --send-as query
sent in order /Mobile/DeleteApnsCertForClientApp?ClientAppKey=lab

## a tenant that takes a form is asked twice, and from then on once
server answers 200 $MISSING
server answers application/x-www-form-urlencoded with 200 $SUCCESS
$ mfa-cli apns set %22-pw-spaces-quotes --json
json .sentAs is form
sent in order /Mobile/SetApnsCertForClientApp application/json,
 /Mobile/SetApnsCertForClientApp application/x-www-form-urlencoded
$ mfa-cli apns set %22-pw-spaces-quotes --force --json
json .sentAs is form
sent in order /Mobile/SetApnsCertForClientApp application/x-www-form-urlencoded
$ mfa-cli apns delete com.example.lab --yes --json
json .deleted is true
json .sentAs is form
sent in order /Mobile/DeleteApnsCertForClientApp application/x-www-form-urlencoded
$ mfa-cli apns delete com.example.lab --yes --json
sent in order /Mobile/DeleteApnsCertForClientApp application/x-www-form-urlencoded

## a form is found out by a deletion as well
server answers 200 $MISSING
server answers application/x-www-form-urlencoded with 200 $SUCCESS
$ mfa-cli apns delete com.example.lab --yes --json
json .deleted is true
json .sentAs is form
sent in order /Mobile/DeleteApnsCertForClientApp application/json,
 /Mobile/DeleteApnsCertForClientApp application/x-www-form-urlencoded
$ mfa-cli apns set %22-pw-spaces-quotes --json
json .sentAs is form
sent in order /Mobile/SetApnsCertForClientApp application/x-www-form-urlencoded

## JSON again, after a form, is noticed and remembered
server answers 200 $MISSING
server answers application/x-www-form-urlencoded with 200 $SUCCESS
$ mfa-cli apns set %22-pw-spaces-quotes
server answers application/x-www-form-urlencoded with 200 $MISSING
server answers application/json with 200 $SUCCESS
$ mfa-cli apns set %22-pw-spaces-quotes --json
json .sentAs is json
sent in order /Mobile/SetApnsCertForClientApp application/x-www-form-urlencoded,
 /Mobile/SetApnsCertForClientApp application/json
$ mfa-cli apns set %22-pw-spaces-quotes --json
json .sentAs is json
sent in order /Mobile/SetApnsCertForClientApp application/json

## the query is not tried by itself, but named: apns <VERB>
each VERB: set %22-pw-spaces-quotes | delete com.example.lab --yes
server answers 200 $MISSING
server answers ?ClientAppKey= with 200 $SUCCESS
$ mfa-cli apns <VERB> --json
exit 6
json .error.code is tenant-refused
stderr has Try --send-as query.
sent in order application/json, application/x-www-form-urlencoded

## --send-as <FORM> reaches a tenant that takes that alone, in one request
each FORM: json | form | query
tenant mobile-parameters=<FORM>
service user
$ mfa-cli apns set %22-pw-spaces-quotes --send-as <FORM> --json
json .sentAs is <FORM>
sent in order /Mobile/SetApnsCertForClientApp
tenant holds com.example.lab: file %22-pw-spaces-quotes, topic com.example.lab,
 password " a\"b'c$ "
$ mfa-cli apns delete com.example.lab --yes --send-as <FORM> --json
json .sentAs is <FORM>
sent in order /Mobile/DeleteApnsCertForClientApp
tenant holds nothing

## --send-as form is followed by nothing else where the tenant takes JSON
tenant mobile-parameters=json
service user
$ mfa-cli apns set %22-pw-spaces-quotes --send-as form --json
exit 6
json .error.code is tenant-refused
stderr has Try --send-as json or query.
sent in order /Mobile/SetApnsCertForClientApp
tenant holds nothing

## --send-as json is followed by nothing else where the tenant takes a form
tenant mobile-parameters=form
service user
$ mfa-cli apns set %22-pw-spaces-quotes --send-as json --json
exit 6
json .error.code is tenant-refused
stderr has Try --send-as form or query.
sent in order /Mobile/SetApnsCertForClientApp
tenant holds nothing

## --send-as query warns that servers log the password, also without sending
server answers 200 $SUCCESS
$ mfa-cli apns set %22-pw-spaces-quotes --send-as query --dry-run --json
json .sentAs is null
stderr has their logs will contain the .p12 and its password
nobody asked
$ mfa-cli apns set %22-pw-spaces-quotes --send-as query
stderr has their logs will contain the .p12 and its password
$ mfa-cli apns delete com.example.lab --yes --send-as query
stderr has their logs will contain the client app key

## --send-as query makes no habit
server answers 200 $SUCCESS
$ mfa-cli apns set %22-pw-spaces-quotes --send-as query
$ mfa-cli apns set %22-pw-spaces-quotes --json
json .sentAs is json
sent in order /Mobile/SetApnsCertForClientApp application/json
stderr lacks their logs

## a deletion whose form got a page is not sent once more as JSON
server answers 200 $MISSING
server answers application/x-www-form-urlencoded with 200 $SUCCESS
$ mfa-cli apns set %22-pw-spaces-quotes
server answers application/x-www-form-urlencoded with 500 <html>
server answers application/json with 200 $SUCCESS
$ mfa-cli apns delete com.example.lab --yes --json
exit 7
json .deleted is null
json .error.code is outcome-unknown
sent in order /Mobile/DeleteApnsCertForClientApp application/x-www-form-urlencoded

## a form that got a page after JSON was refused may have set the certificate
server answers 200 $MISSING
server answers application/x-www-form-urlencoded with 500 <html>
$ mfa-cli apns set %22-pw-spaces-quotes --json
exit 7
json .sent is null
json .error.code is outcome-unknown
$ mfa-cli apns status --json
exit 4
json .requests[].outcome is ["unknown"]

## no form follows JSON that a tenant refused for another reason: <ANSWER>
each ANSWER: 200 $WRONG_PASSWORD | 200 $NOT_ALLOWED | 200 $UNREADABLE
server answers 200 $SUCCESS
server answers application/json with <ANSWER>
$ mfa-cli apns set %22-pw-spaces-quotes --json
exit 6
json .error.code is tenant-refused
sent in order /Mobile/SetApnsCertForClientApp application/json

## no form follows JSON that the user may not send: <ANSWER>
each ANSWER: 403 $NOT_ALLOWED | 200 $NO_RIGHT
server answers 200 $SUCCESS
server answers application/json with <ANSWER>
$ mfa-cli apns set %22-pw-spaces-quotes --json
exit 6
json .error.code is tenant-forbidden
sent in order /Mobile/SetApnsCertForClientApp application/json

## no form follows JSON that a server refused without an envelope: <ANSWER>
each ANSWER: 415 | 403 $NO_ENVELOPE | 400 <html>ClientAppKey is missing</html>
server answers 200 $SUCCESS
server answers application/json with <ANSWER>
$ mfa-cli apns set %22-pw-spaces-quotes --json
exit 6
json .error.code is tenant-refused
sent in order /Mobile/SetApnsCertForClientApp application/json

## no form follows JSON that may be carried out: <ANSWER>
each ANSWER: 500 <html>ClientAppKey is missing</html> | 200 $NO_ENVELOPE | 200
 | 200 {"success":"true"}
server answers 200 $SUCCESS
server answers application/json with <ANSWER>
$ mfa-cli apns set %22-pw-spaces-quotes --json
exit 7
json .sent is null
json .error.code is outcome-unknown
sent in order /Mobile/SetApnsCertForClientApp application/json

## the first of two refusals is told where the second is about the form: <ANSWER>
each ANSWER: 200 $UNREADABLE | 415 | 400 <html>
server answers 200 $MISSING
server answers application/x-www-form-urlencoded with <ANSWER>
$ mfa-cli apns set %22-pw-spaces-quotes --json
exit 6
json .error.code is tenant-refused
json .error.message has ClientAppKey is missing
sent in order application/json, application/x-www-form-urlencoded

## the second of two refusals is told where it is about the certificate
server answers 200 $MISSING
server answers application/x-www-form-urlencoded with 200 $WRONG_PASSWORD
$ mfa-cli apns set %22-pw-spaces-quotes --json
exit 6
json .error.code is tenant-refused
json .error.message has network password is not correct
sent in order application/json, application/x-www-form-urlencoded

## the second of two refusals is told where a right is missing
server answers 200 $MISSING
server answers application/x-www-form-urlencoded with 403 $NO_RIGHT
$ mfa-cli apns set %22-pw-spaces-quotes --json
exit 6
json .error.code is tenant-forbidden
sent in order application/json, application/x-www-form-urlencoded

## the second answer is told where the certificate may be set: <ANSWER>
each ANSWER: 500 <html> | 200 {}
server answers 200 $MISSING
server answers application/x-www-form-urlencoded with <ANSWER>
$ mfa-cli apns set %22-pw-spaces-quotes --json
exit 7
json .sent is null
json .error.code is outcome-unknown
sent in order application/json, application/x-www-form-urlencoded
$ mfa-cli apns status --json
exit 4
json .requests[].outcome is ["unknown"]

## a file of a megabyte arrives whole as a form
tenant mobile-parameters=form
service user
variable MFA_CLI_P12_PASSWORD=secret
$ mfa-cli apns set %71-1MB-friendlyname --json
json .sentAs is form
tenant holds com.example.lab: file %71-1MB-friendlyname

## no form follows words about a parameter without the vendor's ID, and no hint leads to the query
server answers 200 {"success":false,"Message":"The APNS certificate for ClientAppKey x is missing."}
$ mfa-cli apns delete com.example.lab --yes --json
exit 6
json .error.code is tenant-refused
json .error.hints is ["If the tenant did not find a parameter, try --send-as form."]
sent in order /Mobile/DeleteApnsCertForClientApp application/json

## a password that the tenant misses, and the file lacks, leads to another file and no other form
server answers 200 {"success":false,"Message":"Parameter 'APNSPass' must be specified",
 "MessageID":"_I18N_RequiredParameter"}
$ MFA_CLI_P12_PASSWORD= mfa-cli apns set %21-emptypw --force --json
exit 6
json .error.code is tenant-refused
json .error.hints[0] has --new-password-file
json .error.hints[0] lacks --send-as
sent in order /Mobile/SetApnsCertForClientApp application/json

## a query is proposed only where the tenant names a parameter that was sent
server answers 200 {"success":false,"Message":"Pflichtfeld","MessageID":"_I18N_RequiredParameter"}
$ mfa-cli apns set %22-pw-spaces-quotes --json
exit 6
json .error.hints is []
sent in order application/json, application/x-www-form-urlencoded
