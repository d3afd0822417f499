# `apns`: the command lines and files that are refused before anything is asked, sent or written.

variable MFA_CLI_P12_PASSWORD=secret

## refuses a wrong value: <LINE>
each LINE: set %01-default-aes256 --send-as xml
 | set %01-default-aes256 --warn-days soon
 | set %01-default-aes256 --prove --prove-timeout soon
 | inspect %01-default-aes256 --warn-days=-1
 | inspect %01-default-aes256 --fail-on info
 | inspect %01-default-aes256 --password-command /no/vault
 | inspect %01-default-aes256 --password-command /etc/passwd
 | status --format xml
 | status --hook no-such-hook
 | status --hook /bin/true --hook-timeout 0
 | status --hook /bin/true --hook-timeout 86401
 | status --hook /bin/true --notify-at 30,x
 | renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --if-days-left -1
 | renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --if-days-left soon
 | renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --issuer /bin/true
 --issuer-timeout 1.5
$ mfa-cli apns <LINE> --json
exit 2
json .error.code is usage
json .error.message matches /^--[\w-]+ must be /
files none

## refuses the proof's time limit "<TIME>"
each TIME: 0 | 1.5 | soon | 86401 | -1
tenant
signed in
$ mfa-cli apns prove --prove-timeout=<TIME> --json
exit 2
json .error.code is usage
json .error.message matches /^--prove-timeout must be /
nothing sent

## refuses an option with nothing behind it: <LINE>
each LINE: inspect %01-default-aes256 --password-command= | status --hook /bin/true --notify-at=
 | prove --prove-timeout=
$ mfa-cli apns <LINE> --json
exit 2
json .error.code is usage
json .error.message matches /--(password-command|notify-at|prove-timeout) is empty/

## takes an option for the value of another one for a missing value
$ mfa-cli apns status --hook /bin/true --hook-arg --json
exit 2
json .error.code is usage
json .error.message has --hook-arg

## refuses an option without the one that it belongs to: <LINE>
each LINE: set %01-default-aes256 --apns-host example.test --dry-run
 | set %01-default-aes256 --prove-timeout 9
 | inspect %01-default-aes256 --password-arg x
 | status --hook-arg x | status --hook-timeout 5 | status --hook-must-succeed | status --notify-at 30
 | renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --issuer-arg x
 | renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --issuer-timeout 5
 | renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --issue-again
$ mfa-cli apns <LINE> --json
exit 2
json .error.code is usage
json .error.message matches /needs? --(verify|prove|password-command|hook|issuer)$/
json .error.hints[0] matches /^Use --(verify|prove|password-command|hook|issuer)\b/
files none

## refuses two options that exclude each other: <LINE>
each LINE: inspect %01-default-aes256 --password-command /bin/true --password-file password.txt
 | set %01-default-aes256 --prove --dry-run
 | set %01-default-aes256 --verify --no-verify | set %01-default-aes256 --no-verify --verify
 | request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push --no-encrypt
 --new-password-file @password.txt
 | renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --issuer /bin/true
 --cert aps.cer
 | renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --new-password-file a
 --password-command /bin/true
$ mfa-cli apns <LINE> --json
exit 2
json .error.code is usage
json .error.message matches /^--[\w-]+ and --[\w-]+ cannot be used together$/
files none

## refuses two .p12 files
$ mfa-cli apns set %01-default-aes256 --p12 %02-legacy-rc2-3des --json
exit 2
json .error.code is usage
json .error.message has %01-default-aes256.p12
json .error.message has %02-legacy-rc2-3des.p12

## refuses options of a .p12 where another format is to be written: <WORDS>
each WORDS: pem --encryption modern | base64 --encryption modern
 | pem --new-password-file @password.txt | base64 --new-password-file @password.txt
$ mfa-cli apns convert %01-default-aes256 --out new.txt --format <WORDS> --json
exit 2
json .error.code is usage
json .error.message matches /not (pem|base64)$/
files none

## refuses to read two files from standard input
$ mfa-cli apns pack --out new.p12 --cert - --key - --json
exit 2
json .error.code is usage
json .error.message has stdin
files none

## shows no argument that somebody wrote into the name of a password program
$ mfa-cli apns inspect %01-default-aes256 --password-command 'no-such-vault my-token' --json
exit 2
json .error.code is usage
json .error.message has "no-such-vault …"
json .error.message lacks my-token
json .error.hints[0] has --password-arg

