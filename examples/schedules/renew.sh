#!/bin/sh
# Renews the certificate when it is due, and alerts in stages before it expires. Exits with the first failure's code.
# Set BUNDLE_ID, TEAM_ID, PUSH_DIR, ISSUER and HOOK; PASSWORD_FILE, with the password of the key and the .p12, unless a variable
# of mfa-cli has it; and the variables that docs/ci.md lists for mfa-cli.
set -u
mfa-cli apns renew --bundle-id "$BUNDLE_ID" --team-id "$TEAM_ID" --dir "$PUSH_DIR" --if-days-left 30 \
  ${PASSWORD_FILE:+--new-password-file "$PASSWORD_FILE"} --issuer "$ISSUER" --hook "$HOOK"
renewed=$?
mfa-cli apns status --all-profiles --notify-at 45,30,14,7,1,0 --hook "$HOOK" --hook-must-succeed
status=$?
[ "$renewed" -ne 0 ] && exit "$renewed"
exit "$status"
