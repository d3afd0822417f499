import type { Context } from '../../context.ts';
import type { CommandModule } from '../command.ts';
import { makeReady } from './make-ready.ts';
import { offerLogin } from './offer-login.ts';
import { openBootstrap } from './open.ts';
import type { BootstrapOptions } from './options.ts';
import { type BootstrapReport, formatReport } from './report.ts';
import { takeAway } from './take-away.ts';

async function bootstrap(options: BootstrapOptions, context: Context): Promise<BootstrapReport> {
  const opened = await openBootstrap(options, context);
  const work = options.remove === true ? takeAway : makeReady;
  const report = await work(opened, options, context).finally(opened.end);
  if (options.remove === true) return report;
  if (report.ok && !report.dryRun) await offerLogin(opened, context);
  return report;
}

export const command: CommandModule<BootstrapOptions, BootstrapReport> = {
  work: bootstrap,
  format: formatReport,
  exitCode: ({ ok }) => (ok ? 0 : 8),
};
