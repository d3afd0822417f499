# A scope that is too small is told from a session that has ended.

variable MFA_CLI_P12_PASSWORD=secret

## names the API's line where another call accepts the session
server answers 401
server answers /Security/WhoAmI with 200 {"success":true,"Result":{"User":"ada@example.com"}}
variable MFA_CLI_TENANT=$SERVER
variable MFA_CLI_TOKEN=made-up
$ mfa-cli api POST /Emulator/challenge --json
exit 6
json .error.code is tenant-forbidden
json .error.message has but not for this call
json .error.hints is ["Allow this REST API (a regular expression) in the scope of the OAuth application: /?Emulator/challenge."]

## names bootstrap where it allows the call
server answers 401
server answers /Security/WhoAmI with 200 {"success":true,"Result":{"User":"ada@example.com"}}
variable MFA_CLI_TENANT=$SERVER
variable MFA_CLI_TOKEN=made-up
$ mfa-cli apns set %01-default-aes256 --json
exit 6
json .error.code is tenant-forbidden
json .error.hints[0] has /?Mobile/(Set|Delete)ApnsCertForClientApp
json .error.hints[0] has `mfa-cli bootstrap

## a session that no call accepts has ended
server answers 401
variable MFA_CLI_TENANT=$SERVER
variable MFA_CLI_TOKEN=made-up
$ mfa-cli api POST /Emulator/challenge --json
exit 5
json .error.code is session-expired

## asks for a sign-in before its own question, where the tenant accepts the session no more: <VERB>
each VERB: set %01-default-aes256 --client-app-key lab --no-verify | delete com.example.lab
tenant
signed in
replace /"refreshToken":null/ with "refreshToken":"a-refresh-token" in $CONFIG/config.json
server answers 401
server answers /OAuth2/Token/mfa-cli with 400 {"error":"invalid_grant"}
no variable MFA_CLI_TENANT
no variable MFA_CLI_TOKEN
replace /http:..127.0.0.1:\d+/ with $SERVER in $CONFIG/config.json
$ mfa-cli apns <VERB>
answer no
exit 5
asked Your session has ended. Sign in now?
sent /OAuth2/Token/mfa-cli 1 time
nothing sent

## asks for no sign-in where a session that cannot be renewed may not ask whose it is: <VERB>
each VERB: set %01-default-aes256 --client-app-key lab --no-verify --yes | delete com.example.lab --yes
tenant
signed in
server answers 200 {"success":true,"Result":null}
server answers /Security/WhoAmI with 401
no variable MFA_CLI_TENANT
no variable MFA_CLI_TOKEN
replace /http:..127.0.0.1:\d+/ with $SERVER in $CONFIG/config.json
$ mfa-cli apns <VERB> --json
at a terminal
nothing asked
sent /Mobile/ 1 time

## a page is no answer that accepts a session
server answers 401
server answers /Security/WhoAmI with 200 <html>a portal</html>
variable MFA_CLI_TENANT=$SERVER
variable MFA_CLI_TOKEN=made-up
$ mfa-cli api POST /Emulator/challenge --json
exit 5
json .error.code is session-expired

## a sign-in keeps the application, the client and the scope that it was for
server answers 401
server answers /OAuth2/Token/pipelines with 200 {"access_token":"made-up","token_type":"Bearer","expires_in":3600}
variable MFA_CLI_CLIENT_SECRET=a-client-secret
$ mfa-cli login --tenant $SERVER --app-id pipelines --client-id ci@example.com --scope apns --profile ci --json
file $CONFIG/config.json json .profiles.ci.session.tenant is $SERVER
file $CONFIG/config.json json .profiles.ci.session.appId is pipelines
file $CONFIG/config.json json .profiles.ci.session.clientId is ci@example.com
file $CONFIG/config.json json .profiles.ci.session.user is ci@example.com
file $CONFIG/config.json json .profiles.ci.session.grant is client-credentials
file $CONFIG/config.json json .profiles.ci.settings.scope is apns

## says whose session a sign-in replaces: of another user, or at another tenant
tenant
service user
$ mfa-cli login --profile ci
stderr has Saved as the new profile "ci"
$ mfa-cli login --profile ci
stderr lacks replaces
stderr lacks Replaced
server answers 401
server answers /OAuth2/Token/mfa-cli with 200 {"access_token":"made-up","token_type":"Bearer","expires_in":3600}
variable MFA_CLI_TENANT=$SERVER
$ mfa-cli login --profile ci
stderr has The profile "ci" is signed in to $URL; this sign-in replaces that session. To keep both, sign in with another --profile.
stderr has Replaced the session of ci@example.com at $URL in the profile "ci"
variable MFA_CLI_CLIENT_ID=other@example.com
$ mfa-cli login --profile ci
stderr has Replaced the session of ci@example.com at $SERVER in the profile "ci"

## a person may follow a service user in its profile
tenant
service user
$ mfa-cli login --profile ci
no variable MFA_CLI_CLIENT_ID
no variable MFA_CLI_CLIENT_SECRET
$ mfa-cli login --tenant $URL --port $PORT --client-id mfa-cli --profile ci --json
in a browser
json .user is admin@example.com
nothing asked
