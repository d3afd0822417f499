# `app check` of an app that was built and signed.

variable MFA_CLI_P12_PASSWORD=secret

## finds nothing against an app for the App Store: <FILE>
each FILE: App.ipa | App.app | App.xcarchive
built app <FILE>
$ mfa-cli app check <FILE>
stdout has ✓ Code signature
stdout has ✓ Push entitlement
stdout has ✓ Background mode for remote notifications
stdout has ✓ Provisioning profile
stdout has Found in the program: MfaNotificationCategoryId, MfaNotificationApproveActionId,
  MfaNotificationDenyActionId, handlePushToken.
stdout has ✓ The app is signed for pushes in production.
stdout lacks follows the guide
stdout lacks App and certificate match
$ mfa-cli app check <FILE> --json
json .project is null
json .target is null
json .configuration is null
json .app.file is <FILE>
json .app.version is "1.4"
json .app.build is "57"
json .app.team is ABCDE12345
json .app.profile is {"name":"Approver for the App Store","teams":["ABCDE12345"],
 "apsEnvironment":"production","expires":"2027-01-15T10:00:00Z"}
json .app.texts[].found are true
json .bundleId is com.example.lab
json .apsEnvironment is production
json .certificate is null
json .steps[].ok are true
json .findings is []
json .ok is true

## tells where the app stands in what was given: <FILE>
each FILE: App.ipa | App.xcarchive | App.app
built app <FILE> with {"modes":[]}
$ mfa-cli app check <FILE> --json
exit 4
json .findings[].code is ["background-mode-missing"]
json .findings[0].file matches /^(?:Payload\/Approver\.app\/|Products\/Applications\/Approver\.app\/)?Info\.plist$/
json .findings[0].line is null

## reads the app in any form: <FORM>
each FORM: {"infoForm":"xml"} | {"fat":"32"} | {"fat":"64"} | {"derForm":"set"} | {"derEntitlements":null}
built app App.ipa with <FORM>
$ mfa-cli app check App.ipa
stdout has ✓ The app is signed for pushes in production.

## finds the program by a name that is not ASCII: <FORM>
each FORM: {"program":"Prüfer","infoForm":"xml"} | {"program":"Pr\u00fcfer","storedProgram":"Pru\u0308fer","infoForm":"xml"}
built app App.ipa with <FORM>
$ mfa-cli app check App.ipa
stdout has ✓ The app is signed for pushes in production.

## finds an app that is not signed, and judges nothing by its signature
built app App.ipa with {"signed":"no"}
$ mfa-cli app check App.ipa --p12 %01-default-aes256 --json
exit 4
json .findings[].code is ["app-unsigned"]
json .findings[0].file is Payload/Approver.app/Approver
json .apsEnvironment is null
json .app.team is null
json .steps[signature].ok is false
json .steps[push-entitlement].ok is null
json .steps[profile].ok is null
json .steps[certificate].ok is null

## finds an app that is signed without a certificate: <FORM>
each FORM: ad-hoc | empty | none
built app App.app with {"signed":"<FORM>"}
$ mfa-cli app check App.app
exit 4
stdout has The program is signed ad hoc, without a certificate. [app-unsigned] · Approver
stdout has ✗ The app cannot approve sign-ins yet: it is not signed for phones (1 error).

## finds an app for the simulator
built app App.app with {"platform":7,"signed":"ad-hoc","entitlements":null,"profileEntitlements":null}
$ mfa-cli app check App.app --json
exit 4
json .findings[].code is ["app-for-simulator"]
json .steps[push-entitlement].ok is null
json .steps[profile].ok is null

## finds that the signature has no entitlement: <FORM>
each FORM: {"environment":null,"profileEnvironment":"production"} | {"environment":""}
built app App.ipa with <FORM>
$ mfa-cli app check App.ipa --json
exit 4
json .findings[].code is ["aps-environment-missing"]
json .apsEnvironment is null
json .steps[push-entitlement].ok is false

## finds that the signature has no entitlements at all
built app App.ipa with {"entitlements":null}
$ mfa-cli app check App.ipa --json
exit 4
json .findings[].code is ["aps-environment-missing"]

## finds an entitlement that is neither development nor production
built app App.ipa with {"environment":"staging"}
$ mfa-cli app check App.ipa --json
exit 4
json .findings[].code is ["aps-environment-unknown"]

## finds that the entitlements in DER differ from those in XML: <FORM>
each FORM: {"derEntitlements":{"aps-environment":"development"}}
 | {"derEntitlements":{"aps-environment":"development"},"derForm":"set"}
 | {"derEntitlements":{"other":true}} | {"derEntitlements":{"get-task-allow":true}}
built app App.ipa with <FORM>
$ mfa-cli app check App.ipa --json
exit 4
json .findings[].code is ["app-entitlements-differ"]
json .findings[0].level is error
json .steps[push-entitlement].ok is false

## finds that the signatures of two processors differ
built app App.ipa with {"fat":"64","secondEnvironment":"development"}
$ mfa-cli app check App.ipa --json
exit 4
json .findings[].code is ["app-entitlements-differ"]
json .apsEnvironment is production

## finds that an app is signed for another bundle ID
built app App.ipa with {"info":{"CFBundleIdentifier":"com.example.other"}}
$ mfa-cli app check App.ipa --json
exit 4
json .findings[].code is ["app-identifier-mismatch"]
json .bundleId is com.example.other

## finds that the profile does not fit: <FORM>
each FORM: {"profileEnvironment":null} | {"profileEnvironment":"development"} | {"profileTeam":"ZYXWV98765"}
 | {"profileEntitlements":{"application-identifier":"ABCDE12345.com.example.other"}}
 | {"profileEntitlements":{"application-identifier":"ABCDE12345.com.other.*"}}
