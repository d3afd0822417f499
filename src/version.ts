declare const MFA_CLI_VERSION: string;

/** The version in package.json; the build and the test runner put it here. */
export const version: string = MFA_CLI_VERSION;
