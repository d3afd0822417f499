# `doctor`: what it finds on a machine and at a tenant.

clock now
port is free

## has warnings for a machine on which nothing was done yet, and creates nothing
$ mfa-cli doctor --json
json .ok is true
json .checks[session].level is warning
json .checks[session].hint has `mfa-cli login`
json .checks[tenant-address].level is warning
no file $CONFIG
files none

## finds nothing wrong where somebody is signed in
tenant
$ mfa-cli login --tenant $URL --port $PORT
in a browser
$ mfa-cli doctor --json
json .ok is true
json .checks[configuration-directory].level is ok
json .checks[store].level is ok
json .checks[profile].level is ok
json .checks[keychain].message has is not used
json .checks[session].message has and can be renewed
json .checks[tenant-address].message has $URL answers as a tenant does
json .checks[clock-skew].level is ok

## says that the keychain will hold the session
$ mfa-cli profile set store keychain
$ mfa-cli doctor --json
json .checks[keychain].level is ok
json .checks[keychain].message has will hold

## says that the keychain holds the session
tenant
$ mfa-cli login --tenant $URL --port $PORT --store keychain
in a browser
$ mfa-cli doctor --json
json .checks[keychain].level is ok
json .checks[keychain].message has it holds
json .checks[session].message has and can be renewed

## finds a locked keychain, and says how to do without
tenant
$ mfa-cli login --tenant $URL --port $PORT --store keychain
in a browser
keychain is locked
$ mfa-cli doctor --json
exit 4
json .ok is false
json .checks[keychain].level is error
json .checks[keychain].hint has `mfa-cli login --store file`

## finds a clock that is slow
tenant
$ mfa-cli doctor --tenant $URL --json
on 2026-01-01
exit 4
json .checks[clock-skew].level is error
json .checks[clock-skew].message matches / \d+ s behind the tenant's/

## says that nobody listens, and ends as for a network that is gone
nobody listens
$ mfa-cli doctor --json
exit 7
json .checks[tenant-address].level is error
json .checks[tenant-address].hint has HTTPS_PROXY
json .checks[clock-skew].level is not-checked

## ends with 4 where a setting is wrong besides
nobody listens
$ mfa-cli doctor --port x --json
exit 4
json .checks[tenant-address].level is error
json .checks[loopback-port].level is error
json .checks[loopback-port].message has not "x"

## refuses an address without TLS, and asks nobody there
$ mfa-cli doctor --tenant http://sso.example.com --json
exit 4
json .checks[tenant-address].level is error
json .checks[tenant-address].message has must use https

## knows a tenant by its OpenID discovery
server answers 200 {"token_endpoint":"x"}
$ mfa-cli doctor --json
json .checks[tenant-address].level is ok
json .checks[tenant-address].message has (OpenID discovery)
sent /mfa-cli/.well-known/openid-configuration

## knows a tenant by its version
server answers 200 {"Success":true}
server answers openid-configuration with 404 <html>
$ mfa-cli doctor --json
json .checks[tenant-address].level is ok
json .checks[tenant-address].message has (/SysInfo/About)

## takes a page for no tenant
server answers 200 <!doctype html>
$ mfa-cli doctor --json
exit 4
json .checks[tenant-address].level is error
json .checks[tenant-address].message has an HTML page (HTTP 200)
json .checks[clock-skew].level is ok

## takes other JSON for no tenant
server answers 200 {"hello":1}
$ mfa-cli doctor --json
exit 4
json .checks[tenant-address].level is error
json .checks[tenant-address].message has JSON without "success"

## follows no redirect
server answers 302 headers {"location":"https://sso.example.com/login"}
$ mfa-cli doctor --json
exit 7
json .checks[tenant-address].level is error
json .checks[tenant-address].message has a redirect to https://sso.example.com

## waits for a silent tenant as long as it was told
server is silent
$ mfa-cli doctor --timeout 0.2 --json
exit 7
json .checks[tenant-address].level is error
json .checks[tenant-address].hint has --timeout SECONDS

## renews a session that has expired
tenant
$ mfa-cli login --tenant $URL --port $PORT
in a browser
$ mfa-cli doctor --json
on 2099-01-01
exit 4
json .checks[session].level is ok
json .checks[session].message has lasts until 2099-01-01
sent /OAuth2/Token
json .checks[clock-skew].level is error

## warns of a session that has expired and cannot be renewed
tenant
signed in
replace /"expiresAt":null/ with "expiresAt":"2026-01-01T00:00:00.000Z" in $CONFIG/config.json
$ mfa-cli doctor --json
json .checks[session].level is warning
json .checks[session].message has expired
json .checks[session].message has cannot be renewed
json .checks[session].hint has `mfa-cli login`

## warns of a session for another application or client: <OPTION>
each OPTION: --app-id another | --client-id another
tenant
signed in
$ mfa-cli doctor <OPTION> --json
json .checks[session].level is warning
json .checks[session].message has another OAuth application

