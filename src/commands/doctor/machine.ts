import { dirname } from 'node:path';
import { openLoopbackRedirect } from '../../auth/loopback-redirect.ts';
import type { Profiles } from '../../auth/profile.ts';
import { decodeProfiles } from '../../auth/profile-file.ts';
import { isInKeychain, noProfiles } from '../../auth/profiles.ts';
import type { Context, Environment } from '../../context.ts';
import { CliError, systemCode } from '../../errors/cli-error.ts';
import { isWritable, statsOf, statsOrError } from '../../files/directory.ts';
import { readOwnFile } from '../../files/own-file.ts';
import type { Store } from '../../network/stores.ts';
import { isRemote } from '../../programs/browser.ts';
import { findProgram, isProgram } from '../../programs/launch.ts';
import type { Settings } from '../../settings/settings.ts';
import { unknownVariables } from '../../settings/table.ts';
import { variable } from '../../settings/variable.ts';
import { count } from '../../text/phrasing.ts';
import { runtimeName } from '../../text/version.ts';
import { failure, ok, type Verdict, warning } from './check.ts';

/** The versions of Node.js that the program is tested on. */
const oldestNode = [20, 20] as const;
const newestNode = 26;

/** The last days on which versions get security updates. @see https://github.com/nodejs/Release, schedule.json */
const lastDays: Readonly<Record<number, string>> = {
  20: '2026-04-30',
  22: '2027-04-30',
  24: '2028-04-30',
  26: '2029-04-30',
};

/** @param version as `process.versions.node` has it */
export function checkNode(version: string, now: Date): Verdict {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const hint = 'Install Node.js 20.20 or later, up to 26.';
  if (major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]))
    return failure(`Node.js ${version} is too old.`, hint);
  if (major > newestNode) return warning(`Node.js ${version} is newer than what mfa-cli is tested on.`, hint);
  const today = now.toISOString().slice(0, 10);
  // One of an odd number ends with the next one.
  const lastDay = lastDays[major] ?? lastDays[major - 1] ?? '';
  if (today <= lastDay) return ok(`Node.js ${version}.`);
  const maintained = Object.keys(lastDays).filter((each) => today <= (lastDays[Number(each)] ?? ''));
  return warning(
    `Node.js ${version} has had no security updates since ${lastDay}; mfa-cli still works on it.`,
    maintained.length === 0 ? hint : `Install a maintained version: Node.js ${maintained.join(' or ')}.`,
  );
}

/** Whether each variable that looks like one of ours is one. */
export function checkVariables(env: Environment): Verdict {
  const unknown = unknownVariables(env).map((words) => (words.endsWith('?') ? words : `${words}.`));
  return unknown.length === 0
    ? ok('Every MFA_CLI_ variable that is set is known.')
    : warning(unknown.join(' '), '`mfa-cli help environment` lists the variables.');
}

/** Whether `login` can listen for the browser. @throws {CliError} usage, port-in-use */
export async function checkPort({ port }: Settings): Promise<Verdict> {
  const redirect = await openLoopbackRedirect(port(), 'doctor', '');
  redirect.close();
  return ok(`The loopback redirect ${redirect.redirectUri} is free.`);
}

/** Whether `login` can open a browser here. */
export function checkBrowser(env: Environment): Verdict {
  if (variable(env, 'BROWSER') !== undefined) return ok('The browser is opened with the command in BROWSER.');
  const hint =
    '`login` prints the address: open it anywhere, and paste the address that the browser ended on.';
  if (isRemote(env)) return warning('No display found, so no browser can be opened.', hint);
  if (
    process.platform === 'linux' &&
    findProgram('xdg-open', env, { platform: process.platform, isProgram }) === null
  )
    return warning('xdg-open, which opens the browser, is not installed.', hint);
  return ok("The system's own opener opens the browser.");
}

/** The proxy on the way to the tenant, by its host and port only: it may bear a password. @throws {CliError} usage */
export async function checkProxy(tenant: string | null, env: Environment): Promise<Verdict> {
  const { portOf, proxiesOf, proxyFor } = await import('../../network/proxy.ts');
  const proxies = proxiesOf(env);
  const proxy = proxyFor(new URL(tenant ?? 'https://tenant.invalid'), proxies);
  if (proxy !== null) return ok(`Requests go through the proxy ${proxy.hostname}:${portOf(proxy)}.`);
  return ok(
    proxies.https === null && proxies.http === null
      ? 'No proxy is set.'
      : 'A proxy is set, and the tenant is reached directly.',
  );
}

/**
 * Reads every store of CAs that TLS may ask, in that order, and tells how many are in it.
 * @throws {CliError} file-not-found, file-unreadable, interrupted
 */
export async function checkCa(caFile: string | null, { env, signal, patience }: Context): Promise<Verdict> {
  const { storeGroups } = await import('../../network/stores.ts');
  const settings = {
    caFile,
    nodeExtraCaCerts: variable(env, 'NODE_EXTRA_CA_CERTS') ?? null,
    sslCertFile: variable(env, 'SSL_CERT_FILE') ?? null,
    sslCertDir: variable(env, 'SSL_CERT_DIR') ?? null,
  };
  const stores: Store[] = [];
  for (const group of storeGroups(settings, { signal, patience })) stores.push(...(await group()));
  const words: string[] = [];
  for (const { place, pem } of stores) {
    const authorities = await authoritiesIn(pem);
    if (authorities === 0 && typeof place === 'object' && place.variable !== undefined)
      return warning(
        `${place.variable} names ${place.path}, where no CA is.`,
        `Correct ${place.variable}, or unset it.`,
      );
    words.push(`${nameOf(place)} (${count(authorities, 'CA')})`);
  }
  return ok(`TLS trusts ${words.join(', ')}${hasSystem(stores) ? '' : '; the system has no CAs'}.`);
}

