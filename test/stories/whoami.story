# `whoami`: whose session it is, where it is kept, and how long it lasts.

## tells each fact of a session that a profile keeps
tenant
signed in as work
$ mfa-cli whoami --profile work --json
json .profile is work
json .tenant is $URL
json .user is ci@example.com
json .source is profile
json .store is $CONFIG/config.json
json .renewable is false

## tells each fact of a service user's session, which nothing keeps
tenant
service user
$ mfa-cli whoami --json
json .profile is default
json .tenant is $URL
json .user is ci@example.com
json .source is client-credentials
json .store is null
json .renewable is true

## ends with 5 for a session that has expired by this machine's clock, though the tenant accepts it
tenant
token
clock 2027-06-01
$ mfa-cli whoami --json
exit 5
json .error.code is session-expired
json .error.message has expired on

## says where the name comes from if the tenant does not tell it
tenant
token
fault forbidden at /Security/WhoAmI
$ mfa-cli whoami
stdout has ci@example.com
stderr has $URL does not report the user. The name comes from the token.

## takes a refusal that is not the vendor's for no scope that is too small
server answers 403 {"error":"blocked by policy"}
variable MFA_CLI_TENANT=$SERVER
variable MFA_CLI_TOKEN=made-up
$ mfa-cli whoami --json
exit 6
json .error.code is tenant-forbidden
