# `push payload`, `push send`, and `apns verify` with a .p8: what APNs is given, and by which key.

variable MFA_CLI_P12_PASSWORD=secret
let TOKEN be 80f380f380f380f380f380f380f380f380f380f380f380f380f380f380f380f3
copy %40-p8-key-pem to AuthKey_ABC123DEFG.p8
chmod 0600 AuthKey_ABC123DEFG.p8
let P8 be $DIR/AuthKey_ABC123DEFG.p8

## prints the payload that the tenant sends
$ mfa-cli push payload --message 'Sign in to Zürich?' --challenge c-1 --json
json .payload is {"aps":{"alert":"Sign in to Zürich?","category":"MfaNotificationCategoryId",
 "sound":"default"},"payload":{"Options":{"Message":"Sign in to Zürich?","ChallengeAnswer":"c-1"}}}
json .bytes is 176
json .simulator is null
$ mfa-cli push payload --message 'Sign in to Zürich?' --challenge c-1
stdout has "alert": "Sign in to Zürich?",
stdout has "ChallengeAnswer": "c-1"
stdout lacks Simulator

## prints a payload for an app in the simulator
$ mfa-cli push payload --message 'Sign in?' --challenge c-1 --simulator com.example.app --json
json .simulator is com.example.app
json .payload.aps.alert is Sign in?
$ mfa-cli push payload --message 'Sign in?' --challenge c-1 --simulator com.example.app
stdout has "Simulator Target Bundle": "com.example.app",

## prints no payload for a simulator's app that is no bundle ID
$ mfa-cli push payload --message 'Sign in?' --challenge c-1 --simulator app --json
exit 2
json .error.code is usage
json .error.hints[0] has --simulator

## gives APNs the push as the tenant does, with the certificate
apns answers 200
$ mfa-cli push send %01-default-aes256 --device-token $TOKEN --message 'Sign in?' --challenge abc
 --json
json .sent is true
json .ok is true
json .dryRun is false
json .answer is {"status":200,"reason":null,"apnsId":"A0B1","timestamp":null}
json .topic is com.example.lab
json .environment is production
json .deviceToken is $TOKEN
json .bytes is 154
json .findings[].code is ["issuer-not-apple","encryption-modern"]
sent apns 1 time
sent apns by certificate :path=/3/device/$TOKEN apns-topic=com.example.lab apns-push-type=alert
 apns-priority=10 apns-expiration=1795536300
sent {"aps":{"alert":"Sign in?","category":"MfaNotificationCategoryId","sound":"default"},
sent "payload":{"Options":{"Message":"Sign in?","ChallengeAnswer":"abc"}}}
$ mfa-cli push send --p12 %01-default-aes256 --device-token $TOKEN --message 'Sign in?'
stdout has ✓ $APNS, in place of APNs, accepted the push.
stdout has Topic com.example.lab
stdout has apns-id A0B1

## says since when a device token is not good
apns answers 410 json {"reason":"Unregistered","timestamp":1761000000000}
$ mfa-cli push send %01-default-aes256 --device-token $TOKEN --message 'Sign in?'
exit 6
stdout has in place of APNs, answered Unregistered (HTTP 410) since 2025-10-20 22:40Z (399 days ago).
$ mfa-cli push send %01-default-aes256 --device-token $TOKEN --message 'Sign in?' --json
exit 6
json .sent is false
json .ok is false
json .answer.reason is Unregistered
sent apns 1 time

## takes no answer without a reason for a yes: <STATUS>
each STATUS: 201 | 403 | 500
apns answers <STATUS>
$ mfa-cli push send %01-default-aes256 --device-token $TOKEN --message 'Sign in?' --json
exit 6
json .sent is false
json .ok is false
json .answer.reason is null

## tries again where APNs is busy for a moment
apns answers 429 {"retry-after":"0"} TooManyRequests, 200
$ mfa-cli push send %01-default-aes256 --device-token $TOKEN --message 'Sign in?' --json
json .sent is true
sent apns 2 times

## shows what would be sent, and sends it to nobody
apns answers 200
$ mfa-cli push send %01-default-aes256 --device-token $TOKEN --message 'Sign in?' --challenge abc
 --dry-run --json
json .sent is false
json .dryRun is true
json .answer is null
json .ok is true
json .headers is {"apns-topic":"com.example.lab","apns-push-type":"alert","apns-priority":"10",
 "apns-expiration":"1795536300"}
json .payload.payload.Options is {"Message":"Sign in?","ChallengeAnswer":"abc"}
nobody asked
$ mfa-cli push send %01-default-aes256 --device-token $TOKEN --message 'Sign in?' --dry-run
stdout has ✓ Checks passed. Nothing was sent (dry run).
stdout has apns-topic com.example.lab
stdout has "Message": "Sign in?"
nobody asked

## pushes under another topic of the certificate
apns answers 200
$ mfa-cli push send %01-default-aes256 --device-token $TOKEN --message 'Sign in?'
 --topic com.example.lab.complication --json
