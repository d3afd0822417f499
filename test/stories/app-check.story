# `app check` of the project in UIKit: what it finds, and with what effect.

project classic
let PROJECT be Approver.xcodeproj/project.pbxproj
let DELEGATE be Approver/AppDelegate.swift
let CATEGORY be Approver/Push/PushCategory.swift
let RESPONDER be Approver/Push/ChallengeResponder.swift
let INFO be Approver/Info.plist
let ENTITLEMENTS be Approver/Approver.entitlements
let CONFIGURATION be Approver/IdentityConfiguration.plist

## finds that no push wakes the app
remove /<string>remote-notification<\/string>/ from $INFO
$ mfa-cli app check
exit 4
stdout has [background-mode-missing] · $INFO:9
stdout has no push wakes it (1 error)

## finds that the app declares no background modes
replace /<key>UIBackgroundModes<\/key>/ with <key>Modes</key> in $INFO
$ mfa-cli app check
exit 4
stdout has [background-mode-missing] · $INFO:4
stdout has no push wakes it (1 error)

## finds that the Info.plist is gone
replace /Approver\/Info\.plist"/ with Gone.plist" in $PROJECT
$ mfa-cli app check
exit 4
stdout has Gone.plist does not exist. [info-plist-missing] · $PROJECT:182
stdout has no push wakes it (1 error)

## finds that the target has no Info.plist
replace /INFOPLIST_FILE/ with OTHER_FILE in $PROJECT
$ mfa-cli app check
exit 4
stdout has The target has no Info.plist. [info-plist-missing] · $PROJECT:178
stdout has no push wakes it (1 error)

## finds that the Info.plist is a page
write $INFO: <html>
$ mfa-cli app check
exit 4
stdout has [info-plist-unreadable] · $INFO:1
stdout has no push wakes it (1 error)

## finds that the target has no entitlements
replace /CODE_SIGN_ENTITLEMENTS/ with SIGNED_WITH in $PROJECT
$ mfa-cli app check
exit 4
stdout has The target has no entitlements file. [entitlements-missing] · $PROJECT:178
stdout has no push reaches it (1 error)

## finds that the entitlements are gone
remove $ENTITLEMENTS
$ mfa-cli app check
exit 4
stdout has $ENTITLEMENTS does not exist. [entitlements-missing] · $PROJECT:179
stdout has no push reaches it (1 error)

## finds that the entitlements are empty
write $ENTITLEMENTS <<
>>
$ mfa-cli app check
exit 4
stdout has [entitlements-unreadable] · $ENTITLEMENTS:1
stdout has no push reaches it (1 error)

## finds entitlements without aps-environment
replace /<key>aps-environment/ with <key>other in $ENTITLEMENTS
$ mfa-cli app check
exit 4
stdout has [aps-environment-missing] · $ENTITLEMENTS:4
stdout has no push reaches it (1 error)

## finds an aps-environment that Apple does not have
replace />development</ with >sandbox< in $ENTITLEMENTS
$ mfa-cli app check
exit 4
stdout has aps-environment is "sandbox". [aps-environment-unknown] · $ENTITLEMENTS:5
stdout has no push reaches it (1 error)

