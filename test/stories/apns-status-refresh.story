# `--refresh` of `apns status` and `apns set`: the topic by the tenant's own word.

variable MFA_CLI_P12_PASSWORD=secret

## finds another administrator's topic at a tenant with <ANSWERS>
each ANSWERS: tenant-config=known advanced-config=open | tenant-config=known advanced-config=silent
 | tenant-config=known advanced-config=shut
tenant <ANSWERS>
signed in
$ mfa-cli apns set %01-default-aes256 --refresh --json
json .held is {"topic":"com.example.lab","outcome":"same"}
sent in order /Mobile/SetApnsCertForClientApp
$ mfa-cli apns set %01-default-aes256 --client-app-key second
another administrator sets com.example.lab topic com.example.elsewhere
$ mfa-cli apns status --refresh --json
exit 4
json .ok is false
json .certificates[com.example.lab].against[].code has held-differs
json .certificates[com.example.lab].held
 is {"topic":"com.example.elsewhere","outcome":"differs"}
json .certificates[second].held is {"topic":"com.example.lab","outcome":"same"}
stderr has reports the topic com.example.elsewhere for com.example.lab, not com.example.lab
sent /TenantConfig/GetAdvancedConfig 0 times
nothing sent

## asks a second API where the first does not tell: <ANSWERS>
each ANSWERS: tenant-config=unknown advanced-config=open | tenant-config=refused advanced-config=open
tenant <ANSWERS>
signed in
$ mfa-cli apns set %01-default-aes256 --refresh --json
json .held is {"topic":"com.example.lab","outcome":"same"}
sent in order /Mobile/SetApnsCertForClientApp
$ mfa-cli apns set %01-default-aes256 --client-app-key second
another administrator sets com.example.lab topic com.example.elsewhere
$ mfa-cli apns status --refresh --json
exit 4
json .ok is false
json .certificates[com.example.lab].against[].code has held-differs
json .certificates[com.example.lab].held
 is {"topic":"com.example.elsewhere","outcome":"differs"}
json .certificates[second].held is {"topic":"com.example.lab","outcome":"same"}
sent /Core/GetTenantConfig
sent /TenantConfig/GetAdvancedConfig
nothing sent

## does not know a topic that the tenant does not tell, nor fails: <ANSWERS>
each ANSWERS: tenant-config=unknown advanced-config=silent | tenant-config=unknown advanced-config=shut
 | tenant-config=refused advanced-config=silent | tenant-config=refused advanced-config=shut
tenant <ANSWERS>
signed in
$ mfa-cli apns set %01-default-aes256 --refresh --json
json .sent is true
json .held is {"topic":null,"outcome":"unknown"}
stderr says The topic is unknown: $URL 1 time
sent in order /Mobile/SetApnsCertForClientApp
$ mfa-cli apns set %01-default-aes256 --client-app-key second
another administrator sets com.example.lab topic com.example.elsewhere
$ mfa-cli apns status --refresh --json
json .ok is true
json .certificates[].held is [{"topic":null,"outcome":"unknown"},{"topic":null,"outcome":"unknown"}]
stderr says The topic is unknown: $URL 1 time

