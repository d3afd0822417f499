# A variable that takes the place of the profile is named where it is the cause.

## <LINE> names the variable and both tenants, and asks nobody
each LINE: whoami | apns delete x --yes
tenant
signed in
variable MFA_CLI_TENANT=http://127.0.0.1:9
variable MFA_CLI_CLIENT_ID=mfa-cli
$ mfa-cli <LINE> --json
exit 5
json .error.code is not-signed-in
json .error.message is "MFA_CLI_TENANT names http://127.0.0.1:9, but the profile \"default\" has $URL"
json .error.hints[0] is "Unset MFA_CLI_TENANT to use the session of the profile."
nobody asked

## names the variable of another application or client: <VARIABLE>
each VARIABLE: MFA_CLI_APP_ID | MFA_CLI_CLIENT_ID
tenant
signed in
variable <VARIABLE>=another
$ mfa-cli whoami --json
exit 5
json .error.code is not-signed-in
json .error.message has <VARIABLE>
nobody asked

## an option decides, and no variable is named
tenant
signed in
variable MFA_CLI_TENANT=http://127.0.0.1:9
$ mfa-cli whoami --tenant $URL --json
json .tenant is $URL

## doctor says which of the two is odd
tenant
signed in
port is free
clock now
variable MFA_CLI_TENANT=http://127.0.0.1:9
$ mfa-cli doctor --json --timeout 1
exit 7
json .checks[session].level is warning
json .checks[session].message has MFA_CLI_TENANT names http://127.0.0.1:9
json .checks[session].hint has Unset MFA_CLI_TENANT

## login warns of a variable that overrides what it saves
tenant
service user
no variable MFA_CLI_TENANT
variable MFA_CLI_APP_ID=another
$ mfa-cli login --tenant $URL --app-id mfa-cli
stderr has MFA_CLI_APP_ID names another, and overrides mfa-cli, which was just saved: unset it
no variable MFA_CLI_APP_ID
$ mfa-cli login --tenant $URL
stderr lacks which was just saved

## <VARIABLE> is named where its credentials are refused, although the profile has a session
each VARIABLE: MFA_CLI_TOKEN | MFA_CLI_CLIENT_SECRET
tenant
signed in
variable <VARIABLE>=wrong-words
$ mfa-cli whoami --json
exit 5
json .error.hints has Unset <VARIABLE> to use the session of the profile "default".

## the file of a secret is named where it is refused, although the profile has a session
tenant
signed in
write ci.secret mode 0600: wrong-words
variable MFA_CLI_CLIENT_SECRET_FILE=ci.secret
$ mfa-cli whoami --json
exit 5
json .error.hints has Unset MFA_CLI_CLIENT_SECRET_FILE to use the session of the profile "default".
port is free
clock now
$ mfa-cli doctor --json
json .checks[session].message has MFA_CLI_CLIENT_SECRET_FILE takes the place

## a token is named where it takes the place of a service user's session
tenant
service user
$ mfa-cli login
no variable MFA_CLI_CLIENT_SECRET
no variable MFA_CLI_CLIENT_ID
variable MFA_CLI_TOKEN=wrong-words
$ mfa-cli whoami --json
exit 5
json .error.hints has Unset MFA_CLI_TOKEN to use the session of the profile "default".
port is free
clock now
$ mfa-cli doctor --json
json .checks[session].hint has Unset MFA_CLI_TOKEN

## no variable is named where no profile has a session
tenant
variable MFA_CLI_TENANT=$URL
variable MFA_CLI_TOKEN=wrong-words
$ mfa-cli whoami --json
exit 5
stderr lacks of the profile

## MFA_CLI_PROFILE is named where its profile is not the one that is signed in
tenant
signed in
$ mfa-cli profile set tenant $URL --profile lab
variable MFA_CLI_PROFILE=lab
$ mfa-cli whoami --json
exit 5
json .error.hints has Unset MFA_CLI_PROFILE to use the profile "default".
variable MFA_CLI_PROFILE=nope
$ mfa-cli whoami --json
exit 2
json .error.message has The profile "nope" of MFA_CLI_PROFILE does not exist

## --profile decides, and MFA_CLI_PROFILE is not named
tenant
signed in
$ mfa-cli profile set tenant $URL --profile lab
variable MFA_CLI_PROFILE=default
$ mfa-cli whoami --profile lab --json
exit 5
json .error.code is not-signed-in
stdout lacks MFA_CLI_PROFILE
stderr lacks MFA_CLI_PROFILE
variable MFA_CLI_PROFILE=lab
$ mfa-cli whoami --profile nope --json
exit 2
json .error.code is usage
stdout lacks MFA_CLI_PROFILE

