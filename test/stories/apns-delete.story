# `apns delete`: what is deleted, what has to be said for it, and what is shown before.

variable MFA_CLI_P12_PASSWORD=secret
tenant
signed in
$ mfa-cli apns set %01-default-aes256

## takes the certificate away and forgets it
each WORDS: com.example.lab | --client-app-key com.example.lab
 | com.example.lab --client-app-key com.example.lab
$ mfa-cli apns delete <WORDS> --yes --json
json .clientAppKey is com.example.lab
json .tenant is $URL
json .deleted is true
json .sentAs is json
sent in order /Mobile/DeleteApnsCertForClientApp
tenant holds nothing
$ mfa-cli apns status --json
json .certificates is []
json .requests is []

## says of a key that nobody knew only that the tenant accepted its deletion
each TELLS: tenant-config=known | tenant-config=unknown advanced-config=silent
tenant <TELLS>
machine B
signed in
$ mfa-cli apns delete com.exmple.lab --dry-run --json
json .known is false
$ mfa-cli apns delete com.exmple.lab --yes --json
json .deleted is true
json .known is false
$ mfa-cli apns delete com.exmple.lab --yes
stdout has ✓ The tenant accepted the deletion of com.exmple.lab at $URL2
stdout has pushes with this key no longer reach phones, if they did
stdout lacks Deleted

## knows a key that only the tenant told of
machine B
signed in
$ mfa-cli apns delete com.example.lab --yes --json
json .deleted is true
json .known is true

## does all but the request with --dry-run
$ mfa-cli apns delete com.example.lab --dry-run --json
json .deleted is false
json .known is true
json .sentAs is null
json .dryRun is true
json .recorded is absent
json .phones.enrolled is 0
nothing sent
tenant holds com.example.lab
$ mfa-cli apns status --json
json .certificates[].clientAppKey is ["com.example.lab"]
json .requests is []

## asks for nothing with --dry-run in a terminal, and says what it would do
$ mfa-cli apns delete com.example.lab --dry-run
at a terminal
nothing asked
stdout has Nothing was sent (dry run). It would delete the push certificate for com.example.lab
nothing sent

## warns that the latest certificate may go where it is not known how the tenant takes the key
tenant mobile-parameters=form delete-default=latest
signed in at tenant 2
$ mfa-cli apns set %01-default-aes256 --client-app-key com.old.app
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
machine B
signed in at tenant 2
$ mfa-cli apns delete com.old.app --yes
stderr has "By default, this is the latest certificate"
tenant 2 holds com.old.app
tenant 2 lacks com.new.app

## warns of no other certificate where the form of the key is known: <FORM>
each FORM: json | form
tenant mobile-parameters=<FORM> delete-default=latest
signed in at tenant 2
$ mfa-cli apns set %01-default-aes256 --client-app-key com.old.app
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
$ mfa-cli apns delete com.old.app --yes
stderr lacks By default
tenant 2 lacks com.old.app
tenant 2 holds com.new.app

## warns of no other certificate where a person chose the form
tenant mobile-parameters=form delete-default=latest
signed in at tenant 2
$ mfa-cli apns set %01-default-aes256 --client-app-key com.old.app
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
machine B
signed in at tenant 2
$ mfa-cli apns delete com.old.app --yes --send-as form
stderr lacks By default
tenant 2 lacks com.old.app
tenant 2 holds com.new.app

## learns from a shared ledger in which form the tenant takes the key
tenant mobile-parameters=form delete-default=latest
signed in at tenant 2
$ mfa-cli apns set %01-default-aes256 --client-app-key com.old.app --record shared.jsonl
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app --record shared.jsonl
machine B
signed in at tenant 2
$ mfa-cli apns delete com.old.app --yes --record shared.jsonl
stderr lacks By default
tenant 2 lacks com.old.app
tenant 2 holds com.new.app

## says what it deleted, and where
$ mfa-cli apns delete com.example.lab --yes
stdout has ✓ Deleted the push certificate for com.example.lab at $URL: pushes with this key no longer reach phones
stdout has Which key the tenant pushes with now is unknown

## leaves every other key as it is
$ mfa-cli apns set %01-default-aes256 --client-app-key other
$ mfa-cli apns delete com.example.lab --yes
tenant lacks com.example.lab
tenant holds other: topic com.example.lab
$ mfa-cli apns status --json
json .certificates[].clientAppKey is ["other"]

## needs --yes without a terminal
each WORDS: com.example.lab | com.exmple.lab --force
$ mfa-cli apns delete <WORDS> --json
exit 2
json .error.code is prompt-unavailable
stderr has --yes
nobody asked
tenant holds com.example.lab

## needs --force without a terminal for a key that differs from a known one in its case
$ mfa-cli apns delete Com.Example.Lab --yes --json
exit 2
stderr has --force
nobody asked
tenant holds com.example.lab

## needs a key without a terminal
$ mfa-cli apns delete --yes --json
exit 2
json .error.code is usage
stderr has MFA_CLI_CLIENT_APP_KEY
nobody asked

