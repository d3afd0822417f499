# `apns convert`: a .p12 in another form, for one owner.

variable MFA_CLI_P12_PASSWORD=secret

## writes as Base64 what `apns set` sends, without a password
no variable MFA_CLI_P12_PASSWORD
$ mfa-cli apns convert %70-trailing-crlf --out whole.txt
$ mfa-cli apns convert %01-default-aes256 --out sent.txt
file whole.txt is sent.txt
nothing asked
$ mfa-cli apns convert %70-trailing-crlf
stdout has MII

## opens the file with a given password
$ mfa-cli apns convert %01-default-aes256 --out sent.txt --json
json .opened is true
no variable MFA_CLI_P12_PASSWORD
$ mfa-cli apns convert %21-emptypw --out empty.txt --json
json .opened is true

## reads only the structure where no password is given, and says so
no variable MFA_CLI_P12_PASSWORD
$ mfa-cli apns convert %01-default-aes256 --out sent.txt --json
json .opened is false
$ mfa-cli apns convert %01-default-aes256 --out again.txt
stdout has only the structure was checked
$ mfa-cli apns convert %01-default-aes256
stderr has only the structure was checked
stdout lacks structure

## writes nothing with a wrong password
write wrong.txt: wrong
$ mfa-cli apns convert %01-default-aes256 --password-file wrong.txt --out sent.txt --json
exit 3
json .error.code is pkcs12-password-incorrect
no file sent.txt
variable MFA_CLI_P12_PASSWORD=
$ mfa-cli apns convert %01-default-aes256 --out sent.txt --json
exit 3
json .error.code is pkcs12-password-required
no file sent.txt

## writes nothing of a damaged file
copy %01-default-aes256 to half.p12
cut half.p12 to 900 bytes
no variable MFA_CLI_P12_PASSWORD
$ mfa-cli apns convert half.p12 --out sent.txt --json
exit 3
json .error.code is pkcs12-corrupt
no file sent.txt

## asks a person for the password, and Return goes on without
no variable MFA_CLI_P12_PASSWORD
$ mfa-cli apns convert %01-default-aes256 --out sent.txt --json
answer secret
asked Return goes on without
json .opened is true
$ mfa-cli apns convert %01-default-aes256 --out again.txt --json
answer
json .opened is false
$ mfa-cli apns convert %01-default-aes256 --out wrong.txt --json
answer wrong
answer wrong
answer wrong
exit 3
no file wrong.txt

## writes a .p12 that its owner alone can read
each KIND: modern | legacy
write password.txt: pässwörd 🔑
$ mfa-cli apns convert %01-default-aes256 --format p12 --encryption <KIND>
 --new-password-file password.txt --out new.p12
file new.p12 mode 0600
$ mfa-cli apns inspect %01-default-aes256 --json
let fingerprint be json .certificate.fingerprint
$ mfa-cli apns inspect new.p12 --password-file password.txt --json
json .certificate.fingerprint is $fingerprint
json .container.keys is 1
json .findings[].code has encryption-<KIND>

## writes PEM with the key in the clear into a file of its owner, and warns
$ mfa-cli apns convert %01-default-aes256 --format pem --out cert.pem
file cert.pem mode 0600
file cert.pem has BEGIN PRIVATE KEY
file cert.pem has BEGIN CERTIFICATE
stderr has private key
stderr has not encrypted
stdout lacks BEGIN

## overwrites no file
write cert.pem: precious
$ mfa-cli apns convert %01-default-aes256 --format pem --out cert.pem --json
exit 2
json .error.code is file-exists
file cert.pem is unchanged

## overwrites a file with --force
write cert.pem mode 0644: precious
$ mfa-cli apns convert %01-default-aes256 --format pem --out cert.pem --force
file cert.pem has BEGIN CERTIFICATE
file cert.pem lacks precious
file cert.pem mode 0600

## writes PEM to standard output where that is no terminal, and warns
$ mfa-cli apns convert %01-default-aes256 --format pem
stdout has BEGIN PRIVATE KEY
stdout has BEGIN CERTIFICATE
stderr has not encrypted

## does not warn of a key that is not there
$ mfa-cli apns convert %31-certonly --format pem
stdout has BEGIN CERTIFICATE
stdout lacks PRIVATE KEY
stderr lacks not encrypted

## shows a private key in a terminal only after a yes
$ mfa-cli apns convert %01-default-aes256 --format pem
answer no
exit 130
asked Show the private key on this terminal?
stdout is empty
$ mfa-cli apns convert %01-default-aes256 --format pem
answer yes
stdout has BEGIN PRIVATE KEY

## writes no binary to a terminal
$ mfa-cli apns convert %01-default-aes256 --format p12
at a terminal
exit 2
stdout is empty

## takes over no empty password
variable MFA_CLI_P12_PASSWORD=
$ mfa-cli apns convert %21-emptypw --format p12 --out new.p12 --json
exit 2
json .error.code is prompt-unavailable
no file new.p12

## keeps the certificates of the issuers: <KIND>
each KIND: modern | legacy
$ mfa-cli apns inspect %20-chain --json
json .container.certificates is 3
$ mfa-cli apns convert %20-chain --encryption <KIND> --out new.p12
$ mfa-cli apns inspect new.p12 --json
json .container.certificates is 3
json .container.keys is 1

## keeps the certificates of the issuers in PEM
$ mfa-cli apns convert %20-chain --format pem
stdout says BEGIN CERTIFICATE 3 times

## writes a modern .p12 with the old password where neither is named
$ mfa-cli apns convert %02-legacy-rc2-3des --format p12 --out new.p12
$ mfa-cli apns inspect new.p12 --json
json .findings[].code has encryption-modern
json .findings[].code lacks encryption-legacy

## writes to standard output with --out -: <FORMAT>
each FORMAT: base64 | pem | p12
$ mfa-cli apns convert %01-default-aes256 --format <FORMAT> --out - --json
json .out is null
json .content matches /./
no file -
$ mfa-cli apns convert %01-default-aes256 --format <FORMAT> --out -
no file -

## is as careful with a terminal where --out - names it
$ mfa-cli apns convert %01-default-aes256 --format pem --out -
answer no
exit 130
asked Show the private key on this terminal?
stdout is empty
$ mfa-cli apns convert %01-default-aes256 --format p12 --out -
at a terminal
exit 2
stdout is empty
no file -
