# `app check` of a project in UIKit that does what the guide asks in another way, or hides it.

variable MFA_CLI_P12_PASSWORD=secret
project classic
let PROJECT be Approver.xcodeproj/project.pbxproj
let DELEGATE be Approver/AppDelegate.swift
let CATEGORY be Approver/Push/PushCategory.swift
let RESPONDER be Approver/Push/ChallengeResponder.swift
let CONFIGURATION be Approver/IdentityConfiguration.plist
let BUNDLE be Config/Bundle.xcconfig
let SETTINGS be Approver/Settings.swift

## says that it did not check an identifier that only the app knows, though its sources have it
replace /identifier: identifier,/ with identifier: Push.category(), in $CATEGORY
remove /static let identifier = "MfaNotificationCategoryId"/ from $CATEGORY
replace /enum Settings/ in $SETTINGS <<
enum Push { static func category() -> String { read() } }
let other = "MfaNotificationCategoryId"
enum Settings
>>
$ mfa-cli app check
stdout has is not checked: it could not be followed. [category-not-followed] · $CATEGORY:19
stdout has No error was found in what was checked (1 step not checked).
stdout lacks follows the guide

## accepts options in a constant
replace /options: \[\.badge, \.sound, \.alert\]/ with options: Self.wanted in $DELEGATE
replace /var window/ in $DELEGATE <<
static let wanted: UNAuthorizationOptions = [.alert, .sound, .badge]
var window
>>
$ mfa-cli app check
stdout has ✓ The app follows the guide.

## accepts a permission for photos beside
replace /var window/ in $DELEGATE <<
func a() { PHPhotoLibrary.requestAuthorization(for: .readWrite) {} }
var window
>>
$ mfa-cli app check
stdout has ✓ The app follows the guide.

## accepts raw values that are the names of the cases
replace /approve = "MfaNotificationApproveActionId"/ with MfaNotificationApproveActionId, other in
  $CATEGORY
replace /deny = "MfaNotificationDenyActionId"/ with another = "", MfaNotificationDenyActionId in
  $CATEGORY
replace /Action\.approve/ with Action.MfaNotificationApproveActionId in $CATEGORY
replace /Action\.deny/ with Action.MfaNotificationDenyActionId in $CATEGORY
$ mfa-cli app check
stdout has ✓ The app follows the guide.

## accepts a key that follows one with a value of its own
replace /userInfo\["payload"\]/ with userInfo[Keys.payload.rawValue] in $RESPONDER
replace /\/\/\/ Answers/ in $RESPONDER <<
enum Keys: String { case options = "Options", payload }
/// Answers
>>
$ mfa-cli app check
stdout has ✓ The app follows the guide.

## accepts a notification center that another source names
replace /UNUserNotificationCenter\.current\(\)\.delegate/ with Hub.notifications.delegate in
  $DELEGATE
replace /enum/ in $SETTINGS <<
enum Hub { static let notifications = UNUserNotificationCenter.current() }
enum
>>
$ mfa-cli app check
stdout has ✓ The app follows the guide.

## reads old names of build settings
replace /\$\(SRCROOT\)\/Approver\/Info\.plist/ with $(SRCROOT)/$(TARGETNAME)/Info.plist in $PROJECT
$ mfa-cli app check
stdout has ✓ The app follows the guide.

## accepts a device token that is kept for later
replace /CyberArkAuthProvider\.handlePushToken\(token: deviceToken, baseURL: Settings\.tenant\)/
  with Settings.token = deviceToken in $DELEGATE
replace /enum/ in $SETTINGS <<
func signedIn() { CyberArkAuthProvider.handlePushToken(token: Settings.token) }
let start = signedIn
enum
>>
$ mfa-cli app check
stdout has ✓ The app follows the guide.

## ends with build settings that include each other
write $BUNDLE <<
#include "Shared.xcconfig"
#include "Bundle.xcconfig"
>>
$ mfa-cli app check
stdout has ✓ The app follows the guide.

## ends with build settings that name each other
write $BUNDLE <<
A = $(B)$(B)$(B)
B = $(A)$(A)$(A)
PRODUCT_BUNDLE_IDENTIFIER = $(A)
>>
$ mfa-cli app check
stdout has ✓ The app follows the guide.

## reads a framework that the app depends on
remove /\t\t\t\tB10000000000000000000002 \/\* PushCategory\.swift in Sources \*\/,\n/ from $PROJECT
replace /\t\t\tdependencies = \(\n\t\t\t\);\n\t\t\tname = Approver;/ with dependencies = (D1); name
  = Approver; in $PROJECT
