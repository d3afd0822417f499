# An issuer for `mfa-cli apns renew --issuer`: Apple's developer portal issues the certificate, through fastlane's spaceship.
#
#   gem install fastlane
#   mfa-cli apns renew … --issuer ruby --issuer-arg examples/issuers/spaceship.rb
#
# FASTLANE_USER is the Apple ID of a person who manages certificates, and FASTLANE_SESSION that person's session:
# `fastlane spaceauth -u NAME` makes one after both factors. Apple ends it after some weeks; then a person has to make the next.
# Without a session that Apple accepts, the script issues nothing and exits with 75, "not yet".
#
# It has run against a stand-in for spaceship, never against Apple.
require 'spaceship'

NOT_YET = 75

begin
  Spaceship::Portal.login(ENV.fetch('FASTLANE_USER'))
  Spaceship::Portal.select_team(team_id: ENV.fetch('MFA_CLI_TEAM_ID'))
rescue StandardError => error
  warn "No one is signed in to Apple, so nothing is issued yet: #{error.message.lines.first&.strip}"
  warn 'Make a session with `fastlane spaceauth`, and keep it in FASTLANE_SESSION.'
  exit NOT_YET
end

# From here on a failure may leave a certificate at Apple: mfa-cli then issues no other one by itself.
csr = File.read(ENV.fetch('MFA_CLI_CSR'))
certificate = Spaceship::Portal.certificate.production_push.create!(csr: csr, bundle_id: ENV.fetch('MFA_CLI_BUNDLE_ID'))
warn "Apple issued the certificate #{certificate.id}"
File.binwrite(ENV.fetch('MFA_CLI_CERTIFICATE'), certificate.download_raw)
