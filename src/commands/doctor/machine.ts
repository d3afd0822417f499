import { dirname } from 'node:path';
import { apnsOrigin, isAppleHost } from '../../apple/apns.ts';
import { openLoopbackRedirect } from '../../auth/loopback-redirect.ts';
import type { Profiles } from '../../auth/profile.ts';
import { decodeProfiles } from '../../auth/profile-file.ts';
import { isInKeychain, noProfiles } from '../../auth/profiles.ts';
import type { Context, Environment } from '../../context.ts';
import { hintsFor } from '../../errors/advice.ts';
import { hasCode, isAbout, systemCode } from '../../errors/cli-error.ts';
import { hintOfOwnerless } from '../../errors/file.ts';
import { destination, type Hint, mfaCli } from '../../errors/hint.ts';
import { isWritable, statsOf, statsOrError } from '../../files/directory.ts';
import { type Doubt, doubtOnWay } from '../../files/others.ts';
import { readOwnFile } from '../../files/own-file.ts';
import { isUntrusted } from '../../network/failure.ts';
import { isRemote } from '../../programs/browser.ts';
import { orThrow, type Settings } from '../../settings/settings.ts';
import { unknownVariables } from '../../settings/table.ts';
import { variable } from '../../settings/values.ts';
import { count } from '../../text/phrasing.ts';
import { caHint, failure, notChecked, ok, type Verdict, warning } from './check.ts';

/** The oldest version of Node.js that the tests cover. */
const oldestNode = [20, 20] as const;

/** The latest major version of Node.js whose support had ended by 2026-05. */
const lastWithoutFixes = 21;

export function checkNode(version: string): Verdict {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]);
  const hint = 'Install Node.js 22, 24 or 26.';
  if (isOld) return failure(`Node.js ${version} is too old.`, hint);
  return major <= lastWithoutFixes
    ? warning(`Node.js ${version} gets no security fixes any more.`, hint)
    : ok(`Node.js ${version}.`);
}

export function checkVariables(env: Environment): Verdict {
  const unknown = unknownVariables(env).map((words) => (words.endsWith('?') ? words : `${words}.`));
  return unknown.length === 0
    ? ok('Every MFA_CLI_ variable that is set is known.')
    : warning(unknown.join(' '), '`mfa-cli help environment` lists the variables.');
}

/**
 * Whether `login` can listen for the browser.
 * @throws {CliError} usage, sign-in-failed
 */
export async function checkPort({ port, credentials }: Settings): Promise<Verdict> {
  const number = orThrow(port);
  if (credentials !== null)
    return notChecked(`Port ${number} was not checked: the credentials given need no browser.`);
  const redirect = await openLoopbackRedirect(number, 'doctor', '');
  redirect.close();
  return ok(`The loopback redirect ${redirect.redirectUri} is free.`);
}

export function checkBrowser(env: Environment): Verdict {
  if (variable(env, 'BROWSER') !== undefined)
    return ok('The command in BROWSER opens the browser.');
  const hint =
    'Open the address that `login` prints on any computer, and paste the address that the browser ended on into the terminal.';
  if (isRemote(env)) return warning('No display found, so no browser can be opened.', hint);
  return ok('The system opens the browser.');
}

/**
 * Names the proxy by host and port only, since its address may contain a password.
 * @throws {CliError} usage
 */
export async function checkProxy(tenant: string | null, env: Environment): Promise<Verdict> {
  const { portOf, proxiesOf, proxyFor } = await import('../../network/proxy.ts');
  const proxies = proxiesOf(env);
  const proxy = proxyFor(new URL(tenant ?? 'https://tenant.invalid'), proxies);
  if (proxy !== null)
    return ok(`Requests go through the proxy ${proxy.hostname}:${portOf(proxy)}.`);
  return ok(
    proxies.https === null && proxies.http === null
      ? 'No proxy is set.'
      : 'A proxy is set, but requests to the tenant bypass it.',
  );
}

/**
 * Counts the CAs in every store that TLS may use; `--debug` names the stores.
 * @throws {CliError} file-not-found, file-unreadable, interrupted
 */
