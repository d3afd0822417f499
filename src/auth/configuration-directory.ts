import { homedir, userInfo } from 'node:os';
import { isAbsolute, resolve } from 'node:path';
import { CliError } from '../errors/cli-error.ts';

/**
 * The absolute directory that holds profiles and sessions: `MFA_CLI_CONFIG_DIR`, else the platform's own
 * (`$XDG_CONFIG_HOME/mfa-cli` or `~/.config/mfa-cli` on Linux). Creates nothing.
 * @throws {CliError} usage: the user has no home directory
 */
export async function configurationDirectory(env: NodeJS.ProcessEnv): Promise<string> {
  if (env.MFA_CLI_CONFIG_DIR) return resolve(env.MFA_CLI_CONFIG_DIR);
  const { default: envPaths } = await import('env-paths');
  const { config } = envPaths('mfa-cli', { suffix: '' });
  // An empty HOME must not put sessions into whatever the working directory is.
  return isAbsolute(config) ? config : resolve(homeDirectory(), config);
}

/** `HOME`, unless it is set to nothing: then as the system knows it. */
function homeDirectory(): string {
  if (isAbsolute(homedir())) return homedir();
  try {
    const { homedir: known } = userInfo();
    if (isAbsolute(known)) return known;
  } catch {
    // The system does not know the user, as in some containers.
  }
  throw new CliError('usage', 'There is no home directory to keep profiles and sessions in', {
    facts: { variable: 'MFA_CLI_CONFIG_DIR' },
  });
}
