import { dirname, join } from 'node:path';
import compare from 'semver/functions/compare.js';
import valid from 'semver/functions/valid.js';
import * as v from 'valibot';
import type { Context, Environment } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import { realPathOf, statsOf } from '../files/directory.ts';
import type { Http, HttpResponse } from '../network/http.ts';
import { isLoopback } from '../network/proxy.ts';
import { type GlobalOptions, readSettings } from '../settings/settings.ts';
import { variable } from '../settings/variable.ts';
import type { Style } from '../terminal/style.ts';
import { readJson } from '../text/json.ts';
import { version } from '../text/version.ts';
import type { CommandModule } from './command.ts';

export interface UpgradeOptions extends GlobalOptions {
  readonly check?: boolean;
}

export interface UpgradeReport {
  readonly current: string;
  /** The newest release; null if there is none. */
  readonly latest: string | null;
  readonly newer: boolean;
  readonly found: Found['kind'];
  readonly registry: string;
  readonly installation: Installation['kind'];
  /** The command that installs it; null if it is not newer or if no single command installs it. */
  readonly command: string | null;
  /** The page of the releases and their checksums. */
  readonly releases: string;
}

/** @throws {CliError} usage; if the registry does not answer: tenant-unreachable, tenant-timeout, tenant-tls, tenant-not-json, tenant-redirected */
export async function upgrade(options: UpgradeOptions, context: Context): Promise<UpgradeReport> {
  if (options.check !== true)
    throw new CliError('usage', 'mfa-cli cannot upgrade itself', {
      facts: { fix: 'To check for a newer release, run `mfa-cli upgrade --check`.' },
    });
  const registry = registryOf(context.env);
  const { network } = await readSettings(options, context);
  const found = await askRegistry(registry, await context.http(network));
  const latest = found.kind === 'release' ? found.version : null;
  const newer = latest !== null && compare(latest, version) > 0;
  const { kind, command } = findInstallation(context.program);
  return {
    current: version,
    latest,
    newer,
    found: found.kind,
    registry,
    installation: kind,
    command: newer ? command : null,
    releases,
  };
}

function format(report: UpgradeReport, style: Style): string {
  const { current, latest, newer, found, registry, command, releases } = report;
  if (found === 'nothing') return `${registry} has no release of mfa-cli. You have ${current}.\n`;
  if (found === 'another-program')
    return `The package mfa-cli at ${registry} is another program. Do not install it. You have ${current}.\n`;
  if (!newer)
    return latest === current
      ? `${style.mark('ok', `mfa-cli ${current} is the latest release.`)}\n`
      : `mfa-cli ${current} is newer than the latest release, ${latest}.\n`;
  const how = command === null ? '' : `  ${command}\n`;
  return `mfa-cli ${latest} is available. You have ${current}. See ${releases}\n${how}`;
}

declare const MFA_CLI_REPOSITORY: string;

/** The page of the releases and their checksums, set by the build, never by a registry. */
const releases = `${MFA_CLI_REPOSITORY.replace(/^git\+/, '').replace(/\.git$/, '')}/releases`;

const name = 'mfa-cli';
const publicRegistry = 'https://registry.npmjs.org';

/**
 * A registry's package named mfa-cli. Where the project did not publish, anyone may have taken the name: a package without this
 * repository is another program. Since anyone can name this repository, no advice installs a package by name.
 */
type Found =
  | { readonly kind: 'release'; readonly version: string }
  | { readonly kind: 'nothing' | 'another-program' };

/**
 * The address of the npm registry, without a trailing slash: `MFA_CLI_REGISTRY`, else npm's own variable.
 * @throws {CliError} usage
 */
export function registryOf(env: Environment): string {
  for (const source of ['MFA_CLI_REGISTRY', 'npm_config_registry']) {
    const address = variable(env, source);
    if (address === undefined) continue;
    const url = URL.canParse(address) ? new URL(address) : null;
    const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
    if (url === null || !isSafe || url.username !== '' || url.password !== '')
      throw new CliError('usage', `${source} must be the address of a registry, https://HOST/PATH`);
    return `${url.origin}${url.pathname}`.replace(/(?<!\/)\/+$/, '');
  }
  return publicRegistry;
}

