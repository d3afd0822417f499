# An issuer for `mfa-cli apns renew --issuer`: has Apple's developer portal issue the certificate, by fastlane's spaceship.
#
#   gem install fastlane
#   mfa-cli apns renew … --issuer ruby --issuer-arg examples/issuers/spaceship.rb
#
# It needs the Apple ID of somebody who manages certificates in FASTLANE_USER, and that person's session in FASTLANE_SESSION:
# `fastlane spaceauth -u NAME` makes one after both factors were given. Apple ends it after some weeks; it is a person who
# makes the next one. Where there is none that Apple takes, nothing is issued, and this says "not yet" (75).
#
# It was run against a stand-in for spaceship, never against Apple.
require 'spaceship'

NOT_YET = 75

begin
  Spaceship::Portal.login(ENV.fetch('FASTLANE_USER'))
  Spaceship::Portal.select_team(team_id: ENV.fetch('MFA_CLI_TEAM_ID'))
rescue StandardError => error
  warn "Nobody is signed in at Apple, so nothing is issued yet: #{error.message.lines.first&.strip}"
  warn 'Make a session with `fastlane spaceauth`, and keep it in FASTLANE_SESSION.'
  exit NOT_YET
end

# From here on a failure may leave a certificate at Apple's: mfa-cli then issues no other one by itself.
csr = File.read(ENV.fetch('MFA_CLI_CSR'))
certificate = Spaceship::Portal.certificate.production_push.create!(csr: csr, bundle_id: ENV.fetch('MFA_CLI_BUNDLE_ID'))
warn "Apple issued the certificate #{certificate.id}"
File.binwrite(ENV.fetch('MFA_CLI_CERTIFICATE'), certificate.download_raw)
