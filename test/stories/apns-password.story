# The password of a .p12: where it comes from, and that it is taken exactly.

## comes from a file, without the line break at its end
write password.txt <<
secret
>>
$ mfa-cli apns inspect %01-default-aes256 --password-file password.txt
nothing asked

## comes from a file with the line break of Windows
let RETURN be "\r"
write password.txt <<
secret$RETURN
>>
$ mfa-cli apns inspect %01-default-aes256 --password-file password.txt

## is not taken from a file that other users may write
write password.txt mode 0666: secret
$ mfa-cli apns inspect %01-default-aes256 --password-file password.txt --json
exit 3
json .error.code is file-unreadable
json .error.message has password.txt is writable by other users

## comes from standard input
$ mfa-cli apns inspect %01-default-aes256 --password-file -
stdin "secret\n"

## loses one line break alone, and no blank
each TEXT: "secret\n\n" | "secret " | " secret"
$ mfa-cli apns inspect %01-default-aes256 --password-file - --json
stdin <TEXT>
exit 3
json .error.code is pkcs12-password-incorrect
stderr has which is part of the secret

## comes from a variable
$ MFA_CLI_P12_PASSWORD=secret mfa-cli apns inspect %01-default-aes256

## comes from the option before the variable
$ MFA_CLI_P12_PASSWORD=not-it-0 mfa-cli apns inspect %01-default-aes256 --password-file -
stdin secret

## is not looked for in a file that does not exist
$ mfa-cli apns inspect %01-default-aes256 --password-file missing.txt --json
exit 3
json .error.message has missing.txt

## does not come from standard input where the .p12 does
$ mfa-cli apns inspect - --password-file - --json
stdin %01-default-aes256
exit 2
json .error.code is usage

## is asked for in a terminal
$ mfa-cli apns inspect %01-default-aes256
answer secret
asked Password of %01-default-aes256.p12:

## is asked for three times at most
$ mfa-cli apns inspect %01-default-aes256
answer not-it-0
answer not-it-4
answer secret
stderr has 2 attempts left
stderr has 1 attempt left
stdout has ! This file can be set

## is refused after three wrong ones
$ mfa-cli apns inspect %01-default-aes256 --json
answer not-it-1
answer not-it-2
answer not-it-3
exit 3
json .error.code is pkcs12-password-incorrect

## cannot be asked for without a terminal
$ mfa-cli apns inspect %01-default-aes256 --json
exit 2
json .error.code is prompt-unavailable
stderr has --password-file
stderr has MFA_CLI_P12_PASSWORD
nothing asked

## counts as given where the variable is empty
$ MFA_CLI_P12_PASSWORD= mfa-cli apns inspect %01-default-aes256 --json
exit 3
json .error.code is pkcs12-password-required
stderr has The password is empty

## is not asked for where the file has an empty one
$ mfa-cli apns inspect %21-emptypw --json
json .findings[].code has password-empty
$ mfa-cli apns inspect %21-emptypw
at a terminal
nothing asked
