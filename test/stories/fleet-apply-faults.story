# `fleet apply` where tenants refuse, fall silent or are gone.

fleet of 3

## goes on with the others where one tenant refuses
t2 refuses set
$ mfa-cli fleet apply --yes --json
exit 8
json .tenants[].sent is [true,false,true]
json .tenants[t2].error.code is tenant-forbidden
json .counts.failed is 1
t2 holds nothing
on record t1 set, t3 set

## says what was set and what failed
t2 refuses set
$ mfa-cli fleet apply --yes
exit 8
stdout has ✗ 2 set, 1 failed
stdout has ✗ t2: $T2 does not allow this request
stdout has Whatever was set before at t2 is unchanged.
stdout has Not proven for t1, t3: no approved push in its app is on record.
stderr has ✗ t2: did not set com.example.lab [tenant-forbidden]
stderr lacks does not allow

## explains a failure on stderr where no report for people follows
t2 refuses set
$ mfa-cli fleet apply --yes --json
exit 8
stderr has ✗ t2: did not set com.example.lab: $T2 does not allow this request

## names the tenants of each hint
t1 refuses set
t2 drops set
t3 refuses token
$ mfa-cli fleet apply --yes
exit 8
stdout has ✗ 1 unknown, 2 failed. Pushes may not reach phones at t2: The outcome of the last request for this key is unknown, so the tenant may not have the certificate.
stdout says ✗ t1: 1 times
stdout has ! t2: The tenant did not answer: it may have set the certificate (sent 3 times)
stdout has t2: Run the command again, unless
stdout has t1: A change of a push certificate needs the administrative right "Device Management".
stdout has t3: Correct `sign-in` in the fleet file

## sends only to the tenant that failed, the next time
t2 refuses set
$ mfa-cli fleet apply --yes
exit 8
t2 recovers
$ mfa-cli fleet apply --yes
sent in order t2 set

## keeps what is on record of a tenant that refuses
$ mfa-cli fleet apply --yes --only t1
t1 refuses set
$ mfa-cli fleet apply --yes --all --only t1 --json
exit 8
json .tenants[t1].error.code is tenant-forbidden
on record t1 set
record .tenants[t1].topic is com.example.lab

