# `app check --p12`: the certificate and the app.

variable MFA_CLI_P12_PASSWORD=secret
project classic
let INFO be Approver/Info.plist
let ENTITLEMENTS be Approver/Approver.entitlements
let BUNDLE be Config/Bundle.xcconfig

## accepts a universal certificate
replace /development/ with production in $ENTITLEMENTS
$ mfa-cli app check --p12 %01-default-aes256 --configuration Debug
stdout has ✓ The app follows the guide.

## finds a sandbox certificate for an app that is distributed
replace /development/ with production in $ENTITLEMENTS
$ mfa-cli app check --p12 %30-dev --configuration Release
exit 4
stdout has [environment-mismatch] · $ENTITLEMENTS:5
stdout has no push reaches it (1 error)

## warns of a sandbox certificate where the distributed app would get no push
$ mfa-cli app check --p12 %30-dev --configuration Release
stdout has does not serve production: the distributed app gets no push. [environment-mismatch] ·
  $ENTITLEMENTS:5
stdout has No error was found in what was checked (1 warning)

## accepts a sandbox certificate for a debug build
$ mfa-cli app check --p12 %30-dev --configuration Debug
stdout has ✓ The app follows the guide.

## accepts a production certificate for an app that is distributed
replace /development/ with production in $ENTITLEMENTS
$ mfa-cli app check --p12 %30-prod --configuration Release
stdout has ✓ The app follows the guide.

## warns of a production certificate where builds from Xcode would get no push
$ mfa-cli app check --p12 %30-prod --configuration Release
stdout has does not serve the sandbox: builds run from Xcode get no push. [environment-mismatch] ·
  $ENTITLEMENTS:5
stdout has No error was found in what was checked (1 warning)

## finds a production certificate for a debug build
$ mfa-cli app check --p12 %30-prod --configuration Debug
exit 4
stdout has [environment-mismatch] · $ENTITLEMENTS:5
stdout has no push reaches it (1 error)

## finds another bundle ID in the build settings
replace /= lab/ with = other in Config/Shared.xcconfig
$ mfa-cli app check --p12 %01-default-aes256 --configuration Release
exit 4
stdout has The bundle ID is com.example.other, but the certificate is for com.example.lab.
  [bundle-id-mismatch] · $BUNDLE:2
stdout has no push reaches it (1 error)

## finds another bundle ID in the Info.plist
replace /\$\(PRODUCT_BUNDLE_IDENTIFIER\)/ with com.example.own in $INFO
$ mfa-cli app check --p12 %01-default-aes256 --configuration Release
exit 4
stdout has The bundle ID is com.example.own, but the certificate is for com.example.lab.
  [bundle-id-mismatch] · $INFO:5
stdout has no push reaches it (1 error)

## finds that the target has no bundle ID
replace /PRODUCT_BUNDLE_IDENTIFIER/ with OTHER in $BUNDLE
$ mfa-cli app check --p12 %01-default-aes256 --configuration Release
exit 4
stdout has [bundle-id-missing] · Approver.xcodeproj/project.pbxproj:178
stdout has no push reaches it (1 error)

## finds that the certificate has no topic
$ mfa-cli app check --p12 %30-dist --configuration Release
exit 4
stdout has but the certificate has no topic. [bundle-id-mismatch] · $BUNDLE:2
stdout has no push reaches it (1 error)
