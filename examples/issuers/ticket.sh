#!/bin/sh
# An issuer for `mfa-cli apns renew --issuer`: a team approves through a ticket, here a GitHub issue.
#
# The first run opens an issue with the request. A team member has Apple issue the certificate, posts it as PEM
# (`openssl x509 -inform DER -in aps.cer`), and closes the issue. Until then the script exits with 75, "not yet".
#
# It needs GitHub's gh, TICKETS=OWNER/REPOSITORY, and GH_TOKEN with read and write access to the issues there. Anyone who can
# comment can post a certificate, so mfa-cli refuses one that does not belong to this request.
set -eu
: "${TICKETS:?OWNER/REPOSITORY}" "${MFA_CLI_CSR:?}" "${MFA_CLI_BUNDLE_ID:?}"

title="Push certificate for $MFA_CLI_BUNDLE_ID ($(cksum < "$MFA_CLI_CSR" | tr ' ' -))"
export title
issue=$(gh api --paginate "repos/$TICKETS/issues?state=all&per_page=100" \
  --jq '.[] | select(.title == env.title) | "\(.number) \(.state)"' | head -n 1)
if [ -z "$issue" ]; then
  {
    echo "Have Apple issue a push certificate of $MFA_CLI_BUNDLE_ID (team $MFA_CLI_TEAM_ID) for this request,"
    echo 'answer with it as PEM, and close this issue.'
    echo
    cat "$MFA_CLI_CSR"
  } | gh api "repos/$TICKETS/issues" -f "title=$title" -F body=@- --jq '"Opened \(.html_url)"' >&2
  exit 75
fi
[ "${issue#* }" = closed ] || exit 75
gh api --paginate "repos/$TICKETS/issues/${issue% *}/comments" --jq '.[].body' | tr -d '\r' |
  awk '/^-----BEGIN CERTIFICATE-----/ { pem = ""; inside = 1 }
       inside { pem = pem $0 "\n" }
       /^-----END CERTIFICATE-----/ { last = pem; inside = 0 }
       END { printf "%s", last }'