replace /targets = \(/ with targets = (T1, in $PROJECT
replace /\/\* Begin PBXGroup section \*\// with D1 = {isa = PBXTargetDependency; target = T1;}; T1 =
  {isa = PBXNativeTarget; name = Push; productType = "com.apple.product-type.framework";
  productReference = R1; buildPhases = (P1);}; P1 = {isa = PBXSourcesBuildPhase; files =
  (B10000000000000000000002);}; in $PROJECT
$ mfa-cli app check
stdout has ✓ The app follows the guide.

## reads a framework that a library of the app is linked with
remove /\t\t\t\tB10000000000000000000002 \/\* PushCategory\.swift in Sources \*\/,\n/ from $PROJECT
replace /\t\t\tdependencies = \(\n\t\t\t\);\n\t\t\tname = Approver;/ with dependencies = (D2); name
  = Approver; in $PROJECT
replace /targets = \(/ with targets = (T1, T2, in $PROJECT
replace /\/\* Begin PBXGroup section \*\// with D2 = {isa = PBXTargetDependency; target = T2;}; T1 =
  {isa = PBXNativeTarget; name = Push; productType = "com.apple.product-type.framework";
  productReference = R1; buildPhases = (P1);}; P1 = {isa = PBXSourcesBuildPhase; files =
  (B10000000000000000000002);}; T2 = {isa = PBXNativeTarget; name = Middle; productType =
  "com.apple.product-type.library.static"; buildPhases = (P2);}; P2 = {isa =
  PBXFrameworksBuildPhase; files = (F2);}; F2 = {isa = PBXBuildFile; fileRef = R1;}; in $PROJECT
$ mfa-cli app check
stdout has ✓ The app follows the guide.

## reads a framework that the app is not seen to depend on
remove /\t\t\t\tB10000000000000000000002 \/\* PushCategory\.swift in Sources \*\/,\n/ from $PROJECT
replace /targets = \(/ with targets = (T1, in $PROJECT
replace /\/\* Begin PBXGroup section \*\// with T1 = {isa = PBXNativeTarget; name = Push;
  productType = "com.apple.product-type.framework"; productReference = R1; buildPhases = (P1);}; P1
  = {isa = PBXSourcesBuildPhase; files = (B10000000000000000000002);}; in $PROJECT
$ mfa-cli app check
stdout has ✓ The app follows the guide.

## reads a package
remove /\t\t\t\tB10000000000000000000002 \/\* PushCategory\.swift in Sources \*\/,\n/ from $PROJECT
replace /\t\t\tdependencies = \(\n\t\t\t\);\n\t\t\tname = Approver;/ with packageProductDependencies
  = (X2); name = Approver; in $PROJECT
replace /\/\* Begin PBXGroup section \*\// with X1 = {isa = XCLocalSwiftPackageReference;
  relativePath = Push;}; X2 = {isa = XCSwiftPackageProductDependency; productName = Push;}; in
  $PROJECT
copy $CATEGORY to Push/Sources/Push/PushCategory.swift
$ mfa-cli app check
stdout has ✓ The app follows the guide.

## judges nothing by sources that are missing
remove $CATEGORY
remove $RESPONDER
$ mfa-cli app check --json
json .findings[].code is ["source-not-read"]
json .steps[category].ok is null
json .steps[delegate].ok is null
json .steps[challenge].ok is null
json .steps[answer].ok is null
json .steps[authorization].ok is true
json .steps[registration].ok is true
json .ok is true
json .findings[0].level is info

## ends with groups that hold each other
replace /(?<=\t)A10000000000000000000012 \/\* Push \*\/,/ with A10000000000000000000011, in $PROJECT
$ mfa-cli app check --json
exit 4
json .findings[].code is ["configuration-not-in-target","source-not-read"]
json .steps[category].ok is null
json .steps[answer].ok is null
json .steps[configuration].ok is false

## judges nothing by a delegate in Objective-C
replace /path = AppDelegate\.swift/ with path = AppDelegate.m in $PROJECT
remove $DELEGATE
write Approver/AppDelegate.m <<
@implementation AppDelegate // UNNotificationCategory
- (BOOL)application:(UIApplication *)application didFinishLaunchingWithOptions:(NSDictionary *)options {
    [center requestAuthorizationWithOptions:UNAuthorizationOptionSound completionHandler:^(BOOL granted) {
        [application registerForRemoteNotifications];
    }];
}
- (void)application:(UIApplication *)application didRegisterForRemoteNotificationsWithDeviceToken:(NSData *)token
>>
$ mfa-cli app check --json
json .findings[].code is ["objective-c-not-read"]
json .steps[authorization].ok is null
json .steps[registration].ok is null
json .steps[delegate].ok is null
json .steps[category].ok is true
json .steps[challenge].ok is true
json .findings[0].file is Approver/AppDelegate.m

## judges nothing by an app in Objective-C
replace /path = AppDelegate\.swift/ with path = AppDelegate.m in $PROJECT
replace /path = PushCategory\.swift/ with path = PushCategory.m in $PROJECT
replace /path = ChallengeResponder\.swift/ with path = ChallengeResponder.m in $PROJECT
replace /path = Settings\.swift/ with path = Settings.m in $PROJECT
remove $DELEGATE
remove $CATEGORY
remove $RESPONDER
remove $SETTINGS
write Approver/AppDelegate.m <<
@implementation A
@end
>>
write Approver/Push/PushCategory.m <<
@implementation A
@end
>>
write Approver/Push/ChallengeResponder.m <<
@implementation A
@end
>>
write Approver/Settings.m <<
@implementation A
@end
>>
$ mfa-cli app check --json
json .findings[].code is ["objective-c-not-read"]
json .steps[authorization].ok is null
json .steps[category].ok is null
json .steps[registration].ok is null
json .steps[delegate].ok is null
json .steps[challenge].ok is null
json .steps[answer].ok is null
json .steps[push-entitlement].ok is true
json .steps[background-modes].ok is true
json .findings[0].message has 4 sources

## judges no category by one in Objective-C
replace /path = PushCategory\.swift/ with path = PushCategory.m in $PROJECT
remove $CATEGORY
write Approver/Push/PushCategory.m: [UNNotificationCategory new]; [UNNotificationAction
  identifier:@"//"]; setNotificationCategories
$ mfa-cli app check --json
json .findings[].code is ["objective-c-not-read"]
json .steps[category].ok is null
json .steps[delegate].ok is null
json .steps[answer].ok is true

## says how many steps were not checked
remove $CATEGORY
remove $RESPONDER
$ mfa-cli app check
stdout has No error was found in what was checked (6 steps not checked).

## says what matters most first
replace /https:\/\/abc1234\.id\.cyberark\.cloud/ with https://tenant.example.com in $CONFIGURATION
replace />approver</ with >&lt;application ID&gt;< in $CONFIGURATION
replace />approver-ios</ with >< in $CONFIGURATION
replace /<string><\/string>/ with <string>hunter2</string> in $CONFIGURATION
replace /remote-notification/ with audio in Approver/Info.plist
replace /aps-environment/ with other in Approver/Approver.entitlements
replace /= lab/ with = other in Config/Shared.xcconfig
remove /\.sound, / from $DELEGATE
replace /\.current\(\)\.delegate = challenges/ with .current() in $DELEGATE
replace /CyberArk/ with // CyberArk in $DELEGATE
replace /"MfaNotificationCategoryId"/ with "Other" in $CATEGORY
replace /"ChallengeAnswer"/ with "Challenge" in $RESPONDER
replace /isAccepted: false/ with isAccepted: true in $RESPONDER
remove $SETTINGS
$ mfa-cli app check --p12 %01-default-aes256 --json
exit 4
json .findings[].code is ["aps-environment-missing","background-mode-missing",
  "authorization-incomplete","answer-one-sided","configuration-incomplete",
 "bundle-id-mismatch",
  "client-secret-in-app","source-not-read"]
json .steps[category].ok is null

## shows no control character of a project
replace /name = Approver;/ with name = "A\U001b[2J\nB"; in $PROJECT
replace /"MfaNotificationCategoryId"/ with "a\u{1b}[2J" in $CATEGORY
replace />approver-ios</ with >< in $CONFIGURATION
$ mfa-cli app check
exit 4
stdout has A\u001b[2J\u000aB
stdout has [category-identifier-wrong] · $CATEGORY:19

## says that a project file is damaged: <CONTENT>
each CONTENT: <html></html> | { rootObject = A; } | { rootObject = A; objects = { A = { isa =
  PBXGroup; }; }; } | // !$*UTF8*$! { objects = { A = { isa = PBXProject;
write $PROJECT: <CONTENT>
$ mfa-cli app check --json
exit 3
json .error.code is project-not-recognized
json .error.message has Approver.xcodeproj is damaged

## says that an empty project file is damaged
write $PROJECT <<
>>
$ mfa-cli app check --json
exit 3
json .error.code is project-not-recognized
json .error.message has Approver.xcodeproj is damaged
