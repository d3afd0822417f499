#!/bin/sh
# The scheduled year: renews what is due, and tells in stages how long what is set lasts. Ends with what went wrong first.
# It takes BUNDLE_ID, TEAM_ID, PUSH_DIR, ISSUER, HOOK; PASSWORD_FILE with the password of key and .p12, unless a variable of
# mfa-cli has that; and what mfa-cli reads from the environment: docs/ci.md says what.
set -u
mfa-cli apns renew --bundle-id "$BUNDLE_ID" --team-id "$TEAM_ID" --dir "$PUSH_DIR" --if-days-left 30 \
  ${PASSWORD_FILE:+--new-password-file "$PASSWORD_FILE"} --issuer "$ISSUER" --hook "$HOOK"
renewed=$?
mfa-cli apns status --all-profiles --notify-at 45,30,14,7,1,0 --hook "$HOOK" --hook-must-succeed
status=$?
[ "$renewed" -ne 0 ] && exit "$renewed"
exit "$status"
