# Files that are no .p12, or that the password does not open.

variable MFA_CLI_P12_PASSWORD=secret

## says to pack a certificate with its key: <FILE>
each FILE: @aps.cer | %40-pem-cert
$ mfa-cli apns inspect <FILE> --json
exit 3
json .error.code is pkcs12-not-recognized
json .error.hints[0] has apns pack --cert <FILE>
json .error.hints[0] has --key KEY --out cert.p12`
json .error.hints[1] has Keychain Access

## a file whose name begins with a hyphen is one word of the command in a hint
copy @aps.cer to -aps.cer
copy %01-default-aes256 to -push.p12
copy %01-default-aes256 to push.p12
$ mfa-cli apns inspect --json -- -aps.cer
exit 3
json .error.hints[0] has apns pack --cert ./-aps.cer
$ mfa-cli apns pack --cert=-push.p12 --key @key.pem --out new.p12 --json
exit 3
json .error.hints[0] has `mfa-cli apns inspect ./-push.p12`
$ mfa-cli apns pack --cert push.p12 --key @key.pem --out new.p12 --json
exit 3
json .error.hints[0] has `mfa-cli apns inspect push.p12`

## says to pack a key with Apple's certificate
$ mfa-cli apns inspect @key.pem --json
exit 3
json .error.hints[0] has apns pack --cert aps.cer --key @key.pem --out cert.p12`
json .error.hints[1] is absent

## says to pack a certificate and a key of one file
$ mfa-cli apns inspect %40-pem-bundle --json
exit 3
json .error.hints[0] has apns pack --cert %40-pem-bundle.p12 --key %40-pem-bundle.p12

## tells an auth key from a certificate
$ mfa-cli apns inspect %40-p8-key-pem --json
exit 3
json .error.message has an APNs auth key (.p8)
json .error.hints[0] has `mfa-cli apns request`
json .error.hints[1] has with --p8 FILE.

## says where a certificate signing request goes
$ mfa-cli apns inspect %40-csr-der --json
exit 3
json .error.message has a certificate signing request
json .error.hints[0] has Upload it to Apple

## says how to decode base64
$ mfa-cli apns inspect %40-base64-of-p12 --json
exit 3
json .error.hints[0] has `openssl base64 -d -A -in %40-base64-of-p12.p12 -out cert.p12`
json .error.hints[0] has MFA_CLI_P12_BASE64

## knows a Java keystore
$ mfa-cli apns inspect %40-jks --json
exit 3
json .error.message has a Java keystore (JKS)
json .error.hints[0] has mfa-cli apns pack
json .error.hints[1] has Keychain Access

## says that a download is a page
$ mfa-cli apns inspect %40-html --json
exit 3
json .error.message has a web page (HTML)
json .error.hints[0] has Download the file again

## says that a file is text, and shows none of it
$ mfa-cli apns inspect /etc/passwd --json
exit 3
json .error.message has /etc/passwd is not a .p12 file: it looks like text
stdout lacks root:

## says that a file is empty
$ mfa-cli apns inspect %40-empty --json
exit 3
json .error.message has it is empty
json .error.hints[0] has binary mode

## says that a blank at the end of a password is a part of it
$ MFA_CLI_P12_PASSWORD='secret ' mfa-cli apns inspect %01-default-aes256 --json
exit 3
json .error.code is pkcs12-password-incorrect
json .error.hints[0] has MFA_CLI_P12_PASSWORD starts or ends with a space

## asks for the password three times, and no more
no variable MFA_CLI_P12_PASSWORD
$ mfa-cli apns inspect %01-default-aes256
answer first
answer second
answer third
exit 3
stderr has 2 attempts left.
stderr has 1 attempt left.

## names a password file that does not exist: <FILE>
each FILE: nope.txt | certs/push.secret
$ mfa-cli apns inspect %01-default-aes256 --password-file <FILE> --json
exit 3
json .error.message has <FILE>

## does not name a password file that may be the password: <FILE>
each FILE: tangerine | tange/rine
$ mfa-cli apns inspect %01-default-aes256 --password-file <FILE>
exit 3
stderr has The file of --password-file does not exist
stderr lacks tange
stdout is empty
