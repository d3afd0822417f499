# Which key a tenant pushes with: the one set last. What a set silences, and what `status` says.

variable MFA_CLI_P12_PASSWORD=secret

## says that a set silences another app that this machine set last, under whichever profile
tenant tenant-config=known
signed in
signed in as b
$ mfa-cli apns set %01-default-aes256 --client-app-key com.old.app --json
json .findings[].code lacks silences-other-app
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app --profile b --json
json .sent is true
json .findings[silences-other-app].level is warning
json .findings[silences-other-app].message has "com.old.app"
json .findings[silences-other-app].hint lacks Continue
tenant pushes to com.new.app
$ mfa-cli apns set %01-default-aes256 --client-app-key com.old.app --dry-run --json
json .findings[silences-other-app].message has "com.new.app"
nothing sent

## silences nobody by the key that is in use
tenant tenant-config=known
signed in
signed in as b
$ mfa-cli apns set %01-default-aes256 --client-app-key com.old.app
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app --profile b
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app --json
json .sent is true
json .findings[].code lacks silences-other-app

## is stopped by --fail-on warning before it silences another app
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.old.app
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app --fail-on warning --json
exit 4
json .sent is false
json .findings[].code has silences-other-app
nothing sent
tenant pushes to com.old.app
tenant lacks com.new.app

## says above the question what is silenced, also for the same certificate again
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.old.app
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
on 2026-11-26
$ mfa-cli apns set %01-default-aes256 --client-app-key com.old.app
answer no
exit 130
asked Replace the certificate for com.old.app at $URL?
stderr has no longer to "com.new.app". [silences-other-app]
stderr has Replaces the same certificate
stderr has Phones the tenant lists no iPhone for this session, which may not see all
nothing sent
tenant pushes to com.new.app

## learns from the tenant what another machine set, with --refresh alone
tenant tenant-config=known
signed in
another administrator sets com.their.app
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app --dry-run --json
json .findings[].code lacks silences-other-app
nobody asked
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app --refresh --json
json .sent is true
json .findings[silences-other-app].message has "com.their.app"

## does not learn it from a tenant that does not tell
tenant tenant-config=unknown advanced-config=silent
signed in
another administrator sets com.their.app
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app --refresh --json
json .sent is true
json .findings[].code lacks silences-other-app

## has no column for the key in use alone
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
$ mfa-cli apns status
stdout lacks In use
$ mfa-cli apns status --json
json .certificates[0].inUse is true
json .certificates[0].inUseFrom is record

## believes the tenant about the key in use, and names one that this machine never set
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.old.app
another administrator sets com.their.app
$ mfa-cli apns status --refresh --json
json .certificates[0].inUse is false
json .certificates[0].inUseFrom is tenant
json .certificates[0].ignoredSince is null
json .certificates[com.their.app].inUse is true
json .certificates[com.their.app].inUseFrom is tenant
json .certificates[com.their.app].fingerprint is null
json .certificates[com.their.app].state is unknown
json .latest is [{"tenant":"$URL","latest":{"outcome":"told","clientAppKey":"com.their.app",
 "topic":"com.example.lab"}}]
json .ok is true
stderr has pushes with the client app key "com.their.app", which is not on this machine's record

## believes the record about the key in use, and since when another is ignored
tenant tenant-config=unknown advanced-config=silent
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.old.app
on 2026-11-25
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
on 2026-11-26
$ mfa-cli apns status --json
on 2026-11-27
json .certificates[com.old.app].inUse is false
json .certificates[com.old.app].inUseFrom is record
json .certificates[com.old.app].ignoredSince is 2026-11-26T12:00:00.001Z
json .certificates[com.new.app].inUse is true
json .certificates[com.new.app].ignoredSince is null
$ mfa-cli apns status
on 2026-11-27
stdout has No pushes for com.old.app at $URL: the tenant pushes with com.new.app, the key set last by this record.
stdout has com.old.app $URL default no, another key was set on 2026-11-26 2027-12-24
stdout has com.new.app $URL default yes 2027-12-24

## names the key in use of the same tenant
tenant
signed in
tenant
signed in as other at tenant 2
$ mfa-cli apns set %01-default-aes256 --client-app-key first.app
$ mfa-cli apns set %01-default-aes256 --client-app-key old.app --profile other
$ mfa-cli apns set %01-default-aes256 --client-app-key new.app --profile other
$ mfa-cli apns status --all-profiles
stdout has No pushes for old.app at $URL2: the tenant pushes with new.app
stdout lacks pushes with first.app

## goes by the order of what was done, though the clock was ahead before
tenant tenant-config=unknown advanced-config=silent
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.old.app
on 2027-01-01
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
on 2026-11-26
$ mfa-cli apns status --json
on 2026-11-27
json .certificates[com.new.app].inUse is true
json .certificates[com.old.app].inUse is false
json .certificates[com.old.app].ignoredSince is 2027-01-01T12:00:00.003Z
$ mfa-cli apns delete com.old.app --yes
on 2026-11-27
$ mfa-cli apns status --json
on 2026-11-27
json .certificates[].clientAppKey is ["com.new.app"]
json .certificates[0].inUse is null

## does not know the key in use once another was deleted, until the next set
tenant tenant-config=unknown advanced-config=silent
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.old.app
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
$ mfa-cli apns delete com.old.app --yes
stderr has afterwards, set the one that you need again (com.new.app)
sent in order /Mobile/DeleteApnsCertForClientApp
$ mfa-cli apns status --json
json .certificates[].clientAppKey is ["com.new.app"]
json .certificates[0].inUse is null
json .certificates[0].inUseFrom is null
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app
sent in order /Mobile/SetApnsCertForClientApp
$ mfa-cli apns status --json
json .certificates[0].inUse is true
json .certificates[0].inUseFrom is record

## sets though the last moment that a date can hold is on record
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.old.app
replace /"at":"[^"]*"/ with "at":"+275760-09-13T00:00:00.000Z" in $CONFIG/ledger.jsonl
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app --json
json .sent is true
tenant pushes to com.new.app

## advises before a set that changes something, and not to continue after it
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key com.old.app
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app --dry-run --json
json .findings[silences-other-app].hint has Set it once all users have the new app ("com.new.app").
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app --json
json .sent is true
json .findings[silences-other-app].hint has Set the certificate of the other key again to go back.
$ mfa-cli apns set %01-default-aes256 --client-app-key com.new.app --topic com.example.lab.voip --json
json .sent is true
json .findings[topic-changes].hint is "Set the earlier certificate again to go back. An app with the earlier bundle ID gets no more pushes."
