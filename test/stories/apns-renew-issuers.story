# `apns renew --issuer`: what the program may leave, and when it runs again.

needs openssl
variable MFA_CLI_KEY_PASSWORD=the-key-password
variable MFA_CLI_P12_PASSWORD=the-p12-password
clock 2026-11-24
signer SIGN until 2027-12-24

## goes from nothing to a tenant with the certificate in one run
tenant
signed in
hook
program ISSUER: $SIGN
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --hook $HOOK --json
json .stage is set
json .dir is push
json .bundleId is com.example.app
json .teamId is A1B2C3D4E5
json .set.tenant is $URL
json .set.clientAppKey is com.example.app
json .set.keyFrom is topic
json .set.topic is com.example.app
json .set.notAfter is 2027-12-24T16:00:00Z
json .set.sentAs is json
json .set.unchanged is false
json .next[0] has --no-verify
json .next[0] has --issuer $ISSUER
json .next[0] lacks undefined
sent ISSUER run 1 time
sent /Mobile/Set 1 time
sent hook renewed 1 time
tenant holds com.example.app: file push/com.example.app-2026-11-24.p12, topic com.example.app,
 password the-p12-password
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --hook $HOOK --json
json .stage is fresh
json .due is false
nobody asked

## takes the certificate from stdout where the issuer leaves no file
tenant
signed in
renewal in push
program ISSUER: $SIGN aside; cat aside
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --json
json .stage is set
json .files.certificate is push/com.example.app-2026-11-24.cer
file push/com.example.app-2026-11-24.cer mode 0600

## takes a PEM certificate from stdout
tenant
signed in
renewal in push
signer SIGN until 2027-12-24 as PEM
program ISSUER: $SIGN aside; cat aside
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --json
json .stage is set

## ignores what an issuer says on stdout beside the file that it leaves
tenant
signed in
renewal in push
program ISSUER: echo working; $SIGN; echo done
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --json
json .stage is set

## gives the issuer the request, the app and a place for the certificate, and nothing else
nobody listens
renewal in push
program ISSUER: env | grep ^MFA_CLI_ > given; grep -c . given > count; test -s "$MFA_CLI_CSR"; exit 75
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --json
exit 4
file count has 4
file given has MFA_CLI_BUNDLE_ID=com.example.app
file given has MFA_CLI_TEAM_ID=A1B2C3D4E5
file given has push/com.example.app-2026-11-24.certSigningRequest
file given has push/com.example.app-2026-11-24.cer

## gives the issuer all its arguments, and names them in the command of the next run
nobody listens
renewal in push
program ISSUER: printf '%s|' "$@" > given; exit 75
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --issuer-arg 'two words' --issuer-arg=--json --json
exit 4
file given has two words|--json|
json .next[0] has --issuer-arg 'two words' --issuer-arg=--json

## asks the issuer again in the next run where it has no certificate yet
tenant
signed in
renewal in push
program ISSUER: exit 75
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --json
exit 4
json .stage is requested
sent ISSUER run 1 time
file push/mfa-renew.json json .rounds[0].issuing is null
program ISSUER: $SIGN
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --json
json .stage is set
sent ISSUER run 1 time

## does not advise to have the issuer run again and again
tenant
signed in
renewal in push
program ISSUER: exit 75
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --issue-again
exit 4
stdout has --issuer $ISSUER
stdout lacks --issue-again

## runs an issuer again only if told to, after <END>
each END: exit 3 | kill -9 $$ | exit 0
tenant
signed in
renewal in push
program ISSUER: <END>
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --json
exit 7
json .error.code is issuer-failed
sent ISSUER run 1 time
file push/mfa-renew.json json .rounds[0].issuing is 2026-11-24T16:00:00.000Z
program ISSUER: $SIGN
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --json
exit 4
json .stage is requested
json .needs.what has --issue-again
nobody asked
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --issue-again --json
json .stage is set
sent ISSUER run 1 time

## runs an issuer again only if told to, after something that is no certificate
tenant
signed in
renewal in push
program ISSUER: echo Sorry
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --json
exit 3
json .error.code is certificate-not-recognized
sent ISSUER run 1 time
program ISSUER: $SIGN
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --json
exit 4
json .needs.what has --issue-again
nobody asked
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --issue-again --json
json .stage is set
json .files.certificate is push/com.example.app-2026-11-24-2.cer

