# `apns pack`: a certificate and its key become a .p12.

variable MFA_CLI_P12_PASSWORD=pack-password

## writes a .p12 for this user alone, which holds what the report says
$ mfa-cli apns pack --cert @aps.cer --key @key.pem --out new.p12 --json
json .out is new.p12
json .content is null
json .encryption is modern
let FINGERPRINT be json .certificate.fingerprint
file new.p12 mode 0600
files new.p12
$ mfa-cli apns inspect new.p12 --json
json .ok is true
json .certificate.fingerprint is $FINGERPRINT
json .certificate.bundleId is com.example.app
json .container.encryption is ["PBES2-AES-256-CBC"]
json .container.keys is 1
json .container.certificates is 1

## shows a person the certificate in the new file
$ mfa-cli apns pack --cert @aps.cer --key @key.pem --out new.p12
stdout has ✓ Wrote new.p12
stdout has Topics com.example.app, com.example.app.voip, com.example.app.complication
stdout has Valid until 2120-01-01
stdout has [issuer-not-apple]
stdout has Holds 1 private key, 1 certificate

## accepts the certificate <CERT>
each CERT: @aps.cer | @aps.pem | @bags.pem
$ mfa-cli apns pack --cert <CERT> --key @key.pem --out new.p12 --json
json .ok is true
json .certificate.fingerprint is
 f5b1b45adc760f126facb2b2360335ad7555f48e018cbfbb1d8e86344500e748

## accepts a DER certificate with a line break behind it
copy @aps.cer to aps.cer
append "\r\n" to aps.cer
$ mfa-cli apns pack --cert aps.cer --key @key.pem --out new.p12 --json
json .ok is true
json .certificate.fingerprint is
 f5b1b45adc760f126facb2b2360335ad7555f48e018cbfbb1d8e86344500e748

## accepts the key <KEY>
each KEY: @key.pem | @key.der | @key-pkcs1.pem | @bags.pem
$ mfa-cli apns pack --cert @aps.cer --key <KEY> --out new.p12 --json
json .ok is true
$ mfa-cli apns inspect new.p12 --json
json .ok is true

## opens the key <KEY> with a password of its own
each KEY: @key-pbes2.pem | @key-pbes2.der | @key-3des.pem
variable MFA_CLI_KEY_PASSWORD=correct horse
$ mfa-cli apns pack --cert @aps.cer --key <KEY> --out new.p12 --json
json .ok is true
$ mfa-cli apns inspect new.p12 --json
json .ok is true

## prefers both passwords from files to those of the environment
variable MFA_CLI_KEY_PASSWORD=not-this-one
write new-password.txt: from-the-file
$ mfa-cli apns pack --cert @aps.cer --key @key-pbes2.pem --key-password-file @password.txt
 --new-password-file new-password.txt --out new.p12 --json
json .ok is true
$ MFA_CLI_P12_PASSWORD=from-the-file mfa-cli apns inspect new.p12 --json
json .ok is true
$ mfa-cli apns inspect new.p12 --json
exit 3
json .error.code is pkcs12-password-incorrect

## leaves a file of that name alone, and asks for no password before
no variable MFA_CLI_P12_PASSWORD
write new.p12: precious
$ mfa-cli apns pack --cert @aps.cer --key @key.pem --out new.p12 --json
exit 2
json .error.code is file-exists
json .error.message has new.p12
file new.p12 is unchanged

## replaces a file of that name with --force
write new.p12 mode 0644: precious
$ mfa-cli apns pack --cert @aps.cer --key @key.pem --out new.p12 --force --json
json .ok is true
file new.p12 lacks precious
file new.p12 mode 0600

## writes no .p12 with the key of another certificate
$ mfa-cli apns pack --cert @aps.cer --key @other-key.pem --out new.p12 --json
exit 4
json .out is null
json .ok is false
json .findings[].code is ["key-mismatch","issuer-not-apple","encryption-modern"]
files none
$ mfa-cli apns pack --cert @aps.cer --key @other-key.pem --out new.p12
exit 4
stdout has ✗ Nothing was written: the checks found 1 error
# It is not the hint of a file that somebody exported.
stdout has Use the certificate that Apple issued for the request of this key
files none

## accepts no key from a file of mode <MODE>, to which others may write
each MODE: 0666 | 0602
copy @key.pem to key.pem
chmod <MODE> key.pem
$ mfa-cli apns pack --cert @aps.cer --key key.pem --out new.p12 --json
exit 3
json .error.code is file-unreadable
json .error.hints[0] has chmod go-w $DIR/key.pem
no file new.p12

## writes no .p12 with a certificate that has expired
$ mfa-cli apns pack --cert @aps.cer --key @key.pem --out new.p12 --json
on 2120-02-01
exit 4
json .out is null
json .findings[].code is ["certificate-expired","issuer-not-apple","encryption-modern"]
json .findings[0].hint has mfa-cli apns renew
files none

## writes no .p12 with a certificate that is not for push
$ mfa-cli apns pack --cert @authority.cer --key @authority.key --out new.p12 --json
exit 4
json .out is null
json .findings[].code is ["not-a-push-certificate","issuer-not-apple","encryption-modern"]
files none

## does not write to standard output what the checks refuse
$ mfa-cli apns pack --cert @aps.cer --key @other-key.pem --out - --json
exit 4
json .content is null
json .ok is false

## writes the .p12 to standard output, and what the checks warn of to the other
$ mfa-cli apns pack --cert @aps.cer --key @key.pem --out -
on 2119-12-25
stderr says warning: 2 times
stdout lacks warning:
$ mfa-cli apns pack --cert @aps.cer --key @key.pem --out - --json
json .out is null
json .findings[].code has issuer-not-apple
json .content matches /^MII/
stderr says warning: 1 time
files none

## asks for all that is missing
no variable MFA_CLI_P12_PASSWORD
copy @key-pbes2.pem to key.pem
copy @aps.cer to aps.cer
$ mfa-cli apns pack
answer aps.cer
answer key.pem
answer new.p12
answer correct horse
answer typed-password
answer typed-password
asked Path of the certificate:
asked Path of the private key:
asked The .p12 to write:
asked Password of key.pem:
asked Password of the new .p12:
asked Password of the new .p12, again:
$ MFA_CLI_P12_PASSWORD=typed-password mfa-cli apns inspect new.p12 --json
json .ok is true

## gives a person three tries for the key's password
$ mfa-cli apns pack --cert @aps.cer --key @key-pbes2.pem --out new.p12
answer not-it-1
answer not-it-2
answer not-it-3
exit 3
stderr has 2 attempts left
stderr has 1 attempt left
stderr has MFA_CLI_KEY_PASSWORD
files none
