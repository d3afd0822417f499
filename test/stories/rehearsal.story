# A person at a terminal sees from the first line on that the tenant is on this machine.

## names the tenant and who names it
tenant
signed in
$ mfa-cli whoami
at a terminal
stderr has Rehearsal: local tenant $URL (profile "default")
variable MFA_CLI_TENANT=$URL
$ mfa-cli whoami
at a terminal
stderr has Rehearsal: local tenant $URL (MFA_CLI_TENANT)
$ mfa-cli whoami --tenant $URL
at a terminal
stderr has Rehearsal: local tenant $URL (--tenant)

## says nothing to a pipeline, with --json or --quiet, or of a tenant elsewhere
tenant
signed in
$ mfa-cli whoami
stderr lacks Rehearsal
$ mfa-cli whoami --json
at a terminal
stderr lacks Rehearsal
$ mfa-cli whoami --quiet
at a terminal
stderr lacks Rehearsal
variable MFA_CLI_TENANT=https://abc1234.id.cyberark.cloud
$ mfa-cli apns status
at a terminal
stderr lacks Rehearsal
