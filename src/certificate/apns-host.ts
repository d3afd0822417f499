import { CliError } from '../errors/cli-error.ts';
import { isLoopback } from '../network/proxy.ts';
import type { GivenApns } from '../settings/certificate.ts';

/**
 * A stand-in for APNs on this machine says nothing about a tenant elsewhere.
 * @param tenant null: none is known
 * @throws {CliError} usage
 */
export function requireFitHost(
  tenant: string | null,
  { host: given }: Pick<GivenApns, 'host'>,
): void {
  const origin = `https://${given}`;
  if (given === null || tenant === null || !URL.canParse(origin)) return;
  const { hostname, host } = new URL(origin);
  if (!isLoopback(hostname) || isLoopback(new URL(tenant).hostname)) return;
  const message =
    `${host} on this machine stands in for APNs, ` + `but ${tenant} is not on this machine`;
  const fix =
    'Unset MFA_CLI_APNS_HOST, or do not ask APNs: ' +
    'remove --apns-host and --verify, or add --no-verify.';
  throw new CliError('usage', message, { facts: { fix } });
}