export async function checkCa(
  caFile: string | null,
  { env, signal, pipeTimeout, terminal }: Context,
): Promise<Verdict> {
  const { certificatesIn, storeGroups } = await import('../../network/stores.ts');
  const settings = {
    caFile,
    nodeExtraCaCerts: variable(env, 'NODE_EXTRA_CA_CERTS') ?? null,
    sslCertFile: variable(env, 'SSL_CERT_FILE') ?? null,
    sslCertDir: variable(env, 'SSL_CERT_DIR') ?? null,
  };
  const authorities = new Set<string>();
  for (const group of storeGroups(settings, { signal, pipeTimeout }))
    for (const { place, pem } of await group()) {
      const own = new Set(pem.flatMap(certificatesIn));
      if (own.size === 0 && typeof place === 'object' && place.variable !== undefined)
        return warning(
          `${place.variable} names ${place.path}, which contains no CA.`,
          `Correct ${place.variable}, or unset it.`,
        );
      terminal.trace(`${typeof place === 'string' ? place : place.path}: ${count(own.size, 'CA')}`);
      for (const authority of own) authorities.add(authority);
    }
  return ok(`TLS trusts ${count(authorities.size, 'CA')}.`);
}

/** The store, only read: even a damaged file stays as it is. */
export interface FoundStore {
  readonly profiles: Profiles;
  readonly directory: Verdict;
  readonly file: Verdict;
}

/**
 * @param path of the profile file
 * @param platform on Windows, modes do not show who may read a file
 */
export function readStore(path: string, platform: NodeJS.Platform = process.platform): FoundStore {
  const hasModes = platform !== 'win32';
  return { ...readFile(path, hasModes), directory: checkDirectory(dirname(path), hasModes) };
}

/**
 * Where the profile keeps its session; the keychain is tested only if it is in use.
 * @throws {CliError} keychain-unavailable, interrupted
 */
export async function checkKeychain({
  store,
  profile: { session },
  sessionStore,
}: Settings): Promise<Verdict> {
  const isKept = session !== null && isInKeychain(session);
  if (!isKept && orThrow(sessionStore) === 'file')
    return ok(
      session === null
        ? 'No session is in the keychain.'
        : 'The keychain is not used: the profile keeps its session in the file.',
    );
  await store.checkKeychain();
  return ok(`The keychain works; it ${isKept ? 'holds' : 'will hold'} the profile's session.`);
}

function checkDirectory(path: string, hasModes: boolean): Verdict {
  const doubt = doubtOnWay(path, { isGuest: true, isMade: true });
  const hint = doubt === null ? null : hintOf(doubt);
  // Any other doubt is told better by what follows.
  if (doubt !== null && hint !== null) return failure(`${doubt.sentence}.`, hint);
  const found = statsOrError(path);
  if (found instanceof Error) {
    const missing = systemCode(found) === 'ENOENT' && isWritable(nearest(path));
    return missing
      ? ok(`${path} does not exist yet; the first sign-in creates it.`)
      : failure(`${path} cannot be used (${systemCode(found)}).`, directoryHint);
  }
  const mode = found.mode & 0o777;
  if (!found.isDirectory()) return failure(`${path} is not a directory.`, fileHint);
  if (!isWritable(path)) return failure(`${path} cannot be written.`, directoryHint);
  if (!hasModes) return ok(`${path} exists; its ACL decides who else may open it.`);
  if (isOpen(mode))
    return warning(`${path} is open to other users (mode ${octal(mode)}).`, {
      text: 'Run {command}.',
      command: ['chmod', '700', path],
    });
  return ok(`${path} is accessible only to this user.`);
}

function hintOf({ remedy, ownerless }: Doubt): string | Hint | null {
  if (ownerless !== undefined) return hintOfOwnerless(ownerless);
  return remedy === undefined ? null : { text: 'Run {command}.', command: remedy };
}

const fileHint = 'Move the file away, or set MFA_CLI_CONFIG_DIR to a directory.';
const directoryHint =
  'Make this user the owner of the directory, or set MFA_CLI_CONFIG_DIR to another one.';

