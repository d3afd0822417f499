import { loopbackRedirectUri } from '../../auth/loopback-redirect.ts';
import { readConnection } from '../../change/open-connection.ts';
import { findIdentityHost } from '../../change/sign-in/check-tenant-before-browser.ts';
import type { Context } from '../../context.ts';
import { hintsFor } from '../../errors/advice.ts';
import { CliError, type ErrorCode } from '../../errors/cli-error.ts';
import { type Destination, destination, type Hint, mfaCli } from '../../errors/hint.ts';
import { orThrow, type Settings } from '../../settings/settings.ts';
import { lookAtApplication } from '../../tenant/oauth/authorization.ts';
import {
  addressHint,
  caHint,
  failure,
  notChecked,
  ok,
  proxyHint,
  signInAt,
  signInHint,
  type Verdict,
  warning,
} from './check.ts';

/** Clock differences, in seconds, that make tokens look expired or not yet valid. */
const warnSkew = 60;
const errorSkew = 300;

/** Hints that differ from those of the errors. */
const hints: Partial<Record<ErrorCode, string | Hint>> = {
  'tenant-timeout': 'Check the network and HTTPS_PROXY, or set a longer --timeout SECONDS.',
  'tenant-redirected': addressHint,
  'tenant-not-json': addressHint,
  'file-not-found': caHint,
  'file-unreadable': caHint,
};

export interface FoundTenant {
  readonly tenant: string | null;
  /** The address that answers as an identity tenant, or null. */
  readonly identityHost: string | null;
  readonly address: Verdict;
  readonly clock: Verdict;
  readonly unreachable: boolean;
}

/**
 * Checks the address, with requests that need no sign-in.
 * @throws {CliError} interrupted
 */
export async function checkTenant(settings: Settings, context: Context): Promise<FoundTenant> {
  const given = givenTenant(settings, context.destination);
  if (typeof given !== 'string')
    return {
      tenant: null,
      identityHost: null,
      address: given,
      clock: unaskedClock,
      unreachable: false,
    };
  const { portalOf } = await import('../../tenant/discovery.ts');
  const asked = (await findIdentityHost(given, settings.network, context)) ?? given;
  const { address, clock, unreachable } = await askTenant(asked, settings, context);
  const identityHost = address.level === 'error' ? null : asked;
  const found = { tenant: given, identityHost, clock, unreachable };
  if (asked !== given)
    return {
      ...found,
      address: failure(`${given} is a portal; its identity host is ${asked}.`, {
        text: 'Run {command}, and correct MFA_CLI_TENANT if it is set.',
        command: signInAt(asked),
      }),
    };
  const override = settings.overrides.find(({ key }) => key === 'tenant');
  if (address.level === 'error' && override !== undefined)
    return { ...found, address: { ...address, hint: `${override.words}. ${override.way}` } };
  const unresolved = address.level === 'error' && portalOf(given) !== null;
  const text = `This looks like the address of a portal. ${addressHint.text}`;
  const hint = { ...addressHint, text };
  return { ...found, address: unresolved ? { ...address, hint } : address };
}

function givenTenant({ tenant }: Settings, to: Destination): string | Verdict {
  try {
    const hint = {
      text:
        'Run {command}, or set MFA_CLI_TENANT. If the tenant is not set up for mfa-cli yet, ' +
        'bootstrap comes first: `mfa-cli bootstrap --help`.',
      command: signInAt('URL'),
    };
    return orThrow(tenant) ?? warning('No tenant is set.', hint);
  } catch (error) {
    return failed(error, to);
  }
}

async function askTenant(
  tenant: string,
  { network, appId }: Settings,
  context: Context,
): Promise<Pick<FoundTenant, 'address' | 'clock' | 'unreachable'>> {
  const { probeTenant } = await import('../../tenant/discovery.ts');
  const http = await context.http(network);
  try {
    const { isTenant, words, date } = await probeTenant(tenant, appId, http);
    const address = isTenant
      ? ok(`${tenant} answers as a tenant does (${words}).`)
      : failure(`${tenant} did not answer as a tenant does: ${words}.`, addressHint);
    return { address, clock: checkClock(date, context.now()), unreachable: false };
  } catch (error) {
    const unreachable = error instanceof CliError && error.exitCode === 7;
    return {
      address: failed(error, context.destination, proxyHint),
      clock: unreachedClock,
      unreachable,
    };
  }
}

function failed(error: unknown, to: Destination, usageHint: string | Hint = addressHint): Verdict {
  if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
  const [advised] = error.code === 'usage' ? [] : hintsFor(error, to);
  return failure(`${error.message}.`, hints[error.code] ?? advised ?? usageHint);
}

const unknownClock = warning(
  'The clock could not be checked: the tenant did not send its time.',
  'Compare the clock of this machine with a time server.',
);

const unaskedClock = notChecked('The clock was not compared: no tenant is set.');
const unreachedClock = notChecked('The clock was not compared: the tenant gave no usable answer.');

/** @param date RFC 9110 §6.6.1, to the second */
export function checkClock(date: string | null, now: Date): Verdict {
  const skew = Math.round((now.getTime() - Date.parse(date ?? '')) / 1000);
  if (Number.isNaN(skew)) return unknownClock;
  const size = Math.abs(skew);
  if (size <= warnSkew) return ok("The clock agrees with the tenant's.");
  const message = `The clock is ${size} s ${skew > 0 ? 'ahead of' : 'behind'} the tenant's.`;
  const hint = 'Correct the clock of this machine, best with a time server (NTP).';
  return size <= errorSkew ? warning(message, hint) : failure(message, hint);
}

export function checkProfile({ profileName, profiles, overrides }: Settings): Verdict {
  const override = overrides.find(({ key }) => key === 'profile');
  const why = override === undefined ? '' : `: ${override.words}`;
  if (Object.hasOwn(profiles.profiles, profileName))
    return ok(`The profile "${profileName}" is used${why}.`);
  const others = Object.keys(profiles.profiles).length;
  return warning(`The profile "${profileName}" does not exist yet.`, {
    text:
      others === 0
        ? 'Run {command}, which creates it.'
        : 'Run {command}, which creates it, or choose one that `mfa-cli profile list` shows.',
    command: mfaCli('login', ...destination),
  });
}

const uncheckedApplication = (why: string): Verdict =>
  notChecked(`The OAuth application was not checked: ${why}.`);

/**
 * The tenant's answer to the request of a sign-in, without a person: it names an unknown
 * application, client, scope or redirect URI. @throws {CliError} interrupted
 */
export async function checkApplication(
  settings: Settings,
  { identityHost }: FoundTenant,
  context: Context,
): Promise<Verdict> {
  if (settings.credentials !== null)
    return uncheckedApplication('the credentials given need no browser');
  if (identityHost === null) return uncheckedApplication('no tenant answers');
  try {
    const redirectUri = loopbackRedirectUri(orThrow(settings.port));
    const connection = await readConnection(identityHost, settings, context);
    const http = await context.http(settings.network);
    const look = await lookAtApplication(connection, redirectUri, http);
    if (look.kind === 'known')
      return ok('The tenant knows the OAuth application, its client, scope and redirect URI.');
    if (look.kind === 'unclear')
      return uncheckedApplication(`the tenant answered with HTTP ${look.answer.status}`);
    // Another user may be allowed.
    if (look.error.code === 'sign-in-denied') return uncheckedApplication(look.error.message);
    const [hint = signInHint] = hintsFor(look.error, context.destination);
    return warning(`${look.error.message}.`, hint);
  } catch (error) {
    if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
    return uncheckedApplication(error.message);
  }
}
