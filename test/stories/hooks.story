# What a hook is told of a change, and what its end changes.
variable MFA_CLI_P12_PASSWORD=secret
tenant advanced-config=open
signed in

## tells a hook of a set and of a deletion
hook
$ mfa-cli apns set %01-default-aes256 --hook $HOOK
sent hook set 1 time
$ mfa-cli apns delete com.example.lab --yes --hook $HOOK
sent hook deleted 1 time

## tells a hook of a set that the tenant refuses
hook
fault refused at /Mobile/SetApnsCertForClientApp
$ mfa-cli apns set %01-default-aes256 --hook $HOOK
exit 6
sent hook failed 1 time

## tells a hook of a set whose outcome is unknown
hook
fault lost at /Mobile/SetApnsCertForClientApp 9 times
$ mfa-cli apns set %01-default-aes256 --hook $HOOK
exit 7
sent hook unknown 1 time

## ends with 8 where a hook that must succeed fails, and keeps what is set
program FAILING <<
exit 3
>>
$ mfa-cli apns set %01-default-aes256 --hook $FAILING --hook-must-succeed
exit 8
sent FAILING run 1 time
tenant holds com.example.lab

## ends with 0 where a hook fails that need not succeed
program FAILING <<
exit 3
>>
$ mfa-cli apns set %01-default-aes256 --hook $FAILING --json
json .sent is true
stderr has warning