## asks no APNs at an address that is none
$ mfa-cli apns verify %01-default-aes256 --apns-host https://example.test --json
exit 2
json .error.code is usage
json .error.message has https://example.test
json .error.hints[0] has MFA_CLI_APNS_HOST

## names all that apns set misses at once
$ mfa-cli apns set --json
exit 2
json .error.code is usage
json .error.message is Missing: a tenant, credentials and a .p12
json .error.hints[0] has --tenant
json .error.hints[1] has MFA_CLI_CLIENT_SECRET
json .error.hints[2] has --p12

## names all that apns delete misses at once, the confirmation among it
$ mfa-cli apns delete --json
exit 2
json .error.code is usage
json .error.message is Missing: a tenant, credentials, a client app key and the confirmation
json .error.hints[3] has --yes
$ mfa-cli apns delete --client-app-key com.example.app --tenant http://127.0.0.1:9 --json
exit 2
json .error.message is Missing: credentials and the confirmation

## names all that apns <COMMAND> misses at once
each COMMAND: inspect | verify
no variable MFA_CLI_P12_PASSWORD
$ mfa-cli apns <COMMAND> --json
exit 2
json .error.code is usage
json .error.message is Missing: a .p12 and its password
json .error.hints[0] has --p12
json .error.hints[1] has --password-file

## names all that apns prove misses at once
$ mfa-cli apns prove --json
exit 2
json .error.code is usage
json .error.message is Missing: a tenant and credentials

## names all that apns <COMMAND> misses at once, its directory among it
each COMMAND: request | renew
$ mfa-cli apns <COMMAND> --json
exit 2
json .error.code is usage
json .error.message is Missing: bundle ID, team ID and directory
json .error.hints[0] has --bundle-id
json .error.hints[1] has --team-id
json .error.hints[2] matches /--(out|dir) DIR/

## names the one value that apns request misses
$ mfa-cli apns request --team-id A1B2C3D4E5 --out push --json
exit 2
json .error.hints is ["Use --bundle-id ID."]
$ mfa-cli apns request --bundle-id com.example.app --out push --json
exit 2
json .error.hints is ["Use --team-id ID."]
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --json
exit 2
json .error.hints is ["Use --out DIR."]
files none

## names all that apns pack misses at once
$ mfa-cli apns pack --json
exit 2
json .error.code is usage
json .error.message is Missing: certificate, private key and .p12 to write
json .error.hints is ["Use --cert FILE.","Use --key FILE.","Use --out FILE."]

## is not signed in at a tenant, and says how to
$ mfa-cli apns set %01-default-aes256 --tenant http://127.0.0.1:9 --json
exit 5
json .error.code is not-signed-in
json .error.hints[0] has mfa-cli login --tenant http://127.0.0.1:9

## knows no profile of that name
$ mfa-cli apns status --profile nobody --json
exit 2
json .error.code is usage
json .error.hints[0] has mfa-cli login --profile nobody

## writes to no path below a file
$ mfa-cli apns convert %01-default-aes256 --out @aps.cer/new.b64 --json
exit 3
json .error.code is file-unwritable
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out @aps.cer
 --no-encrypt --json
exit 3
json .error.code is file-unwritable
files none

## converts no .p12 without a private key
$ mfa-cli apns convert %31-certonly --format p12 --json
exit 3
json .error.code is pkcs12-unsupported

## sees what is given for a certificate
$ mfa-cli apns pack --out new.p12 --key @key.pem --cert %01-default-aes256 --json
exit 3
json .error.code is certificate-not-recognized
json .error.hints[0] has mfa-cli apns inspect %01-default-aes256.p12
$ mfa-cli apns pack --out new.p12 --key @key.pem --cert %40-csr-der --json
exit 3
json .error.code is certificate-not-recognized
json .error.message has a certificate signing request
$ mfa-cli apns pack --out new.p12 --key @key.pem --cert %40-html --json
exit 3
json .error.code is certificate-not-recognized
json .error.message has a web page
$ mfa-cli apns pack --out new.p12 --key @key.pem --cert @key.pem --json
exit 3
json .error.code is certificate-not-recognized
json .error.message has a private key
files none

## tells a damaged certificate from another kind of file
copy @aps.cer to half.cer
cut half.cer to 400 bytes
$ mfa-cli apns pack --out new.p12 --key @key.pem --cert half.cer --json
exit 3
json .error.code is certificate-not-recognized
json .error.message has damaged
files half.cer