## shows the topic in a column and above it, with its control characters spelled out
tenant
signed in
let TOPIC be "com.example.\u001b[31melsewhere"
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns set %01-default-aes256 --client-app-key second
another administrator sets com.example.lab topic $TOPIC
$ mfa-cli apns status --refresh
exit 4
stdout has ! Pushes for com.example.lab at $URL will not reach phones: The tenant has another topic
stdout has Client app key Tenant Profile In use Held Valid until
stdout has com.example.lab $URL default yes
 another topic: com.example.\u001b[31melsewhere 2027-12-24 (394 days left)
stdout has second $URL default no, another key was set the topic as set 2027-12-24 (394 days left)
stderr has warning: $URL reports the topic com.example.\u001b[31melsewhere for com.example.lab

## says that a key of this machine is gone where the tenant tells of others
tenant
signed in
$ mfa-cli apns set %01-default-aes256
another administrator deletes com.example.lab
another administrator sets another
$ mfa-cli apns status --refresh --json
json .certificates[0].held is {"topic":null,"outcome":"differs"}
stderr has reports topics for other client app keys, but none for com.example.lab

## is unknown where you are not signed in, and says once how to sign in
tenant
signed in
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns set %01-default-aes256 --client-app-key second
$ mfa-cli logout
$ mfa-cli apns status --refresh --json
json .certificates[].held.outcome is ["unknown","unknown"]
stderr says Run `mfa-cli login --tenant $URL --profile default` 1 time
nobody asked

## is unknown where the tenant is gone
tenant
signed in
$ mfa-cli apns set %01-default-aes256
tenant is gone
$ mfa-cli apns status --refresh --json
json .certificates[0].held.outcome is unknown
json .certificates[0].phones is null
json .ok is true

## asks each tenant with the session of its own profile
tenant
signed in
tenant
signed in as other at tenant 2
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns set %01-default-aes256 --profile other
on 2026-11-25
$ mfa-cli apns status --all-profiles --refresh --json
json .certificates[].profile is ["default","other"]
json .certificates[].tenant is ["$URL","$URL2"]
json .certificates[].held.outcome is ["same","same"]
stderr is empty
sent tenant 2 /Core/GetTenantConfig

## gives the credentials of variables to their own tenant alone: <WHOSE>
each WHOSE: token | service user
tenant
signed in
tenant
signed in as other at tenant 2
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns set %01-default-aes256 --profile other
on 2026-11-25
$ mfa-cli logout --all --yes
<WHOSE> of tenant 1
no variable MFA_CLI_TENANT
$ mfa-cli apns status --all-profiles --refresh --profile default --json
json .certificates[].profile is ["default","other"]
json .certificates[].held.outcome is ["same","unknown"]
sent /Core/GetTenantConfig
sent tenant 2 0 times
stderr has Run `mfa-cli login --tenant $URL2 --profile other`

## gives the token of a variable to no other tenant of the profile
tenant
signed in
tenant
$ mfa-cli apns set %01-default-aes256
token of tenant 2
$ mfa-cli apns set %01-default-aes256 --client-app-key second
$ mfa-cli apns status --all-profiles --refresh --json
json .certificates[com.example.lab].held.outcome is same
json .certificates[second].held.outcome is same

## asks on a machine without records, and changes no exit code by what it hears
tenant tenant-config=known
signed in
another administrator sets com.their.app
$ mfa-cli apns status --refresh --json
json .certificates[].clientAppKey is ["com.their.app"]
json .certificates[0].fingerprint is null
json .certificates[0].daysLeft is null
json .certificates[0].state is unknown
json .certificates[0].inUse is true
json .certificates[0].inUseFrom is tenant
json .latest[0].latest is {"outcome":"told","clientAppKey":"com.their.app","topic":"com.example.lab"}
json .ok is true
$ mfa-cli apns status --refresh
stdout has com.their.app $URL default - unknown: not on this record

## says on a machine without records that the tenant does not tell
tenant tenant-config=unknown advanced-config=silent
signed in
another administrator sets com.their.app
$ mfa-cli apns status --refresh --json
json .certificates is []
json .latest[0].latest is {"outcome":"unknown","clientAppKey":null,"topic":null}
json .ok is true
$ mfa-cli apns status --refresh
stdout has $URL does not report which client app key was set last.

## asks the tenants of all profiles on a machine without records
tenant
signed in
tenant
signed in as other at tenant 2
$ mfa-cli apns status --all-profiles --refresh --json
json .latest[].tenant is ["$URL","$URL2"]
sent /Core/GetTenantConfig 2 times
sent tenant 2 /Core/GetTenantConfig 1 time

## tells no key from a key that is not told: the tenant has none
tenant advanced-config=open
signed in
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns set %01-default-aes256 --client-app-key second
another administrator deletes second
$ mfa-cli apns status --refresh --json
exit 4
json .latest[0].latest.outcome is none
json .certificates[com.example.lab].inUse is false
json .certificates[com.example.lab].inUseFrom is tenant
json .certificates[com.example.lab].held.outcome is same

## is not quiet about a tenant without a key because another tenant has one
tenant
signed in
tenant advanced-config=open
signed in as other at tenant 2
$ mfa-cli apns set %01-default-aes256 --client-app-key one
$ mfa-cli apns set %01-default-aes256 --client-app-key two --profile other
$ mfa-cli apns set %01-default-aes256 --client-app-key three --profile other
machine B
signed in at tenant 2
$ mfa-cli apns delete three --yes
machine A
$ mfa-cli apns status --all-profiles --refresh --json
exit 4
json .certificates[one].inUse is true
json .certificates[two].inUse is false
json .certificates[two].against[].code has held-differs
json .ok is false

## tells a person and a pipe what is held after a set
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --refresh
stdout has Held the topic as set
$ mfa-cli apns set %01-default-aes256 --client-app-key com.example.lab
 --topic com.example.lab --refresh
at a terminal
stdout has Sent the same certificate for com.example.lab again
stdout has The tenant confirms this topic.

## sets all the same where the scope allows no question
tenant
service user
variable MFA_CLI_SCOPE=apns
$ mfa-cli apns set %01-default-aes256 --refresh --json
json .sent is true
json .held is {"topic":null,"outcome":"unknown"}
stderr has The topic is unknown: $URL does not accept the session for this request. The session may have ended. To renew it, run `mfa-cli login`.
