import { version } from '../text/version.ts';
import type { CommandModule } from './command.ts';

export interface VersionReport {
  readonly version: string;
}

async function readVersion(): Promise<VersionReport> {
  return { version };
}

function format(report: VersionReport): string {
  return `${report.version}\n`;
}

export const command: CommandModule<object, VersionReport> = { work: readVersion, format };
