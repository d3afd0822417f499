# `device`: what a phone that is not ready, and a tenant without pushes, are refused with.

## needs a profile to <COMMAND>
each COMMAND: enroll | register-token | listen | answer --approve
$ mfa-cli device <COMMAND> --profile phone --json
exit 2
json .error.code is usage
json .error.hints is ["Create it: `mfa-cli login --profile phone`."]

## needs a phone to <COMMAND>
each COMMAND: register-token | listen | answer --approve
tenant
signed in as phone
$ mfa-cli device <COMMAND> --profile phone --json
exit 2
json .error.code is usage
json .error.message has No virtual phone is enrolled at $URL with the profile "phone"
json .error.hints is ["Run `mfa-cli device enroll --profile phone`."]
nobody asked

## takes no phone of another tenant to <COMMAND>
each COMMAND: register-token | listen | answer --approve
tenant
$ mfa-cli login --tenant $URL --port $PORT --profile phone
in a browser
$ mfa-cli device enroll --profile phone
$ mfa-cli device register-token --profile phone
tenant
$ mfa-cli login --tenant $URL2 --port $PORT2 --profile phone
in a browser
$ mfa-cli device <COMMAND> --profile phone --json
exit 2
json .error.code is usage
json .error.message has No virtual phone is enrolled at $URL2
nobody asked

## keeps the device token where it is enrolled again
tenant
$ mfa-cli login --tenant $URL --port $PORT
in a browser
$ mfa-cli device enroll
$ mfa-cli device register-token --json
let TOKEN be json .deviceToken
$ mfa-cli device enroll
file $CONFIG/config.json json .profiles.default.device.deviceToken is $TOKEN

## keeps the phone of a profile where its user signs in again
tenant
$ mfa-cli login --tenant $URL --port $PORT
in a browser
$ mfa-cli device enroll
$ mfa-cli device register-token --json
let TOKEN be json .deviceToken
$ mfa-cli login --tenant $URL --port $PORT
in a browser
file $CONFIG/config.json json .profiles.default.device.deviceToken is $TOKEN

## keeps the device token where the tenant refuses another
tenant
$ mfa-cli login --tenant $URL --port $PORT
in a browser
$ mfa-cli device enroll
$ mfa-cli device register-token --json
let TOKEN be json .deviceToken
fault refused at /IosAppRest/UpdateDevSettings
$ mfa-cli device register-token --json
exit 6
file $CONFIG/config.json json .profiles.default.device.deviceToken is $TOKEN

## keeps the phone where the tenant refuses to enroll it again
tenant
$ mfa-cli login --tenant $URL --port $PORT
in a browser
$ mfa-cli device enroll
$ mfa-cli device register-token
fault refused at /Device/EnrollIosDevice
$ mfa-cli device enroll --json
exit 6
file $CONFIG/config.json is unchanged

## needs a device token to listen
tenant
$ mfa-cli login --tenant $URL --port $PORT
in a browser
$ mfa-cli device enroll
$ mfa-cli device listen --json
exit 2
json .error.code is usage
json .error.hints is ["See `mfa-cli device register-token --help`."]
nobody asked

## registers no token for <ID>, which is no bundle ID
each ID: app | com..app | 'com.example.app '
tenant
$ mfa-cli login --tenant $URL --port $PORT
in a browser
$ mfa-cli device enroll
$ mfa-cli device register-token --bundle-id <ID> --json
exit 2
json .error.code is usage
json .error.hints is ["Use --bundle-id ID."]
nobody asked

## answers either --approve or --deny
tenant
$ mfa-cli login --tenant $URL --port $PORT
in a browser
$ mfa-cli device enroll
$ mfa-cli device answer --json
exit 2
json .error.hints is ["Use --approve or --deny."]
$ mfa-cli device answer --approve --deny --json
exit 2
json .error.message has cannot be used together
nobody asked

## answers nothing before a push was received
tenant
$ mfa-cli login --tenant $URL --port $PORT
in a browser
$ mfa-cli device enroll
$ mfa-cli device register-token
$ mfa-cli device answer --approve --json
exit 2
json .error.code is usage
json .error.hints[0] has Run `mfa-cli device listen` first
nobody asked

## says that no push came in the time that it had
tenant
$ mfa-cli login --tenant $URL --port $PORT
in a browser
$ mfa-cli device enroll
$ mfa-cli device register-token
$ mfa-cli device listen --timeout 2 --json
exit 7
json .error.code is tenant-timeout
json .error.hints[0] has --timeout SECONDS or MFA_CLI_TIMEOUT

## says that a tenant delivers no push: <ANSWER>
each ANSWER: 404 headers {"content-type":"text/html"} <!DOCTYPE html>
  | 200 headers {"content-type":"text/html"} <html></html>
  | 404 headers {"content-type":"application/json"} {"error":"not found"}
tenant
$ mfa-cli login --tenant $URL --port $PORT
in a browser
$ mfa-cli device enroll
$ mfa-cli device register-token
server answers <ANSWER>
replace /"tenant": ?"[^"]*"/ with "tenant":"$SERVER" in $CONFIG/config.json
$ mfa-cli device listen --json
exit 6
json .error.code is tenant-refused
json .error.message has only the emulator does

## lists an Android phone, and counts no iPhone
tenant
signed in
$ mfa-cli api POST /Device/EnrollAndroidDevice --data
 '{"udid":"A-1","name":"Pixel","simpleName":"Pixel","version":"16","Manufacturer":"Example","os":"Android"}' --json
json .body.Result.Status is true
$ mfa-cli device list --all --json
json .phones[].platform is ["android"]
json .phones[].name is ["Pixel"]
json .user is null
$ MFA_CLI_P12_PASSWORD=secret mfa-cli apns set %01-default-aes256 --client-app-key a
$ mfa-cli apns status --refresh --json
json .certificates[0].phones.enrolled is 0

## says where a tenant lists only a part of its phones
server answers 200 {"success":true,"Result":{"FullCount":2,"Results":[{"Row":{"Name":"iPhone"}}]}}
variable MFA_CLI_TENANT=$SERVER
variable MFA_CLI_TOKEN=an-access-token-0000
$ mfa-cli device list --all --json
json .whole is false
$ mfa-cli device list --all
stdout has 1 phone. The tenant has more, but did not list them.
