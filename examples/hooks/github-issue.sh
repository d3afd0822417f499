#!/bin/sh
# A hook for mfa-cli: opens a GitHub issue for each alert, and for each run that failed or got no answer.
# It needs gh, jq, TICKETS=OWNER/REPOSITORY, and GH_TOKEN with read and write access to the issues there.
set -eu
: "${TICKETS:?OWNER/REPOSITORY}" "${MFA_CLI_EVENT:?}"

report=$(cat)
case $MFA_CLI_EVENT in
due)
  title=$(printf '%s' "$report" | jq -r '"Push certificate: \(.alert.stage) day\(if .alert.stage == 1 then "" else "s" end) or fewer left (\(.alert.id))"')
  ;;
failed | unknown) title="mfa-cli: $MFA_CLI_EVENT on $(date -u +%F)" ;;
*) exit 0 ;;
esac
# Anyone may open an issue with that title: only one by the user of the token counts.
author=$(gh api graphql -f query='{ viewer { login } }' --jq .data.viewer.login)
export title author
# An alert has the same ID on every machine, so one issue is enough.
found=$(gh api --paginate "repos/$TICKETS/issues?state=all&per_page=100" --jq '.[] | select(.title == env.title and .user.login == env.author) | .number')
[ -z "$found" ] || exit 0
{
  printf '```json\n'
  printf '%s' "$report" | jq .
  printf '```\n'
} | gh api "repos/$TICKETS/issues" -f "title=$title" -F body=@- --jq '"Opened \(.html_url)"'
