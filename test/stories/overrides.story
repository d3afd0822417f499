# A variable that takes the place of the profile is named where it is the cause.

## <LINE> names the variable and both tenants, and asks nobody
each LINE: whoami | apns delete x --yes
tenant
signed in
variable MFA_CLI_TENANT=http://127.0.0.1:9
variable MFA_CLI_CLIENT_ID=mfa-cli
$ mfa-cli <LINE> --json
exit 5
json .error.code is not-signed-in
json .error.message is "MFA_CLI_TENANT names http://127.0.0.1:9, the profile \"default\" $URL"
json .error.hints[0] is "Unset MFA_CLI_TENANT to use the session of the profile."
nobody asked

## an option decides, and no variable is named
tenant
signed in
variable MFA_CLI_TENANT=http://127.0.0.1:9
$ mfa-cli whoami --tenant $URL --json
json .tenant is $URL

## doctor says which of the two is odd
tenant
signed in
port is free
variable MFA_CLI_TENANT=http://127.0.0.1:9
$ mfa-cli doctor --json --timeout 1
exit 7
json .checks[session].level is warning
json .checks[session].message has MFA_CLI_TENANT names http://127.0.0.1:9
json .checks[session].hint has Unset MFA_CLI_TENANT

## login warns of a variable that overrides what it saves
tenant
service user
no variable MFA_CLI_TENANT
variable MFA_CLI_APP_ID=another
$ mfa-cli login --tenant $URL --app-id mfa-cli
stderr has MFA_CLI_APP_ID names another, and overrides mfa-cli, which was just saved: unset it
no variable MFA_CLI_APP_ID
$ mfa-cli login --tenant $URL
stderr lacks which was just saved