## finds that nobody asks for permission
replace /\.requestAuthorization\(/ with .askFor( in $DELEGATE
$ mfa-cli app check
exit 4
stdout has [authorization-missing] · $DELEGATE:5
stdout has pushes are not shown in full (1 error)

## finds that the permission leaves out a sound
remove /\.sound, / from $DELEGATE
$ mfa-cli app check
exit 4
stdout has leaves out: sound. [authorization-incomplete] · $DELEGATE:20
stdout has pushes are not shown in full (1 error)

## finds that there is no category
replace /UNNotificationCategory\(/ with Category( in $CATEGORY
$ mfa-cli app check
exit 4
stdout has [category-missing] · $DELEGATE:5
stdout has pushes show no Approve and Deny (1 error)

## finds that the category has another identifier
replace /"MfaNotificationCategoryId"/ with "MfaCategory" in $CATEGORY
$ mfa-cli app check
exit 4
stdout has [category-identifier-wrong] · $CATEGORY:19
stdout has pushes show no Approve and Deny (1 error)

## finds that the category is not registered
replace /\.setNotificationCategories\(/ with .keep( in $CATEGORY
$ mfa-cli app check
exit 4
stdout has [category-not-registered] · $CATEGORY:19
stdout has pushes show no Approve and Deny (1 error)

## does not take a text for the registration of the category
replace /\.setNotificationCategories\(\[category\]\)/ with ; "setNotificationCategories()" in
  $CATEGORY
$ mfa-cli app check
exit 4
stdout has [category-not-registered] · $CATEGORY:19
stdout has pushes show no Approve and Deny (1 error)

## finds that the action to approve has another identifier
replace /"MfaNotificationApproveActionId"/ with "Approve" in $CATEGORY
$ mfa-cli app check
exit 4
stdout has this one has "Approve". [action-approve-missing] · $CATEGORY:13
stdout has [action-comparison-wrong] · $RESPONDER:14
stdout has pushes show no Approve and Deny (2 errors)

## finds that the action to deny has another letter case
replace /"MfaNotificationDenyActionId"/ with "MfaNotificationDenyActionID" in $CATEGORY
$ mfa-cli app check
exit 4
stdout has [action-deny-missing] · $CATEGORY:18
stdout has [action-comparison-wrong] · $RESPONDER:14
stdout has pushes show no Approve and Deny (2 errors)

## finds that the app does not register for pushes
replace /\.registerForRemoteNotifications\(\)/ with .register() in $DELEGATE
$ mfa-cli app check
exit 4
stdout has [remote-registration-missing] · $DELEGATE:20
stdout has the tenant does not learn its device token (1 error)

## finds that the device token is not passed on
replace /CyberArk/ with // CyberArk in $DELEGATE
$ mfa-cli app check
exit 4
stdout has handlePushToken(token:baseURL:). [push-token-not-handled] · $DELEGATE:31
stdout has the tenant does not learn its device token (1 error)

## finds that the device token is not received
replace /didRegisterForRemoteNotificationsWithDeviceToken/ with got in $DELEGATE
$ mfa-cli app check
exit 4
stdout has implements didRegisterForRemoteNotificationsWithDeviceToken. [push-token-not-handled] ·
  $DELEGATE:5
stdout has the tenant does not learn its device token (1 error)

## finds that the notification center has no delegate
replace /\.current\(\)\.delegate = challenges/ with .current() in $DELEGATE
$ mfa-cli app check
exit 4
stdout has [delegate-missing] · $DELEGATE:5
stdout has it does not receive the choice (1 error)

## does not take the delegate of something else for that of the center
replace /\.current\(\)\.delegate = challenges/ with .other.delegate = challenges in $DELEGATE
$ mfa-cli app check
exit 4
stdout has [delegate-missing] · $DELEGATE:5
stdout has it does not receive the choice (1 error)

## finds that the delegate does not receive the choice
replace /didReceive response/ with received response in $RESPONDER
$ mfa-cli app check
exit 4
stdout has [delegate-method-missing] · $RESPONDER:5
stdout has it does not receive the choice (1 error)

## finds that the challenge is not read
replace /"ChallengeAnswer"/ with "Challenge" in $RESPONDER
$ mfa-cli app check
exit 4
stdout has reads ChallengeAnswer from the push. [challenge-not-read] · $RESPONDER:8
stdout has it does not find the challenge in a push (1 error)

## finds that the options of the push are not read
replace /"Options"/ with "options" in $RESPONDER
$ mfa-cli app check
exit 4
stdout has reads Options from the push. [challenge-not-read] · $RESPONDER:8
stdout has it does not find the challenge in a push (1 error)

## finds that the challenge is not answered
replace /\.handleMFAChallenge\(/ with .handle( in $RESPONDER
$ mfa-cli app check
exit 4
stdout has [challenge-not-answered] · $RESPONDER:8
stdout has the tenant does not get the answer (1 error)

## finds that the app only ever denies
replace /isAccepted: isAccepted/ with isAccepted: false in $RESPONDER
$ mfa-cli app check
exit 4
stdout has isAccepted: false. [answer-one-sided] · $RESPONDER:32
stdout has the tenant does not get the answer (1 error)

## finds that the project has no configuration
remove $CONFIGURATION
replace /path = IdentityConfiguration\.plist/ with path = X in $PROJECT
$ mfa-cli app check
exit 4
stdout has [configuration-missing] · $PROJECT:72
stdout has it does not know its tenant (1 error)

## finds that the configuration is not copied into the app
replace /(?<=\t{4})B10000000000000000000007/ with B1 in $PROJECT
$ mfa-cli app check
exit 4
stdout has [configuration-not-in-target] · $CONFIGURATION
stdout has it does not know its tenant (1 error)

## finds that the project names another configuration
replace /path = IdentityConfiguration\.plist/ with path = X in $PROJECT
$ mfa-cli app check
exit 4
stdout has [configuration-not-in-target] · $CONFIGURATION
stdout has it does not know its tenant (1 error)

## finds that the configuration breaks off
write $CONFIGURATION: <plist>
$ mfa-cli app check
exit 4
stdout has cannot be read as a property list in XML. [configuration-unreadable] · $CONFIGURATION
stdout has it does not know its tenant (1 error)

## finds that the configuration is not on disk
remove $CONFIGURATION
$ mfa-cli app check
exit 4
stdout has but not on disk. [configuration-unreadable] · $CONFIGURATION
stdout has it does not know its tenant (1 error)

## finds that the client ID is empty
replace />approver-ios</ with >< in $CONFIGURATION
$ mfa-cli app check
exit 4
stdout has not filled in: clientid. [configuration-incomplete] · $CONFIGURATION:9
stdout has it does not know its tenant (1 error)

## finds the tenant of an example
replace /abc1234\.id\.cyberark\.cloud/ with tenant.example.com in $CONFIGURATION
$ mfa-cli app check
exit 4
stdout has not filled in: domainautho. [configuration-incomplete] · $CONFIGURATION:5
stdout has it does not know its tenant (1 error)

## finds a placeholder
replace />approver</ with >&lt;application ID&gt;< in $CONFIGURATION
$ mfa-cli app check
exit 4
stdout has not filled in: applicationid. [configuration-incomplete] · $CONFIGURATION:7
stdout has it does not know its tenant (1 error)

## finds that nothing is filled in
write $CONFIGURATION: <plist><dict/></plist>
$ mfa-cli app check
exit 4
stdout has [configuration-incomplete] · $CONFIGURATION:1
stdout has it does not know its tenant (1 error)

## names all that is not filled in
replace /https:\/\/abc1234\.id\.cyberark\.cloud/ with https://tenant.example.com in $CONFIGURATION
replace />approver</ with >&lt;application ID&gt;< in $CONFIGURATION
replace />approver-ios</ with >< in $CONFIGURATION
$ mfa-cli app check
exit 4
stdout has not filled in: domainautho, applicationid, clientid. [configuration-incomplete] ·
  $CONFIGURATION:5
stdout has it does not know its tenant (1 error)

## reads no key from a comment
replace /<dict>/ with <!-- <key>clientid</key> --><dict> in $CONFIGURATION
replace />approver-ios</ with >< in $CONFIGURATION
$ mfa-cli app check
exit 4
stdout has not filled in: clientid. [configuration-incomplete] · $CONFIGURATION:9
stdout has it does not know its tenant (1 error)

## warns of a secret that anyone with the app can read
replace /<string><\/string>/ with <string>hunter2</string> in $CONFIGURATION
$ mfa-cli app check
stdout has can read: clientsecret. [client-secret-in-app] · $CONFIGURATION:11
stdout has No error was found in what was checked (1 warning)

## warns of each secret
replace /<string><\/string>/ in $CONFIGURATION <<
<string>hunter2</string>
<key>othersecret</key><string>hunter3</string>
>>
$ mfa-cli app check
stdout has can read: clientsecret, othersecret. [client-secret-in-app] · $CONFIGURATION:11
stdout has No error was found in what was checked (1 warning)

## names a category without actions once
replace /UNNotificationCategory\(/ with Category( in $CATEGORY
replace /UNNotificationAction\(/ with Action( in $CATEGORY
$ mfa-cli app check
exit 4
stdout has [category-missing] · $DELEGATE:5
stdout has pushes show no Approve and Deny (1 error)

## does not read an Info.plist that never ends
replace /\$\(SRCROOT\)\/Approver\/Info\.plist/ with /dev/zero in $PROJECT
$ mfa-cli app check
exit 4
stdout has [info-plist-missing] · $PROJECT:182
stdout has no push wakes it (1 error)

## does not read an Info.plist whose path holds a NUL
replace /\$\(SRCROOT\)\/Approver\/Info\.plist/ with a\U0000b in $PROJECT
$ mfa-cli app check
exit 4
stdout has [info-plist-missing] · $PROJECT:182
stdout has no push wakes it (1 error)
