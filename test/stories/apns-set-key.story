# The client app key that `apns set` uses where none is given, and where it says that it comes from.

variable MFA_CLI_P12_PASSWORD=secret

## says that the key was given: <HOW>
each HOW: --client-app-key lab | --client-app-key com.example.lab
tenant
signed in
$ mfa-cli apns set %01-default-aes256 <HOW> --json
json .keyFrom is given

## says that the key was given by a variable
tenant
signed in
variable MFA_CLI_CLIENT_APP_KEY=lab
$ mfa-cli apns set %01-default-aes256 --json
json .clientAppKey is lab
json .keyFrom is given

## takes the topic without a terminal, and says so
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --json
json .clientAppKey is com.example.lab
json .keyFrom is topic
json .findings[].code lacks silences-other-app

## has no source for a key that is not there
tenant
signed in
$ mfa-cli apns set %40-der-cert --json
exit 3
$ mfa-cli apns set %30-dist --json
exit 4
json .clientAppKey is null
json .keyFrom is null

## takes the topic without a terminal though the ledger has another key, and warns of that
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
$ mfa-cli apns set %30-prod --json
json .keyFrom is topic
json .findings[silences-other-app].hint has registered as "lab"
json .findings[silences-other-app].hint has No client app key was given, so mfa-cli uses the topic
tenant pushes to com.example.lab

## warns of a key for the topic rather than of the one set last
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
$ mfa-cli apns set %01-default-aes256 --client-app-key voip --topic com.example.lab.voip
$ mfa-cli apns set %30-prod --dry-run --json
json .findings[silences-other-app].message has "voip"
json .findings[silences-other-app].hint has registered as "lab"

## is stopped by --fail-on warning where the ledger has another key
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
$ mfa-cli apns set %30-prod --fail-on warning --json
exit 4
json .keyFrom is topic
nothing sent

## doubts no key that was given
tenant
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
$ mfa-cli apns set %30-prod --client-app-key com.example.lab --json
json .keyFrom is given
json .findings[silences-other-app].hint lacks default

## takes the topic without a terminal though the tenant tells another key, and warns of that
tenant tenant-config=known
signed in
another administrator sets lab
$ mfa-cli apns set %30-prod --refresh --json
json .clientAppKey is com.example.lab
json .keyFrom is topic
json .latest.clientAppKey is lab
json .findings[silences-other-app].hint has registered as "lab"

## offers the key that the ledger has for the topic, and says whose choice the topic is
tenant tenant-config=unknown advanced-config=silent
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
$ mfa-cli apns set %30-prod --no-verify --json
answer ''
answer lab
answer yes
asked Type the key, or clear the line and press Return for lab
stderr has Press Return for the proposed one, unless the app's developers registered another.
stderr has The ledger has the client app key "lab", for the topic com.example.lab.
json .keyFrom is ledger
json .findings[].code lacks silences-other-app

## offers the key that the tenant pushes with for the topic
tenant tenant-config=known
signed in
another administrator sets lab
$ mfa-cli apns set %30-prod --no-verify --json
answer ''
answer lab
answer yes
asked Type the key, or clear the line and press Return for lab
stderr has $URL pushes with the client app key "lab", for the topic com.example.lab.
json .keyFrom is tenant
tenant holds lab: file %30-prod
tenant lacks com.example.lab

## proposes the tenant's key rather than that of the ledger
tenant tenant-config=known
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key old
another administrator sets lab
$ mfa-cli apns set %30-prod --no-verify --json
answer ''
answer lab
answer yes
asked Type the key, or clear the line and press Return for lab
stderr lacks The ledger has
json .keyFrom is tenant

## asks the tenant about the key that was typed
tenant tenant-config=known
signed in
another administrator sets lab topic com.example.elsewhere
$ mfa-cli apns set %30-prod --no-verify --json
answer lab
answer yes
asked Replace the certificate for lab at $URL?
stderr has topic com.example.elsewhere, now com.example.lab
json .replaces.topic is com.example.elsewhere

## names the key of another app, and proposes the topic
tenant tenant-config=known
signed in
another administrator sets theirs topic com.example.theirs
$ mfa-cli apns set %30-prod --no-verify --json
answer ''
answer com.example.lab
answer yes
asked Type the key, or clear the line and press Return for com.example.lab
stderr has $URL pushes with the client app key "theirs", for the topic com.example.theirs.
stderr has If the app is registered as "theirs"
json .keyFrom is topic

## says that a key was given that a person typed
tenant
signed in
$ mfa-cli apns set %30-prod --no-verify --json
answer another
answer yes
json .keyFrom is given

## takes the topic with --yes in a terminal, and warns of the tenant's key
tenant tenant-config=known
signed in
another administrator sets lab
$ mfa-cli apns set %30-prod --no-verify --yes --json
at a terminal
json .keyFrom is topic
json .findings[silences-other-app].hint has registered as "lab"

## offers no other key where the topic is the key set last
tenant tenant-config=unknown advanced-config=silent
signed in
$ mfa-cli apns set %01-default-aes256 --client-app-key lab
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns set %30-prod --no-verify --json
answer com.example.lab
answer yes
stderr lacks The ledger has the client app key
json .keyFrom is topic
