import type { Profile, ProfileStore, Profiles, SettingKey } from '../auth/profile.ts';
import type { Override } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import type { Secret } from '../text/secret.ts';
import type { Credentials } from './credentials.ts';

/** The file of the profiles or the system's keychain. */
export type SessionStore = 'file' | 'keychain';

/**
 * A value, or the error about the text that was given for it. A wrong value stops only
 * the commands that use it: `orThrow` throws the error.
 */
export type OrError<Value> = Value | CliError;

/** The value that was read, or the error about it. */
export function orError<Value>(read: () => Value): OrError<Value> {
  try {
    return read();
  } catch (error) {
    if (error instanceof CliError) return error;
    throw error;
  }
}

/** @throws {CliError} what was given is wrong */
export function orThrow<Value>(value: OrError<Value>): Value {
  if (value instanceof CliError) throw value;
  return value;
}

/** The store and its profiles, read once. */
export interface Stored {
  readonly store: ProfileStore;
  readonly profiles: Profiles;
}

export interface Network {
  /** Time limit in milliseconds. */
  readonly timeout: number;
  /** Path of a PEM bundle to trust in addition to the system's CAs, or null. */
  readonly caFile: string | null;
}

/** The OAuth application and the client that sign in. */
export interface Application {
  readonly appId: string;
  readonly clientId: string;
  readonly scope: string;
  readonly platformToken: boolean;
}

/**
 * Where a command goes and how it signs in: each value of option, variable, profile or
 * default, in this order.
 */
export interface Settings extends Stored, Application {
  readonly profileName: string;
  readonly profile: Profile;
  /** The tenant's origin, or null. */
  readonly tenant: OrError<string | null>;
  /** Who names the tenant: `--tenant`, `MFA_CLI_TENANT` or `profile "acme"`. */
  readonly tenantSource: string;
  /** The user who should sign in; null if not set. */
  readonly loginHint: string | null;
  readonly clientAppKey: string | null;
  /** The port of the loopback redirect. */
  readonly port: OrError<number>;
  /** The store for the session of a sign-in. */
  readonly sessionStore: OrError<SessionStore>;
  readonly network: Network;
  /** Null if the command needs a stored session. */
  readonly credentials: Credentials | null;
  readonly accessToken: OrError<Secret | null>;
  /** The given settings to save for the next command, besides the connection. */
  readonly lasting: readonly (readonly [SettingKey, string])[];
  /** The variables that take the place of what the profile says, or its session. */
  readonly overrides: readonly Override[];
  /** The settings that an option, a variable or the profile chooses. */
  readonly chosenKeys: ReadonlySet<SettingKey>;
}

/** The error if no tenant is known. */
export function noTenant(): CliError {
  return new CliError('usage', 'No tenant was given', { facts: tenantFacts });
}

/** Hint facts if no tenant is known. */
export const tenantFacts = { option: '--tenant URL', variable: 'MFA_CLI_TENANT' };
