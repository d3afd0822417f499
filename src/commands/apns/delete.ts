import type { Context } from '../../context.ts';
import { formsToTry, warnOfQuery } from '../../delivery/send-certificate.ts';
import { openOrSignIn } from '../../delivery/tenant.ts';
import { CliError } from '../../errors/cli-error.ts';
import { type ConnectionOptions, readSettings, type Settings } from '../../settings/settings.ts';
import { deleteCertificate as deleteFromTenant } from '../../tenant/certificates.ts';
import type { SentAs } from '../../tenant/client.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';
import { forget } from './records.ts';

export interface DeleteOptions extends ConnectionOptions {
  readonly sendAs?: SentAs;
  readonly clientAppKey?: string;
  readonly yes?: boolean;
}

export interface DeleteReport {
  readonly tenant: string;
  readonly clientAppKey: string;
  readonly deleted: boolean;
  /** How the tenant took the parameter. */
  readonly sentAs: SentAs;
}

export async function deleteCertificate(options: DeleteOptions, context: Context): Promise<DeleteReport> {
  const settings = await readSettings(options, context);
  const clientAppKey = settings.clientAppKey ?? (await askKey(settings, context));
  if (options.yes !== true) requireTerminal(context);
  warnOfQuery(settings, 'the client app key', context);
  const { tenant, client } = await openOrSignIn(settings, context);
  if (options.yes !== true) await confirm(clientAppKey, tenant, context);
  const forms = formsToTry(settings, tenant);
  const sentAs = await deleteFromTenant(client, clientAppKey, forms);
  await forget({ tenant, clientAppKey }, sentAs, settings, context);
  return { tenant, clientAppKey, deleted: true, sentAs };
}

/** One of the keys that this machine set a certificate for, at this tenant where one is named. @throws {CliError} usage, interrupted */
async function askKey({ profiles, tenant }: Settings, { terminal, prompt }: Context): Promise<string> {
  const [at, missing] = [tenant(), { option: '--client-app-key KEY', variable: 'MFA_CLI_CLIENT_APP_KEY' }];
  const records = Object.values(profiles.profiles).flatMap(({ certificates }) => certificates);
  const here = records.filter((record) => at === null || record.tenant === at);
  const keys = [...new Set(here.map((record) => record.clientAppKey))];
  if (!terminal.interactive || keys.length === 0)
    throw new CliError('usage', 'No client app key was given', { facts: missing });
  return prompt.select({
    message: 'Which client app key?',
    choices: keys.map((key) => ({ name: key, value: key })),
    unavailable: 'The client app key cannot be asked for without a terminal',
    facts: missing,
  });
}

const unavailable = 'The deletion must be confirmed, and there is no terminal to ask on';
const facts = { option: '--yes' };

/** @throws {CliError} prompt-unavailable, before anything is asked of the tenant */
function requireTerminal({ terminal }: Context): void {
  if (!terminal.interactive) throw new CliError('prompt-unavailable', unavailable, { facts });
}

/** Has the key typed, so that a wrong one is noticed. @throws {CliError} interrupted */
async function confirm(clientAppKey: string, tenant: string, { prompt, terminal }: Context): Promise<void> {
  terminal.note(`No sign-in at ${tenant} can be approved by push in the app ${clientAppKey} any more.`);
  const typed = await prompt.input({
    message: `Type ${clientAppKey} to delete its certificate:`,
    unavailable,
    facts,
  });
  if (typed.trim() !== clientAppKey)
    throw new CliError('interrupted', 'That is another key: nothing was deleted');
}

function format({ tenant, clientAppKey }: DeleteReport, style: Style): string {
  return style.green(`✓ Deleted the push certificate for ${clientAppKey} at ${tenant}\n`);
}

export const command: CommandModule<DeleteOptions, DeleteReport> = {
  work: deleteCertificate,
  format,
};
