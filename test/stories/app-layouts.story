# `app check`: where the Xcode project is, or what there is instead.

## finds no project in <LAYOUT>
each LAYOUT: Package.swift | App.xcworkspace/contents.xcworkspacedata | A.plist
write <LAYOUT>: x
$ mfa-cli app check --json
exit 3
json .error.code is project-not-recognized
json .error.message has The current folder contains no Xcode project

## says to run the tool that generates the project
write Project.swift: let project = Project(name: "App")
folder app
$ mfa-cli app check app --json
exit 3
json .error.message has app contains no Xcode project
json .error.hints[1] has run the tool first.

## says that the path does not exist
$ mfa-cli app check gone --json
exit 3
json .error.code is file-not-found
json .error.message has gone does not exist

## checks no other file
write A.plist: x
$ mfa-cli app check A.plist --json
exit 3
json .error.code is project-not-recognized
json .error.message has A.plist is not an Xcode project

## checks no project without its file
write A.xcodeproj/other: x
$ mfa-cli app check A.xcodeproj --json
exit 3
json .error.code is project-not-recognized
json .error.message has A.xcodeproj contains no project.pbxproj

## takes <PATH> for the project
each PATH: . | Approver.xcodeproj | Approver.xcodeproj/project.pbxproj
project classic
$ mfa-cli app check <PATH> --json
json .project has Approver.xcodeproj

## takes the workspace in a project for it
project classic
write Approver.xcodeproj/project.xcworkspace/xcshareddata/a: x
$ mfa-cli app check Approver.xcodeproj/project.xcworkspace --json
json .project has Approver.xcodeproj

## takes the workspace beside a project for it
project classic
write Approver.xcworkspace/xcshareddata/a: x
$ mfa-cli app check Approver.xcworkspace --json
json .project has Approver.xcodeproj

## passes over the projects of others below a folder
project classic in ios/app
project classic in ios/Pods/Other
project classic in build/Old
project classic in deep/down/below/it
$ mfa-cli app check --json
json .project has ios/app/Approver.xcodeproj

## finds the native side of Flutter
project classic in ios
write pubspec.yaml: flutter:
$ mfa-cli app check --json
json .project has ios/Approver.xcodeproj

## finds the native side of Capacitor
project classic in ios/App
write capacitor.config.json: {}
$ mfa-cli app check --json
json .project has ios/App/Approver.xcodeproj

## finds the native side of Cordova
project classic in platforms/ios
write config.xml: <widget>
$ mfa-cli app check --json
json .project has platforms/ios/Approver.xcodeproj

## leaves to the other side what it may do, and finds what is native
project classic in ios
write pubspec.yaml: flutter:
replace /\.requestAuthorization\(/ with .askFor( in ios/Approver/AppDelegate.swift
replace /\.registerForRemoteNotifications\(\)/ with .register() in ios/Approver/AppDelegate.swift
replace /\.handleMFAChallenge\(/ with .handle( in ios/Approver/Push/ChallengeResponder.swift
$ mfa-cli app check --json
json .findings[].code is ["other-side-not-read"]
json .findings[0].level is info
json .findings[0].file is ../pubspec.yaml
json .findings[0].hint has Answer to the challenge.
json .steps[authorization].ok is null
json .steps[answer].ok is null
remove /<string>remote-notification<\/string>/ from ios/Approver/Info.plist
$ mfa-cli app check --json
exit 4
json .findings[].code has background-mode-missing

## knows no other side of a project that is generated
write Project.swift: let project = Project(name: "App")
write project.yml: name: Approver
project classic
$ mfa-cli app check --json
json .findings is []

## knows no other side of an app beside one of another framework
write package.json: { "dependencies": { "react-native": "0.81.0" } }
project classic in native
$ mfa-cli app check --json
json .project has native/Approver.xcodeproj
json .findings is []

## checks neither of two apps: <PATH>
each PATH: . | App.xcworkspace
write App.xcworkspace/contents.xcworkspacedata: x
write Pods/Pods.xcodeproj/project.pbxproj: x
project classic in ios
project swiftui in macos
$ mfa-cli app check <PATH> --json
exit 3
json .error.code is project-not-recognized
json .error.message has ios/Approver.xcodeproj, macos/Gatekeeper.xcodeproj
