# Nobody is signed in, or no longer, or as somebody whom the tenant does not know.

variable MFA_CLI_P12_PASSWORD=secret

## says that nobody is signed in at a tenant, in the words of the command line
$ mfa-cli whoami --tenant https//abc1234.id.cyberark.cloud
exit 5
stderr has Not signed in to https://abc1234.id.cyberark.cloud
stderr has Run `mfa-cli login --tenant https//abc1234.id.cyberark.cloud`.

## tells a pipeline which variables sign in
$ MFA_CLI_TENANT=abc1234.id.cyberark.cloud mfa-cli apns set %01-default-aes256 --json
exit 5
json .error.code is not-signed-in
json .error.hints[0] has MFA_CLI_CLIENT_ID and MFA_CLI_CLIENT_SECRET, or MFA_CLI_TOKEN.

## asks at a terminal whether to sign in, and sends nothing after a no
tenant
$ mfa-cli apns set %01-default-aes256 --client-app-key com.example.lab --no-verify --tenant $URL
answer no
exit 5
asked Sign in now?
nothing sent

## says that the tenant no longer renews a session
tenant
signed in
replace /"accessToken":"[^"]+"/ with "accessToken":"ended-long-ago" in $CONFIG/config.json
replace /"refreshToken":null/ with "refreshToken":"ended-as-well" in $CONFIG/config.json
$ mfa-cli apns set %01-default-aes256 --json
exit 5
json .error.code is session-expired
json .error.message has $URL no longer renews the session
tenant holds nothing
$ mfa-cli apns set %01-default-aes256 --client-app-key com.example.lab --no-verify
answer no
exit 5
asked Sign in now?
tenant holds nothing

## uses no session of another tenant
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --tenant other.example.com --profile default --json
exit 5
json .error.code is not-signed-in
json .error.message has holds a session for $URL
json .error.hints[0] has `mfa-cli login --tenant other.example.com --profile default`
nobody asked

## uses no session of another application or client: <OPTION>
each OPTION: --app-id another | --client-id another
tenant
signed in
$ mfa-cli whoami <OPTION> --json
exit 5
json .error.code is not-signed-in
nobody asked

## repeats the options of the command line in the command that signs in
tenant
signed in
$ mfa-cli whoami --profile default --tenant a.example --client-id me --json
exit 5
json .error.hints[0] has `mfa-cli login --tenant a.example --profile default --client-id me`
nobody asked

## says that a session does not last as long as is asked for
tenant
signed in
replace /"expiresAt":null/ with "expiresAt":"2026-11-24T21:00:00.000Z" in $CONFIG/config.json
$ mfa-cli whoami --min-ttl 2d --json
exit 5
json .error.code is session-expired
json .error.message has sooner than --min-ttl 2d
json .error.message has (in 5 h)
$ mfa-cli whoami --min-ttl 4h

## says what to correct where the tenant refuses the service user
server answers 400 {"error":"access_denied","error_description":"invalid client creds"}
no variable MFA_CLI_TOKEN
variable MFA_CLI_CLIENT_ID=ci@acme
variable MFA_CLI_CLIENT_SECRET=hunter2hunter2
$ mfa-cli whoami --json
exit 5
json .error.code is sign-in-failed
json .error.hints[0] has the client ID "ci@acme" with its client secret

## says what to correct where the tenant has no such application
server answers 400 {"error":"invalid_request","error_description":"unknown app"}
no variable MFA_CLI_TOKEN
variable MFA_CLI_CLIENT_ID=ci@acme
variable MFA_CLI_CLIENT_SECRET=hunter2hunter2
$ mfa-cli whoami --json
exit 5
json .error.code is sign-in-failed
json .error.hints[0] has --app-id ID or MFA_CLI_APP_ID
json .error.hints[0] has --service-user ci@acme --secret-file FILE`

## repeats an application ID as it was given
server answers 400 {"error":"invalid_request","error_description":"unknown app"}
no variable MFA_CLI_TOKEN
variable MFA_CLI_CLIENT_ID=ci@acme
variable MFA_CLI_CLIENT_SECRET=hunter2hunter2
$ mfa-cli whoami --app-id 'a{command}{place}' --json
exit 5
json .error.hints[0] has the Application ID "a{command}{place}".
json .error.hints[0] lacks bundle ID
json .error.hints[0] has `mfa-cli bootstrap

## tells an application ID from a bundle ID
server answers 400 {"error":"invalid_request","error_description":"unknown app"}
no variable MFA_CLI_TOKEN
variable MFA_CLI_CLIENT_ID=ci@acme
variable MFA_CLI_CLIENT_SECRET=hunter2hunter2
$ mfa-cli whoami --app-id com.example.app --json
exit 5
json .error.hints[0] has the name of an OAuth application, not a bundle ID

## says what to correct where the application has no such scope
server answers 400 {"error":"invalid_scope","error_description":"unknown scope requested"}
no variable MFA_CLI_TOKEN
variable MFA_CLI_CLIENT_ID=ci@acme
variable MFA_CLI_CLIENT_SECRET=hunter2hunter2
$ mfa-cli whoami --json
exit 5
json .error.code is sign-in-failed
json .error.hints[0] has --scope SCOPE or MFA_CLI_SCOPE

## names the user of the ID token, not of the access token
variable MFA_CLI_CLIENT_ID=ci@example.com
variable MFA_CLI_CLIENT_SECRET=ci-client-secret
server answers Token with 200 {"access_token":"eyJhbGciOiJSUzI1NiJ9.eyJ1bmlxdWVfbmFtZSI6ImJvYkBhLnRlc3QifQ.c2ln","token_type":"Bearer",
  "id_token":"eyJhbGciOiJSUzI1NiJ9.eyJ1bmlxdWVfbmFtZSI6ImFkYUBhLnRlc3QifQ.c2ln"}
$ mfa-cli login --tenant $SERVER --json
json .user is ada@a.test

## keeps the whole path of a CA file, so that the profile holds in any directory
tenant
service user
$ mfa-cli login --ca-file ca.pem --json
$ mfa-cli profile show --json
stdout has "ca-file": "$DIR/ca.pem"

## lets nobody sign in for a session that cannot be stored
tenant
write $CONFIG/notes.txt: of somebody else
chmod 0777 $CONFIG
$ mfa-cli login --tenant $URL --port $PORT --json
exit 3
json .error.code is file-unwritable
stderr lacks Opening your browser

## signs in with the application and the client that a person types
tenant
server answers 404
no variable MFA_CLI_TENANT
no variable MFA_CLI_TOKEN
$ mfa-cli login --port $PORT
in a browser
answer $SERVER
answer an-app
answer a-client
exit 7
asked Application ID of the OAuth app:
asked OAuth client ID:
sent /OAuth2/Authorize/an-app?response_type=code&client_id=a-client&

## asks for the client alone where the application is given
tenant
$ mfa-cli login --app-id mfa-cli --port $PORT
in a browser
answer $URL
answer mfa-cli
asked OAuth client ID:

## asks for the application alone where the client is given
tenant
$ mfa-cli login --client-id mfa-cli --port $PORT
in a browser
answer $URL
answer mfa-cli
asked Application ID of the OAuth app:

## takes no blank in the name of an application or a client
tenant
$ mfa-cli login --port $PORT
in a browser
answer $URL
answer 'MFA CLI'
answer mfa-cli
answer 'my client'
answer mfa-cli
asked Type it without spaces
file $CONFIG/config.json json .profiles.default.settings.app-id is mfa-cli
file $CONFIG/config.json json .profiles.default.settings.client-id is mfa-cli