## ends a slow issuer, and runs it again only if told to
nobody listens
renewal in push
program ISSUER: sleep 600
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --issuer-timeout 1 --json
exit 7
json .error.code is issuer-failed
json .error.message has 1 s
sent ISSUER run 1 time
program ISSUER: $SIGN
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --json
exit 4
nobody asked

## calls the hook after an interrupt, and does not run the issuer again unasked
nobody listens
renewal in push
hook
program ISSUER: sleep 600
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --hook $HOOK --json
interrupt SIGINT after ISSUER run
exit 130
json .error.code is interrupted
sent ISSUER run 1 time
sent hook failed 1 time
sent "code":"interrupted"
file push/mfa-renew.json json .rounds[0].issuing is 2026-11-24T16:00:00.000Z
program ISSUER: $SIGN
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --json
exit 4
json .needs.what has --issue-again
nobody asked

## calls the hook after an interrupt while the tenant is silent
renewal in push
hook
server is silent at /Mobile/Set
program ISSUER: $SIGN
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --hook $HOOK --json
interrupt SIGTERM after /Mobile/Set
exit 143
json .error.code is outcome-unknown
json .sent is null
sent /Mobile/Set 1 time
sent hook unknown 1 time
file $CONFIG/ledger.jsonl json [].outcome is ["sending","unknown"]

## refuses an issuer that is no program before anything is done
nobody listens
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer 'no-such issuer' --json
exit 2
json .error.code is usage
json .error.message has "no-such …"
files none

## asks again where the issuer could not be started
nobody listens
renewal in push
write issuer mode 0755: #!/no/interpreter
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $DIR/issuer --json
exit 7
json .error.code is issuer-failed
file push/mfa-renew.json json .rounds[0].issuing is null
program ISSUER: exit 75
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --json
exit 4
sent ISSUER run 1 time

## packs no wrong certificate of an issuer: <WRONG>
each WRONG: for com.example.other | for no push | for the sandbox | until 2026-01-01
tenant
signed in
renewal in push
signer OTHER <WRONG>
program ISSUER: $OTHER
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --json
exit 4
json .stage is requested
json .findings[0].level is error
json .files.p12 is null
sent /Mobile/Set 0 times
program ISSUER: $SIGN
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --json
exit 4
json .files.certificate is push/com.example.app-2026-11-24.cer
json .needs.what has --issue-again
nobody asked
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --issue-again --json
json .stage is set
json .files.certificate is push/com.example.app-2026-11-24-2.cer

## packs no certificate of another key that an issuer gives
nobody listens
renewal in push
apple answers a stranger in theirs.cer
program ISSUER: cat theirs.cer
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --json
exit 4
json .stage is requested
json .findings[].code is ["key-mismatch"]
json .needs.what has --issue-again
no file push/com.example.app-2026-11-24.p12

## packs no certificate of the year before that an issuer gives
tenant
signed in
renewal in push
program ISSUER: $SIGN
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --json
program ISSUER: cat push/com.example.app-2026-11-24.cer
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --json
on 2027-12-01
exit 4
json .stage is requested
json .findings[].code is ["key-mismatch"]
no file push/com.example.app-2027-12-01.p12

## needs no issuer that was killed once it had left the certificate
tenant
signed in
renewal in push
program ISSUER: $SIGN; kill -9 $$
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --json
exit 7
json .error.code is issuer-failed
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --json
json .stage is set
sent ISSUER run 0 times

## has nothing issued anew where the tenant was out of reach
tenant
signed in
renewal in push
program ISSUER: $SIGN
$ MFA_CLI_TENANT=http://127.0.0.1:9 MFA_CLI_TOKEN=a-token
 mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --json
exit 7
json .error.code is tenant-unreachable
file push/mfa-renew.json json .rounds[0].packed.file is com.example.app-2026-11-24.p12
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --json
json .stage is set
sent ISSUER run 0 times
file push/com.example.app-2026-11-24.p12 is unchanged

## has nothing issued anew with --issue-again once APNs has accepted the certificate
tenant
signed in
renewal in push
program ISSUER: $SIGN
apns answers 400 BadDeviceToken
$ MFA_CLI_TENANT=http://127.0.0.1:9 MFA_CLI_TOKEN=a-token
 mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --apns-host $APNS
 --ca-file $CA --issuer $ISSUER --json
exit 7
json .error.code is tenant-unreachable
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify
 --issuer $ISSUER --issue-again --json
json .stage is set
sent ISSUER run 0 times
