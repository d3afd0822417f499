# `app check`: the identifiers that an app gives to its category and its actions, and those that its
# delegate compares with, are judged where they are used.

project classic
let PROJECT be Approver.xcodeproj/project.pbxproj
let DELEGATE be Approver/AppDelegate.swift
let CATEGORY be Approver/Push/PushCategory.swift
let RESPONDER be Approver/Push/ChallengeResponder.swift
let SETTINGS be Approver/Settings.swift

## finds a category that gets another identifier, though the guide's stands beside: <OTHER>
each OTHER: "Typo" | Settings.category | (Settings.category) | "Mfa" + "Category"
 | granted ? "A" : "B" | Settings.made()
replace /identifier: identifier,/ with identifier: <OTHER>, in $CATEGORY
replace /enum Settings \{/ in $SETTINGS <<
enum Settings {
    static let category = "OtherCategoryId"
    static func made() -> String { return "MadeId" }
    let name = "Name"
>>
$ mfa-cli app check --json
exit 4
json .findings[].code is ["category-identifier-wrong"]
json .findings[0].file is $CATEGORY
json .findings[0].line is 19
json .steps[category].ok is false
json .ok is false

## finds an action that gets another identifier, though the guide's stands beside
replace /identifier: Action\.approve\.rawValue/ with identifier: "Typo" in $CATEGORY
$ mfa-cli app check
exit 4
stdout has No UNNotificationAction has the identifier MfaNotificationApproveActionId: this one has "Typo".
 [action-approve-missing] · $CATEGORY:13
stdout has pushes show no Approve and Deny (1 error)

## finds an action that gets the constant of another enum
replace /identifier: Action\.deny\.rawValue/ with identifier: Other.deny.rawValue in $CATEGORY
replace /enum PushCategory/ in $CATEGORY <<
enum Other: String { case deny = "OtherDeny" }
enum PushCategory
>>
$ mfa-cli app check --json
exit 4
json .findings[].code is ["action-deny-missing"]
json .findings[0].message has "OtherDeny"
json .findings[0].line is 19

## finds two actions of which none is the guide's
replace /identifier: Action\.approve\.rawValue/ with identifier: "One" in $CATEGORY
replace /identifier: Action\.deny\.rawValue/ with identifier: "Two" in $CATEGORY
$ mfa-cli app check --json
exit 4
json .findings[].code is ["action-approve-missing","action-deny-missing"]
json .findings[].line is [13,18]

## finds an action that the category does not have
replace /actions: \[approve, deny\]/ with actions: [approve, approve] in $CATEGORY
$ mfa-cli app check
exit 4
stdout has The category does not have this action among its actions. [action-deny-missing] · $CATEGORY:18

## finds a category that is not among the registered ones
replace /setNotificationCategories\(\[category\]\)/ with setNotificationCategories([other]) in $CATEGORY
replace /let category =/ in $CATEGORY <<
let other = UNNotificationCategory(identifier: "Other", actions: [], intentIdentifiers: [])
let category =
>>
$ mfa-cli app check --json
exit 4
json .findings[].code is ["category-not-registered"]

## warns of a category without the option to learn of a dismissal: <OPTIONS>
each OPTIONS: options: .allowAnnouncement | options: [] | hiddenPreviewsBodyPlaceholder: ""
replace /options: \.customDismissAction/ with <OPTIONS> in $CATEGORY
$ mfa-cli app check
stdout has [dismiss-action-missing] · $CATEGORY:19
stdout has No error was found in what was checked (1 warning).

## finds the option to learn of a dismissal: <OPTIONS>
each OPTIONS: [.allowAnnouncement, .customDismissAction] | UNNotificationCategoryOptions.customDismissAction | wanted | Self.wanted
replace /options: \.customDismissAction/ with options: <OPTIONS> in $CATEGORY
replace /enum PushCategory \{/ in $CATEGORY <<
enum PushCategory {
    static let wanted: UNNotificationCategoryOptions = [.customDismissAction]
>>
$ mfa-cli app check
stdout has ✓ The app follows the guide.

## does not know options that are computed
replace /options: \.customDismissAction/ with options: Settings.options() in $CATEGORY
$ mfa-cli app check --json
json .findings[].code is ["category-not-followed"]
json .steps[category].ok is null

## judges the branch of #if that Release compiles: <CONDITION>
each CONDITION: DEBUG | !RELEASE && DEBUG | DEBUG || targetEnvironment(simulator) | os(macOS)
 | (DEBUG) | false
replace /static let identifier = / in $CATEGORY <<
#if <CONDITION>
static let identifier = "MfaNotificationCategoryId"
#else
static let identifier = "Typo" // #endif
#endif
static let unused =
>>
$ mfa-cli app check --json
exit 4
json .findings[].code is ["category-identifier-wrong"]
json .findings[0].message has "Typo"

## judges the branch of #if that Debug compiles
replace /static let identifier = / in $CATEGORY <<
#if DEBUG
static let identifier = "Typo"
#else
static let identifier =
>>
replace /"MfaNotificationCategoryId"\n/ in $CATEGORY <<
"MfaNotificationCategoryId"
#endif
>>
$ mfa-cli app check
stdout has ✓ The app follows the guide.
$ mfa-cli app check --configuration Debug --json
exit 4
json .findings[].code is ["category-identifier-wrong"]

## goes by the conditions that the project sets: <SETTING>
each SETTING: SWIFT_ACTIVE_COMPILATION_CONDITIONS = "$(inherited) LAB" | OTHER_SWIFT_FLAGS = "-D LAB"
 | OTHER_SWIFT_FLAGS = "-Onone -DLAB"
replace /INFOPLIST_FILE =/ with <SETTING>; INFOPLIST_FILE = in $PROJECT
replace /static let identifier = / in $CATEGORY <<
#if !LAB
static let identifier = "MfaNotificationCategoryId"
#else
static let identifier = "Typo"
#endif
static let unused =
>>
$ mfa-cli app check --json
exit 4
json .findings[].code is ["category-identifier-wrong"]

## does not know which branch an unknown condition compiles
replace /static let identifier = / in $CATEGORY <<
#if swift(>=6)
static let identifier = "MfaNotificationCategoryId"
#else
static let identifier = "Typo"
#endif
static let unused =
>>
$ mfa-cli app check --json
json .findings[].code is ["category-not-followed"]
json .findings[0].message has "MfaNotificationCategoryId", "Typo"
json .steps[category].ok is null

## finds that Release does not compile the registration
replace /UNUserNotificationCenter\.current\(\)/ in $CATEGORY <<
#if DEBUG
UNUserNotificationCenter.current()
>>
replace /\[category\]\)/ in $CATEGORY <<
[category])
#endif
>>
$ mfa-cli app check --json
exit 4
json .findings[].code is ["category-not-registered"]
$ mfa-cli app check --configuration Debug
stdout has ✓ The app follows the guide.

## does not know an identifier: <OTHER>
each OTHER: name | Settings.shared.id | id ?? "MfaNotificationCategoryId"
 | granted ? "MfaNotificationCategoryId" : "B" | "Mfa\(kind)CategoryId" | Unknown.identifier | Settings().name
replace /identifier: identifier,/ with identifier: <OTHER>, in $CATEGORY
replace /static func register\(\)/ with static func register(name: String = "", id: String?) in $CATEGORY
$ mfa-cli app check
stdout has The identifier of this UNNotificationCategory is not checked
stdout has Notification category and its two actions (not checked)
stdout has No error was found in what was checked (1 step not checked).

## follows an identifier: <OTHER>
each OTHER: Self.identifier | PushCategory.identifier | Alias.identifier | Settings.category
 | "MfaNotification" + "CategoryId" | #"MfaNotificationCategoryId"# | (identifier)
 | "MfaNotificationCategory\u{49}d" | Settings.shared.category | Settings.computed | Settings.made()
 | Names.category.rawValue | Tag.category.rawValue | local | global
replace /identifier: identifier,/ with identifier: <OTHER>, in $CATEGORY
replace /static func register\(\) \{/ in $CATEGORY <<
static func register() {
let local = identifier
>>
write Approver/Settings.swift <<
typealias Alias = PushCategory
let global = "MfaNotificationCategoryId"
enum Names: String { case category = "MfaNotificationCategoryId" }
struct Tag: RawRepresentable { let rawValue: String
    static let category = Tag(rawValue: "MfaNotificationCategoryId") }
struct Settings {
    static let tenant = ""
    static let category = """
    MfaNotificationCategoryId
    """
    static let shared = Holder()
    static var computed: String { "MfaNotificationCategoryId" }
    static func made() -> String {
        let made = category
        return made
    }
}
struct Holder { let category = PushCategory.identifier }
>>
$ mfa-cli app check
stdout has ✓ The app follows the guide.

## follows the parameters of a function that makes the actions
replace /UNNotificationAction\(identifier: Action\.deny\.rawValue, title: "Deny", options: \[\.destructive\]\)/
 with make(Action.deny.rawValue, "Deny") in $CATEGORY
replace /UNNotificationAction\(\n            identifier: Action\.approve\.rawValue,\n            title: "Approve",\n            options: \[\.authenticationRequired\]\n        \)/
 with make(Action.approve.rawValue, "Approve") in $CATEGORY
replace /static func register\(\) \{/ in $CATEGORY <<
static func make(_ id: String, _ title: String) -> UNNotificationAction {
    UNNotificationAction(identifier: id, title: title)
}
static func register() {
>>
$ mfa-cli app check
stdout has ✓ The app follows the guide.

## finds the wrong parameter of a function that makes the actions
replace /UNNotificationAction\(identifier: Action\.deny\.rawValue, title: "Deny", options: \[\.destructive\]\)/
 with make("Typo") in $CATEGORY
replace /UNNotificationAction\(\n            identifier: Action\.approve\.rawValue,\n            title: "Approve",\n            options: \[\.authenticationRequired\]\n        \)/
 with make(Action.approve.rawValue) in $CATEGORY
replace /static func register\(\) \{/ in $CATEGORY <<
static func make(_ id: String) -> UNNotificationAction {
    return UNNotificationAction(identifier: id, title: "")
}
static func register() {
>>
$ mfa-cli app check --json
exit 4
json .findings[].code is ["action-deny-missing"]
json .findings[0].message has "Typo"

## takes a parameter for no constant of that name
replace /identifier: identifier,/ with identifier: name, in $CATEGORY
replace /static func register\(\)/ with static func register(_ name: String) in $CATEGORY
replace /PushCategory\.register\(\)/ with PushCategory.register("Typo") in $DELEGATE
replace /enum Settings/ in $SETTINGS <<
let name = "MfaNotificationCategoryId"
enum Settings
>>
$ mfa-cli app check --json
exit 4
json .findings[].code is ["category-identifier-wrong"]

## takes the constant of another type for no other
replace /identifier: identifier,/ with identifier: Others.identifier, in $CATEGORY
replace /enum Settings/ in $SETTINGS <<
enum Others { static let identifier = "Other" }
enum Settings
>>
$ mfa-cli app check --json
exit 4
json .findings[].code is ["category-identifier-wrong"]

## does not know a variable that gets another value
replace /static let identifier/ with static var identifier in $CATEGORY
replace /enum Settings/ in $SETTINGS <<
func change() { PushCategory.identifier = "Typo" }
enum Settings
>>
$ mfa-cli app check --json
json .findings[].code is ["category-not-followed"]

## reads no code in comments and strings
replace /identifier: identifier,/ with identifier: "Typo", in $CATEGORY
replace /enum Settings/ in $SETTINGS <<
/* UNNotificationCategory(identifier: "MfaNotificationCategoryId") /* } */ " */
// UNNotificationCategory(identifier: "MfaNotificationCategoryId")
let text = "UNNotificationCategory(identifier: \("MfaNotificationCategoryId"))"
let more = """
UNNotificationCategory(identifier: "MfaNotificationCategoryId")
"""
enum Settings
>>
$ mfa-cli app check --json
exit 4
json .findings[].code is ["category-identifier-wrong"]

## finds one of several categories
replace /let category =/ in $CATEGORY <<
let other = UNNotificationCategory(identifier: "Own", actions: [], intentIdentifiers: [])
let category =
>>
replace /\[category\]/ with [other, category] in $CATEGORY
$ mfa-cli app check
stdout has ✓ The app follows the guide.

## finds that the delegate compares with other identifiers: <COMPARISON>
each COMPARISON: switch response.actionIdentifier { case "Yes": return true case "No": return false default: return nil }
 | return response.actionIdentifier == "Yes" | if "Yes" == response.actionIdentifier { return true }; return nil
 | let id = response.actionIdentifier; return id == Settings.yes
 | guard let other = Other(rawValue: response.actionIdentifier) else { return nil }; return other == .yes
replace /switch PushCategory\.Action\(rawValue: response\.actionIdentifier\)/ with switch choice(response)
  in $RESPONDER
replace /private func answer\(/ in $RESPONDER <<
func choice(_ response: UNNotificationResponse) -> Bool? {
    <COMPARISON>
}
private func answer(
>>
replace /enum Settings \{/ in $SETTINGS <<
enum Other: String { case yes = "Yes", no = "No" }
enum Settings {
    static let yes = "Yes"
>>
$ mfa-cli app check --json
exit 4
json .findings[].code is ["action-comparison-wrong"]
json .findings[0].file is $RESPONDER
json .findings[0].message has "Yes"
json .steps[delegate].ok is false

## finds the comparison with the guide's identifiers: <COMPARISON>
each COMPARISON: switch response.actionIdentifier { case "MfaNotificationApproveActionId": return true case Ids.deny: return false default: return nil }
 | return response.actionIdentifier == "MfaNotificationApproveActionId"
 | if response.actionIdentifier != Ids.deny { return true }; return false
 | let id: String = response.actionIdentifier; return id == Ids.deny ? false : true
 | switch response.actionIdentifier { case UNNotificationDismissActionIdentifier: return nil case Ids.deny: return false default: return true }
replace /switch PushCategory\.Action\(rawValue: response\.actionIdentifier\)/ with switch choice(response)
  in $RESPONDER
replace /private func answer\(/ in $RESPONDER <<
func choice(_ response: UNNotificationResponse) -> Bool? {
    <COMPARISON>
}
private func answer(
>>
replace /enum Settings/ in $SETTINGS <<
enum Ids { static let deny = "MfaNotificationDenyActionId" }
enum Settings
>>
$ mfa-cli app check
stdout has ✓ The app follows the guide.

## says that it did not check what the delegate compares with: <COMPARISON>
each COMPARISON: return choose(response.actionIdentifier) | return response.actionIdentifier == yes
 | return known[response.actionIdentifier]
 | switch response.actionIdentifier { case yes: return true default: return false }
replace /switch PushCategory\.Action\(rawValue: response\.actionIdentifier\)/ with switch choice(response)
  in $RESPONDER
replace /private func answer\(/ in $RESPONDER <<
func choice(_ response: UNNotificationResponse, yes: String = "MfaNotificationApproveActionId") -> Bool? {
    <COMPARISON>
}
private func answer(
>>
$ mfa-cli app check
stdout has The comparison of actionIdentifier is not checked
stdout has Notification delegate (not checked)
stdout lacks follows the guide

## finds that the delegate asks for no choice
replace /PushCategory\.Action\(rawValue: response\.actionIdentifier\)/ with PushCategory.Action(rawValue: "")
  in $RESPONDER
$ mfa-cli app check --json
exit 4
json .findings[].code is ["choice-not-read"]

## finds one action of the enum with another name
replace /case deny = "MfaNotificationDenyActionId"/ with case deny = "Typo" in $CATEGORY
replace /identifier: Action\.deny\.rawValue/ with identifier: "MfaNotificationDenyActionId" in $CATEGORY
$ mfa-cli app check --json
exit 4
json .findings[].code is ["action-comparison-wrong"]
json .findings[0].message has "Typo", not with MfaNotificationDenyActionId

## warns of a delegate that compares the category with another one
replace /let userInfo = / in $RESPONDER <<
guard response.notification.request.content.categoryIdentifier == "Typo" else { return completionHandler() }
let userInfo =
>>
$ mfa-cli app check
stdout has [category-comparison-wrong] · $RESPONDER:13
stdout has No error was found in what was checked (1 warning).

## finds the category that the delegate compares with: <COMPARED>
each COMPARED: PushCategory.identifier | "MfaNotificationCategoryId"
replace /let userInfo = / in $RESPONDER <<
let category = response.notification.request.content.categoryIdentifier
guard category == <COMPARED> else { return completionHandler() }
let userInfo =
>>
$ mfa-cli app check
stdout has ✓ The app follows the guide.

## finds that the app observes no answer
replace /provider\.didReceiveMFAApiResponse = \{/ with run { in $RESPONDER
$ mfa-cli app check
exit 4
stdout has [answer-observer-missing] · $RESPONDER:32
stdout has The app does not follow the guide: it does not observe the tenant's answer (1 error).

## finds that the app sets no observer, but nil
replace /provider\.didReceiveMFAApiResponse = \{/ with provider.didReceiveMFAApiResponse = nil; run { in $RESPONDER
$ mfa-cli app check --json
exit 4
json .findings[].code is ["answer-observer-missing"]
json .steps[observer].ok is false

## finds that nothing adds the observer
replace /super\.init\(\)\n        addMFAObserver\(\)/ with super.init() in $RESPONDER
$ mfa-cli app check
exit 4
stdout has didReceiveMFAApiResponse is set in addMFAObserver(), which nothing calls. [answer-observer-not-added]
 · $RESPONDER:45
stdout has The app does not follow the guide: it does not observe the tenant's answer (1 error).

## finds that the completion handler is never called
remove /completionHandler\(\)/ from $RESPONDER
replace /\{ _ in completion\(\) \}/ with nil in $RESPONDER
replace /return completion\(\)/ with return in $RESPONDER
$ mfa-cli app check
exit 4
stdout has The delegate does not call completionHandler, nor give it to anything that does.
 [completion-handler-not-called] · $RESPONDER:8
stdout has The app does not follow the guide: it does not tell iOS that it is done (1 error).

## finds that the completion handler is stored, and never called
replace /completion: completionHandler/ with completion: {} in $RESPONDER
replace /completionHandler\(\)/ with stored = completionHandler in $RESPONDER
replace /private let provider/ in $RESPONDER <<
private var stored: (() -> Void)?
private let provider
>>
$ mfa-cli app check --json
exit 4
json .findings[].code is ["completion-handler-not-called"]
json .steps[completion].ok is false

## finds that the stored completion handler is called, as the guide does
replace /completion: completionHandler/ with completion: {} in $RESPONDER
replace /completionHandler\(\)/ with self.stored = completionHandler in $RESPONDER
replace /print\(isDone/ in $RESPONDER <<
if let handler = self.stored { handler() }
print(isDone
>>
$ mfa-cli app check
stdout has ✓ The app follows the guide.

## does not know an answer that a closure gets
replace /isAccepted: isAccepted/ with isAccepted: choose() in $RESPONDER
$ mfa-cli app check --json
json .findings[].code is ["answer-not-followed"]
json .steps[answer].ok is null

## does not know options of the permission that are computed
replace /options: \[\.badge, \.sound, \.alert\]/ with options: wanted() in $DELEGATE
$ mfa-cli app check --json
json .findings[].code is ["authorization-not-followed"]
json .steps[authorization].ok is null

## lists by name what it did not look at
replace /identifier: identifier,/ with identifier: compute(), in $CATEGORY
$ mfa-cli app check --json
json .notChecked is ["Notification category and its two actions","the enrollment of the device",
 "the signature and the provisioning profile of a build",
 "whether the values of IdentityConfiguration.plist are those of your tenant",
 "the order and the conditions in which the code runs"]
$ mfa-cli app check
stdout has i Not looked at: the enrollment of the device;
