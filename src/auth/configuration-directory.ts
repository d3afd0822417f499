import { userInfo } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import { CliError } from '../errors.ts';

/**
 * The absolute directory that profiles and sessions are kept in: `MFA_CLI_CONFIG_DIR`, else the platform's own
 * (`$XDG_CONFIG_HOME/mfa-cli` or `~/.config/mfa-cli` on Linux). Creates nothing.
 * @throws {CliError} usage: the user has no home directory
 */
export async function configurationDirectory(env: NodeJS.ProcessEnv): Promise<string> {
  if (env.MFA_CLI_CONFIG_DIR) return resolve(env.MFA_CLI_CONFIG_DIR);
  const { default: envPaths } = await import('env-paths');
  const { config } = envPaths('mfa-cli', { suffix: '' });
  // A HOME that is set to nothing must not put sessions into whatever directory somebody is in.
  return isAbsolute(config) ? config : resolve(homeDirectory(), config);
}

/** As the system knows it, whatever HOME says. */
function homeDirectory(): string {
  try {
    const { homedir } = userInfo();
    if (isAbsolute(homedir)) return homedir;
  } catch {
    // The system knows no such user, as in a container.
  }
  throw new CliError('usage', 'No home directory is known to keep profiles and sessions in', {
    facts: { variable: 'MFA_CLI_CONFIG_DIR' },
  });
}