## warns of a session for another tenant
tenant
signed in
tenant
$ mfa-cli doctor --tenant $URL2 --json
json .checks[session].level is warning
json .checks[session].message has The session is for $URL, not for $URL2
json .checks[session].hint has `mfa-cli login --tenant $URL2`

## finds a store that others can read, and a directory that is open: <MODE>
each MODE: 0644 | 0640 | 0604
tenant
signed in
chmod 0755 $CONFIG
chmod <MODE> $CONFIG/config.json
$ mfa-cli doctor --json
exit 4
json .checks[configuration-directory].level is warning
json .checks[configuration-directory].hint has `chmod 700 $CONFIG`
json .checks[store].level is error
json .checks[store].message has mode <MODE>
json .checks[store].hint has `chmod 600 $CONFIG/config.json`

## finds a damaged store, shows none of it and leaves it as it is
write $CONFIG/config.json: {"geheim
$ mfa-cli doctor --json
exit 4
json .checks[store].level is error
json .checks[store].hint has moves the damaged file aside
stdout lacks geheim
file $CONFIG/config.json is unchanged

## finds a file in the place of the directory
write $CONFIG <<
mine
>>
$ mfa-cli doctor --json
exit 4
json .checks[configuration-directory].level is error
json .checks[configuration-directory].hint has MFA_CLI_CONFIG_DIR

## finds a store that does not exist
$ MFA_CLI_STORE=attic mfa-cli doctor --json
exit 4
json .checks[keychain].level is error
json .checks[keychain].message has not "attic"

## names the token of the environment
$ MFA_CLI_TOKEN=an-opaque-access-token mfa-cli doctor --json
json .checks[session].level is ok
json .checks[session].message has MFA_CLI_TOKEN

## names the service user of the environment: <VARIABLE>
each VARIABLE: MFA_CLI_CLIENT_SECRET=a-client-secret | MFA_CLI_CLIENT_SECRET_FILE=/run/secret
$ <VARIABLE> mfa-cli doctor --json
json .checks[session].level is ok
json .checks[session].message has A service user

## names the proxy without its password
$ https_proxy=http://user:geheim@proxy.example.com mfa-cli doctor --json
json .checks[proxy].level is ok
json .checks[proxy].message has proxy.example.com:80
stdout lacks geheim
stderr lacks geheim

## finds a proxy of another kind, and shows no password of it
$ HTTPS_PROXY=socks5://user:geheim@proxy.example.com mfa-cli doctor --json
exit 4
json .checks[proxy].level is error
json .checks[proxy].hint has HTTPS_PROXY
stdout lacks geheim

## says that requests bypass the proxy
$ HTTPS_PROXY=http://proxy.example.com NO_PROXY=* mfa-cli doctor --json
json .checks[proxy].level is ok
json .checks[proxy].message has bypass

## takes an empty proxy for none
$ HTTPS_PROXY= mfa-cli doctor --json
json .checks[proxy].message is "No proxy is set."

## warns of NODE_EXTRA_CA_CERTS without a CA
$ NODE_EXTRA_CA_CERTS=/missing mfa-cli doctor --json
json .checks[ca].level is warning
json .checks[ca].hint has NODE_EXTRA_CA_CERTS

## finds that the CA file is missing, and checks no host with it
$ mfa-cli doctor --ca-file /missing.pem --json
exit 4
json .checks[ca].level is error
json .checks[push-host].level is not-checked

## finds a port that another program holds
port is taken
$ mfa-cli doctor --json
exit 4
json .checks[loopback-port].level is error
json .checks[loopback-port].message has Port $PORT of 127.0.0.1
json .checks[loopback-port].hint has --port N or MFA_CLI_PORT

## changes nothing at a tenant
tenant
signed in
$ mfa-cli doctor --json
nothing sent
file $CONFIG/config.json is unchanged

## refuses a timeout that is no number
$ mfa-cli doctor --tenant x.example --timeout soon --json
exit 2
json .error.code is usage

## names no store so that a CI runner obeys it
apns answers 200
copy $CA to ##vso[x]ca.pem
$ mfa-cli doctor --debug --ca-file '##vso[x]ca.pem'
stderr has debug: # #vso[x]ca.pem: 1 CA
stderr lacks ##vso[

## says when the user last had the right to change a certificate
tenant
signed in
variable MFA_CLI_P12_PASSWORD=secret
$ mfa-cli doctor --json
json .checks[right].message has cannot be checked in advance
$ mfa-cli apns set %01-default-aes256
$ mfa-cli doctor --json
json .checks[right].level is not-checked
json .checks[right].message matches /@\S+ set a certificate on \d{4}-\d\d-\d\d, so this user had the right to then/
json .checks[right].hint is null
$ mfa-cli apns delete com.example.lab --yes
$ mfa-cli doctor --json
json .checks[right].message has deleted a certificate on
# What another user did shows no right of this one.
replace /"by":"[^"]+"/ with "by":"other@example.com" in $CONFIG/ledger.jsonl
$ mfa-cli doctor --json
json .checks[right].message has cannot be checked in advance

