import type { Context } from '../../context.ts';
import { hintsFor } from '../../errors/advice.ts';
import { CliError } from '../../errors/cli-error.ts';
import { isUntrusted } from '../../network/failure.ts';
import type { Settings } from '../../settings/settings.ts';
import { caHint, ok, type Verdict, warning } from './check.ts';

/** The time limit for reaching APNs, in milliseconds; this check is optional. */
const courtesy = 3000;

/** The root of the certificates of Apple's push hosts since 2025. */
const rootHint =
  'Apple uses the root "USERTrust RSA Certification Authority". If this machine lacks it, reinstall the CAs of the system (the package ca-certificates on most systems). A proxy that inspects TLS breaks the connection to APNs: exempt the host.';

/**
 * Checks that TLS trusts the push host; sends nothing. An unreachable host is no fault: setting a certificate
 * does not need APNs.
 * @throws {CliError} usage (the host), interrupted
 */
export async function checkPushHost(
  { apns: { origin }, network }: Settings,
  context: Context,
): Promise<Verdict> {
  const to = origin('production');
  const isApples = to.hostname.endsWith('.push.apple.com');
  const { host } = to;
  const timeout = Math.min(network.timeout, courtesy);
  const apns = await context.apns({ ...network, timeout, identity: null, origin: to });
  try {
    await apns.connect();
    return ok(`${host} has a certificate that this machine trusts.`);
  } catch (error) {
    if (!(error instanceof CliError) || !/^(apns|file)-/.test(error.code)) throw error;
    // A faulty CA file gets its own message.
    if (/^(apns-unreachable|apns-timeout|file-.*)$/.test(error.code))
      return {
        level: 'not-checked',
        message: `The root CA of ${host} was not checked: ${error.message}.`,
        hint: 'Only apns verify, push send and --verify connect to APNs.',
      };
    return warning(
      `${error.message}.`,
      isApples && isUntrusted(error.cause) ? rootHint : (hintsFor(error)[0] ?? caHint),
    );
  } finally {
    apns.close();
  }
}
