# A tenant that takes a set or a deletion and does not answer: it may have done it. A set is sent
# again, a deletion is not. `apns status` keeps the doubt until the next answer.

variable MFA_CLI_P12_PASSWORD=secret

## a set is sent three times to a tenant that <DOES>
each DOES: stops before the request | stops within the request | stops after the request
 | answers 502 <html>
server <DOES>
$ mfa-cli apns set %01-default-aes256 --json
exit 7
json .sent is null
json .tries is 3
json .error.code is outcome-unknown
json .error.exitCode is 7
$ mfa-cli apns status --json
exit 4
json .requests[].asked is ["set"]
json .requests[].outcome is ["unknown"]

## a set is not repeated where a part of its answer came: the tenant stops <WHERE>
each WHERE: within the head | after the head | within the body | within a body without a length
server stops <WHERE>
$ mfa-cli apns set %01-default-aes256 --json
exit 7
json .sent is null
json .tries is 1
json .error.code is outcome-unknown
sent /Mobile/SetApnsCertForClientApp 1 time
$ mfa-cli apns status --json
exit 4
json .requests[].asked is ["set"]
json .requests[].outcome is ["unknown"]

## a deletion is never repeated: the tenant <DOES>
each DOES: stops within the request at /Mobile/ | stops after the request at /Mobile/
 | stops within the head at /Mobile/ | stops after the head at /Mobile/
 | stops within the body at /Mobile/ | stops within a body without a length at /Mobile/
 | answers /Mobile/ with 502 <html>
server answers 200 {"success":true,"Result":null}
server <DOES>
$ mfa-cli apns delete com.example.lab --yes --json
exit 7
json .deleted is null
json .tries is 1
json .error.code is outcome-unknown
sent /Mobile/DeleteApnsCertForClientApp 1 time
$ mfa-cli apns status --json
exit 4
json .requests[].asked is ["delete"]
json .requests[].outcome is ["unknown"]

## a deletion is not repeated either where nothing of it was read
server answers 200 {"success":true,"Result":null}
$ mfa-cli apns set %01-default-aes256
server stops before the request
$ mfa-cli apns delete com.example.lab --yes --json
exit 7
json .deleted is null
json .tries is 1
json .error.code is outcome-unknown
# The first was the question for the phones.
sent (unread) 2 times

## a set is sent once to a tenant that is silent until the time is up
server is silent
$ mfa-cli apns set %01-default-aes256 --timeout 3 --json
exit 7
json .sent is null
json .tries is 1
json .error.code is outcome-unknown
json .error.hints has "$SERVER did not answer in time."
sent /Mobile/SetApnsCertForClientApp 1 time

## a deletion is sent once to a tenant that is silent until the time is up
server answers 200 {"success":true,"Result":null}
server is silent at /Mobile/
$ mfa-cli apns delete com.example.lab --yes --timeout 3 --json
exit 7
json .deleted is null
json .error.code is outcome-unknown
sent /Mobile/DeleteApnsCertForClientApp 1 time

## SIGINT leaves it unknown whether a set was done
server is silent
$ mfa-cli apns set %01-default-aes256 --json
interrupt SIGINT after /Mobile/
exit 130
json .sent is null
json .tries is 1
json .error.code is outcome-unknown
json .error.exitCode is 130
sent /Mobile/SetApnsCertForClientApp 1 time
$ mfa-cli apns status --json
exit 4
json .requests[].outcome is ["unknown"]

## SIGTERM leaves it unknown whether a deletion was done
server answers 200 {"success":true,"Result":null}
server is silent at /Mobile/
$ mfa-cli apns delete com.example.lab --yes --json
interrupt SIGTERM after /Mobile/
exit 143
json .deleted is null
json .tries is 1
json .error.code is outcome-unknown
json .error.exitCode is 143
sent /Mobile/DeleteApnsCertForClientApp 1 time
$ mfa-cli apns status --json
exit 4
json .requests[].outcome is ["unknown"]

## SIGHUP leaves it unknown whether a set was done
server is silent
$ mfa-cli apns set %01-default-aes256 --json
interrupt SIGHUP after /Mobile/
exit 129
json .sent is null
json .error.code is outcome-unknown
json .error.exitCode is 129
$ mfa-cli apns status --json
exit 4
json .requests[].outcome is ["unknown"]

