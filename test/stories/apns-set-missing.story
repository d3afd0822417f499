# A pipeline that lacks several things hears of all of them at once.

variable CI=true

## names all that `apns set` lacks
$ mfa-cli apns set --json
exit 2
json .error.code is usage
json .error.message is Missing: a tenant, credentials, a .p12 and its password
stderr has MFA_CLI_TENANT
stderr has MFA_CLI_CLIENT_SECRET
stderr has MFA_CLI_P12_BASE64
stderr has MFA_CLI_P12_PASSWORD

## names nothing that it has
$ mfa-cli apns set %01-default-aes256
exit 2
stderr has Missing: a tenant, credentials and the password of %01-default-aes256.p12
$ MFA_CLI_P12_PASSWORD=secret mfa-cli apns set %01-default-aes256
exit 2
stderr has Missing: a tenant and credentials
$ MFA_CLI_P12_PASSWORD=secret MFA_CLI_TOKEN=an-opaque-token mfa-cli apns set
exit 2
stderr has Missing: a tenant and a .p12
$ MFA_CLI_TENANT=http://127.0.0.1:9 mfa-cli apns set
exit 2
stderr has Missing: credentials, a .p12 and its password
$ MFA_CLI_P12_PASSWORD=secret mfa-cli apns set --profile default
exit 2
stderr has Missing: a tenant, credentials and a .p12

## needs no tenant in a dry run
$ mfa-cli apns set --dry-run
exit 2
stderr has Missing: a .p12 and its password
$ MFA_CLI_P12_PASSWORD=secret mfa-cli apns set %01-default-aes256 --dry-run --json
json .tenant is null

## says only that a named profile does not exist
each COMMAND: apns set %01-default-aes256 | api GET /x | whoami
variable MFA_CLI_P12_PASSWORD=secret
$ mfa-cli <COMMAND> --profile nobody --json
exit 2
json .error.code is usage
json .error.message has nobody

## ends with 5 where only the sign-in is missing
$ mfa-cli whoami --json
exit 5
json .error.code is not-signed-in
