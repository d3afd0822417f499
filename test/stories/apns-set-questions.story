# `apns set` in a terminal: what is shown, what is asked, and when nothing is.

variable MFA_CLI_P12_PASSWORD=secret
tenant
signed in

## needs a yes to set a first certificate with a warning
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
answer no
exit 130
asked Set the certificate for lab at $URL?
stderr has Client app key lab
stderr has Topic com.example.lab
stderr has Replaces nothing on record
stderr has ✗ Nothing was sent
nothing sent
tenant holds nothing
$ mfa-cli apns status --json
json .requests is []

## calls no hook after a no
hook
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --hook $HOOK
answer no
exit 130
nothing sent

## sets after a yes
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
answer yes
asked Set the certificate for lab at $URL?
stdout has ✓ Set the push certificate for lab
sent in order /Mobile/SetApnsCertForClientApp
tenant holds lab: file %01-default-aes256, topic com.example.lab, password secret

## needs a yes to replace another certificate
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns set %30-prod --client-app-key com.example.lab --force
answer no
exit 130
asked Replace the certificate for com.example.lab at $URL?
stderr has Replaces the certificate valid until 2027-12-24, set on 2026-11-24
stderr has Phones the tenant lists no iPhone for this session, which may not see all
nothing sent
tenant holds com.example.lab: file %01-default-aes256

## replaces another certificate after a yes
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns set %30-prod --client-app-key com.example.lab
answer yes
asked Replace the certificate for com.example.lab at $URL?
tenant holds com.example.lab: file %30-prod

## calls no key new that is on record
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
$ mfa-cli apns set %30-prod --client-app-key lab --no-verify
answer yes
stderr has Client app key lab
stderr lacks is not on record here

## is not made to ask less by --force
$ mfa-cli apns set %30-exp --client-app-key lab --force
answer no
exit 130
asked Set the certificate for lab at $URL?
nothing sent
tenant holds nothing

## asks nothing about the same certificate again
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
at a terminal
nothing asked
stderr lacks is not on record here
stderr has Replaces the same certificate
stdout has ✓ Sent the same certificate for lab again
sent in order /Mobile/SetApnsCertForClientApp

## recognizes the same certificate without a question for its key
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns set %01-default-aes256
at a terminal
nothing asked
stderr has This certificate for com.example.lab was set last; it is sent again.

## asks again where another topic is set for the same key
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --topic com.example.lab.voip
answer no
exit 130
asked Replace the certificate for lab at $URL?
nothing sent
tenant holds lab: topic com.example.lab

## shows the old and the new topic
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --topic com.example.lab.voip
answer yes
stderr has Replaces the certificate valid until 2027-12-24, set on 2026-11-24; topic
 com.example.lab, now com.example.lab.voip
stderr has [topic-changes]
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --topic com.example.lab
stdout has Replaces the certificate valid until 2027-12-24, set on 2026-11-24; topic
 com.example.lab.voip, now com.example.lab
$ mfa-cli apns set %30-prod --client-app-key lab --force --json
json .replaces.notAfter is 2027-12-24T13:29:19Z
json .replaces.topic is com.example.lab

## asks before it replaces a topic that only the tenant tells
tenant tenant-config=known
signed in
another administrator sets lab topic com.example.elsewhere
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
answer no
exit 130
asked Replace the certificate for lab
stderr has Replaces a certificate that is not on record; topic com.example.elsewhere, now com.example.lab
stderr has Phones the tenant lists no iPhone for this session, which may not see all

## asks although this machine set the same, where the tenant tells another topic since
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --yes
another administrator sets lab topic com.example.elsewhere
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
answer no
exit 130
asked Replace the certificate for lab
stderr has Replaces a certificate that is not on record; topic com.example.elsewhere, now com.example.lab
stderr lacks Replaces the same certificate
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --refresh --json
json .unchanged is false
json .replaces is {"topic":"com.example.elsewhere","notAfter":null,"setAt":null}