built app App.ipa with <FORM>
$ mfa-cli app check App.ipa --json
exit 4
json .findings[].code is ["app-profile-mismatch"]
json .findings[0].file is Payload/Approver.app/embedded.mobileprovision
json .steps[profile].ok is false

## accepts a profile for many apps: <PATTERN>
each PATTERN: ABCDE12345.* | ABCDE12345.com.example.*
built app App.ipa with {"profileEntitlements":{"application-identifier":"<PATTERN>"}}
$ mfa-cli app check App.ipa
stdout has ✓ The app is signed for pushes in production.

## finds an expired profile
built app App.ipa with {"profileExpires":"2026-11-24T15:59:59Z"}
$ mfa-cli app check App.ipa
exit 4
stdout has The provisioning profile expired on 2026-11-24. [app-profile-expired]
 · Payload/Approver.app/embedded.mobileprovision
$ mfa-cli app check App.ipa
on 2026-11-24 15:59:58

## does not check a profile that the app does not have
built app App.ipa with {"profileEntitlements":null}
$ mfa-cli app check App.ipa --json
json .findings[].code is ["app-profile-missing"]
json .findings[0].level is info
json .steps[profile].ok is null
json .app.profile is null
json .notChecked has Provisioning profile
$ mfa-cli app check App.ipa
stdout has No error was found in what was checked (1 step not checked).

## does not check texts that the program does not have: <FORM>
each FORM: {"strings":[]} | {"isEncrypted":true}
built app App.ipa with <FORM>
$ mfa-cli app check App.ipa --json
json .app.texts[].found are null
json .findings is []
json .notChecked has "MfaNotificationCategoryId, which was not found in the program"
$ mfa-cli app check App.ipa
stdout has Not looked at: MfaNotificationCategoryId, which was not found in the program;
stdout lacks Found in the program

## compares the app with a certificate
built app App.ipa
$ mfa-cli app check App.ipa --p12 %01-default-aes256 --json
json .certificate.from is p12
json .certificate.team is ABCDE12345
json .steps[certificate].ok is true
$ mfa-cli app check App.ipa --p12 %01-default-aes256
stdout has ✓ The app is signed for pushes in production, and the certificate fits it.

## finds another bundle ID than the certificate's
built app App.ipa with {"bundleId":"com.example.other"}
$ mfa-cli app check App.ipa --p12 %01-default-aes256 --json
exit 4
json .findings[].code is ["app-topic-mismatch"]
json .steps[certificate].ok is false

## finds another team than the certificate's
built app App.ipa with {"team":"ZYXWV98765"}
$ mfa-cli app check App.ipa --p12 %01-default-aes256
exit 4
stdout has The app is signed by the team ZYXWV98765, but the certificate is of the team ABCDE12345.
 [app-team-mismatch]

## takes the team of the entitlements where the signature names none
built app App.ipa with {"team":null,"entitlements":{"com.apple.developer.team-identifier":"ZYXWV98765"},"profileTeam":"ZYXWV98765"}
$ mfa-cli app check App.ipa --p12 %01-default-aes256 --json
exit 4
json .findings[].code is ["app-team-mismatch"]

## finds a certificate for the sandbox alone, and an app for production
built app App.ipa
$ mfa-cli app check App.ipa --p12 %30-dev --json
exit 4
json .findings[].code is ["app-environment-mismatch"]
json .findings[0].level is error

## finds a certificate for production alone, and an app for development
built app App.ipa with {"environment":"development"}
$ mfa-cli app check App.ipa --p12 %30-prod
exit 4
stdout has The app is signed for development, but the certificate serves only production.
 [app-environment-mismatch]
stdout has no push reaches it (1 error)

## warns of an app for development with a universal certificate
built app App.ipa with {"environment":"development"}
$ mfa-cli app check App.ipa --p12 %01-default-aes256
stdout has a tenant that pushes in production does not reach it. [app-environment-mismatch]
stdout has No error was found in what was checked (1 warning).

## accepts an app for development with a certificate for the sandbox
built app App.ipa with {"environment":"development"}
$ mfa-cli app check App.ipa --p12 %30-dev
stdout has ✓ The app is signed for pushes in development, and the certificate fits it.

## finds that the certificate has expired
built app App.ipa with {"profileExpires":"2099-01-01T00:00:00Z"}
$ mfa-cli app check App.ipa --p12 %01-default-aes256 --json
on 2028-01-01
exit 4
json .findings[].code is ["certificate-expired"]

## finds that the certificate is not valid yet
built app App.ipa
$ mfa-cli app check App.ipa --p12 %01-default-aes256 --json
on 2020-01-01
exit 4
json .findings[].code is ["certificate-not-yet-valid"]
json .steps[certificate].ok is false

## refuses the options of a project: <OPTION>
each OPTION: --target Approver | --configuration Release
built app App.ipa
$ mfa-cli app check App.ipa <OPTION> --json
exit 2
json .error.code is usage

## reads the project in a folder that is named like an app
project classic in mine.app
$ mfa-cli app check mine.app
stdout has ✓ The app follows the guide.

## names a built app that is not there: <FILE>
each FILE: App.ipa | App.app | App.xcarchive
$ mfa-cli app check <FILE> --json
exit 3
json .error.code is file-not-found

## cannot read what is no app: <FILE>
each FILE: App.ipa | App.app | App.xcarchive
write <FILE>: PK
$ mfa-cli app check <FILE> --json
exit 3
json .error.code is app-unreadable

## cannot read an empty folder: <FILE>
each FILE: App.ipa | App.app | App.xcarchive
folder <FILE>
$ mfa-cli app check <FILE> --json
exit 3
json .error.code is app-unreadable