## sees what is given for a private key
$ mfa-cli apns pack --out new.p12 --cert @aps.cer --key %40-p8-key-pem --json
exit 3
json .error.code is key-not-recognized
json .error.message has (.p8)
$ mfa-cli apns pack --out new.p12 --cert @aps.cer --key @aps.cer --json
exit 3
json .error.code is key-not-recognized
json .error.message has a certificate
$ mfa-cli apns pack --out new.p12 --cert @aps.cer --key %01-default-aes256 --json
exit 3
json .error.code is key-not-recognized
json .error.message has a .p12 file
$ mfa-cli apns pack --out new.p12 --cert @aps.cer --key %40-empty --json
exit 3
json .error.code is key-not-recognized
json .error.message has empty
files none

## tells a damaged key from another kind of file
copy @key.pem to half.pem
cut half.pem to 850 bytes
append "\n-----END PRIVATE KEY-----\n" to half.pem
$ mfa-cli apns pack --out new.p12 --cert @aps.cer --key half.pem --json
exit 3
json .error.code is key-not-recognized
json .error.message has damaged
files half.pem

## opens no key of a type or an encryption that is unsafe or unknown: <KEY>
each KEY: @key-dsa.pem | @key-md5-des.pem | @key-3m-iterations.pem
variable MFA_CLI_KEY_PASSWORD=correct horse
$ mfa-cli apns pack --out new.p12 --cert @aps.cer --key <KEY> --json
exit 3
json .error.code is key-not-recognized
json .error.message matches /1\.2\.840\.10040\.4\.1|PBE-MD5-DES|3,000,000/
files none

## tells how to convert a key in OpenSSL's old format, whatever the password
each PASSWORD: correct horse | not-it-0
variable MFA_CLI_KEY_PASSWORD=<PASSWORD>
$ mfa-cli apns pack --out new.p12 --cert @aps.cer --key @key-header.pem --json
exit 3
json .error.code is key-not-recognized
json .error.hints[0] has openssl pkcs8
files none

## does not open a key with a wrong password
variable MFA_CLI_KEY_PASSWORD=not-it-0
$ mfa-cli apns pack --out new.p12 --cert @aps.cer --key @key-pbes2.pem --json
exit 3
json .error.code is key-password-incorrect
files none

## needs the password of the key
$ mfa-cli apns pack --out new.p12 --cert @aps.cer --key @key-pbes2.pem --json
exit 2
json .error.code is prompt-unavailable
json .error.hints[0] has MFA_CLI_KEY_PASSWORD
files none

## needs a password for the new .p12
no variable MFA_CLI_P12_PASSWORD
$ mfa-cli apns pack --out new.p12 --cert @aps.cer --key @key.pem --json
exit 2
json .error.code is prompt-unavailable
json .error.hints[0] has --new-password-file
files none

## needs a password for the new key of apns <COMMAND>
each COMMAND: request --out | renew --dir
variable MFA_CLI_KEY_PASSWORD=
no variable MFA_CLI_P12_PASSWORD
$ mfa-cli apns <COMMAND> push --bundle-id com.example.app --team-id A1B2C3D4E5 --json
exit 2
json .error.code is prompt-unavailable
json .error.hints[0] has MFA_CLI_KEY_PASSWORD
json .error.hints[0] has --no-encrypt
files none

## protects no key with an empty password
$ MFA_CLI_P12_PASSWORD= mfa-cli apns pack --out new.p12 --cert @aps.cer --key @key.pem --json
exit 2
json .error.code is usage
json .error.message has empty
$ mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push
 --new-password-file %40-empty --json
exit 2
json .error.code is usage
json .error.message has empty
files none

## requests no certificate for the bundle ID "<ID>"
each ID: app | ../com.example | com.example.app/x
$ mfa-cli apns request --team-id A1B2C3D4E5 --out push --bundle-id <ID> --json
exit 2
json .error.code is usage
json .error.message has "<ID>"
json .error.hints[0] has --bundle-id
files none

## requests no certificate for the team ID "<ID>"
each ID: Example | a1b2c3d4e5 | A1B2C3D4E5F
$ mfa-cli apns request --bundle-id com.example.app --out push --team-id <ID> --json
exit 2
json .error.code is usage
json .error.message has "<ID>"
json .error.hints[0] has --team-id
files none