## does not choose between two keys
$ mfa-cli apns delete com.example.lab --client-app-key other --yes --json
exit 2
json .error.code is usage
nobody asked
tenant holds com.example.lab

## does not take a key in other letter case for the same
$ mfa-cli apns delete com.example.lab --client-app-key com.example.LAB --yes --force --json
exit 2
json .error.code is usage
nothing sent

## takes an empty key for none
each WORDS: '' | --client-app-key ''
$ mfa-cli apns delete <WORDS> --yes --json
exit 2
json .error.code is usage
nobody asked
tenant holds com.example.lab

## needs --force as well for a key that this machine never set
$ mfa-cli apns delete com.exmple.lab --yes --json
exit 2
json .error.code is usage
json .error.message has its records name com.example.lab
stderr has --force
nobody asked
tenant holds com.example.lab

## deletes a key that this machine never set with --yes and --force, and warns
$ mfa-cli apns delete com.exmple.lab --yes --force --json
json .deleted is true
json .clientAppKey is com.exmple.lab
stderr has no record of a certificate for com.exmple.lab at $URL; its records name com.example.lab.
stderr has afterwards, set the one that you need again (com.example.lab)
sent in order /Mobile/DeleteApnsCertForClientApp
tenant holds com.example.lab

## needs no --force on a machine without a record, and warns
machine B
signed in
$ mfa-cli apns delete com.example.lab --yes --json
json .deleted is true
json .known is true
stderr has This machine has no record of a certificate for com.example.lab at $URL; the tenant has one.
tenant holds nothing

## counts no record of another tenant
nobody listens
$ mfa-cli apns delete com.exmple.lab --yes --json
exit 7
json .error.code is tenant-unreachable
stderr has This machine has no record of what was set at $SERVER.
tenant holds com.example.lab

## never uses a session of another tenant
tenant
$ MFA_CLI_TENANT=$URL2 mfa-cli apns delete com.example.lab --yes --json
exit 5
json .error.code is not-signed-in
nobody asked
tenant 1 holds com.example.lab

## still knows a key once it is deleted, so that a job may repeat it
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
$ mfa-cli apns delete com.example.lab --yes
stderr has afterwards, set the one that you need again (com.new.app)
$ mfa-cli apns delete com.example.lab --yes --json
json .deleted is true
sent in order /Mobile/DeleteApnsCertForClientApp
tenant holds com.new.app

## keeps the record where the tenant refuses
fault refused at /Mobile/DeleteApnsCertForClientApp
$ mfa-cli apns delete com.example.lab --yes --json
exit 6
json .error.code is tenant-refused
json .deleted is absent
sent /Mobile/DeleteApnsCertForClientApp 1 time
tenant holds com.example.lab
$ mfa-cli apns status --json
json .certificates[].clientAppKey is ["com.example.lab"]
json .requests is []

## leaves the outcome open where the tenant does not answer
fault unanswered at /Mobile/DeleteApnsCertForClientApp 9 times
$ mfa-cli apns delete com.example.lab --yes --json
exit 7
json .deleted is null
json .sentAs is null
json .error.code is outcome-unknown
$ mfa-cli apns status --json
exit 4
json .requests[].asked is ["delete"]

## knows no key whose deletion got no answer, unless the tenant tells of it
tenant tenant-config=unknown advanced-config=silent
signed in
$ mfa-cli apns set %01-default-aes256
fault unanswered at /Mobile/DeleteApnsCertForClientApp 1 time
$ mfa-cli apns delete com.example.lab --yes
exit 7
$ mfa-cli apns delete com.example.lab --yes --json
json .deleted is true
json .known is false

## spells out a key that does not look like itself
$ mfa-cli apns set %01-default-aes256 --client-app-key 'com.new.app '
stderr has The client app key "com.new.app " begins or ends with a space
$ mfa-cli apns delete 'com.new.app '
answer 'com.new.app '
asked Type "com.new.app " to confirm:
stderr has The client app key "com.new.app " begins or ends with a space
tenant lacks "com.new.app "
tenant holds com.example.lab

## writes no control character of a key to a terminal
let BELL be "\u0007"
$ mfa-cli apns delete com.$BELL.app --yes --force
stderr has The client app key "com.\u0007.app" contains control characters
stdout has ✓ The tenant accepted the deletion of com.\u0007.app at $URL

## deletes once the key is typed in a terminal
$ mfa-cli apns delete com.example.lab
answer com.example.lab
asked Type "com.example.lab" to confirm:
stderr has Once "com.example.lab" is deleted, its app gets no push notifications
stdout has ✓ Deleted the push certificate for com.example.lab
tenant holds nothing

## lets the key be typed once more
$ mfa-cli apns delete com.example.lab
answer com.example
answer com.example.lab
stderr has ✗ The key does not match. Type it once more.
tenant holds nothing

