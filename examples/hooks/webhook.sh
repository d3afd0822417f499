#!/bin/sh
# A hook of mfa-cli: a message to an incoming webhook of Slack, or of a workflow of Teams, at WEBHOOK_URL. It needs curl and jq.
# The address is a secret: curl gets it on stdin, since everybody on the machine can read its arguments.
set -eu
: "${WEBHOOK_URL:?}" "${MFA_CLI_EVENT:?}"

message=$(jq -c --arg event "$MFA_CLI_EVENT" '{
  text: (if .alert
    then "Push certificate: \(.alert.stage) days or fewer left at \(.alert.tenants | join(", ")) (\(.alert.id))"
    else "mfa-cli: \($event)" + (if .error then ": \(.error.message)" else "" end) end)
}')
printf 'url = "%s"\n' "$WEBHOOK_URL" |
  curl --config - --fail --silent --show-error --max-time 20 --output /dev/null \
    --header 'content-type: application/json' --data-raw "$message"
