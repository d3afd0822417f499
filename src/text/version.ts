declare const MFA_CLI_VERSION: string;

/** The version from package.json, inserted by the build and the test runner. */
export const version: string = MFA_CLI_VERSION;