json .topic is com.example.lab.complication
sent apns-topic=com.example.lab.complication 1 time

## pushes nothing under a topic that the certificate does not have
apns answers 200
$ mfa-cli push send %01-default-aes256 --device-token $TOKEN --message 'Sign in?'
 --topic com.example --json
exit 4
json .sent is false
json .ok is false
json .findings[].code has topic-mismatch
nobody asked
$ mfa-cli push send %01-default-aes256 --device-token $TOKEN --message 'Sign in?'
 --topic com.example --dry-run --json
exit 4
json .ok is false

## needs a device token
apns answers 200
$ mfa-cli push send %01-default-aes256 --json
exit 2
json .error.code is usage
json .error.hints is ["Use --device-token HEX."]
nobody asked

## pushes to no device token "<WRONG>"
each WRONG: xyz | 80f3 | 80f380f380f380f380f380f380f380f380f380f380f380f380f380f380f380f380f
apns answers 200
$ mfa-cli push send %01-default-aes256 --device-token <WRONG> --json
exit 2
json .error.code is usage
json .error.hints is ["Use --device-token HEX."]
nobody asked

## asks a person for the device token, and accepts it as an app prints it
apns answers 200
$ mfa-cli push send %01-default-aes256 --message 'Sign in?' --json
answer <80F380F3 80F380F3 80F380F3 80F380F3 80F380F3 80F380F3 80F380F3 80F380F3>
asked Device token of the app:
json .deviceToken is $TOKEN
sent /3/device/$TOKEN 1 time

## pushes with a .p8 and no certificate, under the topic that is given
apns answers 200
$ mfa-cli push send --p8 $P8 --key-id ABC123DEFG --team-id A1B2C3D4E5 --topic com.example.app
 --device-token $TOKEN --message 'Sign in?' --challenge abc --json
json .file is $P8
json .token is {"keyId":"ABC123DEFG","teamId":"A1B2C3D4E5"}
json .topic is com.example.app
json .sent is true
json .findings is []
json .explanation has mfa-cli apns request
sent apns by token :path=/3/device/$TOKEN apns-topic=com.example.app apns-push-type=alert
 apns-priority=10 apns-expiration=1795536300
$ mfa-cli push send --p8 $P8 --key-id ABC123DEFG --team-id A1B2C3D4E5 --topic com.example.app
 --device-token $TOKEN --message 'Sign in?'
stdout has ✓ $APNS, in place of APNs, accepted the push.

## verifies a .p8 with a push for a device that nobody has
apns answers 400 BadDeviceToken
$ mfa-cli apns verify --p8 $P8 --key-id ABC123DEFG --team-id A1B2C3D4E5 --topic com.example.app
 --json
json .accepted is true
json .ok is true
json .file is $P8
json .token is {"keyId":"ABC123DEFG","teamId":"A1B2C3D4E5"}
sent apns by token
 :path=/3/device/0000000000000000000000000000000000000000000000000000000000000000
 apns-topic=com.example.app apns-push-type=alert apns-priority=10 apns-expiration=0
 {"aps":{"alert":"mfa-cli apns verify"}}
$ mfa-cli apns verify --p8 $P8 --key-id ABC123DEFG --team-id A1B2C3D4E5 --topic com.example.app
stdout has ✓ $APNS accepts this key for com.example.app, in place of APNs.
stdout has Key ID ABC123DEFG
stdout has Team ID A1B2C3D4E5

## asks APNs for the sandbox only where that is said
$ mfa-cli push send %01-default-aes256 --device-token $TOKEN --message 'Sign in?' --dry-run --json
json .environment is production
json .host is api.push.apple.com
$ mfa-cli push send %01-default-aes256 --device-token $TOKEN --message 'Sign in?' --dry-run
 --environment sandbox --json
json .environment is sandbox
json .host is api.sandbox.push.apple.com

## takes the .p8 and its names from the environment
apns answers 200
variable MFA_CLI_P8=$P8
variable MFA_CLI_KEY_ID=ABC123DEFG
variable MFA_CLI_TEAM_ID=A1B2C3D4E5
$ mfa-cli push send --topic com.example.app --device-token $TOKEN --json
json .file is $P8
json .token is {"keyId":"ABC123DEFG","teamId":"A1B2C3D4E5"}
sent apns by token :path 1 time

## prefers the .p8 of standard input and a named .p12 to the .p8 of the environment
apns answers 200
variable MFA_CLI_P8=$P8
variable MFA_CLI_KEY_ID=ABC123DEFG
variable MFA_CLI_TEAM_ID=A1B2C3D4E5
$ mfa-cli push send --p8 - --topic com.example.app --device-token $TOKEN --json
stdin %40-p8-key-pem
json .file is stdin
json .sent is true
$ mfa-cli push send %01-default-aes256 --device-token $TOKEN --json
json .file is %01-default-aes256.p12
json .token is absent
sent apns by certificate :path 1 time

