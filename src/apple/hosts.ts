import { CliError } from '../errors/cli-error.ts';
import type { ApnsEnvironment } from '../pkcs12/model.ts';

/** @see https://developer.apple.com/documentation/usernotifications/sending-notification-requests-to-apns */
const hosts: Readonly<Record<ApnsEnvironment, string>> = {
  production: 'api.push.apple.com',
  sandbox: 'api.sandbox.push.apple.com',
};

/** The origin of APNs for an environment, or of its stand-in. @throws {CliError} usage */
export function apnsOrigin(environment: ApnsEnvironment, instead: string | undefined): URL {
  const text = instead ?? hosts[environment];
  if (/^(\[[0-9a-f:.]+\]|[a-z0-9.-]+)(:\d+)?$/i.test(text) && URL.canParse(`https://${text}`))
    return new URL(`https://${text}`);
  // Anything before an @ may be a password.
  const shown = text.includes('@') ? 'What was given' : `"${text}"`;
  throw new CliError('usage', `${shown} is not an APNs host: those look like api.push.apple.com:2197`, {
    facts: { option: '--apns-host HOST:PORT', variable: 'MFA_CLI_APNS_HOST' },
  });
}
