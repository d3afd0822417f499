/**
 * The defaults of settings that code reads; the help and `help environment` say them from
 * here.
 */
export const defaults = {
  appId: 'mfa-cli',
  clientId: 'mfa-cli',
  scope: 'all',
  port: '8400',
  store: 'file',
  /** Time limit of the network, and of a pipe, in seconds. */
  networkSeconds: 30,
  /** Time for a person to sign in with the browser, in seconds. */
  signInSeconds: 300,
} as const;

/** The fleet file's default path, relative to the working directory. */
export const defaultFleetFile = 'mfa-fleet.yaml';
