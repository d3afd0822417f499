#!/bin/sh
# A hook for mfa-cli: posts to WEBHOOK_URL, an incoming webhook of Slack or of a Teams workflow. It needs curl and jq.
# The address is a secret: curl reads it from stdin, since other users of the machine can read arguments.
set -eu
: "${WEBHOOK_URL:?}" "${MFA_CLI_EVENT:?}"

# Slack and Teams take <…> for links and mentions, and a tenant wrote the words of an error.
message=$(jq -c --arg event "$MFA_CLI_EVENT" '{
  text: (if .alert
    then "Push certificate: \(.alert.stage) day\(if .alert.stage == 1 then "" else "s" end) or fewer left at \(.alert.tenants | join(", ")) (\(.alert.id))"
    else "mfa-cli: \($event)" + (if .error then ": \(.error.message)" else "" end) end
    | gsub("&"; "&amp;") | gsub("<"; "&lt;") | gsub(">"; "&gt;"))
}')
printf 'url = "%s"\n' "$WEBHOOK_URL" |
  curl --config - --fail --silent --show-error --max-time 20 --output /dev/null \
    --header 'content-type: application/json' --data-raw "$message"
