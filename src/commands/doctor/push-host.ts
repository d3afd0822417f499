import type { Context } from '../../context.ts';
import { hintsFor } from '../../errors/advice.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { Settings } from '../../settings/settings.ts';
import { onOneLine } from '../../text/printable.ts';
import { caHint, ok, type Verdict, warning } from './check.ts';

/** The root of the certificates of Apple's push hosts since 2025. */
const appleRoot = {
  name: 'USERTrust RSA Certification Authority',
  sha256: 'e793c9b02fd8aa13e21c31228accb08119643b749c898964b1746d46c3d4cbd2',
};

/** The time limit for reaching APNs, in milliseconds; this check is optional. */
const courtesy = 3000;

const rootHint = `Reinstall the CAs of the system (the package ca-certificates on most systems). Or get the root with the SHA-256 ${appleRoot.sha256} and name its PEM file with --ca-file PEM or MFA_CLI_CA_FILE.`;
const strangerHint = `Apple uses the root "${appleRoot.name}". A proxy that inspects TLS breaks the connection to APNs: exempt the host. If Apple has a new root, name its PEM file with --ca-file PEM or MFA_CLI_CA_FILE.`;

/**
 * Checks that TLS trusts the root of the push host; sends nothing. An unreachable host is no fault: setting a certificate
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
    const root = await apns.untrustedRoot();
    if (root === null) return ok(`${host} has a certificate that this machine trusts.`);
    if (root === appleRoot.name)
      return warning(
        `${host} has a certificate under the root "${root}", which this machine lacks.`,
        rootHint,
      );
    return warning(
      `${host} has a certificate under "${onOneLine(root)}", which this machine does not trust.`,
      isApples ? strangerHint : caHint,
    );
  } catch (error) {
    if (!(error instanceof CliError) || !/^(apns|file)-/.test(error.code)) throw error;
    // A faulty CA file gets its own message.
    if (/^(apns-unreachable|apns-timeout|file-.*)$/.test(error.code))
      return {
        level: 'not-checked',
        message: `The root CA of ${host} was not checked: ${error.message}.`,
        hint: 'Only apns verify, push send and --verify connect to APNs.',
      };
    return warning(`${error.message}.`, hintsFor(error)[0] ?? caHint);
  } finally {
    apns.close();
  }
}
