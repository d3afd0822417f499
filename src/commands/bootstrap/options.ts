import { CliError } from '../../errors/cli-error.ts';
import type { ConnectionOptions } from '../../settings/settings.ts';

export interface BootstrapOptions
  extends Pick<ConnectionOptions, 'profile' | 'timeout' | 'caFile' | 'tenant' | 'appId' | 'clientId'> {
  readonly user?: string;
  readonly port?: string;
  readonly role?: string;
  readonly right?: string;
  readonly serviceUser?: string;
  readonly secretFile?: string;
  readonly readBack?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly remove?: boolean;
}

/** What can be a name within an address. */
const idPattern = /^[\w.-]{1,100}$/;

/** @throws {CliError} usage, before anybody is asked anything */
export function requireSensible({ serviceUser, secretFile, role, remove }: BootstrapOptions): void {
  if (remove === true && secretFile !== undefined)
    throw usage('Nothing is written where everything is taken away', '--remove without --secret-file');
  if (remove !== true && serviceUser !== undefined && secretFile === undefined)
    throw usage('The password of the service user needs a file', '--secret-file FILE');
  if (secretFile !== undefined && serviceUser === undefined)
    throw usage('A secret file needs the service user whose password it gets', '--service-user NAME');
  if (secretFile === '-')
    throw usage('The password of the service user goes into a file and nowhere else', '--secret-file FILE');
  if (serviceUser !== undefined && !/^[^\s@]+@[^\s@]+$/.test(serviceUser))
    throw usage(`"${serviceUser}" is not the name of a user, such as ci@example.com`, '--service-user NAME');
  if (role !== undefined && !/^\P{Cc}{1,100}$/u.test(role.trim()))
    throw usage('The name of a role has up to 100 characters', '--role NAME');
}

/** @throws {CliError} usage */
export function requireId(id: string, option: string): string {
  if (idPattern.test(id)) return id;
  throw usage(`"${id}" cannot be used as an ID: letters, digits, dots, dashes and _ can`, option);
}

/** The one scope that is made. @throws {CliError} usage */
export function requireScope(scope: string): string {
  if (/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/.test(scope)) return scope;
  throw new CliError('usage', `"${scope}" is not the name of one scope`, {
    facts: { variable: 'MFA_CLI_SCOPE' },
  });
}

function usage(message: string, option: string): CliError {
  return new CliError('usage', message, { facts: { option } });
}