## a variable that spells the same tenant otherwise is not named: <SPELLING>
each SPELLING: abc1234.id.cyberark.cloud | https://abc1234.id.cyberark.cloud/ | HTTPS://ABC1234.ID.cyberark.cloud/home
variable MFA_CLI_TENANT=<SPELLING>
$ mfa-cli profile set tenant abc1234.id.cyberark.cloud
stderr lacks MFA_CLI_TENANT
$ mfa-cli profile show
stderr lacks MFA_CLI_TENANT
variable MFA_CLI_TENANT=xyz1234.id.cyberark.cloud
$ mfa-cli profile show
stderr has MFA_CLI_TENANT names https://xyz1234.id.cyberark.cloud

## is named beside the tenant that nobody reaches: <LINE>
each LINE: login --timeout 1
tenant
signed in
variable MFA_CLI_TENANT=http://127.0.0.1:9
$ mfa-cli <LINE> --json
exit 7
json .error.code is tenant-unreachable
json .error.hints has Unset MFA_CLI_TENANT to use $URL of the profile "default".

## is named beside what is no tenant: <ANSWER>
each ANSWER: 404 <html>Portal</html> | 200 <html>Portal</html> | 302 headers {"location":"https://portal.example/"}
tenant
signed in
server answers <ANSWER>
variable MFA_CLI_TENANT=$SERVER
variable MFA_CLI_TOKEN=made-up
$ mfa-cli whoami --json
exit 7
json .error.hints has Unset MFA_CLI_TENANT to use $URL of the profile "default".

## is named in what needs no session: <LINE>
each LINE: apns set %01-default-aes256 --dry-run | apns status | profile show
tenant
signed in
variable MFA_CLI_P12_PASSWORD=secret
variable MFA_CLI_TENANT=http://127.0.0.1:9
$ mfa-cli <LINE>
stderr has MFA_CLI_TENANT names http://127.0.0.1:9, but the profile "default" has $URL
no variable MFA_CLI_TENANT
$ mfa-cli <LINE>
stderr lacks MFA_CLI_TENANT

## a scope of a variable is named where it forbids what that of the profile allows
tenant
service user
$ mfa-cli login --scope all
variable MFA_CLI_SCOPE=apns
$ mfa-cli device enroll --json
exit 6
json .error.code is tenant-forbidden
json .error.hints has Unset MFA_CLI_SCOPE to use all of the profile "default".
$ mfa-cli device enroll --scope apns --json
exit 6
json .error.code is tenant-forbidden
stdout lacks MFA_CLI_SCOPE

## a client app key of a variable is named before it is used: <LINE>
each LINE: apns set %01-default-aes256 | apns delete --dry-run --force
tenant
signed in
$ mfa-cli profile set client-app-key com.mine
variable MFA_CLI_P12_PASSWORD=secret
variable MFA_CLI_CLIENT_APP_KEY=com.theirs
$ mfa-cli <LINE>
stderr has MFA_CLI_CLIENT_APP_KEY names com.theirs, but the profile "default" has com.mine

## a client app key of a variable is not named where nobody is signed in
tenant
signed in
$ mfa-cli profile set client-app-key com.mine
$ mfa-cli logout --yes
variable MFA_CLI_CLIENT_APP_KEY=com.theirs
$ mfa-cli whoami --json
exit 5
json .error.code is not-signed-in
stdout lacks MFA_CLI_CLIENT_APP_KEY
stderr lacks MFA_CLI_CLIENT_APP_KEY

## status names no profile for a tenant that only a variable names
tenant
tenant
variable MFA_CLI_P12_PASSWORD=secret
signed in at tenant 2
$ mfa-cli apns set %01-default-aes256
$ mfa-cli logout
signed in at tenant 1
variable MFA_CLI_TENANT=$URL2
$ mfa-cli apns status --json
json .certificates[com.example.lab].tenant is $URL2
json .certificates[com.example.lab].profile is null

## status lists the tenant of the session next to that of the variable
tenant
tenant
variable MFA_CLI_P12_PASSWORD=secret
signed in at tenant 1
$ mfa-cli apns set %01-default-aes256
variable MFA_CLI_TENANT=$URL2
$ mfa-cli apns status --json
on 2028-01-01
exit 4
json .certificates[].tenant is ["$URL"]
json .elsewhere is 0

