import { checkPushIdentity } from '../../checks/check-push-identity.ts';
import type { Context } from '../../context.ts';
import { givenP12, type P12Options } from '../../inputs/given-p12.ts';
import { openP12 } from '../../inputs/open-p12.ts';
import { addExamples, addP12Options } from '../../inputs/options.ts';
import { formatIdentity, type IdentityReport, reportIdentity } from '../../report/identity.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule, Declaration } from '../command.ts';

export const declaration: Declaration = {
  words: ['apns', 'inspect'],
  summary: 'show what a .p12 holds and what is wrong with it, offline',
  options(command) {
    command.argument('[file]', 'the .p12 file, - is stdin');
    addP12Options(command);
    addExamples(
      command,
      'mfa-cli apns inspect cert.p12',
      'mfa-cli apns inspect cert.p12 --password-file password.txt --json',
    );
  },
};

export interface InspectReport extends IdentityReport {
  readonly file: string;
}

export async function inspect(options: P12Options, context: Context): Promise<InspectReport> {
  const { file, identity } = await openP12(givenP12(options, context.env), context);
  const now = context.now();
  return { file: file.name, ...reportIdentity(identity, checkPushIdentity(identity, { now }), now) };
}

function format(report: InspectReport, style: Style): string {
  const verdict = report.ok
    ? style.green('✓ This file can be set.')
    : style.red('✗ This file cannot be set.');
  return formatIdentity(report, verdict, style);
}

export const command: CommandModule<P12Options, InspectReport> = {
  work: inspect,
  format,
  exitCode: ({ ok }) => (ok ? 0 : 4),
};
