#!/bin/sh
# Signs the programs in the archives for macOS with a Developer ID, and has Apple notarize them: `notarize.sh FOLDER`, on a Mac with GNU
# tar. Without APPLE_CERTIFICATE (a .p12 in base64) it says so and changes nothing. It also takes APPLE_CERTIFICATE_PASSWORD, and of a key
# of App Store Connect APPLE_API_KEY (base64), APPLE_API_KEY_ID and APPLE_API_ISSUER.
set -eu

if [ -z "${APPLE_CERTIFICATE-}" ]; then
  echo 'Skipped: there is no APPLE_CERTIFICATE, so the programs for macOS stay signed ad hoc, and are not notarized.'
  exit 0
fi

here=$(cd "$(dirname "$0")" && pwd)
release=$(cd "$1" && pwd)
scratch=$(mktemp -d)
keychain=$scratch/signing.keychain-db
trap 'security delete-keychain "$keychain" 2>/dev/null || true; rm -rf "$scratch"' EXIT
umask 077

printf '%s' "$APPLE_CERTIFICATE" | base64 -d >"$scratch/certificate.p12"
printf '%s' "$APPLE_API_KEY" | base64 -d >"$scratch/key.p8"
# It lives as long as this script.
password=$(openssl rand -hex 32)
security create-keychain -p "$password" "$keychain"
security unlock-keychain -p "$password" "$keychain"
security import "$scratch/certificate.p12" -k "$keychain" -P "$APPLE_CERTIFICATE_PASSWORD" -T /usr/bin/codesign
security set-key-partition-list -S apple-tool:,apple: -s -k "$password" "$keychain" >/dev/null
identity=$(security find-identity -v -p codesigning "$keychain" | awk '/Developer ID Application/ { print $2; exit }')

for archive in "$release"/mfa-cli-*-darwin-*.tar.gz; do
  name=$(basename "$archive" .tar.gz)
  gtar -xzf "$archive" -C "$scratch"
  program=$scratch/$name/mfa-cli
  time=$(stat -f %m "$program")
  codesign --force --options runtime --timestamp --identifier mfa-cli \
    --entitlements "$here/entitlements.plist" --keychain "$keychain" --sign "$identity" "$program"
  codesign --verify --strict "$program"
  ditto -c -k "$program" "$scratch/$name.zip"
  xcrun notarytool submit "$scratch/$name.zip" --wait \
    --key "$scratch/key.p8" --key-id "$APPLE_API_KEY_ID" --issuer "$APPLE_API_ISSUER"
  # As scripts/release/tar.mjs packs them.
  gtar --sort=name --format=gnu "--mtime=@$time" --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
    '--use-compress-program=gzip -n' -cf "$archive" -C "$scratch" "$name"
done
