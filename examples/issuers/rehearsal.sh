#!/bin/sh
# An issuer for rehearsals of `mfa-cli apns renew --issuer`: OpenSSL signs the request with a key that nobody trusts. Like a
# certificate of `apns request --practice`, its certificate is for a tenant on this machine: `apns set` sends it to no other.
set -eu
: "${MFA_CLI_CSR:?}" "${MFA_CLI_BUNDLE_ID:?}" "${MFA_CLI_TEAM_ID:?}" "${MFA_CLI_CERTIFICATE:?}"

scratch=$(mktemp -d)
trap 'rm -r "$scratch"' EXIT
cat > "$scratch/push.cnf" << END
[push]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,clientAuth
1.2.840.113635.100.6.3.1 = ASN1:NULL
1.2.840.113635.100.6.3.2 = ASN1:NULL
1.2.840.113635.100.6.3.6 = ASN1:SEQUENCE:topics
[topics]
name = UTF8:$MFA_CLI_BUNDLE_ID
kind = SEQUENCE:topic
[topic]
kind = UTF8:topic
END
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$scratch/ca.key" -out "$scratch/ca.pem" \
  -subj '/CN=mfa-cli Practice Authority' 2> "$scratch/log"
openssl x509 -req -in "$MFA_CLI_CSR" -CA "$scratch/ca.pem" -CAkey "$scratch/ca.key" -days 395 -outform DER \
  -set_subject "/UID=$MFA_CLI_BUNDLE_ID/CN=Practice Push Services: $MFA_CLI_BUNDLE_ID/OU=$MFA_CLI_TEAM_ID" \
  -extfile "$scratch/push.cnf" -extensions push -out "$MFA_CLI_CERTIFICATE"
