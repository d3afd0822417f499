# Profiles and settings that do not exist, or hold what they cannot.

## says that a profile does not exist, and how to create it
$ mfa-cli doctor --profile nosuch
exit 2
stderr has The profile "nosuch" does not exist
stderr has Create it: `mfa-cli login --profile nosuch`.

## suggests no sign-in where a profile must exist: <LINE>
each LINE: profile use x | logout --profile x
$ mfa-cli <LINE> --json
exit 2
json .error.code is usage
json .error.hints is []

## signs out nowhere where every profile and a single one are meant
tenant
signed in
$ mfa-cli logout --all --profile default --json
exit 2
json .error.code is usage
nobody asked
file $CONFIG/config.json is unchanged

## says that the current profile of an edited store does not exist
tenant
signed in
replace /"current": *"default"/ with "current": "gone" in $CONFIG/config.json
$ mfa-cli whoami --json
exit 2
json .error.code is usage
json .error.message has The profile "gone" does not exist
nobody asked

## tells a script that a profile does not exist, however quiet it is
$ mfa-cli whoami --profile nosuch --json --quiet
exit 2
json .error.code is usage
json .error.exitCode is 2
json .error.hints is ["Create it: `mfa-cli login --profile nosuch`."]
stderr is empty

## names the profiles that exist: <COMMAND>
each COMMAND: use | remove | show
tenant
signed in
$ mfa-cli profile <COMMAND> acme --json
exit 2
json .error.code is usage
json .error.hints[0] has Choose an existing profile (default)
file $CONFIG/config.json is unchanged

## suggests the profile that was meant
tenant
signed in
$ mfa-cli whoami --profile defualt
exit 2
stderr has did you mean default?
stderr has `mfa-cli login --profile defualt`

## makes no profile for a name that does not exist: <LINE>
each LINE: apns set %01-default-aes256 | apns delete x --yes | whoami | apns status | profile list
  | apns verify %01-default-aes256 | device enroll | api POST /Security/WhoAmI
variable MFA_CLI_P12_PASSWORD=secret
tenant
signed in as acme
token
$ mfa-cli <LINE> --profile amce --json
exit 2
json .error.code is usage
json .error.message has did you mean acme?
file $CONFIG/config.json is unchanged
nobody asked
variable MFA_CLI_PROFILE=amce
$ mfa-cli <LINE> --json
exit 2
json .error.code is usage
nobody asked

## makes a new profile where it is asked to
tenant
token
$ mfa-cli profile set port 8400 --profile fresh
$ mfa-cli profile list --json
json .profiles[fresh].name is fresh

## removes no profile without a yes
tenant
signed in
$ mfa-cli profile remove default
answer no
exit 130
stderr has Nothing was removed
file $CONFIG/config.json is unchanged

## says where a profile's other certificates are
tenant
signed in
variable MFA_CLI_P12_PASSWORD=secret
$ mfa-cli apns set %01-default-aes256 --client-app-key com.example.lab
$ mfa-cli profile set port 8400 --profile rehearsal
$ MFA_CLI_PROFILE=rehearsal mfa-cli apns status
stdout has the profile "rehearsal"
stdout has `mfa-cli apns status --all-profiles`

## shows the certificates of the tenant of the session where the setting is another's by now
variable MFA_CLI_P12_PASSWORD=secret
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --yes
tenant
signed in as other at tenant 2
$ mfa-cli apns set %01-default-aes256 --client-app-key com.example.other --yes --profile other
no variable MFA_CLI_TENANT
$ mfa-cli profile set tenant $URL2 --profile default
$ mfa-cli profile show default --json
json .session.tenant is $URL
json .certificates[].tenant is ["$URL"]
json .certificates[].clientAppKey is ["com.example.lab"]

## lists nobody as signed in at a tenant that the session is not for
tenant
signed in
$ mfa-cli profile set tenant other.example
$ mfa-cli profile list --json
json .profiles[default].tenant is https://other.example
json .profiles[default].signedIn is false
json .profiles[default].user is null
json .profiles[default].expiresAt is null
$ mfa-cli profile list
stdout has https://other.example not signed in

## lists nobody as signed in with <KEY> that the session is not for
each KEY: client-id | app-id
tenant
signed in
$ mfa-cli profile set <KEY> other
$ mfa-cli profile list --json
json .profiles[default].signedIn is false
json .profiles[default].user is null

## lists who is signed in at a tenant whose address was edited, but is the same
tenant
signed in
$ mfa-cli profile set tenant $URL
replace /(?<="settings":\s*\{[^}]*"tenant":\s*")http:/ with HTTP: in $CONFIG/config.json
$ mfa-cli profile list --json
json .profiles[default].signedIn is true
json .profiles[default].user is admin@example.com

## names the setting that is wrong, and how to correct it
tenant
signed in
$ mfa-cli profile set port 8400
replace /"8400"|8400/ with "84000" in $CONFIG/config.json
$ mfa-cli login
exit 2
stderr has The setting port of the profile "default" must be a port from 1 to 65535, not "84000"
stderr has `mfa-cli profile set port VALUE --profile default`

## names the variable that is wrong, and how to correct it: <VARIABLE>
each VARIABLE: TIMEOUT=abc | PORT=0 | STORE=xyz | TENANT=a%
variable MFA_CLI_TENANT=https://abc1234.id.cyberark.cloud
variable MFA_CLI_<VARIABLE>
$ mfa-cli login --json
exit 2
json .error.code is usage
json .error.message matches
  /^MFA_CLI_(TIMEOUT must be .*"abc"|PORT must be .*"0"|STORE must be .*"xyz"|TENANT: "a%" is not)/
json .error.hints[0] matches /^Correct MFA_CLI_(TIMEOUT|PORT|STORE|TENANT), or unset it\.$/

## warns of a variable that it does not read, and suggests the one that was meant
$ MFA_CLI_TENNANT=acme mfa-cli profile list
stderr has does not read the variable MFA_CLI_TENNANT; did you mean MFA_CLI_TENANT?
$ MFA_CLI_COLOUR=no mfa-cli profile list
stderr has does not read the variable MFA_CLI_COLOUR
stderr lacks did you mean

## warns of such a variable in doctor as well
port is free
$ MFA_CLI_TENNANT=acme mfa-cli doctor --timeout 1 --json
json .checks[variables].level is warning
json .checks[variables].message has did you mean MFA_CLI_TENANT?
json .checks[variables].hint has `mfa-cli help environment`

## says whether a profile that goes had a session
tenant
signed in as work
$ mfa-cli profile set tenant $URL --profile idle
$ mfa-cli profile remove work --yes --json
json .hadSession is true
$ mfa-cli profile remove idle --yes --json
json .hadSession is false
