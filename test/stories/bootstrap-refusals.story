# `bootstrap`: command lines that it refuses, and who may sign in.

bare tenant

## asks nobody where <OPTIONS> cannot be meant
each OPTIONS: --service-user ci@example.com | --secret-file x
  | --service-user ci --secret-file x | --service-user ci@example.com --secret-file -
  | --remove --service-user ci@example.com --secret-file x | --app-id "x' or 1=1"
  | --client-id "a b" | --role " " | --port 0 | --tenant http://example.com
$ mfa-cli bootstrap --yes <OPTIONS> --json
exit 2
json .error.code is usage
nobody asked
tenant is as remembered
no file x

## says what a service user's password needs
$ mfa-cli bootstrap --yes --service-user ci@example.com --json
exit 2
json .error.hints is ["Use --secret-file FILE."]
$ mfa-cli bootstrap --yes --secret-file x --json
exit 2
json .error.hints is ["Use --service-user NAME."]
$ mfa-cli bootstrap --yes --role ' ' --json
exit 2
json .error.hints is ["Use --role NAME."]

## refuses a scope of two words
$ MFA_CLI_SCOPE='all mail' mfa-cli bootstrap --yes --json
exit 2
json .error.code is usage
json .error.hints is ["Set MFA_CLI_SCOPE."]
nobody asked

## replaces no file with a password, nor plans to: <MODE>
each MODE: --dry-run | --yes
write ci.secret: mine
$ mfa-cli bootstrap <MODE> --service-user pipe@example.com --secret-file ci.secret --json
exit 2
json .error.code is file-exists
nothing sent
file ci.secret is unchanged

## changes nothing where the password cannot be written
$ mfa-cli bootstrap --yes --service-user pipe@example.com --secret-file gone/ci.secret --json
exit 3
json .error.code is file-unwritable
nothing sent
tenant is as remembered

## writes no password where others may put another in its place
folder open mode 0777
$ mfa-cli bootstrap --yes --service-user pipe@example.com --secret-file open/ci.secret --json
exit 3
json .error.code is file-unwritable
json .error.message has open is writable by other users
json .error.hints[0] has chmod go-w
no file open/ci.secret
nothing sent

## names the right that a user who may not read lacks
token of a user
$ mfa-cli bootstrap --yes --json
exit 6
json .error.code is tenant-forbidden
json .error.message has Step application (mfa-cli)
json .error.hints[0] has "Application Management"
json .error.hints[0] has Ask a System Administrator
json .error.hints[1] matches /`mfa-cli bootstrap .*--user NAME`/
nothing sent

## says that a session has ended
variable MFA_CLI_TOKEN=token-of-last-week
$ mfa-cli bootstrap --yes --json
exit 5
json .error.code is session-expired
json .error.hints[0] has new access token
nothing sent

## asks nobody without a terminal or a token
no variable MFA_CLI_TOKEN
$ mfa-cli bootstrap --yes --user admin@example.com --json
exit 2
json .error.code is prompt-unavailable
json .error.hints[0] has MFA_CLI_CLIENT_ID, and MFA_CLI_CLIENT_SECRET
json .error.hints[1] has MFA_CLI_TOKEN
nobody asked

## says that the tenant did not sign a service user in
no variable MFA_CLI_TOKEN
variable MFA_CLI_CLIENT_ID=ci@example.com
variable MFA_CLI_CLIENT_SECRET=wrong-secret
$ mfa-cli bootstrap --yes --json
exit 5
json .error.code is sign-in-failed
tenant is as remembered

## says that the secret is wrong where one of the two places to sign in is missing: <PLACE>
each PLACE: PlatformToken | /OAuth2/Token/__idaptive_cybr_user_oidc
variable MFA_CLI_CLIENT_ID=ci@example.com
variable MFA_CLI_CLIENT_SECRET=wrong-secret
server answers 400 {"error":"invalid_client"}
server answers <PLACE> with 404 <html>
no variable MFA_CLI_TOKEN
$ mfa-cli bootstrap --yes --tenant $SERVER --json
exit 5
json .error.code is sign-in-failed
sent <PLACE> 1 time

## uses an administrator's session at the tenant, whatever issuer it names
server answers 403 ""
server answers StartAuthentication with 200
  {"success":true,"Result":{"Summary":"LoginSuccess","Token":"eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJodHRwczovL3RlbmFudC5pbnZhbGlkLyJ9.c2ln"}}
no variable MFA_CLI_TOKEN
$ mfa-cli bootstrap --yes --user admin@example.com --tenant $SERVER --json
at a terminal
exit 6
json .error.code is tenant-forbidden
stderr has Starting a sign-in of admin@example.com to $SERVER.
stderr has Signed in as admin@example.com
sent /Security/WhoAmI 1 time

## ends at Ctrl-C in the second way to sign a service user in, whatever the first one said
variable MFA_CLI_CLIENT_ID=ci@example.com
variable MFA_CLI_CLIENT_SECRET=ci-client-secret
server answers 400 {"error":"invalid_client"}
server is silent at /OAuth2/Token/__idaptive_cybr_user_oidc
no variable MFA_CLI_TOKEN
$ mfa-cli bootstrap --yes --tenant $SERVER --json
interrupt SIGINT after /OAuth2/Token/__idaptive_cybr_user_oidc
exit 130
json .error.code is interrupted

## needs the name of the service user whose secret is set
no variable MFA_CLI_TOKEN
variable MFA_CLI_CLIENT_SECRET=ci-client-secret
$ mfa-cli bootstrap --yes --json
exit 2
json .error.code is usage
json .error.hints is ["Set MFA_CLI_CLIENT_ID."]
nobody asked

## repeats no client secret that a tenant repeats
variable MFA_CLI_CLIENT_ID=ci@example.com
variable MFA_CLI_CLIENT_SECRET=ci-client-secret
server answers 200 {"success":false,"MessageID":"x","Message":"No role for ci-client-secret"}
server answers PlatformToken with 200
  {"access_token":"a-token-of-the-platform","token_type":"Bearer","expires_in":600}
no variable MFA_CLI_TOKEN
$ mfa-cli bootstrap --yes --tenant $SERVER --debug --json
exit 6
json .error.message has No role for [secret]
stdout lacks ci-client-secret
stderr lacks ci-client-secret