## replaces nothing where the tenant tells that the key is gone
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key lab --yes
another administrator deletes lab
another administrator sets com.their.app
$ mfa-cli apns set %30-prod --client-app-key lab --force
answer no
exit 130
asked Set the certificate for lab
stderr has Replaces nothing: the tenant has no topic for this client app key
stderr lacks the certificate valid until

## asks nothing with --yes, and shows what it replaces
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns set %30-prod --client-app-key com.example.lab --yes
at a terminal
nothing asked
stderr has Replaces the certificate valid until 2027-12-24, set on 2026-11-24
stderr has Phones the tenant lists no iPhone for this session, which may not see all
tenant holds com.example.lab: file %30-prod

## names the topic as the key with --yes
$ mfa-cli apns set %01-default-aes256 --yes
at a terminal
nothing asked
tenant holds com.example.lab: topic com.example.lab

## shows the app that a new key silences, and asks
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
$ mfa-cli apns set %01-default-aes256 --client-app-key other
answer no
exit 130
asked Set the certificate for other at $URL?
stderr has no longer to "lab". [silences-other-app]
nothing sent
tenant pushes to lab
tenant lacks other

## asks for the client app key, with the topic for an empty line
$ mfa-cli apns set %30-prod --no-verify
answer com.example.lab
answer yes
asked Client app key:
stderr lacks differs from the topic
tenant holds com.example.lab

## sends the key that was typed, and warns that it is not the topic
$ mfa-cli apns set %30-prod --no-verify
answer maybe
answer yes
asked Set the certificate for maybe at $URL?
stderr has The client app key "maybe" is not on record here, and differs from the topic
tenant holds maybe: topic com.example.lab
tenant lacks com.example.lab

## takes no yes or no for the client app key
$ mfa-cli apns set %30-prod --no-verify
answer y
answer ' Yes'
answer n
answer 'NO '
answer ''
answer maybe
answer no
exit 130
asked Type the key, or clear the line and press Return for com.example.lab
asked Set the certificate for maybe at $URL?
nothing sent

## takes with --force a file of any kind that a person chose
$ mfa-cli apns set --force --no-verify --client-app-key lab --json
answer %30-voip
answer yes
exit 8
asked Path of the .p12:
json .findings[].code has push-kind-unsupported
tenant holds lab: file %30-voip

## finds blanks around a topic that is given
$ mfa-cli apns set %30-prod --no-verify --topic ' com.example.lab '
answer com.example.lab
answer yes
stderr lacks differs from the topic
tenant holds com.example.lab: topic com.example.lab

## asks nothing where the checks stop it
$ mfa-cli apns set %30-exp
at a terminal
exit 4
stdout has [certificate-expired]
nothing asked
nobody asked

## asks with --yes not even whether the sandbox is meant
$ mfa-cli apns set %30-dev --yes --json
at a terminal
exit 4
json .findings[sandbox-only].level is error
nothing asked
nobody asked

## asks with --force only whether to set it, and not whether the sandbox is meant
$ mfa-cli apns set %30-dev --client-app-key lab --force --no-verify --json
answer yes
exit 8
asked Set the certificate for lab at $URL?
json .findings[].code has sandbox-only
file $CONFIG/ledger.jsonl json [].environment is [null,null]

## asks nothing with --quiet and --yes, and tells the result
$ mfa-cli apns set %01-default-aes256 --quiet --yes --no-verify
at a terminal
nothing asked
stdout has ✓ Set the push certificate for com.example.lab
stderr lacks Replaces

## hides nothing with --quiet that belongs to a question
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns set %30-prod --client-app-key other --quiet --no-verify
answer no
exit 130
asked Set the certificate for other at $URL?
stderr has [silences-other-app]
stderr has Client app key other
stderr has Phones the tenant lists no iPhone for this session, which may not see all
stderr has differs from the topic
nothing sent

## judges a set by what is on record of the tenant that the sign-in names
$ mfa-cli apns set %01-default-aes256 --yes
$ mfa-cli profile remove default --yes
$ MFA_CLI_PORT=$PORT mfa-cli apns set %01-default-aes256 --yes --no-verify
at a terminal
in a browser
answer yes
answer $URL
answer mfa-cli
answer mfa-cli
stderr has was set last; it is sent again
