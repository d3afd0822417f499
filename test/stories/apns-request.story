# `apns request`: a private key, and a certificate signing request for Apple.

variable MFA_CLI_KEY_PASSWORD=a-key-password

## writes a key and a request for this user alone, and tells the next steps
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push --json
json .key.file is push/com.example.app.key.pem
json .key.type is RSA
json .key.bits is 2048
json .key.encrypted is true
json .request.file is push/com.example.app.certSigningRequest
json .request.subject is CN=com.example.app,OU=A1B2C3D4E5
json .next[2] has push/com.example.app.certSigningRequest
json .next[3] has apns pack --cert push/aps.cer --key push/com.example.app.key.pem
 --out push/com.example.app.p12
json .next[4] has mfa-cli apns set push/com.example.app.p12
file push mode 0700
file push/com.example.app.key.pem mode 0600
file push/com.example.app.key.pem has BEGIN ENCRYPTED PRIVATE KEY
file push/com.example.app.certSigningRequest mode 0600
file push/com.example.app.certSigningRequest has BEGIN CERTIFICATE REQUEST
files push/com.example.app.certSigningRequest, push/com.example.app.key.pem

## prints paths that a shell understands
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out "an app's"
stdout has ✓ Wrote an app's/com.example.app.key.pem (private key, RSA 2048, encrypted)
stdout has Upload 'an app'\''s/com.example.app.certSigningRequest'
stdout has mfa-cli apns set 'an app'\''s/com.example.app.p12'

## leaves the key without a password where that is asked for
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push
 --no-encrypt --json
json .key.encrypted is false
file push mode 0700
file push/com.example.app.key.pem mode 0600
file push/com.example.app.key.pem has BEGIN PRIVATE KEY

## makes a directory below others that do not exist
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out a/b --no-encrypt
file a mode 0700
file a/b mode 0700
files a/b/com.example.app.certSigningRequest, a/b/com.example.app.key.pem

## writes nothing where the name of the <FILE> is taken, and asks for no password before
each FILE: key.pem | certSigningRequest
no variable MFA_CLI_KEY_PASSWORD
write push/com.example.app.<FILE>: precious
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push --json
exit 2
json .error.code is file-exists
json .error.message has push/com.example.app.<FILE>
file push/com.example.app.<FILE> is unchanged
files push/com.example.app.<FILE>

# The longest name of a file has 255 bytes: that of the key fits, that of the request does not.
## leaves no key without its request
let LONG be aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
$ mfa-cli apns request --bundle-id com.$LONG$LONG$LONG$LONG --team-id A1B2C3D4E5 --no-encrypt
 --out push --json
exit 3
json .error.code is file-unwritable
json .error.message has certSigningRequest
files none

## writes to no directory of mode <MODE>, to which others may write, and asks for no password before
each MODE: 0777 | 0770 | 0702
no variable MFA_CLI_KEY_PASSWORD
folder push mode <MODE>
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push --json
exit 3
json .error.code is file-unreadable
json .error.hints[0] has chmod go-w push
file push mode <MODE>
files none

## asks for all that is missing
no variable MFA_CLI_KEY_PASSWORD
$ mfa-cli apns request
answer com.example.app
answer A1B2C3D4E5
answer push
answer typed-password
answer typed-password
asked Bundle ID of the app:
asked Team ID of the Apple developer account:
asked Directory for the key and the request:
asked Password of the new key:
asked Password of the new key, again:
file push/com.example.app.key.pem has BEGIN ENCRYPTED PRIVATE KEY