## asks in a terminal for what is missing beside the .p8
$ mfa-cli push send --p8 $P8 --device-token $TOKEN --message 'Sign in?' --dry-run --json
answer ABC123DEFG
answer A1B2C3D4E5
answer com.example.app
asked Key ID of the .p8:
asked Team ID of the Apple developer account:
asked Topic, the bundle ID of the app:
json .token is {"keyId":"ABC123DEFG","teamId":"A1B2C3D4E5"}
json .topic is com.example.app

## names all that is missing beside the .p8 at once: <COMMAND>
each COMMAND: push send --device-token $TOKEN | apns verify
apns answers 200
$ mfa-cli <COMMAND> --p8 $P8 --json
exit 2
json .error.code is usage
json .error.message is Missing: key ID of the .p8, team ID and topic
json .error.hints[0] has MFA_CLI_KEY_ID
json .error.hints[1] has MFA_CLI_TEAM_ID
json .error.hints[2] has --topic
$ mfa-cli <COMMAND> --p8 $P8 --key-id ABC123DEFG --team-id A1B2C3D4E5 --json
exit 2
json .error.hints is ["Use --topic TOPIC."]
nobody asked

## refuses wrong names of a .p8: <COMMAND>
each COMMAND: push send --device-token $TOKEN | apns verify
apns answers 200
$ mfa-cli <COMMAND> --p8 $P8 --key-id ABC --team-id A1B2C3D4E5 --topic a.b --json
exit 2
json .error.code is usage
json .error.message has "ABC"
json .error.hints[0] has MFA_CLI_KEY_ID
$ MFA_CLI_TEAM_ID=a1b2c3d4e5 mfa-cli <COMMAND> --p8 $P8 --key-id ABC123DEFG --topic a.b --json
exit 2
json .error.message has "a1b2c3d4e5"
json .error.hints[0] has MFA_CLI_TEAM_ID
nobody asked

## refuses a .p8 beside something of a .p12: <COMMAND>
each COMMAND: push send --device-token $TOKEN | apns verify
apns answers 200
$ mfa-cli <COMMAND> --p8 $P8 --p12 %01-default-aes256 --json
exit 2
json .error.code is usage
$ mfa-cli <COMMAND> %01-default-aes256 --p8 $P8 --json
exit 2
json .error.code is usage
$ mfa-cli <COMMAND> --p8 $P8 --password-file x --json
exit 2
json .error.code is usage
json .error.hints[0] has --p8 FILE or --p12 FILE
$ MFA_CLI_P8=$P8 MFA_CLI_P12=x.p12 mfa-cli <COMMAND> --json
exit 2
json .error.message matches /^MFA_CLI_P8 and MFA_CLI_P12 /
nobody asked

## refuses the names of a .p8 without one: <COMMAND>
each COMMAND: push send --device-token $TOKEN | apns verify
apns answers 200
$ mfa-cli <COMMAND> --key-id ABC123DEFG --json
exit 2
json .error.code is usage
json .error.hints[0] has MFA_CLI_P8
nobody asked

## sees what is given for a .p8: <COMMAND>
each COMMAND: push send --device-token $TOKEN | apns verify
apns answers 200
variable MFA_CLI_KEY_ID=ABC123DEFG
variable MFA_CLI_TEAM_ID=A1B2C3D4E5
$ mfa-cli <COMMAND> --p8 %01-default-aes256 --topic com.example.app --json
exit 3
json .error.code is key-not-recognized
json .error.message has .p12
write public.p8 <<
-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
-----END PUBLIC KEY-----
>>
$ mfa-cli <COMMAND> --p8 public.p8 --topic com.example.app --json
exit 3
json .error.code is key-not-recognized
json .error.message has a public key
$ mfa-cli <COMMAND> --p8 %72-nest-20000 --topic com.example.app --json
exit 3
json .error.message has 16 KiB
nobody asked

## explains a key of the other environment, as APNs spells it: <REASON>
each REASON: BadEnvironmentKeyIdInToken | BadEnvironmentKeyInToken
apns answers 403 <REASON>
$ mfa-cli push send --p8 $P8 --key-id ABC123DEFG --team-id A1B2C3D4E5 --topic com.example.app
 --device-token $TOKEN --message 'Sign in?' --json
exit 6
json .answer.reason is <REASON>
json .explanation has <REASON>
json .explanation has The key is for the other environment

## explains what APNs has against a .p8
apns answers 403 InvalidProviderToken
$ mfa-cli push send --p8 $P8 --key-id ABC123DEFG --team-id A1B2C3D4E5 --topic com.example.app
 --device-token $TOKEN --message 'Sign in?' --json
exit 6
json .sent is false
json .answer.reason is InvalidProviderToken
json .explanation has the .p8 key, the key ID and the team ID do not belong together

## uses no .p8 that others may change
chmod 0666 AuthKey_ABC123DEFG.p8
$ mfa-cli apns verify --p8 $P8 --key-id ABC123DEFG --team-id A1B2C3D4E5 --topic com.example.app
  --json
exit 3
json .error.code is file-unreadable
