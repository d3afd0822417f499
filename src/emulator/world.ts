import type { KeyObject } from 'node:crypto';
import type { OwnerRules, RefusedPeer } from '../programs/owners.ts';
import type { AccessTokens } from './access-tokens.ts';
import type { Apns } from './apns/apns.ts';
import type { Applications } from './application-store.ts';
import type { Assumptions } from './assumptions.ts';
import type { Directory } from './directory.ts';
import type { PeerOf } from './server.ts';
import type { TenantState } from './tenant-state.ts';

export interface TenantOptions {
  /**
   * Whether to sign in the administrator, or the user in `login_hint`, without a page,
   * and to give every approval.
   */
  readonly autoApprove: boolean;
  /** Registered redirect URIs, compared as strings, port included. */
  readonly redirectUris: readonly string[];
  /** Whether to start without an application of mfa-cli, like a new tenant. */
  readonly bare?: boolean;
  readonly accessTokenSeconds: number;
  /** Whose browser may see the console; by default that of this user and root. */
  readonly owners?: OwnerRules;
  /** Hears of each request to a console that was refused because of its sender. */
  refusedAtConsole?(peer: RefusedPeer): void;
  /**
   * The clock for access tokens at API calls, one-time passwords, challenges and push
   * certificates. The claims in tokens follow the machine's clock.
   */
  now(): Date;
}

/** The parts of a tenant that exist before its own. */
export interface TenantBase {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly state: TenantState;
  readonly assumptions: Assumptions;
  readonly apns: Apns;
  readonly peerOf: PeerOf;
  signingKey(): KeyObject;
}

/** The shared parts of one tenant. */
export interface World extends TenantOptions, TenantBase {
  readonly directory: Directory;
  readonly applications: Applications;
  readonly accessTokens: AccessTokens;
}
