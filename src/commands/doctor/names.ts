import type { Environment } from '../../context.ts';
import { isLoopback, proxyAddress } from '../../network/proxy.ts';
import type { Settings } from '../../settings/settings.ts';
import { variable } from '../../settings/variable.ts';
import type { Check } from './check.ts';
import type { FoundTenant } from './tenant.ts';

/** Checks fit for strangers: without the names of tenants, people, profiles and proxies. */
export function withoutNames(
  checks: readonly Check[],
  { tenant, identityHost }: FoundTenant,
  { profileName, profile: { session } }: Settings,
  env: Environment,
): readonly Check[] {
  const addresses = [tenant, identityHost, session?.tenant ?? null]
    .flatMap((origin) => (origin === null ? [] : [origin, new URL(origin).host, new URL(origin).hostname]))
    .filter((name) => !isLoopback(name));
  const proxies = ['HTTPS_PROXY', 'HTTP_PROXY']
    .flatMap((name) => [variable(env, name), variable(env, name.toLowerCase())])
    .flatMap((text) => (text === undefined ? [] : proxyAddress(text)))
    .flatMap((address) => (URL.canParse(address) ? new URL(address).hostname : []));
  const names = [
    ...addresses.map((name) => [name, name.includes('://') ? 'https://TENANT' : 'TENANT'] as const),
    ...proxies.map((name) => [name, 'PROXY'] as const),
    [`"${profileName}"`, '"PROFILE"'] as const,
  ]
    .filter(([name]) => name !== '' && name !== '"default"')
    .sort(([one], [other]) => other.length - one.length);
  const redact = (text: string): string =>
    names.reduce((left, [name, replacement]) => left.replaceAll(name, replacement), text);
  return checks.map(({ message, hint, ...check }) => ({
    ...check,
    message: redact(message),
    hint: hint === null ? null : redact(hint),
  }));
}
