# `apns prove`, and `apns set --prove`: what is refused before the tenant is asked.

variable MFA_CLI_P12_PASSWORD=secret
tenant
token

## refuses a time limit that is none before it asks the tenant who is signed in: <LIMIT>
each LIMIT: soon | 0 | -1 | ""
$ mfa-cli apns prove --prove-timeout <LIMIT> --json
exit 2
json .error.code is usage
json .error.message has --prove-timeout
nobody asked

## refuses such a time limit of a set before anything else: <LIMIT>
each LIMIT: soon | 0 | -1 | ""
$ mfa-cli apns set %01-default-aes256 --prove --prove-timeout <LIMIT> --json
exit 2
json .error.code is usage
json .error.message has --prove-timeout
nobody asked

## refuses it where the tenant does not answer as well
tenant is gone
$ mfa-cli apns prove --prove-timeout soon --json
exit 2
json .error.code is usage

## believes no token about who is signed in: without a terminal no other phone rings
server answers 200 {"success":true,"Result":{"User":"other@example.com"}}
variable MFA_CLI_TENANT=$SERVER
variable MFA_CLI_TOKEN=e30.eyJ1bmlxdWVfbmFtZSI6InVzZXJAZXhhbXBsZS5jb20ifQ.x
$ mfa-cli apns prove --user user@example.com --json
exit 2
json .error.code is prompt-unavailable
sent /Security/WhoAmI
sent /Security/StartAuthentication 0 times

## proves nothing where the outcome of the set is unknown
server answers 200 {"success":true,"Result":{"User":"user@example.com"}}
server stops after the request at /Mobile/
variable MFA_CLI_TENANT=$SERVER
variable MFA_CLI_TOKEN=made-up
$ mfa-cli apns set %01-default-aes256 --no-verify --yes --prove --json
at a terminal
exit 7
json .sent is null
json .error.code is outcome-unknown
json .proof is absent
sent /Security/StartAuthentication 0 times

## warns of what speaks against the certificate before a push is sent
signed in
no variable MFA_CLI_TOKEN
$ mfa-cli apns set %01-default-aes256 --no-verify
$ mfa-cli apns prove --json
exit 2
json .error.code is prompt-unavailable
stderr lacks warning:
$ mfa-cli apns prove --json
on 2028-01-01
exit 2
json .error.code is prompt-unavailable
stderr has warning: Pushes will not reach phones: The certificate expired on 2027-12-

## looks at the certificate of the client app key that was named: <WHERE>
each WHERE: variable MFA_CLI_CLIENT_APP_KEY=old | $ mfa-cli profile set client-app-key old
signed in
no variable MFA_CLI_TOKEN
$ mfa-cli apns set %30-exp --client-app-key old --force
exit 8
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --no-verify
$ mfa-cli apns prove --json
exit 2
json .error.code is prompt-unavailable
stderr lacks warning:
<WHERE>
$ mfa-cli apns prove --json
exit 2
json .error.code is prompt-unavailable
stderr has warning: Pushes will not reach phones: The certificate expired on

## says that the ledger has no certificate for the tenant before a push is sent
signed in
no variable MFA_CLI_TOKEN
$ mfa-cli apns prove --json
exit 2
json .error.code is prompt-unavailable
stderr has No certificate for this tenant is in the ledger

## rings no phone at another tenant without a question, though the user there has the name of the profile's session
signed in
server answers 200 {"success":true,"Result":{}}
no variable MFA_CLI_TENANT
no variable MFA_CLI_TOKEN
$ mfa-cli apns prove --tenant $SERVER --user admin@example.com --json
exit 2
json .error.code is prompt-unavailable
stderr has cannot tell whether admin@example.com is the signed-in user
sent /Security/StartAuthentication 0 times
