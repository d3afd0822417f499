# One memory: what one hand did at a tenant, every other hand on the machine knows.

variable MFA_CLI_P12_PASSWORD=secret
variable MFA_CLI_KEY_PASSWORD=the-key-password
variable LAB_P12_PASSWORD=secret
variable APP_P12_PASSWORD=secret
apns is unreachable
clock 2026-11-24

## what apns set did
tenant
signed in
$ mfa-cli apns set %01-default-aes256
$ mfa-cli apns status --json
json .ok is true
json .certificates[].clientAppKey is ["com.example.lab"]
json .certificates[].daysLeft is [394]
$ mfa-cli fleet init
copy %01-default-aes256 to lab.p12
$ mfa-cli fleet status --json
json .tenants[].state is ["valid"]
json .tenants[].daysLeft is [394]
remove mfa-fleet.ledger.jsonl
$ mfa-cli fleet plan --json
json .tenants[].action is ["same"]
stderr has default: set from this machine on 2026-11-24, after the record of the fleet
$ mfa-cli apns set %01-default-aes256 --client-app-key com.other.app --dry-run --json
json .findings[silences-other-app].message has "com.example.lab"

## what apns renew did
needs openssl
tenant
signed in
renewal in push
apple answers push/aps.cer until 2027-12-24
$ mfa-cli apns renew --bundle-id com.example.app --team-id A1B2C3D4E5 --dir push --no-verify --json
json .stage is set
$ mfa-cli apns status --json
json .ok is true
json .certificates[].clientAppKey is ["com.example.app"]
json .certificates[].daysLeft is [395]
$ mfa-cli fleet init
copy push/com.example.app-2026-11-24.p12 to app.p12
$ mfa-cli fleet status --json
json .tenants[].state is ["valid"]
remove mfa-fleet.ledger.jsonl
$ mfa-cli fleet plan --json
json .tenants[].action is ["same"]
stderr has after the record of the fleet
$ mfa-cli apns set %01-default-aes256 --dry-run --json
json .findings[silences-other-app].message has "com.example.app"

## what fleet apply did
tenant
signed in
copy %01-default-aes256 to lab.p12
write mfa-fleet.yaml <<
version: 1
certificates:
  lab: { p12: lab.p12, password: { env: LAB_P12_PASSWORD }, topic: com.example.lab }
tenants:
  acme: { tenant: $URL, certificate: lab, sign-in: { profile: default } }
>>
$ mfa-cli fleet apply --yes --trust --json
json .tenants[].sent is [true]
$ mfa-cli apns status --json
json .ok is true
json .certificates[].clientAppKey is ["com.example.lab"]
json .certificates[].daysLeft is [394]
$ mfa-cli fleet init --file second.yaml
$ mfa-cli fleet status --file second.yaml --json
json .tenants[].state is ["valid"]
remove second.ledger.jsonl
$ mfa-cli fleet plan --file second.yaml --json
json .tenants[].action is ["same"]
$ mfa-cli apns set %01-default-aes256 --client-app-key com.other.app --dry-run --json
json .findings[silences-other-app].message has "com.example.lab"

## what another machine did by the record that fleet init began
tenant
signed in
$ mfa-cli apns set %01-default-aes256
$ mfa-cli fleet init
append "{\"id\":\"later\",\"at\":\"2026-11-25T16:00:00.000Z\",\"tenant\":\"https://lab.example\",\"clientAppKey\":\"com.other.app\",\"asked\":\"set\",\"topic\":\"com.other.app\",\"fingerprint\":\"abababababababababababababababababababababababababababababababab\",\"notAfter\":\"2027-12-24T16:00:00Z\",\"outcome\":\"done\"}\n" to mfa-fleet.ledger.jsonl
$ mfa-cli apns status --all-profiles --json
json .certificates[].clientAppKey has com.other.app