## a set without an answer is on record with its certificate
server stops within the body
$ mfa-cli apns set %01-default-aes256
exit 7
$ mfa-cli apns status --json
exit 4
json .ok is false
json .certificates is []
json .requests has {"profile":"default","asked":"set","tenant":"$SERVER",
 "clientAppKey":"com.example.lab","topic":"com.example.lab",
 "fingerprint":"30b8405b649f4f43a02219afcf85fe6c7c00cff68c72c6f592f74262a752a780",
 "notAfter":"2027-12-24T13:29:19Z","at":"2026-11-24T16:00:00.001Z","inUse":null}
file $CONFIG/ledger.jsonl mode 0600
file $CONFIG/ledger.jsonl json [].outcome is ["sending","unknown"]

## a deletion without an answer is on record
server answers 200 {"success":true,"Result":null}
server stops within the body at /Mobile/
$ mfa-cli apns delete com.example.lab --yes
exit 7
$ mfa-cli apns status --json
exit 4
json .ok is false
json .requests has {"profile":"default","asked":"delete","tenant":"$SERVER",
 "clientAppKey":"com.example.lab","topic":null,"fingerprint":null,"notAfter":null,
 "at":"2026-11-24T16:00:00.001Z","inUse":null}

## the same set with an answer settles it
server stops within the body
$ mfa-cli apns set %01-default-aes256
exit 7
server answers 200 {"success":true,"Result":null}
$ mfa-cli apns set %01-default-aes256 --json
json .sent is true
stderr has This set request settles the set request of 2026-11-24, whose outcome was unknown.
sent in order /Mobile/SetApnsCertForClientApp
$ mfa-cli apns status --json
json .ok is true
json .requests is []
json .certificates[].clientAppKey is ["com.example.lab"]

## the same deletion with an answer settles it, and says first that it may be done
server answers 200 {"success":true,"Result":null}
server stops within the body at /Mobile/
$ mfa-cli apns delete com.example.lab --yes
exit 7
server answers 200 {"success":true,"Result":null}
$ mfa-cli apns delete com.example.lab --yes --json
json .deleted is true
stderr has The outcome of the deletion of 2026-11-24 is unknown
stderr has This deletion settles the deletion of 2026-11-24, whose outcome was unknown.
sent in order /Mobile/DeleteApnsCertForClientApp
$ mfa-cli apns status --json
json .ok is true
json .requests is []

## a person reads that it may be set, how often it was sent, and what the next run does
server stops after the request
$ mfa-cli apns set %01-default-aes256
exit 7
stdout has ! Pushes for com.example.lab may not reach phones: The outcome of the last request for this key is unknown, so the tenant may not have the certificate.
stderr has The tenant did not answer: it may have set the certificate (sent 3 times)
stderr has hint: $SERVER: the connection was closed before the answer.
stderr has hint: Run the command again, unless someone else has set this key since: it would replace their certificate.
stdout lacks ✓
$ mfa-cli apns status
exit 4
stdout has ! Pushes for com.example.lab at $SERVER may not reach phones: The outcome of the last request for this key is unknown, so the tenant may not have the certificate.

## a person reads that it may be deleted, and to look before it is repeated
server answers 200 {"success":true,"Result":null}
server stops after the request at /Mobile/
$ mfa-cli apns delete com.example.lab --yes
exit 7
stdout has ! Pushes for com.example.lab at $SERVER may not reach phones: The outcome of the last request for this key is unknown, so the tenant may not have the certificate.
stderr has hint: Check the current state of the tenant before you run the command again.
stderr lacks Run the command again. It replaces
$ mfa-cli apns status
exit 4
stdout has ! The request to delete the push certificate for com.example.lab at $SERVER on 2026-11-24
stdout has its outcome is unknown. The tenant may have deleted it.

## no trace is left where nobody listens: apns <VERB>
each VERB: set %01-default-aes256 | delete com.example.lab --yes
nobody listens
$ mfa-cli apns <VERB> --json
exit 7
json .error.code is tenant-unreachable
json .sent is absent
json .deleted is absent
$ mfa-cli apns status --json
json .ok is true
json .requests is []

## a page from a host that never answered as a tenant leaves it unknown, and its address in doubt
each VERB: set %01-default-aes256 | delete com.example.lab --yes
server answers 200 <html>Sign in to the network</html>
$ mfa-cli apns <VERB> --json
exit 7
json .error.code is outcome-unknown
json .error.hints[0] has has not answered as a tenant before
sent in order /Mobile/
$ mfa-cli apns status --json
exit 4
json .requests[].outcome is ["unknown"]

