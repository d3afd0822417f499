import { resolve } from 'node:path';

/**
 * The absolute directory that profiles and sessions are kept in: `MFA_CLI_CONFIG_DIR`, else the platform's own
 * (`$XDG_CONFIG_HOME/mfa-cli` or `~/.config/mfa-cli` on Linux). Creates nothing.
 */
export async function configurationDirectory(env: NodeJS.ProcessEnv): Promise<string> {
  if (env.MFA_CLI_CONFIG_DIR) return resolve(env.MFA_CLI_CONFIG_DIR);
  const { default: envPaths } = await import('env-paths');
  return envPaths('mfa-cli', { suffix: '' }).config;
}
