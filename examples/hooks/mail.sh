#!/bin/sh
# A hook for mfa-cli: mails MAIL_TO through the sendmail of Postfix, Exim, msmtp and others. It needs jq.
set -eu
: "${MAIL_TO:?}" "${MFA_CLI_EVENT:?}"

report=$(cat)
subject=$(printf '%s' "$report" | jq -r --arg event "$MFA_CLI_EVENT" '
  if .alert then "Push certificate: \(.alert.stage) day\(if .alert.stage == 1 then "" else "s" end) or fewer left (\(.alert.tenants | length | "\(.) tenant" + if . == 1 then "" else "s" end))"
  else "mfa-cli: \($event)" end')
id=$(printf '%s' "$report" | jq -r '.alert.id // empty')
{
  printf 'To: %s\nSubject: %s\nContent-Type: text/plain; charset=utf-8\n' "$MAIL_TO" "$subject"
  # Mail programs show only one of two messages with the same ID.
  [ -z "$id" ] || printf 'Message-ID: <%s@mfa-cli>\n' "$id"
  printf '\n'
  printf '%s' "$report" | jq .
} | "${SENDMAIL:-/usr/sbin/sendmail}" -t -i
