import type { Context } from '../../context.ts';
import { findIdentityHost } from '../../delivery/sign-in-look.ts';
import { hintsFor } from '../../errors/advice.ts';
import { CliError, type ErrorCode } from '../../errors/cli-error.ts';
import type { Settings } from '../../settings/settings.ts';
import { addressHint, type Check, caHint, failure, ok, proxyHint, warning } from './check.ts';

/** Clocks that differ more, in seconds, make tokens be taken for expired or not yet valid. */
const warnSkew = 60;
const errorSkew = 300;

/** What a diagnosis says otherwise than the advice. */
const hints: Partial<Record<ErrorCode, string>> = {
  'tenant-timeout': 'Check the network and HTTPS_PROXY, or wait longer with --timeout SECONDS.',
  'tenant-redirected': addressHint,
  'tenant-not-json': addressHint,
  'file-not-found': caHint,
  'file-unreadable': caHint,
};

/** The tenant as it was found: its address where one is set, and both checks. */
export interface FoundTenant {
  readonly tenant: string | null;
  /** The address that answers as an identity tenant; null where none does. */
  readonly identityHost: string | null;
  readonly checks: readonly [address: Check, clock: Check];
}

/** Looks at the address and asks what wants no sign-in. @throws {CliError} interrupted */
export async function checkTenant(settings: Settings, context: Context): Promise<FoundTenant> {
  const given = givenTenant(settings);
  if (typeof given !== 'string') return { tenant: null, identityHost: null, checks: [given, unknownClock] };
  const { portalOf } = await import('../../tenant/discovery.ts');
  const asked = (await findIdentityHost(given, settings.network, context)) ?? given;
  const { address, clock } = await askTenant(asked, settings, context);
  const found = { tenant: given, identityHost: address.level === 'error' ? null : asked };
  if (asked !== given) return { ...found, checks: [portal(given, asked), clock] };
  const unresolved = address.level === 'error' && portalOf(given) !== null;
  const hint = `This is how the address of a portal looks. ${addressHint}`;
  return { ...found, checks: [unresolved ? { ...address, hint } : address, clock] };
}

/** The tenant's origin, or what is wrong with it. */
function givenTenant({ tenant }: Settings): string | Check {
  try {
    const hint = 'Run `mfa-cli login --tenant URL`, or set MFA_CLI_TENANT.';
    return tenant() ?? warning('tenant-address', 'No tenant is set.', hint);
  } catch (error) {
    return failed(error);
  }
}

function portal(given: string, identityHost: string): Check {
  return failure(
    'tenant-address',
    `${given} is the address of the portal; its identity host is ${identityHost}.`,
    `Run \`mfa-cli login --tenant ${identityHost}\`, and correct MFA_CLI_TENANT where it is set.`,
  );
}

async function askTenant(
  tenant: string,
  { network, appId }: Settings,
  context: Context,
): Promise<{ address: Check; clock: Check }> {
  const { probeTenant } = await import('../../tenant/discovery.ts');
  const http = await context.http(network);
  try {
    const { isTenant, words, date } = await probeTenant(tenant, appId, http);
    const address = isTenant
      ? ok('tenant-address', `${tenant} answers as an identity tenant (${words}).`)
      : failure('tenant-address', `${tenant} does not answer as an identity tenant: ${words}.`, addressHint);
    return { address, clock: checkClock(date, context.now()) };
  } catch (error) {
    return {
      address: failed(error, proxyHint),
      clock: unknownClock,
    };
  }
}

/** @throws {CliError} interrupted; and what is our bug */
function failed(error: unknown, usageHint = addressHint): Check {
  if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
  const [advised] = error.code === 'usage' ? [] : hintsFor(error);
  return failure('tenant-address', `${error.message}.`, hints[error.code] ?? advised ?? usageHint);
}

const unknownClock = warning(
  'clock-skew',
  'The clock could not be compared: the tenant did not tell its time.',
  'Compare the clock of this machine with a time server.',
);

/** @param date RFC 9110 §6.6.1, to the second */
export function checkClock(date: string | null, now: Date): Check {
  const skew = Math.round((now.getTime() - Date.parse(date ?? '')) / 1000);
  if (Number.isNaN(skew)) return unknownClock;
  const size = Math.abs(skew);
  if (size <= warnSkew) return ok('clock-skew', 'The clock agrees with that of the tenant.');
  const message = `The clock is ${size} s ${skew > 0 ? 'ahead of' : 'behind'} that of the tenant.`;
  const hint = 'Set the clock of this machine, best by a time server (NTP).';
  return size <= errorSkew ? warning('clock-skew', message, hint) : failure('clock-skew', message, hint);
}