## an error in the form of a tenant leaves its address in no doubt: apns <VERB>
each VERB: set %01-default-aes256 | delete com.example.lab --yes
server answers 500 {"success":false,"Message":"deadlock victim"}
$ mfa-cli apns <VERB> --json
exit 7
json .error.code is outcome-unknown
json .error.hints[0] lacks answered as a tenant

## a set that a host never answered makes no tenant of it
server stops after the request
$ mfa-cli apns set %01-default-aes256 --json
exit 7
server answers 200 <html>Sign in to the network</html>
$ mfa-cli whoami --json
exit 7
json .error.code is tenant-not-json
json .error.message lacks is reachable

## a page from where a tenant has answered before may hide the answer to a set
server answers 200 {"success":true,"Result":null}
$ mfa-cli apns set %01-default-aes256
server answers 200 <html>Sign in to the network</html>
$ mfa-cli apns set %30-prod --json
exit 7
json .error.code is outcome-unknown
json .sent is null
json .error.hints[0] lacks answered as a tenant
$ mfa-cli apns status --json
exit 4
json .requests[].asked is ["set"]
json .requests[].fingerprint
 is ["78a10dc46d0e65e2bee79051539dc22f4a8dcf7e31cbdc34bb606875dfb94205"]
json .requests[].outcome is ["unknown"]

## a page from where a tenant has answered before may hide the answer to a deletion
server answers 200 {"success":true,"Result":null}
$ mfa-cli apns set %01-default-aes256
server answers 200 <html>Sign in to the network</html>
$ mfa-cli apns delete com.example.lab --yes --json
exit 7
json .error.code is outcome-unknown
json .deleted is null
$ mfa-cli apns status --json
exit 4
json .requests[].asked is ["delete"]
json .requests[].clientAppKey is ["com.example.lab"]
json .requests[].fingerprint is ["30b8405b649f4f43a02219afcf85fe6c7c00cff68c72c6f592f74262a752a780"]
json .requests[].outcome is ["unknown"]

## a refusal leaves no doubt: apns <VERB>
each VERB: set %01-default-aes256 | delete com.example.lab --yes
server answers 200 {"success":false,"Message":"No."}
$ mfa-cli apns <VERB> --json
exit 6
json .error.code is tenant-refused
$ mfa-cli apns status --json
json .ok is true
json .requests is []

## a host whose certificate is on record is a tenant, whatever a later command gets from it: <LINE>
each LINE: whoami | device list --all
server answers 200 {"success":true,"Result":null}
$ mfa-cli apns set %01-default-aes256
server answers 200 <html>Sign in to the network</html>
$ mfa-cli <LINE> --json
exit 7
json .error.code is tenant-not-json
json .error.hints[0] has A proxy may have answered
json .error.hints[0] lacks probably not

## a host that is known signs in with a service user, and its strange answer puts no address in doubt
each LINE: whoami | login --tenant $SERVER
server answers 200 {"success":true,"Result":null}
$ mfa-cli apns set %01-default-aes256
server answers 500 <html>Error</html>
no variable MFA_CLI_TOKEN
$ MFA_CLI_CLIENT_ID=ci MFA_CLI_CLIENT_SECRET=the-secret-of-ci mfa-cli <LINE> --json
exit 7
json .error.code is tenant-not-json
json .error.hints[0] has A proxy may have answered

## a ledger that cannot be read tells of no host
server answers 200 {"success":true,"Result":null}
$ mfa-cli apns set %01-default-aes256
append "no line\nof a ledger\n" to $CONFIG/ledger.jsonl
server answers 200 <html>Sign in to the network</html>
$ mfa-cli whoami --json
exit 7
json .error.code is tenant-not-json
json .error.hints[0] has probably not the URL

## shows no secret that a redirect repeats in its path
server answers 302 headers {"location":"/at/made-up-words/and/secret"}
variable MFA_CLI_TOKEN=made-up-words
$ mfa-cli apns set %01-default-aes256 --json
exit 7
json .error.code is tenant-redirected
json .error.message has /at/[secret]/and/[secret]
stderr lacks made-up-words
$ mfa-cli apns delete com.example.lab --yes --json
exit 7
json .error.code is tenant-redirected
json .error.message has /at/[secret]/and/
stderr lacks made-up-words
