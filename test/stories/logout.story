# `logout` says whether the tenant agreed.

## says that the tenant accepted
tenant
signed in
$ mfa-cli logout --must-revoke --json
json .revoked is true
json .sessions[].revoked are true

## says in its headline that the tenant refused
tenant revoke-public-client=refused
signed in
$ mfa-cli logout
stdout has Signed out on this machine
stdout lacks Signed out of

## ends with 8 where the tenant refuses and it must not
tenant revoke-public-client=refused
signed in
$ mfa-cli logout --must-revoke --json
exit 8
json .revoked is false
json .sessions[].revoked are false
$ mfa-cli whoami
exit 5

## tells a missing answer from a no
tenant
signed in
tenant is gone
$ mfa-cli logout --json
json .revoked is null
json .sessions[].revoked are null

## ends with 8 without an answer, and says that nobody knows
tenant
signed in
tenant is gone
$ mfa-cli logout --must-revoke
exit 8
stdout has it is unknown whether $URL ended the session

## counts a refusal more than a missing answer
tenant
signed in
tenant is gone
tenant revoke-public-client=refused
signed in as other at tenant 2
$ mfa-cli logout --all --yes --json
json .revoked is false
json .sessions[].revoked is [null,false]

## counts a missing answer more than an acceptance
tenant
signed in
tenant is gone
tenant
signed in as other at tenant 2
$ mfa-cli logout --all --yes --json
json .revoked is null
json .sessions[].revoked is [null,true]

## shows the secret of another service user to nobody
tenant
service user
$ mfa-cli login
$ MFA_CLI_CLIENT_ID=other@example.com mfa-cli logout --json
json .revoked is false
json .sessions[0].revocations[].outcome is ["refused"]
$ mfa-cli login
$ mfa-cli logout --json
json .revoked is true

## ends with 0 where there is nothing to revoke
$ mfa-cli logout --must-revoke --json
json .revoked is null
json .sessions is []