## shows no right of a namesake at another tenant, nor of a token that may claim any name
tenant
signed in
tenant
signed in as other at tenant 2
variable MFA_CLI_P12_PASSWORD=secret
$ mfa-cli apns set %01-default-aes256 --tenant $URL2 --profile other
$ mfa-cli doctor --tenant $URL2 --profile other --json
json .checks[right].message has set a certificate on
$ mfa-cli doctor --tenant $URL2 --json
json .checks[right].message has cannot be checked in advance
$ MFA_CLI_TOKEN=an-opaque-access-token mfa-cli doctor --tenant $URL2 --profile other --json
json .checks[right].message has cannot be checked in advance

## shows no right of a user by a request whose outcome was concluded
tenant
signed in
variable MFA_CLI_P12_PASSWORD=secret
$ mfa-cli apns set %01-default-aes256
$ mfa-cli doctor --json
json .checks[right].message has set a certificate on
replace /"sentAs":"[^"]+"/ with "sentAs":null in $CONFIG/ledger.jsonl
$ mfa-cli doctor --json
json .checks[ledger].level is ok
json .checks[right].message has cannot be checked in advance

## shows no right of a user in a ledger that cannot be read, or where nothing was done
tenant
signed in
variable MFA_CLI_P12_PASSWORD=secret
$ mfa-cli apns set %01-default-aes256
replace /"outcome":"done"/ with "outcome":"unknown" in $CONFIG/ledger.jsonl
$ mfa-cli doctor --json
json .checks[right].message has cannot be checked in advance
replace /"tenant"/ with "tenent" in $CONFIG/ledger.jsonl
$ mfa-cli doctor --json
exit 4
json .checks[ledger].level is error
json .checks[right].message has cannot be checked in advance

## says what the ledger has, and of a request without an answer
tenant
service user
variable MFA_CLI_P12_PASSWORD=secret
$ mfa-cli doctor --json
json .checks[ledger].level is ok
json .checks[ledger].message has Nothing is on this machine
$ mfa-cli apns set %01-default-aes256
$ mfa-cli doctor --json
json .checks[ledger].message has 1 certificate at 1 tenant
replace /"outcome":"done"/ with "outcome":"unknown" in $CONFIG/ledger.jsonl
$ mfa-cli doctor --json
json .ok is true
json .checks[ledger].level is warning
json .checks[ledger].hint has `mfa-cli apns status --all-profiles --refresh`

## warns of an expired certificate where the tenant uses its key, and else not
write $CONFIG/ledger.jsonl mode 0600 <<
{"id":"1","at":"2026-01-01T00:00:00.000Z","tenant":"https://lab.example","clientAppKey":"old","asked":"set","topic":"old","fingerprint":"abababababababababababababababababababababababababababababababab","notAfter":"2026-11-01T00:00:00Z","outcome":"done"}
>>
$ mfa-cli doctor --json
json .checks[ledger].level is warning
json .checks[ledger].message has old at https://lab.example
append "{\"id\":\"2\",\"at\":\"2026-02-01T00:00:00.000Z\",\"tenant\":\"https://lab.example\",\"clientAppKey\":\"new\",\"asked\":\"set\",\"topic\":\"new\",\"fingerprint\":\"abababababababababababababababababababababababababababababababab\",\"notAfter\":\"2027-11-01T00:00:00Z\",\"outcome\":\"done\"}\n" to $CONFIG/ledger.jsonl
$ mfa-cli doctor --json
json .checks[ledger].level is ok

## finds a damaged ledger
tenant
service user
variable MFA_CLI_P12_PASSWORD=secret
$ mfa-cli apns set %01-default-aes256
replace /"tenant"/ with "tenent" in $CONFIG/ledger.jsonl
$ mfa-cli doctor --json
exit 4
json .checks[ledger].level is error
json .checks[ledger].message has damaged in line 1

## knows the application, client, scope and redirect of a sign-in
tenant
$ mfa-cli doctor --tenant $URL --port $PORT --json
json .checks[application].level is ok

## finds a part of a sign-in that the tenant does not know: <OPTION>
each OPTION: --app-id other | --client-id other | --scope other
tenant
$ mfa-cli doctor --tenant $URL --port $PORT <OPTION> --json
json .checks[application].level is warning
json .checks[application].message has rejected the sign-in
json .checks[application].hint has other
json .ok is true

## finds that the redirect of a sign-in is not registered
tenant
$ mfa-cli doctor --tenant $URL --port 8499 --json
json .checks[application].level is warning
json .checks[application].hint has http://127.0.0.1:8499/callback

## does not check the application where no browser is needed
tenant
service user
$ mfa-cli doctor --json
json .checks[application].level is not-checked
