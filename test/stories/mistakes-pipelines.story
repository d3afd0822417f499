# What a pipeline forgot to set.

variable MFA_CLI_TENANT=https://abc1234.id.cyberark.cloud

## says which secret is empty: <NAME>
each NAME: MFA_CLI_CLIENT_SECRET | MFA_CLI_CLIENT_SECRET_FILE | MFA_CLI_TOKEN
$ MFA_CLI_CLIENT_ID=ci@acme <NAME>= mfa-cli whoami
exit 2
stderr has <NAME> is empty
stderr has hint: Set <NAME>.

## asks for a tenant that is empty
$ MFA_CLI_TENANT= MFA_CLI_TOKEN=an-opaque-token mfa-cli whoami --json
exit 2
json .error.code is usage
json .error.hints[0] is Use --tenant URL, or set MFA_CLI_TENANT.

## asks for the secret of a client ID
$ CI=true MFA_CLI_CLIENT_ID=ci@acme mfa-cli whoami
exit 2
stderr has MFA_CLI_CLIENT_ID is set without MFA_CLI_CLIENT_SECRET
stderr has In a terminal, run `mfa-cli login --tenant https://abc1234.id.cyberark.cloud`.

## names all that is missing at once
no variable MFA_CLI_TENANT
$ MFA_CLI_CLIENT_ID=ci@acme mfa-cli whoami
exit 2
stderr has Missing: a tenant and credentials
stderr has hint: Tenant:
stderr has hint: Credentials:
$ MFA_CLI_CLIENT_SECRET= MFA_CLI_P12_BASE64= mfa-cli apns set
exit 2
stderr has Missing: a tenant, credentials, a .p12 and its password
stderr has hint: The .p12:
$ CI=true mfa-cli apns set %01-default-aes256
exit 2
stderr has Missing: a tenant, credentials and the password of %01-default-aes256.p12
stderr lacks hint: The .p12:
stderr has hint: The password of the .p12, if it has one:

## says that the variable of the .p12 is empty
$ MFA_CLI_TOKEN=an-opaque-token MFA_CLI_P12_PASSWORD=secret MFA_CLI_P12_BASE64= mfa-cli apns set
exit 2
stderr has MFA_CLI_P12_BASE64 is empty
stderr has hint: Set MFA_CLI_P12_BASE64.

## asks for the .p12
$ MFA_CLI_TOKEN=an-opaque-token MFA_CLI_P12_PASSWORD=secret mfa-cli apns set --json
exit 2
json .error.code is usage
json .error.hints[0] has --p12 FILE, or set MFA_CLI_P12 or MFA_CLI_P12_BASE64.

## asks for the password of the .p12
$ MFA_CLI_TOKEN=an-opaque-token mfa-cli apns set %01-default-aes256 --json
exit 2
json .error.message has %01-default-aes256.p12
json .error.hints[0] has --password-file FILE (- for stdin), or set MFA_CLI_P12_PASSWORD.

## says that the password is empty, which a secret store may have left so
$ MFA_CLI_TOKEN=an-opaque-token MFA_CLI_P12_PASSWORD= mfa-cli apns set %01-default-aes256 --json
exit 3
json .error.code is pkcs12-password-required
json .error.hints[0] has If it comes from a secret store, check that the secret exists.

## says what the variable of the .p12 holds in place of base64: <TEXT>
each TEXT: hello | /etc/push.p12
$ MFA_CLI_P12_BASE64=<TEXT> mfa-cli apns inspect --json
exit 3
json .error.message has MFA_CLI_P12_BASE64 does not hold base64
json .error.message lacks <TEXT>
json .error.hints[0] has `mfa-cli apns convert FILE`

## says that base64 holds no .p12: <TEXT>
each TEXT: hell | zzz
$ MFA_CLI_P12_BASE64=<TEXT> mfa-cli apns inspect --json
exit 3
json .error.message has MFA_CLI_P12_BASE64 is base64, but not of a .p12 file

## names the variable whose file is gone
$ MFA_CLI_P12=nope.p12 mfa-cli apns inspect --json
exit 3
json .error.code is file-not-found
json .error.message is "MFA_CLI_P12: nope.p12 does not exist"
json .error.hints is ["Correct MFA_CLI_P12, or unset it."]
$ MFA_CLI_P8=nope.p8 MFA_CLI_KEY_ID=ABCDE12345 MFA_CLI_TEAM_ID=ABCDE12345
  mfa-cli apns verify --topic com.example.app --json
exit 3
json .error.message is "MFA_CLI_P8: nope.p8 does not exist"
json .error.hints is ["Correct MFA_CLI_P8, or unset it."]

## names all places of a CA file that is gone
$ MFA_CLI_TOKEN=an-opaque-token mfa-cli whoami --ca-file nope.pem --json
exit 3
json .error.code is file-not-found
json .error.hints[0] has --ca-file, MFA_CLI_CA_FILE or the setting ca-file

## takes the secret of the variable before that of the file
tenant
service user
write ci.secret mode 0600: a-wrong-secret
variable MFA_CLI_CLIENT_SECRET_FILE=ci.secret
$ mfa-cli whoami --json
json .source is client-credentials
no variable MFA_CLI_CLIENT_SECRET
$ mfa-cli whoami --json
exit 5
json .error.code is sign-in-failed

## takes a token before a secret: <SECRET>
each SECRET: MFA_CLI_CLIENT_SECRET=a-wrong-secret | MFA_CLI_CLIENT_SECRET_FILE=wrong.secret
tenant
token
variable MFA_CLI_CLIENT_ID=ci@example.com
write wrong.secret mode 0600: a-wrong-secret
variable <SECRET>
$ mfa-cli whoami --json
json .source is env