function nameOf(place: Store['place']): string {
  if (place === 'built-in') return `${runtimeName}'s own`;
  if (place === 'system') return `the system's store through ${runtimeName}`;
  return place.variable === undefined ? place.path : `${place.path} of ${place.variable}`;
}

/** A slim container has none; what the user names and what the runtime has come first. */
function hasSystem(stores: readonly Store[]): boolean {
  const last = stores.at(-1)?.place;
  return last === 'system' || (typeof last === 'object' && last.variable !== 'NODE_EXTRA_CA_CERTS');
}

/** How many different ones there are. */
async function authoritiesIn(pem: readonly string[]): Promise<number> {
  const { certificatesIn } = await import('../../network/stores.ts');
  return new Set(pem.flatMap(certificatesIn)).size;
}

/** The store as it was found; it is not touched, not even where it is damaged. */
export interface FoundStore {
  readonly profiles: Profiles;
  readonly directory: Verdict;
  readonly file: Verdict;
}

/** @param path of the profile file @param platform whose modes tell who may read a file: those of Windows do not */
export function readStore(path: string, platform: NodeJS.Platform = process.platform): FoundStore {
  const hasModes = platform !== 'win32';
  return { ...readFile(path, hasModes), directory: checkDirectory(dirname(path), hasModes) };
}

/** Where the profile's session is kept; the keychain is asked where it is there, or is to be. @throws {CliError} keychain-unavailable, interrupted */
export async function checkKeychain({
  store,
  profile: { session },
  sessionStore,
}: Settings): Promise<Verdict> {
  const isKept = session !== null && isInKeychain(session);
  if (!isKept && sessionStore() === 'file')
    return ok('The keychain is not used: the session of the profile is kept in the file.');
  await store.checkKeychain();
  return ok(`The session of the profile ${isKept ? 'is' : 'will be'} kept in the keychain, which answers.`);
}

function checkDirectory(path: string, hasModes: boolean): Verdict {
  const found = statsOrError(path);
  if (found instanceof Error) {
    const missing = systemCode(found) === 'ENOENT' && isWritable(nearest(path));
    return missing
      ? ok(`${path} does not exist yet; the first sign-in makes it.`)
      : failure(`${path} cannot be used (${systemCode(found)}).`, directoryHint);
  }
  const mode = found.mode & 0o777;
  if (!found.isDirectory()) return failure(`${path} is not a directory.`, directoryHint);
  if (!isWritable(path)) return failure(`${path} cannot be written.`, directoryHint);
  if (!hasModes) return ok(`${path} is there; who else may enter it, its ACL tells.`);
  if (isOpen(mode))
    return warning(`${path} can be entered by others (mode ${octal(mode)}).`, `Run \`chmod 700 ${path}\`.`);
  return ok(`${path} is there, for this user alone.`);
}

const directoryHint = 'Give this user the directory, or name another one in MFA_CLI_CONFIG_DIR.';

function readFile(path: string, hasModes: boolean): Pick<FoundStore, 'profiles' | 'file'> {
  let text: string | null;
  try {
    text = readOwnFile(path);
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    const hint =
      error.facts.remedy === undefined ? 'Give this user the file.' : `Run \`${error.facts.remedy}\`.`;
    return { profiles: noProfiles, file: failure(`${error.message}.`, hint) };
  }
  if (text === null) return { profiles: noProfiles, file: ok('Nothing is stored yet.') };
  try {
    const profiles = decodeProfiles(text);
    return { profiles, file: checkContents(path, profiles, hasModes) };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const hint = 'Sign in again with `mfa-cli login`, which sets the damaged file aside.';
    return { profiles: noProfiles, file: failure(`${path} is damaged.`, hint) };
  }
}

function checkContents(path: string, { profiles, foreign }: Profiles, hasModes: boolean): Verdict {
  const known = Object.keys(profiles).length;
  const unread = Object.keys(foreign ?? {});
  if (unread.length > 0)
    return warning(
      `${path} holds profiles that this version cannot read: ${unread.join(', ')}.`,
      'Update mfa-cli, or use other profiles with --profile NAME.',
    );
  const held = `it holds ${count(known, 'profile')}.`;
  if (!hasModes) return ok(`${path} is readable, and its ACL tells by whom; ${held}`);
  const mode = (statsOf(path)?.mode ?? 0) & 0o777;
  if (isOpen(mode))
    return failure(
      `${path} holds sessions and can be read by others (mode ${octal(mode)}).`,
      `Run \`chmod 600 ${path}\`, and sign in anew where others use this machine.`,
    );
  return ok(`${path} is readable, for this user alone; ${held}`);
}

function isOpen(mode: number): boolean {
  return (mode & 0o077) !== 0;
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}

/** The nearest directory above that exists. */
function nearest(path: string): string {
  const parent = dirname(path);
  return parent === path || statsOf(parent) !== null ? parent : nearest(parent);
}