## keeps what is on record of a tenant that is gone
$ mfa-cli fleet apply --yes --only t1
replace /127\.0\.0\.1:\d+/ with 127.0.0.1:9 in mfa-fleet.ledger.jsonl
replace /(t1: \{ tenant: "http:\/\/127\.0\.0\.1:)\d+/ with $19 in mfa-fleet.yaml
$ mfa-cli fleet apply --yes --all --only t1 --json
exit 8
json .tenants[t1].action is same
json .tenants[t1].error.code is tenant-unreachable
file mfa-fleet.ledger.jsonl is unchanged

## sends nothing to a tenant that refuses the sign-in
t2 refuses token
$ mfa-cli fleet apply --yes --concurrency 1 --json
exit 8
json .tenants[t2].error.code is sign-in-failed
json .tenants[t2].sent is false
sent in order t1 set, t3 set
on record t1 set, t3 set

## says where to correct an access token that is refused
declare t1: certificate: app, sign-in: { token: { env: CI_SECRET } }
t1 answers 401
$ mfa-cli fleet apply --yes --json
exit 8
json .tenants[t1].error.code is session-expired
json .tenants[t1].error.hints[0] has `sign-in` in the fleet file
on record t2 set, t3 set

## sends a lost set three times, and notes that its outcome is unknown
t1 drops set
$ mfa-cli fleet apply --yes --only t1 --json
exit 8
json .tenants[t1].sent is null
json .tenants[t1].tries is 3
json .tenants[t1].error.code is outcome-unknown
json .tenants[t1].reach is against
json .tenants[t1].against[].code is ["outcome-unknown"]
json .counts.unanswered is 1
sent in order t1 set, t1 set, t1 set
on record t1 unknown
record .tenants[t1].before is null

## doubts the address behind a page, unless the tenant has signed the session in
server answers 200 <html>Sign in to the network</html>
server answers /OAuth2/Token with 200 {"access_token":"the-token","token_type":"Bearer"}
declare no t2
declare no t3
replace /http:\/\/127\.0\.0\.1:\d+/ with $SERVER in mfa-fleet.yaml
$ mfa-cli fleet apply --yes --json
exit 8
json .tenants[t1].error.code is outcome-unknown
json .tenants[t1].error.hints[0] has Run the command again
declare t1: certificate: app, sign-in: { token: { env: CI_SECRET } }
$ mfa-cli fleet apply --yes --json
exit 8
json .tenants[t1].error.hints[0] has has not answered as a tenant before

## plans a lost set again
t1 drops set
$ mfa-cli fleet apply --yes --only t1
exit 8
$ mfa-cli fleet status --json
exit 4
json .tenants[t1].state is unknown
$ mfa-cli fleet plan --json
json .tenants[t1].action is set
stderr has t1: the outcome of the last request is unknown

## sends first what was lost before
t3 drops set
$ mfa-cli fleet apply --yes --only t3
exit 8
t3 recovers
$ mfa-cli fleet apply --yes --concurrency 1
sent in order t3 set, t1 set, t2 set
on record t1 set, t2 set, t3 set

## notes what was there before a lost replacement
$ mfa-cli fleet apply --yes --only t1
t1 drops set
$ mfa-cli fleet apply --yes --all --only t1
exit 8
on record t1 unknown
record .tenants[t1].before.state is set
record .tenants[t1].before.topic is com.example.lab

## gives up on a tenant that never answers, without a second try
t1 forgets set
$ mfa-cli fleet apply --yes --only t1 --timeout 3 --json
exit 8
json .tenants[t1].sent is null
json .tenants[t1].tries is 1
json .tenants[t1].error.code is outcome-unknown
sent in order t1 set
on record t1 unknown

## reports after SIGINT what was sent, and what a silent tenant left open
t2 forgets set
$ mfa-cli fleet apply --yes --json --concurrency 1
interrupt SIGINT after t2 set
exit 130
json .tenants[].sent is [true,null,false]
json .tenants[t2].error.code is outcome-unknown
json .tenants[t2].tries is 1
json .tenants[t3].error is null
json .ok is false
sent in order t1 set, t2 set
on record t1 set, t2 unknown

## reports after SIGTERM what was sent, and what a silent tenant left open
t2 forgets set
$ mfa-cli fleet apply --yes --json --concurrency 1
interrupt SIGTERM after t2 set
exit 143
json .tenants[].sent is [true,null,false]
json .tenants[t2].error.code is outcome-unknown
json .tenants[t2].tries is 1
json .tenants[t3].error is null
json .ok is false
sent in order t1 set, t2 set
on record t1 set, t2 unknown

## sends nothing after Ctrl-C during the sign-in
all forgets token
$ mfa-cli fleet apply --yes
interrupt SIGINT after t2 token
exit 130
stdout has ✗ 3 not started
nothing sent
on record nothing

## names the profile of the fleet file in a hint, and no other
declare t1: certificate: app, sign-in: { profile: lab }
$ MFA_CLI_CLIENT_ID=ci@t1 MFA_CLI_CLIENT_SECRET=the-secret-of-the-pipeline mfa-cli login
  --profile lab --tenant $T1
t1 answers 401
$ mfa-cli fleet apply --yes --only t1 --json
exit 8
json .tenants[t1].error.code is session-expired
json .tenants[t1].error.hints[0] has --tenant $T1 --profile lab

## names the profile of the tenant where the tenant leads elsewhere
server answers 302 headers {"location":"/login"}
server answers /OAuth2/Token with 200 {"access_token":"the-token","token_type":"Bearer"}
no variable MFA_CLI_TOKEN
declare no t2
declare no t3
replace /http:\/\/127\.0\.0\.1:\d+/ with $SERVER in mfa-fleet.yaml
declare t1: certificate: app, sign-in: { profile: lab }
$ MFA_CLI_CLIENT_ID=ci@t1 MFA_CLI_CLIENT_SECRET=the-secret-of-the-pipeline mfa-cli login
  --profile lab
$ mfa-cli fleet apply --yes --json
exit 8
json .tenants[t1].error.code is tenant-redirected
json .tenants[t1].error.hints[0] has mfa-cli whoami --tenant $SERVER --profile lab