## deletes nothing where the key is not typed
each ANSWER: com.example.lab. | yes | com.example | COM.EXAMPLE.LAB
$ mfa-cli apns delete com.example.lab
answer no
answer <ANSWER>
exit 130
stderr has ✗ The key does not match: nothing was deleted
nothing sent
tenant holds com.example.lab
$ mfa-cli apns status --json
json .certificates[].clientAppKey is ["com.example.lab"]
json .requests is []

## asks nothing with --yes in a terminal
$ mfa-cli apns delete com.example.lab --yes
at a terminal
nothing asked
tenant holds nothing

## says before the question that the tenant does not have the key
$ mfa-cli apns delete com.exmple.lab
answer no
answer no
exit 130
sent /Core/GetTenantConfig
stderr has no record of a certificate for com.exmple.lab at $URL; its records name com.example.lab.
stderr has $URL reports topics for other client app keys, but none for com.exmple.lab.
stderr has afterwards, set the one that you need again (com.example.lab)
stderr lacks gets no push notifications
nothing sent

## says before the question that only the tenant knows the key
machine B
signed in
$ mfa-cli apns delete com.example.lab
answer no
answer no
exit 130
stderr has no record of a certificate for com.example.lab at $URL; the tenant has one.
stderr has Once "com.example.lab" is deleted, its app gets no push notifications
nothing sent

## asks the tenant nothing about a key that this machine set
$ mfa-cli apns delete com.example.lab
answer com.example.lab
sent /Core/GetTenantConfig 0 times

## lets a key be chosen of those that were set
$ mfa-cli apns delete
answer com.example.lab
answer com.example.lab
asked Which client app key?
asked Type "com.example.lab" to confirm:
tenant holds nothing

## offers a key whose set request got no answer
tenant tenant-config=unknown advanced-config=silent
machine B
signed in at tenant 2
fault unanswered at /Mobile/SetApnsCertForClientApp 3 times
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
exit 7
$ mfa-cli apns delete
answer lab
answer lab
asked Which client app key?
stderr lacks has no record of
sent in order /Mobile/DeleteApnsCertForClientApp

## offers the tenant's latest key where this machine knows none
machine B
signed in
$ mfa-cli apns delete
answer com.example.lab
answer com.example.lab
asked Which client app key?
asked Type "com.example.lab" to confirm:
stderr has no record of a certificate for com.example.lab at $URL; the tenant has one.
sent in order /Mobile/DeleteApnsCertForClientApp
tenant holds nothing

## offers the tenant's latest key beside those that this machine set
another administrator sets com.their.app
$ mfa-cli apns delete
answer com.their.app
answer com.their.app
asked Which client app key?
sent in order /Mobile/DeleteApnsCertForClientApp
tenant lacks com.their.app
tenant holds com.example.lab

## ends with an interrupt while the tenant is asked for its key
each REQUEST: /Core/GetTenantConfig | /TenantConfig/GetAdvancedConfig
server answers /Core/GetTenantConfig with 200 {"success":true,"Result":null}
server is silent at <REQUEST>
variable MFA_CLI_TENANT=$SERVER
variable MFA_CLI_TOKEN=made-up
$ mfa-cli apns delete --json
at a terminal
interrupt SIGINT after <REQUEST>
exit 130
json .error.code is interrupted
nothing sent

## has nothing to choose from where neither this machine nor the tenant knows a key
each TELLS: tenant-config=known | tenant-config=unknown advanced-config=silent
tenant <TELLS>
machine B
signed in
$ mfa-cli apns delete --json
at a terminal
exit 2
json .error.code is usage
nothing asked
nothing sent

## says before the question which key is in use afterwards, as far as that is known
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
on 2026-11-26
$ mfa-cli apns delete com.example.lab
answer no
answer no
exit 130
stderr has afterwards, set the one that you need again (com.new.app)
stderr lacks gets no push notifications
$ mfa-cli apns delete com.new.app
answer no
answer no
exit 130
stderr has afterwards, set the one that you need again (com.example.lab)
stderr has Once "com.new.app" is deleted, its app gets no push notifications

## advises to set no key again that was deleted
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
on 2026-11-26
$ mfa-cli apns delete com.example.lab --yes
$ mfa-cli apns delete com.new.app
answer no
answer no
exit 130
stderr lacks set the one that you need again

## says nothing about a key that the tenant does not tell of
tenant tenant-config=unknown advanced-config=silent
machine B
signed in
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns delete com.exmple.lab
answer no
answer no
exit 130
sent /Core/GetTenantConfig
sent /TenantConfig/GetAdvancedConfig
stderr has no record of a certificate for com.exmple.lab at $URL2; its records name com.example.lab.
stderr lacks reports topics
stderr has Once "com.exmple.lab" is deleted, its app gets no push notifications

## hides nothing with --quiet that belongs to the question
$ mfa-cli apns delete com.example.lab --quiet
answer no
answer no
exit 130
stderr has Phones the tenant lists no iPhone for this session, which may not see all
stderr has Once "com.example.lab" is deleted, its app gets no push notifications
