# `apns set` at tenants that cannot open every file.

variable MFA_CLI_P12_PASSWORD=secret

## suggests the legacy encryption to a tenant that cannot read AES
tenant p12-aes=unreadable
signed in
$ mfa-cli apns set %01-default-aes256 --json
exit 6
json .error.code is tenant-refused
stderr has mfa-cli apns convert %01-default-aes256.p12 --encryption legacy
tenant holds nothing

## suggests fewer iterations to a tenant that rejects many
tenant p12-iterations=limited
signed in
$ mfa-cli apns set %18-iter-600k --timeout 300 --json
exit 6
json .error.code is tenant-refused
stderr has mfa-cli apns convert %18-iter-600k.p12 --format p12
stderr lacks --encryption
tenant holds nothing
