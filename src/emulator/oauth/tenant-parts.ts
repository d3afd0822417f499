import type { AccessTokens } from '../access-tokens.ts';
import type { Applications } from '../applications.ts';
import type { Assumptions } from '../assumptions.ts';
import type { Directory } from '../directory.ts';

/** The parts of the tenant that its OAuth endpoints use. */
export interface TenantParts {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly applications: Applications;
  readonly directory: Directory;
  readonly accessTokens: AccessTokens;
  readonly assumptions: Assumptions;
  /** The time for browsers' sessions and unfinished authorization requests. */
  now(): Date;
}
