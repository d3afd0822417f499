import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import type { RequestAttribute } from '../../pkcs12/certificate-request.ts';
import { judgeBundleId, requireValue } from '../../settings/require-value.ts';

export interface RequestOptions {
  readonly bundleId?: string;
  readonly teamId?: string;
  readonly out?: string;
  readonly email?: string;
  readonly newPasswordFile?: string;
  readonly encrypt: boolean;
  readonly force?: boolean;
}

interface RequestNames {
  readonly bundleId: string;
  readonly teamId: string;
  /** Where the key and the request go. */
  readonly directory: string;
}

/** How a command asks for its directory. */
export interface DirectoryWords {
  /** `Directory for the key and the request:` */
  readonly message: string;
  /** The name among the options. */
  readonly given: 'out' | 'dir';
  /** `--out DIR` */
  readonly option: string;
}

type NameOptions = Pick<RequestOptions, 'bundleId' | 'teamId' | 'out'> & { readonly dir?: string };

/** What was given, else a person is asked for it. @throws {CliError} usage, interrupted */
export async function requireNames(
  options: NameOptions,
  { message, given, option }: DirectoryWords,
  context: Context,
): Promise<RequestNames> {
  const bundleId = await requireValue(
    options.bundleId,
    {
      message: 'Bundle ID of the app:',
      missing: 'No bundle ID was given',
      option: '--bundle-id ID',
      validate: judgeBundleId,
    },
    context,
  );
  const teamId = await requireValue(
    options.teamId,
    {
      message: 'Team ID of the Apple developer account:',
      missing: 'No team ID was given',
      option: '--team-id ID',
      validate: judgeTeamId,
    },
    context,
  );
  const directory = await requireValue(
    options[given],
    {
      message,
      missing: 'No directory was given',
      option,
      validate: (path) => (path !== '' && path !== '-') || 'A directory is needed, for several files',
    },
    context,
  );
  return { bundleId, teamId, directory };
}

function judgeTeamId(text: string): true | string {
  return (
    /^[A-Z0-9]{10}$/.test(text) || `"${text}" is not a team ID: it has ten characters of A to Z and 0 to 9`
  );
}

/** Whom the request is for. @throws {CliError} usage, where a request cannot carry the address (RFC 5280, appendix A) */
export function requestSubject(
  bundleId: string,
  teamId: string,
  email: string | undefined,
): readonly RequestAttribute[] {
  if (email !== undefined && !/^[!-?A-~]+@[!-?A-~]+$/.test(email))
    throw new CliError('usage', `"${email}" is not an e-mail address in ASCII`, {
      facts: { option: '--email ADDRESS' },
    });
  return [
    { name: 'CN', value: bundleId },
    { name: 'OU', value: teamId },
    ...(email === undefined ? [] : [{ name: 'emailAddress', value: email } as const]),
  ];
}
