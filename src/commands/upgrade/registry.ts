import valid from 'semver/functions/valid.js';
import * as v from 'valibot';
import type { Environment } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { Http, HttpResponse } from '../../network/http.ts';
import { isLoopback } from '../../network/proxy.ts';
import { variable } from '../../settings/variable.ts';
import { readJson } from '../../text/json.ts';

declare const MFA_CLI_REPOSITORY: string;

/** Where releases are, with their checksums: what the build was told, and no registry. */
export const releases = `${MFA_CLI_REPOSITORY.replace(/^git\+/, '').replace(/\.git$/, '')}/releases`;

const name = 'mfa-cli';
const publicRegistry = 'https://registry.npmjs.org';

/**
 * What a registry has under our name. Anybody may have taken it in one where we did not publish: what does
 * not name our repository is not ours. What names it may still not be: so nothing is installed by its name.
 */
export type Found =
  | { readonly kind: 'release'; readonly version: string }
  | { readonly kind: 'nothing' | 'another-program' };

/**
 * The address of the npm registry, without a slash at its end: `MFA_CLI_REGISTRY`, or that of npm's own variable.
 * @throws {CliError} usage
 */
export function registryOf(env: Environment): string {
  for (const source of ['MFA_CLI_REGISTRY', 'npm_config_registry']) {
    const address = variable(env, source);
    if (address === undefined) continue;
    const url = URL.canParse(address) ? new URL(address) : null;
    const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback(url.hostname));
    if (url === null || !isSafe || url.username !== '' || url.password !== '')
      throw new CliError('usage', `${source} is not the address of a registry: it takes https://HOST/PATH`);
    return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
  }
  return publicRegistry;
}

/** The document of a package, as far as we read it. @see https://github.com/npm/registry/blob/main/docs/REGISTRY-API.md */
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
 * Asks for the release that is tagged `latest`. Sends no credential.
 * @throws {CliError} tenant-unreachable, tenant-timeout, tenant-tls, tenant-not-json, tenant-redirected, each with the fact
 * `registry`; interrupted, file-not-found and file-unreadable (the CA file), usage (a proxy)
 */
export async function askRegistry(registry: string, http: Http): Promise<Found> {
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

/** The spellings of one repository that npm takes and keeps. */
function plain(repository: string): string {
  return repository
    .toLowerCase()
    .replace(/^git\+/, '')
    .replace(/(\.git)?\/*$/, '');
}

function noPackage(registry: string): CliError {
  return ofRegistry(new CliError('tenant-not-json', `${registry} does not answer as an npm registry does`));
}

function ofRegistry({ code, message, cause, facts }: CliError): CliError {
  return new CliError(code, message, { cause, facts: { ...facts, registry: true } });
}
