import type { Context } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import type { RequiredSetting } from '../errors/usage.ts';
import { nameOf } from '../files/read.ts';
import { listed } from '../text/phrasing.ts';
import { type GivenP12, lacksPassword, type P12Location } from './certificate.ts';
import { requireOwnProfile } from './require-profile.ts';
import { orThrow, type Settings } from './settings.ts';

/** The error for several missing settings of a pipeline. */
export function lacking(
  lacks: readonly RequiredSetting[],
  password = "the .p12's password",
): CliError {
  const words = { tenant: 'a tenant', credentials: 'credentials', p12: 'a .p12', password };
  const named = { ...words, key: 'a client app key', yes: 'the confirmation' };
  const message = `Missing: ${listed(lacks.map((name) => named[name]))}`;
  return new CliError('usage', message, { facts: { lacks } });
}

/**
 * Reports several missing values of a pipeline in one error, before it sets or checks a
 * certificate. A single missing value is reported where it is needed, and a person is
 * asked for each.
 * @throws {CliError} usage
 */
export function requireGiven(
  p12: GivenP12,
  settings: Settings,
  { sends }: { readonly sends: boolean },
  { terminal }: Context,
): void {
  if (terminal.interactive) return;
  const lacks = sends ? lacksToConnect(settings) : [];
  const location = orThrow(p12.location);
  if (location === null) lacks.push('p12');
  if (lacksPassword(p12) && (lacks.length > 1 || lacks.includes('p12'))) lacks.push('password');
  if (lacks.length > 1) throw lacking(lacks, passwordOf(location));
}

function passwordOf(location: P12Location | null): string {
  if (location === null) return 'its password';
  const file = 'path' in location ? nameOf(location.path) : location.variable;
  return `the password of ${file}`;
}

/** The tenant and the credentials, if they are missing. @throws {CliError} usage */
export function lacksToConnect(settings: Settings): RequiredSetting[] {
  const { tenant, credentials, profile } = settings;
  const lacks: RequiredSetting[] = orThrow(tenant) === null ? ['tenant'] : [];
  if (credentials === null && profile.session === null) lacks.push('credentials');
  if (lacks.length === 2) requireOwnProfile(settings);
  return lacks;
}
