import type { Environment } from '../context.ts';
import type { ApnsEnvironment } from '../pkcs12/model.ts';
import { variable } from './variable.ts';

/** Options of the commands that speak with APNs. */
export interface ApnsOptions {
  readonly topic?: string;
  readonly environment?: ApnsEnvironment;
  readonly apnsHost?: string;
}

/** What is said of the way to APNs; null where nothing says it. */
export interface GivenApns {
  readonly topic: string | null;
  readonly environment: ApnsEnvironment | null;
  /** In place of Apple's. */
  readonly host: string | null;
}

export function givenApns({ topic, environment, apnsHost }: ApnsOptions, env: Environment): GivenApns {
  return {
    topic: topic ?? null,
    environment: environment ?? null,
    host: apnsHost ?? variable(env, 'MFA_CLI_APNS_HOST') ?? null,
  };
}
