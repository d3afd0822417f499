import type { KeyObject } from 'node:crypto';
import type { AccessTokens } from './access-tokens.ts';
import type { Apns } from './apns/apns.ts';
import type { Applications } from './application-store.ts';
import type { Assumptions } from './assumptions.ts';
import type { Directory } from './directory.ts';
import type { openServer } from './server.ts';
import type { Settings } from './settings.ts';

/** What the parts of one tenant share. */
export interface World {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly settings: Settings;
  readonly directory: Directory;
  readonly applications: Applications;
  readonly accessTokens: AccessTokens;
  readonly assumptions: Assumptions;
  readonly apns: Apns;
  readonly watchPeers: Awaited<ReturnType<typeof openServer>>['watchPeers'];
  /** Whether people are signed in without a page, and all that can be approved is. */
  readonly autoApprove: boolean;
  readonly accessTokenSeconds: number;
  /** Signs the tenant's tokens. */
  signingKey(): KeyObject;
  now(): Date;
}
