# `app check` of the project in SwiftUI, and of its targets and configurations.

project swiftui
let PROJECT be Gatekeeper.xcodeproj/project.pbxproj
let DELEGATE be Gatekeeper/AppDelegate.swift
let CATEGORY be Gatekeeper/Push/SignInCategory.swift
let RESPONDER be Gatekeeper/Push/ChallengeInbox.swift
let INFO be Gatekeeper/Info.plist
let CONFIGURATION be Shared/IdentityConfiguration.plist
let APP be Gatekeeper/GatekeeperApp.swift

## finds that no push wakes the app
replace /"remote-notification"/ with audio in $PROJECT
$ mfa-cli app check
exit 4
stdout has [background-mode-missing] · $INFO:16
stdout has no push wakes it (1 error)

## does not read settings for an Info.plist that is not generated
replace /GENERATE_INFOPLIST_FILE = YES/ with GENERATE_INFOPLIST_FILE = NO in $PROJECT
$ mfa-cli app check
exit 4
stdout has [background-mode-missing] · $INFO:16
stdout has no push wakes it (1 error)

## reads the aps-environment of the device
replace /\[sdk=iphoneos\*\]" = production/ with [sdk=iphoneos*]" = live in $PROJECT
$ mfa-cli app check
exit 4
stdout has aps-environment is "live". [aps-environment-unknown] ·
  Gatekeeper/Gatekeeper.entitlements:5
stdout has no push reaches it (1 error)

## finds that the app does not use its delegate
replace /@UIApplicationDelegateAdaptor\(AppDelegate\.self\)/ with @State in $APP
$ mfa-cli app check
exit 4
stdout has [app-delegate-not-connected] · $APP:4
stdout has the tenant does not learn its device token (1 error)

## finds that the notification center has no delegate
replace /center\.delegate = inbox/ with inbox.delegate = center in $DELEGATE
$ mfa-cli app check
exit 4
stdout has [delegate-missing] · $DELEGATE:5
stdout has it does not receive the choice (1 error)

## finds that the action to approve has another identifier
replace /"MfaNotificationApproveActionId"/ with "Approve" in $CATEGORY
$ mfa-cli app check
exit 4
stdout has [action-approve-missing] · $CATEGORY:7
stdout has pushes show no Approve and Deny (1 error)

## finds that the options of the push are not read
replace /payload\.Options\.ChallengeAnswer/ with payload.ChallengeAnswer in $RESPONDER
$ mfa-cli app check
exit 4
stdout has reads Options from the push. [challenge-not-read] · $RESPONDER:7
stdout has it does not find the challenge in a push (1 error)

## finds that the app only ever approves
replace /response\.actionIdentifier == "MfaNotificationApproveActionId"/ with true in $RESPONDER
$ mfa-cli app check
exit 4
stdout has isAccepted: true. [answer-one-sided] · $RESPONDER:13
stdout has [choice-not-read] · $RESPONDER:7
stdout has it does not receive the choice (2 errors)

## finds that the configuration is excluded from the app
remove /\t\t\t\tIdentityConfiguration\.plist,/ from $PROJECT
$ mfa-cli app check
exit 4
stdout has [configuration-not-in-target] · $CONFIGURATION
stdout has it does not know its tenant (1 error)

## finds a placeholder
replace /gatekeeper-ios/ with YOUR_CLIENT_ID in $CONFIGURATION
$ mfa-cli app check
exit 4
stdout has not filled in: clientid. [configuration-incomplete] · $CONFIGURATION:7
stdout has it does not know its tenant (1 error)

## accepts initializers, raw strings and keys of a decoder, and no delegate that is passed on
replace /UNNotificationCategory\(/ with UNNotificationCategory.init( in $CATEGORY
replace /UNNotificationAction\(/ with .init( in $CATEGORY
replace /"MfaNotificationCategoryId"/ with #"MfaNotificationCategoryId"# in $CATEGORY
replace /center\.delegate = inbox/ with connect(center) in $DELEGATE
replace /private func handOver/ in $DELEGATE <<
func connect(_ c: UNUserNotificationCenter) { c.delegate = inbox }
private func handOver
>>
replace /"payload\.Options\.ChallengeAnswer"/ with "aps" in $RESPONDER
replace /final class/ in $RESPONDER <<
enum CodingKeys: String, CodingKey { case payload, Options, ChallengeAnswer }
final class
>>
$ mfa-cli app check
exit 4
stdout has [delegate-missing] · $DELEGATE:5
stdout has it does not receive the choice (1 error)

## passes over an application for a watch
replace /product-type\.app-extension/ with product-type.application in $PROJECT
replace /PRODUCT_BUNDLE_IDENTIFIER = com\.example\.lab\.widget;/ with PRODUCT_BUNDLE_IDENTIFIER =
  com.example.lab.widget; SDKROOT = watchos; in $PROJECT
$ mfa-cli app check
stdout has ✓ The app follows the guide.

## checks the other configuration
$ mfa-cli app check --configuration Debug
stdout has ✓ The app follows the guide.

## says which of several applications it could check, and checks the one that is chosen
replace /product-type\.app-extension/ with product-type.application in $PROJECT
$ mfa-cli app check --json
exit 2
json .error.code is usage
json .error.message has Gatekeeper, Widget
json .error.hints is ["Use --target NAME."]
$ mfa-cli app check --target Widget
exit 4
stdout has [entitlements-missing] · $PROJECT:239
stdout has no push reaches it (13 errors)

## says which target there is
$ mfa-cli app check --target Gate --json
exit 2
json .error.message has only Gatekeeper
json .error.hints is ["Use --target NAME."]

## says which configurations there are
$ mfa-cli app check --configuration Beta --json
exit 2
json .error.code is usage
json .error.message has only Debug, Release
json .error.hints is ["Use --configuration NAME."]

## checks no project without an application
replace /product-type\.application/ with product-type.tool in $PROJECT
$ mfa-cli app check --json
exit 3
json .error.code is project-not-recognized
json .error.message has no application target