/** The relevant part of a package's document. @see https://github.com/npm/registry/blob/main/docs/REGISTRY-API.md */
const packageSchema = v.object({
  'dist-tags': v.object({ latest: v.string() }),
  versions: v.record(v.string(), v.object({ repository: v.optional(v.unknown()) })),
});
const repositorySchema = v.union([
  v.string(),
  v.pipe(
    v.object({ url: v.string() }),
    v.transform(({ url }) => url),
  ),
]);

/**
 * Fetches the release with the tag `latest`. Sends no credentials.
 * @throws {CliError} tenant-unreachable, tenant-timeout, tenant-tls, tenant-not-json, tenant-redirected, each with the fact
 * `registry`; interrupted, file-not-found and file-unreadable (the CA file), usage (a proxy)
 */
async function askRegistry(registry: string, http: Http): Promise<Found> {
  const request = {
    method: 'GET',
    url: `${registry}/${name}`,
    headers: { accept: 'application/json' },
    retry: true,
  };
  const answer = await http.send(request).catch((error: unknown) => {
    throw error instanceof CliError && error.code.startsWith('tenant-') ? ofRegistry(error) : error;
  });
  return readAnswer(answer, registry);
}

function readAnswer({ status, body }: HttpResponse, registry: string): Found {
  if (status === 404) return { kind: 'nothing' };
  if (status !== 200)
    throw ofRegistry(new CliError('tenant-unreachable', `${registry} answered with HTTP ${status}`));
  const document = readJson(packageSchema, body);
  if (document === null) throw noPackage(registry);
  const { 'dist-tags': tags, versions } = document;
  const version = valid(tags.latest);
  const release = Object.hasOwn(versions, tags.latest) ? versions[tags.latest] : undefined;
  if (version === null || release === undefined) throw noPackage(registry);
  const repository = v.safeParse(repositorySchema, release.repository);
  const isOurs = repository.success && plain(repository.output) === plain(MFA_CLI_REPOSITORY);
  return isOurs ? { kind: 'release', version } : { kind: 'another-program' };
}

/** A repository's address without the variations that npm allows. */
function plain(repository: string): string {
  return repository
    .toLowerCase()
    .replace(/^git\+/, '')
    .replace(/(\.git)?(?<!\/)\/*$/, '');
}

function noPackage(registry: string): CliError {
  return ofRegistry(
    new CliError('tenant-not-json', `The answer of ${registry} is not that of an npm registry`),
  );
}

function ofRegistry({ code, message, cause, facts }: CliError): CliError {
  return new CliError(code, message, { cause, facts: { ...facts, registry: true } });
}

/** How this program was installed. */
interface Installation {
  readonly kind: 'npm' | 'clone' | 'homebrew' | 'scoop' | 'winget' | 'file';
  /** The command that installs the latest release, or null. No command installs from npm by name alone. */
  readonly command: string | null;
}

const installations: readonly (Installation & { readonly place: RegExp })[] = [
  { kind: 'homebrew', place: /\/Cellar\//, command: 'brew upgrade mfa-cli' },
  { kind: 'scoop', place: /\/scoop\/apps\//i, command: 'scoop update mfa-cli' },
  { kind: 'winget', place: /\/WinGet\//i, command: 'winget upgrade mfa-cli' },
  { kind: 'npm', place: /\/node_modules\//, command: null },
];

/** Finds out how the program was installed. @param program its path, perhaps a symbolic link */
function findInstallation(program: string): Installation {
  const path = statsOf(program) === null ? program : realPathOf(program);
  return installationAt(path, statsOf(join(dirname(dirname(path)), 'src', 'main.ts')) !== null);
}

/** @param path of the program, without symbolic links @param hasSource whether it is in a clone */
export function installationAt(path: string, hasSource: boolean): Installation {
  const found = installations.find(({ place }) => place.test(path.replaceAll('\\', '/')));
  if (found !== undefined) return found;
  return hasSource
    ? { kind: 'clone', command: 'git pull && npm ci --ignore-scripts && npm run build' }
    : { kind: 'file', command: null };
}

export const command: CommandModule<UpgradeOptions, UpgradeReport> = { work: upgrade, format };