## doctor says which of the two is odd: a variable that no tenant answers
tenant
signed in
port is free
clock now
variable MFA_CLI_TENANT=http://127.0.0.1:9
$ mfa-cli doctor --json --timeout 1
exit 7
json .checks[session].hint has MFA_CLI_TENANT is the odd one: no tenant answers there.
json .checks[tenant-address].hint has Unset MFA_CLI_TENANT to use $URL

## doctor says which of the two is odd: a variable of a rehearsal, a profile elsewhere
tenant
port is free
clock now
$ mfa-cli profile set tenant abc1234.id.cyberark.cloud
variable MFA_CLI_TENANT=$URL
$ mfa-cli doctor --json
json .checks[session].message has You are not signed in, and MFA_CLI_TENANT names $URL
json .checks[session].hint has MFA_CLI_TENANT is the odd one: its tenant is on this machine

## doctor says which profile has the tenant of the variable
tenant
tenant
port is free
clock now
signed in at tenant 1
signed in as lab at tenant 2
variable MFA_CLI_TENANT=$URL2
$ mfa-cli doctor --profile default --json
json .checks[session].hint has The profile "lab" has that tenant: add --profile lab.

## doctor names the token that takes the place of the session
tenant
signed in
port is free
clock now
variable MFA_CLI_TOKEN=abc
$ mfa-cli doctor --json
json .checks[session].level is warning
json .checks[session].message is "MFA_CLI_TOKEN takes the place of the session of the profile \"default\"."
json .checks[session].hint has Unset MFA_CLI_TOKEN

## doctor finds nothing odd about a service user who has also signed in
tenant
service user
port is free
clock now
$ mfa-cli login
$ mfa-cli doctor --json
json .checks[session].level is ok

## doctor names the variable of the profile
tenant
signed in
signed in as lab
port is free
clock now
variable MFA_CLI_PROFILE=default
$ mfa-cli profile use lab
stderr has MFA_CLI_PROFILE names default, and overrides lab, which was just saved: unset it
$ mfa-cli doctor --json
json .checks[profile].message has MFA_CLI_PROFILE names "default", and the current profile is "lab"

## login warns of <VARIABLE> as well
each VARIABLE: MFA_CLI_SCOPE=apns | MFA_CLI_PROFILE=lab | MFA_CLI_TOKEN=abc
tenant
service user
no variable MFA_CLI_TENANT
variable <VARIABLE>
$ mfa-cli login --tenant $URL --scope all --profile default
stderr has just saved: unset it

## profile set warns of a variable that overrides what it sets
$ MFA_CLI_CLIENT_APP_KEY=b mfa-cli profile set client-app-key a
stderr has MFA_CLI_CLIENT_APP_KEY names b, and overrides a, which was just saved: unset it
$ MFA_CLI_CLIENT_APP_KEY=a mfa-cli profile set client-app-key a
stderr lacks just saved

## a client app key of a variable is named to a service user too, its tenant is not
tenant
signed in
$ mfa-cli profile set client-app-key com.mine
tenant
service user of tenant 2
variable MFA_CLI_P12_PASSWORD=secret
variable MFA_CLI_CLIENT_APP_KEY=com.theirs
$ mfa-cli apns set %01-default-aes256
stderr has MFA_CLI_CLIENT_APP_KEY names com.theirs, but the profile "default" has com.mine
stderr lacks MFA_CLI_TENANT names

## a CA file of a variable is the same by another path: <PATH>
each PATH: ca.pem | ./ca.pem | $DIR/ca.pem | $DIR/x/../ca.pem
write ca.pem: x
$ MFA_CLI_CA_FILE=<PATH> mfa-cli profile set ca-file ca.pem
stderr lacks just saved
$ MFA_CLI_CA_FILE=other.pem mfa-cli profile set ca-file <PATH>
stderr has MFA_CLI_CA_FILE names $DIR/other.pem, and overrides $DIR/ca.pem

## a renewal names what a variable decides: <VARIABLE>
each VARIABLE: MFA_CLI_TENANT=http://127.0.0.1:9 | MFA_CLI_CLIENT_APP_KEY=com.theirs
tenant
signed in
$ mfa-cli profile set client-app-key com.mine
renewal in push
variable <VARIABLE>
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push
stderr has but the profile "default" has
