# A fleet file that was trusted and has changed since: no more is asked about than what differs.

variable MFA_CLI_TRUST_FLEET=
fleet of 2
replace /\{ env: APP_PASSWORD \}/ with { command: [sh, -c, printf secret] } in mfa-fleet.yaml
$ mfa-cli fleet plan
answer yes

## labels need no new trust
declare t1: certificate: app, labels: { a: b }
$ mfa-cli fleet plan
at a terminal
nothing asked

## a client app key is asked about, which reaches the record and the tenant as it stands
declare t1: certificate: app, client-app-key: k
$ mfa-cli fleet plan
answer no
exit 2
stderr has New in mfa-fleet.yaml since you last trusted it:
stderr has   names the client app key k for $T1
stderr lacks No longer in it:
stderr lacks CI_SECRET
nobody asked
$ mfa-cli fleet plan
answer yes
declare t1: client-app-key: other, certificate: app
$ mfa-cli fleet plan
answer no
exit 2
stderr has   names the client app key other for $T1
stderr has No longer in it:
stderr has   names the client app key k for $T1

## a topic is asked about, which is the client app key where no other is named
replace /p12: app.p12,/ with p12: app.p12, topic: com.example.lab.voip, in mfa-fleet.yaml
$ mfa-cli fleet plan
answer yes
stderr has   names the client app key com.example.lab.voip for
stderr lacks names the topic
declare t1: certificate: app, client-app-key: k
$ mfa-cli fleet plan
answer no
exit 2
stderr has   names the client app key k for $T1
stderr has   names the topic com.example.lab.voip for $T1

## whom a service user signs in as is asked about, and what it asks for
each CHANGE: client-id: other@t1, | client-id: ci@t1, app-id: other-app, | client-id: ci@t1, scope: everything, | client-id: ci@t1, platform-token: true,
declare t1: certificate: app, sign-in: { <CHANGE> client-secret: { env: CI_SECRET } }
$ mfa-cli fleet plan
answer no
exit 2
stderr has New in mfa-fleet.yaml since you last trusted it:
stderr has   signs in as client-id=
stderr lacks reads the variable
nobody asked

## a comment needs no new trust
replace /^version: 1/ with version: 1 # the first in mfa-fleet.yaml
$ mfa-cli fleet plan
at a terminal
nothing asked

## only another variable is asked about
declare t1: certificate: app, sign-in: { client-id: ci@t1, client-secret: { env: HOME } }
$ mfa-cli fleet plan
answer no
exit 2
stderr has New in mfa-fleet.yaml since you last trusted it:
stderr has   reads the variable HOME for $T1
stderr has No longer in it:
stderr has   reads the variable CI_SECRET for $T1
stderr lacks app.p12
stderr lacks runs the program
asked Trust mfa-fleet.yaml with these changes?
nobody asked

## a change is not trusted without a terminal, and told by what changed
declare t1: certificate: app, sign-in: { client-id: ci@t1, client-secret: { env: HOME } }
$ mfa-cli fleet apply --yes --json
exit 2
json .error.code is fleet-untrusted
json .error.message has it has changed since you last trusted it
stderr has New in mfa-fleet.yaml since you last trusted it:
stderr has   reads the variable HOME for $T1
stderr has No longer in it:
stderr has   reads the variable CI_SECRET for $T1
stderr lacks app.p12
nobody asked
$ mfa-cli fleet plan
exit 2
stderr has   reads the variable HOME for $T1
stderr lacks Not trusted yet
stderr lacks app.p12

## a change is told by what changed where a hash is pinned as well
declare t1: certificate: app, sign-in: { client-id: ci@t1, client-secret: { env: HOME } }
variable MFA_CLI_TRUST_FLEET=sha256:0000000000000000000000000000000000000000000000000000000000000000
$ mfa-cli fleet apply --yes --json
exit 2
json .error.message has its hash does not match
stderr has   reads the variable HOME for $T1
stderr lacks app.p12

## all that another host would get is asked about
replace /t1: \{ tenant: "[^"]*"/ with t1: { tenant: "https://evil.example" in mfa-fleet.yaml
$ mfa-cli fleet plan
answer no
exit 2
stderr has reads the file app.p12 for evil.example
stderr has reads the variable CI_SECRET for evil.example
stderr has runs the program sh -c 'printf secret' for evil.example
stderr has No longer in it:
stderr lacks $T2

## another program of the same name is asked about
replace /command: \[sh,/ with command: [./sh, in mfa-fleet.yaml
$ mfa-cli fleet plan
answer no
exit 2
stderr has runs the program ./sh -c 'printf secret' for
stderr has runs the program sh -c 'printf secret' for
stderr lacks app.p12
stderr lacks CI_SECRET
asked Trust mfa-fleet.yaml with these changes?

## other arguments of a program are asked about
replace /printf secret/ with printf secret2 in mfa-fleet.yaml
$ mfa-cli fleet plan
answer no
exit 2
stderr has runs the program sh -c 'printf secret2' for
stderr has runs the program sh -c 'printf secret' for
stderr lacks app.p12

## another way to write a path is asked about
replace /p12: app\.p12/ with p12: ./app.p12 in mfa-fleet.yaml
$ mfa-cli fleet plan
answer no
exit 2
stderr has reads the file ./app.p12 for
stderr has No longer in it:
stderr lacks runs the program

## another profile is asked about
declare t1: certificate: app, sign-in: { profile: p }
$ mfa-cli fleet plan
answer no
exit 2
stderr has signs in with the profile p for $T1
stderr has No longer in it:

## what is gone is asked about
declare no t1
$ mfa-cli fleet plan
answer no
exit 2
stderr lacks New in
stderr has No longer in it:
stderr has reads the variable CI_SECRET for $T1
stderr has runs the program sh -c 'printf secret' for $T1
asked Trust mfa-fleet.yaml with these changes?

## a certificate that a tenant no longer has is asked about
declare t1: certificate: null, client-app-key: k
$ mfa-cli fleet plan
answer no
exit 2
stderr has   names the client app key k for $T1
stderr has reads the file app.p12 for $T1
stderr lacks CI_SECRET

## a yes trusts the changes
replace /printf secret/ with printf 'secret' in mfa-fleet.yaml
$ mfa-cli fleet plan
answer yes
$ mfa-cli fleet plan
at a terminal
nothing asked
