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
