# Names and files that were pasted or mixed up are recognized.

variable MFA_CLI_P12_PASSWORD=secret

## knows a path with quotes, a wrong dash or a blank: <PATH>
each PATH: "'a.p12'" | “a.p12” | my–app.p12 | "a.p12 "
$ mfa-cli apns inspect <PATH> --json
exit 3
json .error.code is file-not-found
json .error.message matches /does not exist: its name (has (quotes|the dash)|begins or ends)/

## knows an option that begins with a wrong dash
$ mfa-cli apns set a.p12 –dry-run --json
exit 2
json .error.message has type --dry-run
nobody asked

## knows a tenant in quotes or with a wrong dash: <TENANT>
each TENANT: "'acme.id.cyberark.cloud'" | acme–eu.id.cyberark.cloud
$ mfa-cli login --tenant <TENANT> --json
exit 2
json .error.code is usage
json .error.message matches /has (quotes|the dash)/

## knows a user in quotes: <LINE>
each LINE: bootstrap --user "'a@example.com'" | login --login-hint "'a@example.com'"
  | apns prove --user "'a@example.com'"
tenant
token
$ mfa-cli <LINE> --json
exit 2
json .error.code is usage
json .error.message has has quotes around it
nobody asked

## knows a .p12 in place of the file of its password
no variable MFA_CLI_P12_PASSWORD
$ mfa-cli apns inspect %01-default-aes256 --password-file %01-default-aes256 --json
exit 3
json .error.code is pkcs12-password-incorrect
json .error.hints[0] has is a .p12 file itself, not its password

## says where an administrator finds the tenant's address: <LINE>
each LINE: login | apns delete x --yes
$ mfa-cli <LINE> --json
exit 2
json .error.code is usage
json .error.hints matches /Settings > Customization > Tenant URLs/

## leads from a tenant's ID to its whole host: <TENANT>
each TENANT: abc1234 | https://abc1234/ | ABC1234:443
port is free
variable HTTPS_PROXY=http://127.0.0.1:$PORT
$ mfa-cli login --tenant <TENANT> --json
exit 7
json .error.code is tenant-unreachable
json .error.hints[0] has --tenant abc1234.id.cyberark.cloud

## suggests no host in place of a whole one
port is free
variable HTTPS_PROXY=http://127.0.0.1:$PORT
$ mfa-cli login --tenant abc1234.id.cyberark.cloud --json
exit 7
json .error.code is tenant-unreachable
json .error.hints[0] lacks --tenant

## leads from <WORD> of the fleet to the format of its status
each WORD: calendar | csv | html | ics | page
$ mfa-cli fleet <WORD> --json
exit 2
json .error.message matches /did you mean mfa-cli fleet status --format (ics|csv|html)\?/

## tells a mistyped key of a fleet file once
fleet of 1
replace /tenant: "/ with tenent: " in mfa-fleet.yaml
$ mfa-cli fleet plan
exit 2
stderr has "tenent" is not a key of tenant "t1"; did you mean tenant?
stderr lacks has no tenant