const nothingStored = { profiles: noProfiles, file: ok('Nothing is stored yet.') };

function readFile(path: string, hasModes: boolean): Pick<FoundStore, 'profiles' | 'file'> {
  let text: string | null;
  try {
    text = readOwnFile(path);
  } catch (error) {
    if (!hasCode(error, 'file-unreadable')) throw error;
    if (error.facts.directory !== undefined) return nothingStored;
    const { remedy } = error.facts;
    const hint =
      remedy === undefined
        ? 'Make this user the owner of the file.'
        : { text: 'Run {command}.', command: remedy };
    return { profiles: noProfiles, file: failure(`${error.message}.`, hint) };
  }
  if (text === null) return nothingStored;
  try {
    const profiles = decodeProfiles(text);
    return { profiles, file: checkContents(path, profiles, hasModes) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const hint = {
      text: 'Run {command}, which moves the damaged file aside.',
      command: mfaCli('login', ...destination),
    };
    return { profiles: noProfiles, file: failure(`${path} is damaged.`, hint) };
  }
}

function checkContents(path: string, { profiles, foreign }: Profiles, hasModes: boolean): Verdict {
  const known = Object.keys(profiles).length;
  const unread = Object.keys(foreign ?? {});
  if (unread.length > 0)
    return warning(
      `${path} contains profiles that this version cannot read: ${unread.join(', ')}.`,
      'Update mfa-cli, or use other profiles with --profile NAME.',
    );
  const held = `it contains ${count(known, 'profile')}.`;
  if (!hasModes) return ok(`${path} is readable; its ACL decides by whom, and ${held}`);
  const mode = (statsOf(path)?.mode ?? 0) & 0o777;
  if (isOpen(mode))
    return failure(
      `${path} contains sessions and is readable by other users (mode ${octal(mode)}).`,
      {
        text: 'Run {command}, and sign in again if other people use this machine.',
        command: ['chmod', '600', path],
      },
    );
  return ok(`${path} is readable only by this user; ${held}`);
}

function isOpen(mode: number): boolean {
  return (mode & 0o077) !== 0;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

function nearest(path: string): string {
  const parent = dirname(path);
  return parent === path || statsOf(parent) !== null ? parent : nearest(parent);
}

/** The time limit for reaching APNs, in milliseconds; this check is optional. */
const courtesy = 3000;

const rootHint =
  'Apple uses the root "USERTrust RSA Certification Authority". If this machine lacks it, reinstall the CAs of the system (the package ca-certificates on most systems). A proxy that inspects TLS breaks the connection to APNs: exempt the host.';

/**
 * Checks that TLS trusts the push host; sends nothing. An unreachable host is no fault:
 * setting a certificate does not need APNs.
 * @throws {CliError} usage (the host), interrupted
 */
export async function checkPushHost({ network }: Settings, context: Context): Promise<Verdict> {
  const host = variable(context.env, 'MFA_CLI_APNS_HOST') ?? null;
  const to = apnsOrigin('production', host);
  const isApples = isAppleHost(to.hostname);
  const timeout = Math.min(network.timeout, courtesy);
  const apns = await context.apns({ ...network, timeout, identity: null, origin: to });
  try {
    await apns.connect();
    const place = isApples ? '' : ', in place of APNs,';
    return ok(`${to.host}${place} has a TLS certificate that this machine trusts.`);
  } catch (error) {
    if (!isAbout(error, 'apns', 'file')) throw error;
    // A faulty CA file gets its own message.
    if (isAbout(error, 'file') || hasCode(error, 'apns-unreachable', 'apns-timeout'))
      return {
        level: 'not-checked',
        message: `The root CA of ${to.host} was not checked: ${error.message}.`,
        hint: 'apns set, renew and verify, push send and fleet apply --verify connect to APNs. --no-verify skips it for set and renew.',
      };
    return warning(
      `${error.message}.`,
      isApples && isUntrusted(error.cause)
        ? rootHint
        : (hintsFor(error, context.destination)[0] ?? caHint),
    );
  } finally {
    apns.close();
  }
}
