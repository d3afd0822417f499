/**
 * The variable of directories in which owners and modes are not looked at, absolute and
 * with colons between them. It stays one of the process, as its user is: who sets the
 * environment can do more.
 */
export const trustVariable = 'MFA_CLI_TRUST_DIR';
